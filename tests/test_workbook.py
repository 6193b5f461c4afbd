"""The workbook: what stands in it, what does not become a formula, and that office programs open it."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from jtai_reports.errors import UsageError
from jtai_reports.show import workbook as workbook_module
from jtai_reports.show.workbook import Readme, corpus_sheets, workbook_bytes
from jtai_reports.store import load
from tests.hostile import FORMULA, SCRIPT, TEXT, make_hostile

SHEETS = ["README", "Letters", "Findings", "Statements", "Priority actions", "Problems", "Corrections"]


def book_of(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


README = Readme("Mine", [("Note", FORMULA)])


@pytest.fixture(scope="module")
def hostile() -> bytes:
    return workbook_bytes(make_hostile(), tables={}, readme=README, letters="../my letters")


def test_every_sheet_is_a_filtered_table_with_a_frozen_header(sample_outputs: Path) -> None:
    book = openpyxl.load_workbook(sample_outputs / "jtai-findings.xlsx")
    assert book.sheetnames == [*SHEETS, "Prevalence by series"]
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        (table,) = sheet.tables.values()
        assert table.autoFilter is not None
        assert table.ref == sheet.dimensions or sheet.max_row == 1  # a table without rows still has one, empty
    corpus = load(sample_outputs)
    assert [book[name].max_row - 1 for name in SHEETS[1:4]] == [12, len(corpus.findings), len(corpus.statements)]


def test_the_first_sheet_says_what_this_is(sample_outputs: Path) -> None:
    sheet = openpyxl.load_workbook(sample_outputs / "jtai-findings.xlsx")["README"]
    rows = {str(what): str(text) for what, text in sheet.iter_rows(3, values_only=True)}
    newest = load(sample_outputs).reports["letter_date"].max()
    assert rows["Letters"] == f"12, the newest of {newest}"
    assert rows["To cite"] == f"jtai_reports 0.1.0; JTAI letters up to {newest}; n = 12 letters."
    assert "no real area" in rows["Invented letters"]
    assert {"How to read it", "Licence", "Codebook"} <= set(rows)


def test_text_of_a_letter_is_no_formula(hostile: bytes) -> None:
    book = book_of(hostile)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # text and numbers, no 'f'
    texts = {cell.value for cell in cells}
    assert {TEXT, FORMULA, SCRIPT} <= texts
    with zipfile.ZipFile(io.BytesIO(hostile)) as packed:
        assert not any(b"<f>" in packed.read(name) for name in packed.namelist())


def test_links_lead_to_the_page_and_only_to_the_web(hostile: bytes) -> None:
    sheet = book_of(hostile)["Findings"]
    header = [cell.value for cell in sheet[1]]
    published, local = (header.index(name) for name in ("published page", "local page"))
    rows = list(sheet.iter_rows(2))
    assert rows[0][published].value is None  # its address was that of a script
    web, file = (rows[4][column].hyperlink for column in (published, local))  # second letter, second statement: page 2
    assert web is not None
    assert file is not None
    assert (web.target, web.location) == ("https://example.org/2", "page=2")
    assert (file.target, file.location) == (r"..\my%20letters\letter-02.pdf", "page=2")  # as Excel writes it


def test_codes_stand_with_their_statement() -> None:
    sheets = {sheet.name: sheet for sheet in corpus_sheets(make_hostile())}
    row = sheets["Statements"].table.iloc[1]
    assert (row["themes"], row["agencies"], row["polarity"], row["page_start"]) == (
        "early_help",
        "health",
        "weakness",
        2,
    )
    assert sheets["Priority actions"].table["page_start"].tolist() == [3, 3]
    assert "local page" not in sheets["Findings"].links  # no folder of letters was named


def test_the_same_tables_give_the_same_bytes(hostile: bytes) -> None:
    again = workbook_bytes(make_hostile(), tables={}, readme=README, letters="../my letters")
    assert again == hostile


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "MOST_ROWS", 5)
    with pytest.raises(UsageError, match="Findings: 6 rows are more than a sheet can hold"):
        workbook_bytes(make_hostile(), tables={}, readme=Readme("Mine", []), letters=None)


def test_libreoffice_opens_it(hostile: bytes, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    (tmp_path / "book.xlsx").write_bytes(hostile)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = [office, "--headless", profile, "--convert-to", every_sheet, "--outdir", str(tmp_path)]
    done = subprocess.run([*command, str(tmp_path / "book.xlsx")], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0
    assert "rror" not in done.stderr
    shown = pd.read_csv(tmp_path / "book-Statements.csv")
    assert len(shown) == 6
    assert shown["text"][1] == TEXT
