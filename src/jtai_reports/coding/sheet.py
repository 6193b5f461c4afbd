"""Write a coding sheet: an Excel file on which a person codes statements without seeing a machine's codes."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtai_reports.coding.coder import CODERS
from jtai_reports.errors import UsageError
from jtai_reports.reference.profiles import read_profile
from jtai_reports.settings import DEFAULT_PROFILE

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Code, Codebook, Facet

CODING, INSTRUCTIONS, CODES = "Coding", "Instructions", "Codes"
CODER_NAME, CODER_CELL = "coder_id", (2, 1)
SLOTS: dict[Facet, int] = {"polarity": 1, "theme": 3, "agency": 3}  # columns for each facet
CREATED = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - fixed, so that the same sheet is the same bytes
LONGEST_CONTEXT = 2_600  # characters of a paragraph that fit into the tallest row
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
INSTRUCTION_WIDTH = 100
TALLEST_ROW = 409  # points, what Excel allows
LINE, SMALL_LINE = 15, 12  # points
LOCKED_SHEET = {"format_columns": True, "format_rows": True, "format_cells": True, "autofilter": True}
STEPS = (
    "Put your initials in the cell above. Code alone: compare with nobody before you have finished.",
    "Go to the sheet 'Coding'. Each row is one statement. The column 'text' holds it; the column 'paragraph' shows "
    "where it stands, with the statement in bold.",
    "Code what the statement itself says. Use the paragraph only to see what words such as 'this' stand for.",
    "Choose one polarity for every statement. A row without a polarity counts as not coded.",
    "Choose up to three themes that the statement is about, the most central first. Leave them empty where there "
    "are none.",
    "Choose the agencies that the statement is about. Leave them empty where there are none.",
    "Write doubts into 'note'. Leave the white columns as they are: a changed text is not read back.",
    "Save as .xlsx (or as CSV, from the sheet 'Coding').",
)
WIDTHS = {
    "statement_id": 16,
    "letter": 21,
    "page": 6,
    "section": 18,
    "paragraph": 74,
    "text": 48,
    "polarity": 12,
    "theme": 24,
    "agency": 14,
    "note": 26,
    "coder": 8,
}


def code_columns(facet: Facet) -> list[str]:
    """The columns that hold the codes of a facet.

    >>> code_columns("polarity"), code_columns("agency")
    (['polarity'], ['agency_1', 'agency_2', 'agency_3'])
    """
    slots = SLOTS[facet]
    return [facet] if slots == 1 else [f"{facet}_{number}" for number in range(1, slots + 1)]


COLUMNS = (
    *("statement_id", "letter", "page", "section", "paragraph", "text"),
    *(column for facet in SLOTS for column in code_columns(facet)),
    *("note", "coder"),
)
OPEN = {*(column for facet in SLOTS for column in code_columns(facet)), "note"}  # what the coder fills in


def cell_text(text: str) -> str:
    r"""The text without what a spreadsheet cannot hold.

    >>> cell_text("multi\x02agency")
    'multi�agency'
    """
    return NOT_IN_XML.sub("\ufffd", text)


def sheet_bytes(
    sample: pd.DataFrame, codebook: Codebook, *, coder: str, seed: int, profile: str | Path = DEFAULT_PROFILE
) -> bytes:
    """The content of a coding sheet (.xlsx); the same bytes for the same sample, codebook and coder.

    Args:
        sample: the statements, as `sample_statements` draws them.
        codebook: the codes to choose from, with their definitions.
        coder: the id of the person who will code, such as initials.
        seed: with which the sample was drawn; the sheet tells it.
        profile: what kind of letters the statements are from; the sheet's title tells it.

    Raises:
        UsageError: the coder id is empty or the name of a machine.
    """
    import xlsxwriter  # noqa: PLC0415 - needed here only

    if not coder.strip() or coder.strip() in CODERS:
        hint = "Give initials with --coder, such as --coder AB."
        raise UsageError(f"{coder!r}: a coding sheet needs the id of a person.", hint=hint)
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(content, options)
    title = f"{read_profile(profile).names.short} coding sheet"
    book.set_properties({"title": title, "author": coder, "created": CREATED})
    formats = {name: book.add_format(look) for name, look in _looks().items()}
    sheets = [book.add_worksheet(name) for name in (CODING, INSTRUCTIONS, CODES)]
    about = f"{len(sample)} statements, drawn with seed {seed}. Codebook version {codebook.version}."
    _write_coding(sheets[0], sample, formats, coder=coder)
    sheets[1].write_string(0, 0, title, formats["title"])
    _write_instructions(sheets[1], codebook, formats, coder=coder, about=about)
    _write_codes(book, sheets[2], codebook, formats)
    book.define_name(CODER_NAME, f"={INSTRUCTIONS}!$B${CODER_CELL[0] + 1}")
    book.close()
    return content.getvalue()


def _looks() -> dict[str, dict[str, Any]]:
    cell = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
    return {
        "cell": cell,
        "small": cell | {"font_size": 9},
        "open": cell | {"bg_color": "#FFF9E5", "locked": False},
        "head": cell | {"bold": True, "bg_color": "#1F3B57", "font_color": "white"},
        "title": {"bold": True, "font_size": 14},
        "group": {"bold": True, "bg_color": "#E3E9F0", "valign": "top"},
        "wrap": {"text_wrap": True, "valign": "top"},
        "bold": {"bold": True, "valign": "top"},
        "around": {"font_size": 9, "font_color": "#595959"},
        "apart": {"font_size": 9, "bold": True, "font_color": "black"},
    }


def _write_coding(sheet: Any, sample: pd.DataFrame, formats: dict[str, Any], *, coder: str) -> None:  # noqa: ANN401
    for place, column in enumerate(COLUMNS):
        kind = column.rpartition("_")[0] if column[-1].isdigit() else column
        sheet.set_column(place, place, WIDTHS[kind])
        sheet.write_string(0, place, column, formats["head"])
    for number, row in enumerate(sample.itertuples(index=False), 1):
        _write_statement(sheet, number, row, formats)
        sheet.set_row(number, _height(row))
        sheet.write_formula(number, COLUMNS.index("coder"), f"={CODER_NAME}", formats["cell"], coder)
    _add_lists(sheet, last=len(sample))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(sample), len(COLUMNS) - 1)
    sheet.protect("", LOCKED_SHEET)  # no password: it guards against slips, not against people
    _set_print(sheet, "Coding sheet")
    sheet.repeat_rows(0)


def _write_statement(sheet: Any, number: int, row: Any, formats: dict[str, Any]) -> None:  # noqa: ANN401
    for place, column in enumerate(COLUMNS):
        if column in OPEN:
            sheet.write_blank(number, place, None, formats["open"])
        elif column == "page":
            sheet.write_number(number, place, row.page, formats["small"])
        elif column == "paragraph":
            _write_paragraph(sheet, (number, place), row, formats)
        elif column != "coder":
            look = "cell" if column == "text" else "small"
            sheet.write_string(number, place, cell_text(str(getattr(row, column))), formats[look])


def _write_paragraph(sheet: Any, cell: tuple[int, int], row: Any, formats: dict[str, Any]) -> None:  # noqa: ANN401
    """The paragraph with the statement in bold; of a very long one, what stands around the statement."""
    before, after = _around(row.paragraph, row.start, row.end)
    parts = [("around", before), ("apart", row.text), ("around", after)]
    filled = [(formats[look], cell_text(text)) for look, text in parts if text]
    if len(filled) == 1:
        sheet.write_string(*cell, cell_text(row.text), formats["small"])
    else:
        sheet.write_rich_string(*cell, *(piece for pair in filled for piece in pair), formats["small"])


def _around(paragraph: str, start: int, end: int, *, longest: int = LONGEST_CONTEXT) -> tuple[str, str]:
    """What stands before and after the statement, cut where the paragraph is too long for a row.

    >>> _around("One. Two. Three.", 5, 9), _around("One. Two. Three.", 5, 9, longest=10)
    (('One. ', ' Three.'), ('... e. ', ' Th ...'))
    """
    room = max(longest - (end - start), 0) // 2 if len(paragraph) > longest else longest
    before, after = paragraph[:start], paragraph[end:]
    return (
        before if len(before) <= room else f"... {before[len(before) - room :]}",
        after if len(after) <= room else f"{after[:room]} ...",
    )


def _height(row: Any) -> float:  # noqa: ANN401
    """Points that the row needs; a spreadsheet does not always work it out when it opens the file."""
    context = min(len(row.paragraph), LONGEST_CONTEXT) / (1.3 * WIDTHS["paragraph"]) * SMALL_LINE
    text = len(row.text) / (0.9 * WIDTHS["text"]) * LINE
    section = len(row.section) / WIDTHS["section"] * SMALL_LINE
    return min(max(context, text, section, LINE) + 1.5 * LINE, TALLEST_ROW)


def _add_lists(sheet: Any, *, last: int) -> None:  # noqa: ANN401
    for facet in SLOTS:
        for column in code_columns(facet):
            place = COLUMNS.index(column)
            sheet.data_validation(
                1,
                place,
                last,
                place,
                {
                    "validate": "list",
                    "source": f"={facet}_codes",
                    "error_title": "No such code",
                    "error_message": f"Choose a code from the list; the sheet '{INSTRUCTIONS}' explains them.",
                },
            )


def _write_codes(book: Any, sheet: Any, codebook: Codebook, formats: dict[str, Any]) -> None:  # noqa: ANN401
    for place, facet in enumerate(SLOTS):
        codes = codebook.facet(facet)
        sheet.set_column(place, place, WIDTHS["theme"] + 4)
        sheet.write_string(0, place, facet, formats["head"])
        for number, code in enumerate(codes, 1):
            sheet.write_string(number, place, code.id, formats["cell"])
        letter = "ABC"[place]
        book.define_name(f"{facet}_codes", f"={CODES}!${letter}$2:${letter}${len(codes) + 1}")
    sheet.protect("")


def _write_instructions(
    sheet: Any,  # noqa: ANN401
    codebook: Codebook,
    formats: dict[str, Any],
    *,
    coder: str,
    about: str,
) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, INSTRUCTION_WIDTH)
    sheet.write_string(CODER_CELL[0], 0, "Coder", formats["bold"])
    sheet.write_string(*CODER_CELL, coder, formats["open"])
    sheet.write_string(3, 0, "Sample", formats["bold"])
    sheet.write_string(3, 1, about, formats["wrap"])
    for line, (name, words) in enumerate(_instructions(codebook), 5):
        if name and not words:
            sheet.merge_range(line, 0, line, 1, name, formats["group"])
        else:
            sheet.write_string(line, 0, name, formats["bold"])
            sheet.write_string(line, 1, words, formats["wrap"])
            sheet.set_row(line, sum(len(part) // INSTRUCTION_WIDTH + 1 for part in words.split("\n")) * LINE)
    sheet.protect("", LOCKED_SHEET)
    _set_print(sheet, "Instructions")


def _instructions(codebook: Codebook) -> Iterator[tuple[str, str]]:
    """The lines of the instructions: titles (without a text), and names with their text."""
    yield "How to code", ""
    yield from ((f"Step {number}", step) for number, step in enumerate(STEPS, 1))
    for facet in SLOTS:
        codes = codebook.facet(facet)
        for area in dict.fromkeys(code.key_area for code in codes):
            yield "", ""
            yield (f"{facet}: {area}" if area else facet).capitalize(), ""
            yield from ((code.id, _meaning(code)) for code in codes if code.key_area == area)


def _meaning(code: Code) -> str:
    """What a code means, with what belongs to it and what does not."""
    parts = [code.definition]
    parts += [f"Includes: {'; '.join(code.includes)}."] if code.includes else []
    parts += [f"Not: {'; '.join(code.excludes)}."] if code.excludes else []
    return "\n".join(parts)


def _set_print(sheet: Any, title: str) -> None:  # noqa: ANN401
    sheet.set_landscape()
    sheet.set_paper(8 if title == "Coding sheet" else 9)  # A3, A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L{title}&RPage &P of &N")
