"""The figures on real letters, by the reference's own scoring script."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jtai_reports.coding.coder import code_corpus
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.pdf.reader import read_file, read_pages
from jtai_reports.store import write_tables

AT_LEAST = {
    "reports.found": 1.0,
    "metadata.all": 0.99,
    "sections.f1": 0.99,
    "findings.f1": 0.99,
    "findings.kind": 0.99,
    "findings.bullet": 0.99,
    "findings.page": 0.99,
    "findings.length": 0.99,
    "statements.found": 0.97,
    "statements.share_of_text_min": 0.97,
    # by rules alone: floors, so that a careless change of a rule shows
    "polarity.accuracy": 0.83,
    "key_area.accuracy": 0.65,
    "theme.micro_f1": 0.61,
    "theme.macro_f1": 0.59,
    "agency.micro_f1": 0.77,
}


@pytest.fixture(scope="module")
def corpus(reference: Path) -> Corpus:
    return read_letters((reference / "corpus").glob("*.pdf"))


def test_figures(corpus: Corpus, reference: Path, tmp_path: Path) -> None:
    write_tables(code_corpus(corpus, coder="rules"), tmp_path)
    script = reference / "benchmark" / "score.py"
    command = [sys.executable, str(script), str(tmp_path / "data"), str(script.parent), "--json"]
    figures = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert {name: figures[name] for name, least in AT_LEAST.items() if figures[name] < least} == {}
    assert figures["findings.glyph_or_break_leaks"] == 0
    assert figures["statements.share_of_text_max"] <= 1.0


def test_every_letter_is_a_report(corpus: Corpus, reference: Path) -> None:
    files = {path.name for path in (reference / "corpus").glob("*.pdf")}
    assert set(corpus.reports["file_name"]) == files
    assert (corpus.problems["severity"] != "error").all()
    assert corpus.reports[["ons_code", "region", "series", "published", "source_url"]].notna().all(axis=None)


def test_letters_of_other_inspections_stay_out(reference: Path) -> None:
    files = sorted((reference / "other").glob("*.pdf"))
    others = read_letters(files)
    assert len(files) == 9
    assert others.problems["file_name"].tolist() == [path.name for path in files]
    assert set(others.problems["code"]) == {"not_jtai"}
    assert others.problems["message"].str.extract("seems to be (.*)[.]")[0].tolist() == [
        "a joint area review" if "review" in path.name else "an area SEND inspection" for path in files
    ]
    assert all(getattr(others, name).empty for name in Corpus._fields if name != "problems")


def test_both_readers_give_the_same_lines(reference: Path) -> None:
    """A letter of each template; all others differ in fewer than one line in a thousand."""
    for name in ("50000226.pdf", "50264275.pdf"):
        content = read_file(reference / "corpus" / name)
        fast = [line.text for page in read_pages(content) for line in page.lines]
        slow = [line.text for page in read_pages(content, reader="pdfplumber") for line in page.lines]
        assert fast == slow
