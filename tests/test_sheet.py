"""Coding sheets: what is drawn, what the Excel file holds, and how it is read back."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock

from jtai_reports import schema
from jtai_reports.cli import main
from jtai_reports.coding.coder_codes import machine_codings, use_codings
from jtai_reports.coding.sampling import sample_statements
from jtai_reports.coding.sheet import COLUMNS, sheet_bytes
from jtai_reports.coding.sheet_reader import SheetError, read_sheets, use_sheets
from jtai_reports.corpus import Corpus
from jtai_reports.errors import UsageError
from jtai_reports.schema import TABLES, make_frame
from jtai_reports.store import load, write_tables
from tests.coded import CODEBOOK, make_coded, make_corpus
from tests.conftest import SAMPLE

Cells = Mapping[str, str | None]
ID = "jtai-0-strengths-f1-0{}"
NAMES = {column: "ABCDEFGHIJKLMNO"[place] for place, column in enumerate(COLUMNS)}


def write_sheet(path: Path, corpus: Corpus, cells: Cells, *, coder: str = "AB", n: int = 4) -> Path:
    """A sheet of the first letter's statements with some cells filled in, as a person would."""
    sample = sample_statements(corpus, 999).head(n)
    path.write_bytes(sheet_bytes(sample, CODEBOOK, coder=coder, seed=1))
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        sheet, _, place = cell.rpartition("!")
        book[sheet or "Coding"][place] = value
    book.save(path)
    return path


@pytest.fixture
def corpus() -> Corpus:
    return make_corpus()


def test_a_sample_is_spread_over_letters_and_kinds_of_section(corpus: Corpus) -> None:
    # Four letters with two kinds of five statements: every fifth statement is one of each letter and kind.
    sample = sample_statements(corpus, 8, seed=3)
    assert sample["letter"].value_counts().tolist() == [2, 2, 2, 2]
    assert sample.groupby(["letter", "section"]).size().tolist() == [1] * 8


def test_a_sample_depends_on_the_seed_and_not_on_the_order_of_rows(corpus: Corpus) -> None:
    shuffled = corpus._replace(statements=corpus.statements.sample(frac=1, random_state=5, ignore_index=True))
    drawn = [set(sample_statements(c, 8, seed=s)["statement_id"]) for c, s in ((corpus, 1), (shuffled, 1), (corpus, 2))]
    assert drawn[0] == drawn[1] != drawn[2]


def test_procedural_sections_and_other_series_are_left_out() -> None:
    corpus = make_corpus(kinds=("context", "next_steps", "main_findings"))
    assert set(sample_statements(corpus, 999)["section"]) == {"Main_Findings"}
    only = sample_statements(corpus, 999, series=["da_2016"])
    assert set(only["letter"]) == {"Ashvale 1, 2023-02-02", "Ashvale 3, 2023-02-04"}


def test_a_sample_that_cannot_be_drawn_says_why(corpus: Corpus) -> None:
    with pytest.raises(UsageError, match=r"da_2015: no letter of this series.*Series in these tables: da_2016, front"):
        sample_statements(corpus, 5, series=["da_2015"])
    with pytest.raises(UsageError, match="no statements to draw from"):
        sample_statements(make_corpus(kinds=("context",)), 5)


def test_the_same_sheet_is_the_same_bytes_and_shows_no_machine_codes(corpus: Corpus) -> None:
    coded = use_codings(corpus, make_coded("rules", [(ID.format(1), "mixed", ["early_help"], ["police"])]), CODEBOOK)
    contents = [sheet_bytes(sample_statements(c, 9), CODEBOOK, coder="AB", seed=1) for c in (corpus, corpus, coded)]
    assert coded.codings["code"].tolist() == ["early_help", "police"]
    assert contents[0] == contents[1] == contents[2]


