"""Read the runs and boxes of a page with pdfplumber: the reference, slow and independent of pdfium."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.page import Page as PlumberPage

from jtai_reports.errors import UnreadableFileError
from jtai_reports.pdf.intact import check_length, fault_of
from jtai_reports.pdf.lines import group_lines
from jtai_reports.pdf.records import Box, Page, Run

Char = dict[str, Any]
# pdfminer gives the byte behind a glyph of the font ZapfDingbats; pdfium gives the sign itself.
DINGBATS = str.maketrans({"l": "●", "n": "■", "o": "❏", "u": "◆", "v": "❖"})
BESIDE = 1.0  # points: characters of one run touch to within this


def iter_pages(content: bytes) -> Iterator[Page]:
    """The pages of a PDF, one after the other.

    Raises:
        UnreadableFileError: pdfplumber cannot open the file, or not read a page.
    """
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of fonts on the user's terminal
    try:
        with pdfplumber.open(io.BytesIO(content)) as document:
            check_length(len(document.pages))
            for page in document.pages:
                boxes = tuple(read_boxes(page))
                lines = group_lines(read_runs(page), page.page_number, boxes)
                size = float(page.width), float(page.height)
                yield Page(page.page_number, *size, tuple(lines), boxes)
                page.close()
    except (UnreadableFileError, MemoryError):
        raise
    except Exception as fault:  # pdfminer raises many kinds on damaged files
        raise fault_of(content, _reason(fault)) from fault


def _reason(fault: Exception) -> str:
    """The fault in pdfium's words; pdfplumber may have wrapped it."""
    parts = (fault, *fault.args)
    if any(isinstance(part, PDFPasswordIncorrect) for part in parts):
        return "password"
    return "security" if any(isinstance(part, PDFEncryptionError) for part in parts) else str(fault)


def read_runs(page: PlumberPage) -> list[Run]:
    """The page's characters as runs of one font, size and baseline that stand side by side."""
    height = float(page.bbox[1]) + float(page.height)
    styled = (chars for _, chars in groupby(page.chars, key=_style))
    return [_run(piece, height) for chars in styled for piece in _side_by_side(chars)]


def read_boxes(page: PlumberPage) -> list[Box]:
    """The bounds of every rectangle, line and curve drawn on the page."""
    drawn = [*page.rects, *page.lines, *page.curves]
    return [Box(float(d["x0"]), float(d["top"]), float(d["x1"]), float(d["bottom"])) for d in drawn]


def _style(char: Char) -> tuple[str, float, float]:
    return char["fontname"], round(char["size"], 1), round(char["matrix"][5], 1)


def _side_by_side(chars: Iterable[Char]) -> Iterator[list[Char]]:
    piece: list[Char] = []
    for char in chars:
        if piece and not -BESIDE <= char["x0"] - piece[-1]["x1"] <= BESIDE:
            yield piece
            piece = []
        piece.append(char)
    if piece:
        yield piece


def _run(chars: list[Char], page_height: float) -> Run:
    inked = [char for char in chars if char["text"].strip()] or chars
    fontname, size, up = _style(chars[0])
    text = "".join(char["text"] for char in chars)
    if "Dingbats" in fontname:
        text = text.translate(DINGBATS)
    return Run(text, chars[0]["x0"], inked[-1]["x1"], page_height - up, size, fontname)
