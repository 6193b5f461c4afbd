"""A letter of a series that the tool does not know is read, says so, and can be given a series in a file."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from jtai_reports.cache import reading_version
from jtai_reports.corpus import read_letters
from jtai_reports.errors import ReferenceDataError
from jtai_reports.reference.readers import read_series
from tests.conftest import SAMPLE

LINES = (
    "5 March 2027",
    "To: the director of children's services, Quillshire",
    "Dear Quillshire local safeguarding partnership",
    "*Joint targeted area inspection of Quillshire",
    "This letter summarises the findings from the joint targeted area inspection (JTAI)",
    "of the response to children who sleep in cars in Quillshire.",
    "This inspection took place from 1 to 5 February 2027. It was carried out by inspectors from Ofsted.",
    "*Headline findings",
    "Help comes early and stays for long.",
    "*What needs to improve?",
    "The speed of replies to schools.",
    "*Main findings",
    "Workers know the car parks of the county well.",
    "*Next steps",
    "Send a written statement by 4 June 2027.",
    "Yours sincerely",
)
ROW = "{series},Children in cars,{theme},2022-,2027-01-01,,,,{pattern}\n"
HEAD = "series,title,deep_dive_theme,template,first_letter,last_letter,n_published,overview,theme_pattern\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one letter of a series that nobody has heard of."""
    shutil.copy(SAMPLE / "authorities.csv", tmp_path)
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(595, 842), invariant=1)
    for number, line in enumerate(LINES):
        canvas.setFont("Helvetica-Bold" if line.startswith("*") else "Helvetica", 12)
        canvas.drawString(70, 780 - 30 * number, line.lstrip("*"))
    canvas.save()
    (tmp_path / "letter.pdf").write_bytes(content.getvalue())
    return tmp_path


def test_a_letter_of_an_unknown_series(folder: Path) -> None:
    corpus = read_letters([folder / "letter.pdf"], authorities=folder)
    (letter,) = corpus.reports.to_dict("records")
    assert (letter["authority"], letter["letter_date"], letter["template"]) == ("Quillshire", "2027-03-05", "2022-")
    assert corpus.reports["series"].isna().all()
    assert len(corpus.findings) >= 4
    about = corpus.problems[corpus.problems["message"] == "Not recognised in the letter: series."]
    assert list(about["severity"]) == ["warning"]
    assert about["hint"].iloc[0] == "Add a row for the series to series.csv in the folder of the letters."


def test_a_series_of_ones_own(folder: Path) -> None:
    before = reading_version("pdfium", folder)
    row = ROW.format(series="cars_2027", theme="children who sleep in cars", pattern="sleep in cars")
    (folder / "series.csv").write_text(HEAD + row)
    assert reading_version("pdfium", folder) != before  # what was read before is not taken from the cache
    corpus = read_letters([folder / "letter.pdf"], authorities=folder)
    assert list(corpus.reports["series"]) == ["cars_2027"]
    assert list(corpus.reports["deep_dive_theme"]) == ["children who sleep in cars"]
    assert not corpus.problems["message"].str.contains("series").any()


def test_a_row_of_ones_own_replaces_a_known_series(tmp_path: Path) -> None:
    (tmp_path / "series.csv").write_text(HEAD + ROW.format(series="da_2024", theme="x", pattern="y"))
    assert len(read_series(tmp_path)) == len(read_series())
    assert next(s for s in read_series(tmp_path) if s.series == "da_2024").title == "Children in cars"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + ROW.format(series="a", theme="b", pattern="(c"), r"series\.csv, line 2: cannot be used"),
        (HEAD + "a,b,c,d,soon,,,,e\n", r"series\.csv, line 2: cannot be used"),
        ("series,title\na,b\n", r"series\.csv: no column deep_dive_theme"),
    ],
)
def test_a_series_file_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "series.csv").write_text(text)
    with pytest.raises(ReferenceDataError, match=message):
        read_series(tmp_path)
