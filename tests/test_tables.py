"""Files in = reports + errors; the same tables whatever the order; what is written reads back."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pandas as pd
import pytest

from jtai_reports import schema
from jtai_reports.corpus import Corpus, make_corpus, read_letters
from jtai_reports.errors import UsageError
from jtai_reports.outline import slug
from jtai_reports.reading import read_one
from jtai_reports.store import load, write_csv, write_tables
from tests.conftest import SAMPLE


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_letters(SAMPLE.glob("*.pdf"), authorities=SAMPLE)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_tables_keep_their_declaration(corpus: Corpus) -> None:
    for name, table in schema.TABLES.items():
        frame = getattr(corpus, name)
        assert list(frame.columns) == [column.name for column in table.columns]
        schema.check_frame(table, frame)


@pytest.mark.parametrize(
    ("column", "value"),
    [("section_kind", "praise"), ("text", " starts with a space"), ("finding_id", None), ("page_offsets", "1")],
)
def test_a_broken_table_is_not_written(corpus: Corpus, column: str, value: str | None, tmp_path: Path) -> None:
    from pandera.errors import SchemaErrors

    broken = corpus.findings.copy()
    broken.loc[3, column] = value
    with pytest.raises(SchemaErrors, match=column):
        write_tables(corpus._replace(findings=broken), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_every_finding_stands_in_a_section_of_its_letter(corpus: Corpus) -> None:
    joined = corpus.findings.merge(corpus.sections, on="section_id", validate="many_to_one", suffixes=("", "_of"))
    assert len(joined) == len(corpus.findings)
    assert (joined["report_id"] == joined["report_id_of"]).all()
    assert (joined["section_kind"] == joined["section_kind_of"]).all()
    counts = corpus.findings.groupby("report_id").size()
    assert (corpus.reports.set_index("report_id")["n_findings"] == counts).all()


def test_order_of_files_makes_no_difference(tmp_path: Path) -> None:
    files = sorted(SAMPLE.glob("*.pdf"))
    one = [read_one(path, authorities=SAMPLE) for path in files]
    write_tables(make_corpus(one), tmp_path / "a")
    write_tables(make_corpus(one[::-1]), tmp_path / "b")
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_what_is_written_reads_back(corpus: Corpus, tmp_path: Path) -> None:
    write_tables(corpus, tmp_path)
    again = load(tmp_path)
    for name in Corpus._fields:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(corpus, name))


def test_load_says_what_to_do_where_there_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="jtai run"):
        load(tmp_path)


def test_a_letter_under_two_names_is_kept_once(tmp_path: Path) -> None:
    first = sorted(SAMPLE.glob("*.pdf"))[0]
    for name in ("b.pdf", "a copy.pdf", "c.pdf"):
        shutil.copy(first, tmp_path / name)
    corpus = read_letters(tmp_path.glob("*.pdf"), authorities=SAMPLE)
    assert corpus.reports["file_name"].tolist() == ["a copy.pdf"]
    assert corpus.problems["file_name"].tolist() == ["b.pdf", "c.pdf"]
    assert set(corpus.problems["code"]) == {"duplicate"}


def test_files_in_are_reports_and_errors(tmp_path: Path) -> None:
    shutil.copy(sorted(SAMPLE.glob("*.pdf"))[0], tmp_path / "good.pdf")
    (tmp_path / "page.pdf").write_text("<html><body>Service unavailable</body></html>")
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "cut.pdf").write_bytes((tmp_path / "good.pdf").read_bytes()[:300])
    corpus = read_letters(tmp_path.glob("*.pdf"), authorities=SAMPLE)
    errors = corpus.problems[corpus.problems["severity"] == "error"].set_index("file_name")["code"]
    assert corpus.reports["file_name"].tolist() == ["good.pdf"]
    assert errors.to_dict() == {"cut.pdf": "damaged", "empty.pdf": "empty", "page.pdf": "not_pdf"}


def test_a_csv_cell_is_never_a_formula(tmp_path: Path) -> None:
    texts = ["=HYPERLINK(1)", "+1", "-1", "@a", "plain", None]
    path = write_csv(
        tmp_path / "t.csv", pd.DataFrame({"text": pd.Series(texts, dtype="str"), "n": [-1, 2, 3, 4, 5, 6]})
    )
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    lines = path.read_text("utf-8-sig").splitlines()
    assert lines == ["text,n", "'=HYPERLINK(1),-1", "'+1,2", "'-1,3", "'@a,4", "plain,5", ",6"]


def test_reading_leaves_no_trace_in_its_inputs(corpus: Corpus, tmp_path: Path) -> None:
    before = [getattr(corpus, name).copy(deep=True) for name in Corpus._fields]
    write_tables(corpus, tmp_path)
    for name, frame in zip(Corpus._fields, before, strict=True):
        pd.testing.assert_frame_equal(getattr(corpus, name), frame)


@pytest.mark.parametrize(
    ("text", "want"),
    [("Ashe & Wold", "ashe-and-wold"), ("Côte-Vale", "cote-vale"), ("  St. Ebba's  ", "st-ebba-s"), ("", "")],
)
def test_slug(text: str, want: str) -> None:
    assert slug(text) == want