def test_what_the_sheet_holds(corpus: Corpus) -> None:
    sample = sample_statements(corpus, 9)
    content = sheet_bytes(sample, CODEBOOK, coder="AB", seed=7)
    book = openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
    sheet = book["Coding"]
    assert book.sheetnames == ["Coding", "Instructions", "Codes"]
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible"] * 3
    assert tuple(cell.value for cell in sheet[1]) == COLUMNS
    assert (sheet.freeze_panes, sheet.max_row, sheet.print_title_rows) == ("A2", 10, "$1:$1")
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists["G2:G10"] == "polarity_codes"
    assert [lists[f"{c}2:{c}10"] for c in "HIJKLM"] == ["theme_codes"] * 3 + ["agency_codes"] * 3
    assert book.defined_names["theme_codes"].attr_text == "Codes!$B$2:$B$4"
    assert [row[1].value for row in book["Codes"]["A1:B4"]] == ["theme", *CODEBOOK.key_area_of()]
    assert book["Instructions"]["B3"].value == "AB"
    told = [cell.value for cell in book["Instructions"]["B"] if cell.value]
    assert "9 statements, drawn with seed 7. Codebook version 9." in told
    assert "About early_help\nIncludes: visits." in told
    paragraph = sheet["E2"].value
    assert isinstance(paragraph, CellRichText)
    apart = [part.text for part in paragraph if isinstance(part, TextBlock) and part.font.b]
    assert apart == [sheet["F2"].value] == [sample["text"].iloc[0]]
    assert str(paragraph) == sample["paragraph"].iloc[0]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_a_text_that_looks_like_a_formula_stays_text(sign: str, tmp_path: Path) -> None:
    corpus = make_corpus(first=f"{sign}SUM(A1) is late")
    path = write_sheet(tmp_path / "AB.xlsx", corpus, {"G2": "weakness"})
    sheet = openpyxl.load_workbook(path)["Coding"]
    assert sheet["F2"].value == f"{sign}SUM(A1) is late strengths 0."
    assert "<f>SUM" not in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert read_sheets([path], corpus.statements, CODEBOOK)[0].statement_ids() == [ID.format(1)]


@pytest.mark.parametrize(
    "first", ["Multi\x02agency \ufffe work", "_x0041_ stays", "L" * 3000, "'Kept' visits", "Cafe\u0301"]
)
def test_odd_texts_come_back_unchanged(first: str, tmp_path: Path) -> None:
    corpus = make_corpus(first=first)
    path = write_sheet(tmp_path / "AB.xlsx", corpus, {"G2": "weakness"})
    assert read_sheets([path], corpus.statements, CODEBOOK)[0].statement_ids() == [ID.format(1)]


def test_a_sheet_of_other_letters_is_one_fault(corpus: Corpus, tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "AB.xlsx", corpus, FILLED)
    others = corpus.statements.assign(statement_id="other-" + corpus.statements["statement_id"])
    with pytest.raises(SheetError) as raised:
        read_sheets([path], others, CODEBOOK)
    assert list(raised.value.faults) == [
        "AB.xlsx: none of its 4 statements is in the tables. "
        "Hint: Name the outputs that the sheet was made from with --outputs."
    ]


@pytest.mark.parametrize("cut", [0.2, 0.6, 0.95])
def test_a_damaged_file_is_a_fault(cut: float, corpus: Corpus, tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "AB.xlsx", corpus, FILLED)
    path.write_bytes(path.read_bytes()[: int(cut * path.stat().st_size)])
    with pytest.raises(SheetError, match="not an Excel file"):
        read_sheets([path], corpus.statements, CODEBOOK)


def test_a_cell_at_the_far_end_costs_no_memory(corpus: Corpus, tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "AB.xlsx", corpus, FILLED | {"XFD90000": "x"})
    assert given(path, corpus) == GIVEN


@pytest.mark.parametrize("coder", ["", " ", "rules"])
def test_a_sheet_needs_the_id_of_a_person(coder: str, corpus: Corpus) -> None:
    with pytest.raises(UsageError, match="id of a person"):
        sheet_bytes(sample_statements(corpus, 9), CODEBOOK, coder=coder, seed=1)


FILLED = {
    "G2": "strength",
    "H2": "Early help ",
    "K2": "police",
    "N2": "sure?",
    "G3": "weakness",
    "I3": "quality_assurance",
    "J3": "early_help",
    "G5": "neutral",
}
GIVEN = [
    (ID.format(1), "polarity", "strength", 1),
    (ID.format(1), "theme", "early_help", 1),
    (ID.format(1), "agency", "police", 1),
    (ID.format(2), "polarity", "weakness", 1),
    (ID.format(2), "theme", "quality_assurance", 1),
    (ID.format(2), "theme", "early_help", 2),
    (ID.format(4), "polarity", "neutral", 1),
]


def given(path: Path, corpus: Corpus) -> list[tuple[object, ...]]:
    (coded,) = read_sheets([path], corpus.statements, CODEBOOK)
    assert coded.coder == "AB"
    return list(coded.codes.itertuples(index=False, name=None))


def test_a_sheet_is_read_back(corpus: Corpus, tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "AB.xlsx", corpus, FILLED)
    assert given(path, corpus) == GIVEN
    assert read_sheets([path], corpus.statements, CODEBOOK)[0].notes == {ID.format(1): "sure?"}


