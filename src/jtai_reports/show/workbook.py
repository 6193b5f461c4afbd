"""The findings as an Excel workbook: filters, links to the page in the PDF, and no formula from a letter's text."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from jtai_reports.corpus import Corpus

LONGEST_CELL = 32_767  # characters: what a cell of an xlsx file can hold
MOST_ROWS = 1_048_575  # under the header
MOST_LINKS = 65_530  # on one sheet
FIXED_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - a date without a place, so that the same tables give the same bytes
WIDTHS = {"text": 90, "message": 60, "hint": 40, "heading": 30, "themes": 34, "agencies": 22, "source_url": 44}
WIDTH = 16
LINK = "open"


class Sheet(NamedTuple):
    """One sheet: its table, and the column whose cells link to the page in the published PDF and in the local file."""

    name: str
    table: pd.DataFrame
    pages: bool = False


def workbook_bytes(
    corpus: Corpus, *, tables: Mapping[str, pd.DataFrame], readme: Sequence[tuple[str, str]], letters: str = ""
) -> bytes:
    """The workbook of a corpus; the same bytes from the same tables.

    Args:
        corpus: the coded corpus.
        tables: further tables by sheet name, such as the prevalence by series.
        readme: the lines of the first sheet as (what, text).
        letters: the folder of the letters as seen from the workbook, for the links to their files.
    """
    import xlsxwriter  # noqa: PLC0415 - heavy

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": "Findings of JTAI letters", "created": FIXED_DAY})
    formats = {
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
        "link": book.add_format({"font_color": "#0645ad", "underline": True, "valign": "top"}),
    }
    _write_readme(book, readme, formats)
    for sheet in (*corpus_sheets(corpus), *(Sheet(name, table) for name, table in tables.items())):
        _write_sheet(book, sheet, formats, letters)
    book.close()
    return buffer.getvalue()


def corpus_sheets(corpus: Corpus) -> Iterator[Sheet]:
    """The sheets that a corpus fills: letters, findings, statements with their codes, priority actions, problems."""
    place = corpus.reports[["report_id", "authority", "series", "letter_date", "file_name", "source_url"]]
    findings = place.merge(corpus.findings, on="report_id", validate="one_to_many")
    statements = place.merge(with_codes(corpus), on="report_id", validate="one_to_many")
    shown = ["authority", "series", "letter_date", "section_kind"]
    yield Sheet("Letters", corpus.reports)
    yield Sheet("Findings", _with_place(findings, [*shown, "subheading", "text", "is_bullet"]), pages=True)
    coded = [*shown, "text", "polarity", "themes", "agencies", "key_area", "polarity_score", "coder"]
    yield Sheet("Statements", _with_place(statements, coded), pages=True)
    priority = findings[findings["section_kind"] == "priority_actions"]
    yield Sheet("Priority actions", _with_place(priority, ["authority", "series", "letter_date", "text"]), pages=True)
    yield Sheet("Problems", corpus.problems)


def with_codes(corpus: Corpus) -> pd.DataFrame:
    """The statements with their themes and agencies as text, most central first, joined by '; '."""
    table = corpus.statements
    for facet, name in (("theme", "themes"), ("agency", "agencies")):
        ranked = corpus.codings[corpus.codings["facet"] == facet].sort_values(["statement_id", "rank"])
        joined = ranked.groupby("statement_id")["code"].agg("; ".join).rename(name)
        table = table.merge(joined, how="left", left_on="statement_id", right_index=True, validate="one_to_one")
    return table


def _with_place(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    ids = [name for name in ("finding_id", "statement_id") if name in table]
    return table[[*columns, "page_start", *ids, "file_name", "source_url"]]


def _write_readme(book: Workbook, lines: Sequence[tuple[str, str]], formats: Mapping[str, Format]) -> None:
    page = book.add_worksheet("README")
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 110)
    page.write_string(0, 0, "Findings of JTAI letters", formats["title"])
    for row, (what, text) in enumerate(lines, 2):
        page.write_string(row, 0, what, formats["bold"])
        page.write_string(row, 1, text, formats["wrapped"])


def _write_sheet(book: Workbook, sheet: Sheet, formats: Mapping[str, Format], letters: str) -> None:
    page = book.add_worksheet(sheet.name)
    shown = sheet.table.drop(columns=["file_name", "source_url"]) if sheet.pages else sheet.table
    shown = shown.iloc[:MOST_ROWS]
    links = (
        [("published page", _published(sheet.table)), ("local page", _local(sheet.table, letters))]
        if sheet.pages
        else []
    )
    headers = [*shown.columns, *(name for name, _ in links)]
    for column, name in enumerate(shown.columns):
        page.set_column(column, column, WIDTHS.get(name, WIDTH), formats["wrapped"])
        _write_column(page, column, shown[name].tolist())
    for column, (_, targets) in enumerate(links, len(shown.columns)):
        page.set_column(column, column, WIDTH)
        _write_links(page, column, targets, formats["link"])
    page.freeze_panes(1, 0)
    page.add_table(
        0, 0, max(len(shown), 1), len(headers) - 1,
        {"name": sheet.name.replace(" ", ""), "columns": [{"header": name} for name in headers]},
    )  # fmt: skip
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
            page.write_string(row, column, str(value)[:LONGEST_CELL])


def _write_links(page: Worksheet, column: int, targets: Sequence[str | None], style: Format) -> None:
    for row, target in enumerate(targets[: MOST_LINKS // 2], 1):
        if target is not None:
            page.write_url(row, column, target, style, LINK)


def _published(table: pd.DataFrame) -> list[str | None]:
    pairs = zip(table["source_url"], table["page_start"], strict=True)
    return [f"{url}#page={page}" if isinstance(url, str) else None for url, page in pairs]


def _local(table: pd.DataFrame, letters: str) -> list[str | None]:
    pairs = zip(table["file_name"], table["page_start"], strict=True)
    return [f"external:{letters}{'/' if letters else ''}{name}#page={page}" for name, page in pairs]
