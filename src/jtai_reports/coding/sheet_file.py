"""Open a coding sheet, saved as .xlsx or as CSV, as rows of text that remember their cells."""

from __future__ import annotations

import csv
import io
import string
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.coding.sheet import CODER_NAME, CODING
from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    from openpyxl import Workbook

# what openpyxl raises on files that are no spreadsheets or damaged ones
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, SyntaxError, OSError, EOFError, RuntimeError),
    *(AttributeError, LookupError, TypeError, ValueError),
)
EXCEL = (".xlsx", ".xlsm")
LARGEST = 200_000_000  # bytes, unpacked
Values = Iterable[Sequence[object]]


class SheetRow(NamedTuple):
    """One row: its number in the spreadsheet, and its texts by column."""

    number: int
    texts: dict[str, str]


class SheetFile(NamedTuple):
    """A coding sheet as it was saved.

    Attributes:
        name: of the file.
        coders: the coder ids that it gives, each once; one, if all is well.
        columns: the letter of each column, by its heading.
        rows: the rows below the heading that are not empty.
    """

    name: str
    coders: tuple[str, ...]
    columns: dict[str, str]
    rows: tuple[SheetRow, ...]

    def cell(self, row: SheetRow, column: str) -> str:
        """Where a text stands, for the person who mends it: `AB.xlsx, cell G5`."""
        return f"{self.name}, cell {self.columns[column]}{row.number}"


def open_sheet(path: Path) -> SheetFile:
    """Open a coding sheet.

    Raises:
        UsageError: the file is not there, or is neither an Excel file nor CSV.
    """
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file.")
    return _open_csv(path) if path.suffix.lower() == ".csv" else _open_excel(path)


def _open_csv(path: Path) -> SheetFile:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what Excel writes as plain CSV
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as fault:
        raise UsageError(f"{path.name}: not a CSV file ({fault}).", hint="Save the sheet as CSV again.") from fault
    return _sheet_file(path.name, rows, coders=())


def _open_excel(path: Path) -> SheetFile:
    try:
        coder, rows = _load(path)
    except DAMAGE as fault:
        hint = "Save it as .xlsx, or as CSV from the sheet 'Coding'."
        raise UsageError(f"{path.name}: not an Excel file (.xlsx).", hint=hint) from fault
    return _sheet_file(path.name, rows, coders=(coder,) if coder else ())


def _load(path: Path) -> tuple[str, list[tuple[object, ...]]]:
    """The coder id and the rows of the sheet 'Coding', or of the first sheet where there is none of that name."""
    import openpyxl  # noqa: PLC0415 - needed here only

    if path.suffix.lower() not in EXCEL:
        raise ValueError(path.suffix)
    with zipfile.ZipFile(path) as parts:
        if sum(part.file_size for part in parts.infolist()) > LARGEST:
            raise ValueError("too large")
    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")  # about decoration that it does not keep
        book = openpyxl.load_workbook(file, data_only=True, read_only=True)
        sheet = book[CODING] if CODING in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size need not be true
        return _named_text(book, CODER_NAME), list(sheet.iter_rows(values_only=True))


def _named_text(book: Workbook, name: str) -> str:
    """The text of a named cell; empty where there is no such name."""
    places = list(book.defined_names[name].destinations) if name in book.defined_names else []
    if len(places) != 1 or places[0][0] not in book.sheetnames:
        return ""
    title, place = places[0]
    return " ".join(_text(book[title][place.replace("$", "")].value).split())


def _sheet_file(name: str, values: Values, *, coders: tuple[str, ...]) -> SheetFile:
    lines = iter(values)
    headings = [_text(value).lower() for value in next(lines, ())]
    columns = {heading: _letters(place) for place, heading in enumerate(headings) if heading}
    rows = tuple(_rows(headings, lines))
    return SheetFile(name, coders or _ids(rows), columns, rows)


def _rows(headings: Sequence[str], lines: Iterator[Sequence[object]]) -> Iterator[SheetRow]:
    for number, line in enumerate(lines, 2):
        given = {heading: _text(value) for heading, value in zip(headings, line, strict=False) if heading}
        texts = dict.fromkeys(filter(None, headings), "") | given  # a CSV row may be short
        if any(text for heading, text in texts.items() if heading != "coder"):
            yield SheetRow(number, texts)


def _ids(rows: Iterable[SheetRow]) -> tuple[str, ...]:
    return tuple(sorted({" ".join(row.texts.get("coder", "").split()) for row in rows} - {""}))


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _letters(place: int) -> str:
    """The spreadsheet's name of a column.

    >>> _letters(0), _letters(25), _letters(26)
    ('A', 'Z', 'AA')
    """
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + string.ascii_uppercase[last]
