"""The findings as an Excel workbook: filters, links to the page in the PDF, and no formula from a letter's text."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from jtai_reports.errors import UsageError
from jtai_reports.show.citing import page_address
from jtai_reports.show.said import with_codes

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from jtai_reports.corpus import Corpus

MOST_ROWS = 1_048_575  # of a sheet, under the header
MOST_LINKS = 65_530  # of a sheet
LONGEST_CELL = 32_767  # characters
FIXED_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - a day without a place: the same tables give the same bytes
TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
PLACE = ["authority", "series", "letter_date"]
WIDTHS = {  # of a column, in characters
    "text": 90, "message": 60, "reason": 50, "source_url": 44, "hint": 40, "themes": 34, "heading": 30,
    "agencies": 22,
}  # fmt: skip
WIDTH = 16


class Sheet(NamedTuple):
    """One sheet: its table, and targets of links by the name of their column, one a row, None where there is none."""

    name: str
    table: pd.DataFrame
    links: Mapping[str, Sequence[str | None]] = {}


class Readme(NamedTuple):
    """The first sheet: its title, which is the workbook's, and its lines as (what, text)."""

    title: str
    lines: Sequence[tuple[str, str]]


def workbook_bytes(corpus: Corpus, *, tables: Mapping[str, pd.DataFrame], readme: Readme, letters: str | None) -> bytes:
    """The workbook of a corpus; the same bytes from the same tables.

    Args:
        corpus: the coded corpus.
        tables: further tables by the name of their sheet, such as the prevalence by series.
        readme: the first sheet.
        letters: the folder of the letters as seen from the workbook, for links to their files; None for no links.

    Raises:
        UsageError: a table has more rows than a sheet can hold.

    Example:
        >>> from jtai_reports.store import load
        >>> readme = Readme("My findings", [])
        >>> content = workbook_bytes(load("outputs"), tables={}, readme=readme, letters=None)  # doctest: +SKIP
    """
    import xlsxwriter  # noqa: PLC0415 - heavy

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **TEXT_ONLY})
    book.set_properties({"title": readme.title, "created": FIXED_DAY})
    formats = {
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
        "link": book.add_format({"font_color": "#0645ad", "underline": True, "valign": "top"}),
    }
    _write_readme(book, readme, formats)
    for sheet in (*corpus_sheets(corpus, letters), *(Sheet(name, table) for name, table in tables.items())):
        _write_sheet(book, sheet, formats)
    book.close()
    return buffer.getvalue()


def corpus_sheets(corpus: Corpus, letters: str | None = None) -> Iterator[Sheet]:
    """The sheets of a corpus: letters, findings, statements with their codes, priority actions, problems.

    Args:
        corpus: the coded corpus.
        letters: see `workbook_bytes`.
    """
    place = corpus.reports[["report_id", *PLACE, "file_name", "source_url"]]
    findings = corpus.findings.merge(place, on="report_id", validate="many_to_one")
    statements = with_codes(corpus).merge(place, on="report_id", validate="many_to_one")
    priority = findings[findings["section_kind"] == "priority_actions"]
    said = ["polarity", "themes", "agencies", "key_area", "polarity_score", "coder"]
    yield Sheet("Letters", corpus.reports)
    yield _linked("Findings", findings, [*PLACE, "section_kind", "subheading", "text", "is_bullet"], letters)
    yield _linked("Statements", statements, [*PLACE, "section_kind", "text", *said], letters)
    yield _linked("Priority actions", priority, [*PLACE, "text"], letters)
    yield Sheet("Problems", corpus.problems)
    yield Sheet("Corrections", corpus.corrections)


def _linked(name: str, table: pd.DataFrame, columns: Sequence[str], letters: str | None) -> Sheet:
    """A sheet whose rows stand on a page of a letter, with links to that page."""
    files, urls, pages = (table[column].tolist() for column in ("file_name", "source_url", "page_start"))
    links = {"published page": [page_address(url, page) for url, page in zip(urls, pages, strict=True)]}
    if letters is not None:
        links["local page"] = [
            f"external:{quote(f'{letters}/{file}')}#page={page}" for file, page in zip(files, pages, strict=True)
        ]
    ids = [column for column in ("finding_id", "statement_id") if column in table]
    return Sheet(name, table[[*columns, "page_start", *ids]], links)


def _write_readme(book: Workbook, readme: Readme, formats: Mapping[str, Format]) -> None:
    page = book.add_worksheet("README")
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 110)
    page.write_string(0, 0, readme.title, formats["title"])
    for row, (what, text) in enumerate(readme.lines, 2):
        page.write_string(row, 0, what, formats["bold"])
        page.write_string(row, 1, text, formats["wrapped"])


def _write_sheet(book: Workbook, sheet: Sheet, formats: Mapping[str, Format]) -> None:
    if len(sheet.table) > MOST_ROWS:
        hint = "Give the workbook fewer letters; the tables in outputs/data/ hold all."
        raise UsageError(f"{sheet.name}: {len(sheet.table)} rows are more than a sheet can hold.", hint=hint)
    page = book.add_worksheet(sheet.name)
    for column, name in enumerate(sheet.table):
        page.set_column(column, column, WIDTHS.get(str(name), WIDTH), formats["wrapped"])
        _write_column(page, column, sheet.table[name].tolist())
    for column, targets in enumerate(sheet.links.values(), len(sheet.table.columns)):
        page.set_column(column, column, WIDTH)
        _write_links(page, column, targets[: MOST_LINKS // len(sheet.links)], formats["link"])
    headers = [{"header": name} for name in (*sheet.table.columns, *sheet.links)]
    options = {"name": sheet.name.replace(" ", ""), "columns": headers}
    page.add_table(0, 0, max(len(sheet.table), 1), len(headers) - 1, options)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write_column(page: Worksheet, column: int, values: Sequence[Any]) -> None:
    """Numbers as numbers, everything else as text that no spreadsheet takes for a formula."""
    import pandas as pd  # noqa: PLC0415 - heavy

    for row, value in enumerate(values, 1):
        if pd.isna(value):
            continue
        if isinstance(value, bool):
            page.write_string(row, column, "yes" if value else "no")
        elif isinstance(value, (int, float)):
            page.write_number(row, column, value)
        else:
            page.write_string(row, column, shortened(str(value)))


def shortened(text: str) -> str:
    """Text that a cell can hold; where its end had to go, it ends in '...'.

    >>> len(shortened("a" * 40_000)), shortened("whole")
    (32767, 'whole')
    """
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 3] + "..."


def _write_links(page: Worksheet, column: int, targets: Sequence[str | None], style: Format) -> None:
    for row, target in enumerate(targets, 1):
        if target is not None:
            page.write_url(row, column, target, style, "open")