@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "cp1252")])
def test_a_sheet_saved_as_csv_is_read_back(separator: str, encoding: str, tmp_path: Path) -> None:
    corpus = make_corpus(first="Visits at the café are kept")
    sheet = openpyxl.load_workbook(write_sheet(tmp_path / "AB.xlsx", corpus, FILLED))["Coding"]
    rows = [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]
    path = tmp_path / "AB.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows([rows[0], *([*row[:-1], "AB"] for row in rows[1:]), []])
    assert given(path, corpus) == GIVEN


@pytest.mark.parametrize("route", ["xlsx", "ods", "csv"])
def test_a_sheet_saved_by_libreoffice_is_read_back(route: str, corpus: Corpus, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    path = write_sheet(tmp_path / "AB.xlsx", corpus, FILLED)
    convert = [office, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to"]
    (tmp_path / "saved").mkdir()
    subprocess.run(
        [*convert, route, "--outdir", tmp_path / "saved", path], check=True, timeout=120, capture_output=True
    )
    saved = tmp_path / "saved" / f"AB.{route}"
    if route == "ods":
        subprocess.run(
            [*convert, "xlsx", "--outdir", saved.parent, saved], check=True, timeout=120, capture_output=True
        )
        saved = saved.with_suffix(".xlsx")
    assert given(saved, corpus) == GIVEN


def test_all_faults_are_told_at_once_by_cell(corpus: Corpus, tmp_path: Path) -> None:
    cells = {
        "G2": "strengh",
        "H2": "early_help",
        "I2": "early_help",
        "F3": "Somebody wrote over this.",
        "G3": "mixed",
        "K3": "zzz",
        "A4": "jtai-9-f1-01",
        "G4": "mixed",
        "A5": ID.format(1),
        "H5": "joint_working",
        "Instructions!B3": None,
    }
    first = write_sheet(tmp_path / "one.xlsx", corpus, cells)
    second = write_sheet(tmp_path / "two.xlsx", corpus, {"G2": "mixed"}, coder="CD")
    third = write_sheet(tmp_path / "three.xlsx", corpus, {}, coder="CD")
    fourth = write_sheet(tmp_path / "four.xlsx", corpus, {"G2": "mixed", "Instructions!B3": "rules"})
    with pytest.raises(SheetError) as raised:
        read_sheets([first, second, third, fourth, tmp_path / "none.xlsx"], corpus.statements, CODEBOOK)
    assert list(raised.value.faults) == [
        "one.xlsx: there is no coder id. Write it into cell B3 of the sheet 'Instructions' "
        "(in a CSV file: the column 'coder').",
        "one.xlsx, cell G2: 'strengh' is no polarity of the codebook. Nearest: 'strength'.",
        "one.xlsx, cell I2: 'early_help' stands in H2 already.",
        "one.xlsx, cell F3: the text has been changed. It was 'Visits are kept strengths 1.'.",
        "one.xlsx, cell K3: 'zzz' is no agency of the codebook. See the sheet 'Codes'.",
        "one.xlsx, cell A4: there is no statement 'jtai-9-f1-01' in the tables.",
        f"one.xlsx, cell A5: the statement {ID.format(1)} stands in cell A2 already.",
        "one.xlsx, cell G5: the row has codes but no polarity.",
        "three.xlsx: the coder id 'CD' is that of two.xlsx too. Give each coder an id and one sheet.",
        "three.xlsx: nothing has been coded yet.",
        "four.xlsx: the coder id 'rules' is the name of a machine. Use initials.",
        f"{tmp_path / 'none.xlsx'}: there is no such file.",
    ]
    assert raised.value.exit_code == 2
    assert "12 faults in the coding sheets:\n  - one.xlsx" in str(raised.value)


def _no_columns(path: Path) -> None:
    path.write_text("a,b\n1,2\n")


def _two_coders(path: Path) -> None:
    rows = [
        ",".join(COLUMNS),
        *(f"{ID.format(n)},,,,,Visits are kept strengths {n - 1}.,mixed,,,,,,,," for n in (1, 2)),
    ]
    path.write_text(f"{rows[0]}\n{rows[1]}AB\n{rows[2]}CD\n")


@pytest.mark.parametrize(
    ("name", "make", "fault"),
    [
        ("a.xlsx", lambda path: path.write_text("hello"), "a.xlsx: not an Excel file"),
        ("a.xlsx", lambda path: zipfile.ZipFile(path, "w").close(), "a.xlsx: not an Excel file"),
        ("a.ods", lambda path: path.write_text("hello"), "a.ods: not an Excel file"),
        ("a.csv", lambda path: path.write_bytes(b""), "there is no column 'statement_id'"),
        ("a.csv", _no_columns, "there is no column 'statement_id'"),
        ("a.csv", _two_coders, "several coder ids (AB, CD)"),
    ],
)
def test_what_is_no_sheet(
    name: str, make: Callable[[Path], object], fault: str, corpus: Corpus, tmp_path: Path
) -> None:
    make(tmp_path / name)
    with pytest.raises(SheetError) as raised:
        read_sheets([tmp_path / name], corpus.statements, CODEBOOK)
    assert fault in raised.value.faults[0]


@pytest.fixture
def coded(corpus: Corpus) -> Corpus:
    """The corpus as a machine coded two statements."""
    given = [(ID.format(1), "mixed", ["early_help"], ["police"]), (ID.format(2), "weakness", ["joint_working"], [])]
    machine = use_codings(corpus, make_coded("model", given), CODEBOOK)
    return machine._replace(statements=machine.statements.assign(polarity_score=0.5))


def test_a_persons_codes_replace_the_machines(coded: Corpus) -> None:
    before = [frame.copy(deep=True) for frame in coded]
    person = make_coded("AB", [(ID.format(1), "strength", ["quality_assurance", "early_help"], [])])
    mixed = use_codings(coded, person, CODEBOOK)
    assert mixed.statements[["statement_id", "polarity", "key_area", "coder"]].head(2).to_numpy().tolist() == [
        [ID.format(1), "strength", "leadership", "AB"],
        [ID.format(2), "weakness", "collaboration", "model"],
    ]
    assert mixed.statements["polarity_score"].isna().tolist() == [True] + [False] * 39
    columns = ["statement_id", "facet", "code", "rank", "coder"]
    assert mixed.codings[columns].to_numpy().tolist() == [
        [ID.format(1), "theme", "quality_assurance", 1, "AB"],
        [ID.format(1), "theme", "early_help", 2, "AB"],
        [ID.format(2), "theme", "joint_working", 1, "model"],
    ]
    assert mixed.codings_other[columns].to_numpy().tolist() == [
        [ID.format(1), "polarity", "mixed", 1, "model"],
        [ID.format(1), "theme", "early_help", 1, "model"],
        [ID.format(1), "agency", "police", 1, "model"],
    ]
    for name in ("codings", "codings_other"):
        schema.check_frame(TABLES[name], getattr(mixed, name))
    for frame, old in zip(coded, before, strict=True):
        pd.testing.assert_frame_equal(frame, old)


def test_the_machine_can_still_be_compared_and_taken_back(coded: Corpus) -> None:
    person = make_coded("AB", [(ID.format(1), "strength", [], [])])
    mixed = use_codings(coded, person, CODEBOOK)
    (before,) = machine_codings(coded)
    (after,) = machine_codings(mixed, people=["AB"])
    assert before.coder == after.coder == "model"
    assert sorted(before.codes.itertuples(index=False)) == sorted(after.codes.itertuples(index=False))
    again = use_codings(mixed, person, CODEBOOK)
    pd.testing.assert_frame_equal(again.codings, mixed.codings)
    pd.testing.assert_frame_equal(again.codings_other, mixed.codings_other)
    back = use_codings(mixed, before, CODEBOOK)
    pd.testing.assert_frame_equal(back.codings, coded.codings)
    assert set(back.codings_other["coder"]) == {"AB"}


def test_of_several_people_the_first_named_is_in_use(coded: Corpus, tmp_path: Path) -> None:
    first = write_sheet(tmp_path / "AB.xlsx", coded, {"G2": "strength"})
    second = write_sheet(tmp_path / "CD.xlsx", coded, {"G2": "neutral", "G3": "mixed", "K3": "health"}, coder="CD")
    mixed = use_sheets(coded, [first, second], CODEBOOK)
    assert mixed.statements["coder"].head(3).fillna("nobody").tolist() == ["AB", "CD", "nobody"]
    assert mixed.statements["polarity"].head(2).tolist() == ["strength", "mixed"]
    polarities = mixed.codings_other[mixed.codings_other["facet"] == "polarity"]
    assert polarities[["coder", "code"]].to_numpy().tolist() == [
        ["model", "mixed"],
        ["CD", "neutral"],
        ["model", "weakness"],
    ]
    assert mixed.codings[["code", "coder"]].to_numpy().tolist() == [["health", "CD"]]


def test_codes_of_a_statement_that_is_not_there(corpus: Corpus) -> None:
    with pytest.raises(UsageError, match="AB: no statement gone in the tables"):
        use_codings(corpus, make_coded("AB", [("gone", "mixed", [], [])]), CODEBOOK)


@pytest.fixture
def outputs(coded: Corpus, tmp_path: Path) -> Path:
    """The tables, with what they need to be written."""
    row = {"file_name": "a.pdf", "n_pages": 1, "template": "2022-", "n_findings": 2}
    reports = [row | record | {"sha256": f"{n:064d}"} for n, record in enumerate(_filled(coded.reports))]
    sections = [record | {"ordinal": 1} for record in _filled(coded.sections)]
    findings = [record | {"ordinal": 1, "page_offsets": "2:0"} for record in _filled(coded.findings)]
    parts = {"reports": reports, "sections": sections, "findings": findings}
    write_tables(coded._replace(**{n: make_frame(TABLES[n], rows) for n, rows in parts.items()}), tmp_path / "out")
    return tmp_path / "out"


def _filled(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {str(k): v for k, v in row.items() if not pd.isna(v)} for row in frame.astype(object).to_dict(orient="records")
    ]


def jtai(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def test_the_commands_from_sheet_to_agreement(
    outputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets = [tmp_path / f"{coder}.xlsx" for coder in ("AB", "CD")]
    for sheet in sheets:
        assert jtai("sheet", "--coder", sheet.stem, "--sample", 999, "--outputs", outputs, "--out", sheet) == 0
    assert f"Written: {sheets[0]} (40 statements of 4 letters)" in capsys.readouterr().out
    assert jtai("sheet", "--coder", "AB", "--outputs", outputs, "--out", sheets[0]) == 2
    assert "there is such a file already. Hint:" in capsys.readouterr().err
    for sheet, polarity in zip(sheets, ("mixed", "weakness"), strict=True):
        book = openpyxl.load_workbook(sheet)
        book["Coding"]["G2"], book["Coding"]["H2"] = polarity, "early_help"
        book["Coding"]["G3"] = "weakness"
        book.save(sheet)
    assert jtai("agreement", *sheets, "--outputs", outputs, "--out", tmp_path / "a.csv") == 0
    shown = capsys.readouterr().out
    blocks = [line for line in shown.splitlines() if "coded by both" in line]
    assert blocks == [
        f"{pair}: 2 statements of 1 letters coded by both" for pair in ("AB and CD", "AB and model", "CD and model")
    ]
    figures = pd.read_csv(tmp_path / "a.csv")
    whole = figures[(figures["facet"] == "polarity") & figures["code"].isna()]
    assert whole["raw"].tolist() == [0.5, 1.0, 0.5]
    listed = pd.read_csv(tmp_path / "a_disagreements.csv")
    assert (listed["facet"] == "polarity").sum() == 2


def test_agreement_needs_two(corpus: Corpus, tmp_path: Path, outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = make_frame(TABLES["codings"], [])
    bare = corpus._replace(codings=empty)
    (outputs / "data" / "statements.parquet").write_bytes(bare.statements.to_parquet(None))
    (outputs / "data" / "codings.parquet").write_bytes(empty.to_parquet(None))
    sheet = write_sheet(tmp_path / "AB.xlsx", corpus, {"G2": "mixed"})
    assert jtai("agreement", sheet, "--outputs", outputs) == 2
    assert "AB: there is nobody to compare with. Hint:" in capsys.readouterr().err


def test_a_run_uses_the_codes_of_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letters, out = tmp_path / "letters", tmp_path / "out"
    letters.mkdir()
    shutil.copy(SAMPLE / "90000001.pdf", letters)
    run = ["run", "--reports", str(letters), "--outputs", str(out), "--coder", "rules"]
    assert main(run) == 0
    codes = {"polarity": "mixed", "theme_1": "early_help", "agency_1": "police"}
    cells = {f"{NAMES[column]}2": code for column, code in codes.items()}
    sheet = write_sheet(tmp_path / "AB.xlsx", load(out), cells)
    coded = sample_statements(load(out), 999)["statement_id"].iloc[0]
    assert main([*run, str(sheet)]) == 0
    assert "AB (1)" in capsys.readouterr().out
    corpus = load(out)
    statement = corpus.statements.set_index("statement_id").loc[coded]
    assert (statement["polarity"], statement["key_area"], statement["coder"]) == ("mixed", "collaboration", "AB")
    given = corpus.codings[corpus.codings["statement_id"] == coded]
    assert set(zip(given["facet"], given["code"], given["coder"], strict=True)) == {
        ("theme", "early_help", "AB"),
        ("agency", "police", "AB"),
    }
