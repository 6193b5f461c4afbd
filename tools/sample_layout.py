"""Place paragraphs, boxes and footnotes on the pages of a PDF, and remember where each piece went."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, NamedTuple

import matplotlib
from fontTools.pens.reportLabPen import ReportLabPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont as OutlineFont
from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing, Path
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 71.0, 524.0, 752.0, 70.0
MARK = re.compile(r"\^(\d)")
HYPHEN = re.compile(r"(?<=[^\W\d_]-)(?=[^\W\d_])")
GLYPH_FONT = "SampleGlyphs"
GLYPH_FILE = FilePath(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
# Letters before 2019 print a bullet from the private use area; no free font has one, so the square lends its shape.
PRIVATE_BULLET, SQUARE_BULLET = 0xF06E, 0x25FC
NOTICE = "INVENTED SAMPLE LETTER: no real area, person or finding"


class Style(NamedTuple):
    """How a paragraph is set; lengths in points, `hang` is the extra indent behind a bullet."""

    font: str
    size: float
    left: float = 0.0
    hang: float = 0.0
    after: float = 10.0
    right: float = 0.0

    @property
    def leading(self) -> float:
        """From one baseline to the next."""
        return round(self.size * 1.2, 2)


class Glyph(NamedTuple):
    """A bullet or number in front of a paragraph, and the font that holds it."""

    text: str
    font: str = GLYPH_FONT
    size: float = 9.0


class Place(NamedTuple):
    """First and last page of a piece of text, and whether its page breaks fall as wanted."""

    first: int
    last: int
    stops_at_break: bool = False
    hyphen_at_line_end: bool = False
    footnote_between: bool = False


@dataclass(frozen=True)
class PageSetup:
    """What is the same on every page of a letter."""

    footnotes: Mapping[str, str]
    page_numbers: bool = True
    number_first: bool = False
    number_on_first_page: bool = True
    family: str = "Helvetica"
    lone_lines: bool = False

    @property
    def bold(self) -> str:
        """The bold face of the family."""
        return f"{self.family}-Bold"

    @property
    def regular(self) -> str:
        """The upright face of the family."""
        return "Times-Roman" if self.family == "Times" else self.family


@dataclass(frozen=True)
class _Written:
    """Where the lines of a paragraph stand, for the questions asked about its page breaks."""

    page: int
    text: str
    filled: float
    notes: int


class Sheet:
    """Pages filled from the top; each write returns the pages that the text stands on."""

    def __init__(self, setup: PageSetup) -> None:
        """Begin the first page."""
        _register_glyphs()
        self.setup = setup
        self.buffer = io.BytesIO()
        self.canvas: Any = Canvas(self.buffer, pagesize=A4, invariant=1)
        self.page = 0
        self.y = TOP
        self.notes: list[str] = []
        self.box_top: float | None = None
        self._begin_page()

    def write(self, text: str, style: Style, glyph: Glyph | None = None) -> Place:
        """Set a paragraph, over a page break where it must, and say where it stands."""
        width = RIGHT - LEFT - style.left - style.hang - style.right
        lines = fold(text, width, style)
        written: list[_Written] = []
        for index, line in enumerate(lines):
            self._make_room(line, style, len(lines) - index, index)
            if index == 0 and glyph:
                self._put(LEFT + style.left, Style(glyph.font, glyph.size), glyph.text)
            self._put_line(LEFT + style.left + style.hang, style, line)
            written.append(_Written(self.page, line, line_width(line, style) / width, len(self.notes)))
            self.y -= style.leading
        self.y -= style.after
        return _place(written)

    def keep(self, height: float) -> None:
        """Go to a new page unless so much room is left on this one."""
        if self.y - height < self._floor():
            self.new_page()

    def gap(self, height: float) -> None:
        """Leave room."""
        self.y -= height

    def open_box(self) -> None:
        """Begin a frame; it is drawn when it is closed or the page ends."""
        self.box_top = self.y
        self.y -= 20

    def close_box(self) -> None:
        """Draw the frame around what was written since it was opened."""
        self._draw_frame()
        self.box_top = None
        self.y -= 26

    def signature_grid(self, cells: Sequence[Sequence[str]]) -> None:
        """Two columns of signatures, row by row, so that the text of the columns interleaves."""
        self.keep(130.0)
        for left, right in zip(cells[::2], cells[1::2], strict=True):
            top = self.y + 12
            self._cell_row([left[0], right[0]], bold=True)
            self._scrawl(LEFT + 6)
            self._scrawl(LEFT + 232)
            self.y -= 26
            for names in zip(left[1:], right[1:], strict=True):
                self._cell_row(names, bold=False)
            for x in (LEFT, LEFT + 226):
                self.canvas.rect(x, self.y + 8, 226, top - self.y - 8)
            self.y -= 4

    def new_page(self) -> None:
        """End this page and begin the next."""
        self._end_page()
        self._begin_page()

    def save(self, title: str) -> bytes:
        """End the last page and return the PDF."""
        self._end_page(last=True)
        self.canvas.setTitle(title)
        self.canvas.setSubject(NOTICE)
        self.canvas.save()
        return self.buffer.getvalue()

    def _begin_page(self) -> None:
        self.page += 1
        self.y = TOP
        self._letterhead()
        if self.setup.number_first:
            self._page_number()
        if self.box_top is not None:
            self.box_top = self.y
            self.y -= 16

    def _end_page(self, *, last: bool = False) -> None:
        self._draw_frame()
        self._draw_footnotes()
        if not self.setup.number_first:
            self._page_number()
        self.notes = []
        if not last:
            self.canvas.showPage()

    def _page_number(self) -> None:
        shown = self.setup.page_numbers and (self.page > 1 or self.setup.number_on_first_page)
        if shown:
            self.canvas.setFont(self.setup.regular, 10)
            self.canvas.drawCentredString(WIDTH / 2, 36, str(self.page))

    def _letterhead(self) -> None:
        """Shapes without text, as the logos of the real letters are; the notice is drawn as outlines too."""
        for x, colour in ((71, "#5b7f95"), (170, "#8a5a83"), (269, "#6b8e5a")):
            self.canvas.setFillColor(colour)
            self.canvas.rect(x, 790, 86, 16, stroke=0, fill=1)
        self.canvas.setFillColor("black")
        self._draw_notice()

    def _draw_notice(self) -> None:
        """The notice as shapes, stored once in the file and shown on every page."""
        if self.page == 1:
            self.canvas.beginForm("notice")
            renderPDF.draw(outlined(NOTICE, 7.0), self.canvas, 0, 0)
            self.canvas.endForm()
        self.canvas.saveState()
        self.canvas.translate(LEFT, 776)
        self.canvas.doForm("notice")
        self.canvas.restoreState()

    def _floor(self) -> float:
        return BOTTOM + self._notes_height(self.notes)

    def _make_room(self, line: str, style: Style, left: int, index: int) -> None:
        """Break the page if the line and its footnotes do not fit, or a line would stand alone."""
        marks = [*self.notes, *MARK.findall(line)]
        floor = BOTTOM + self._notes_height(marks) + (10 if self.box_top is not None else 0)
        room = int((self.y + style.leading - floor) // style.leading)
        alone = (index == 0 and left > 1 and room < 2) or (index > 1 and left == 2 and room < 2)
        if room < 1 or (alone and not self.setup.lone_lines):
            self.new_page()
        self.notes += MARK.findall(line)

    def _note_lines(self, mark: str) -> list[str]:
        return fold(self.setup.footnotes[mark], RIGHT - LEFT - 10, Style(self.setup.regular, 8.5))

    def _notes_height(self, marks: Sequence[str]) -> float:
        return sum(11.0 * len(self._note_lines(m)) + 3 for m in marks) + 14 if marks else 0.0

    def _draw_footnotes(self) -> None:
        if not self.notes:
            return
        y = BOTTOM + self._notes_height(self.notes) - 10
        self.canvas.line(LEFT, y, LEFT + 144, y)
        for mark in self.notes:
            y -= 3
            self.canvas.setFont(self.setup.regular, 6)
            self.canvas.drawString(LEFT, y - 8, mark)
            self.canvas.setFont(self.setup.regular, 8.5)
            for line in self._note_lines(mark):
                y -= 11
                self.canvas.drawString(LEFT + 6, y, line)

    def _draw_frame(self) -> None:
        if self.box_top is not None:
            self.canvas.rect(LEFT + 4, self.y, RIGHT - LEFT - 8, self.box_top - self.y)

    def _put(self, x: float, style: Style, text: str) -> None:
        self.canvas.setFont(style.font, style.size)
        self.canvas.drawString(x, self.y, text)

    def _put_line(self, x: float, style: Style, line: str) -> None:
        """A line in one go, or in pieces where footnote marks stand raised and small."""
        for index, piece in enumerate(MARK.split(line)):
            raised = index % 2 == 1
            face = style._replace(size=style.size * 0.6) if raised else style
            self.y += 4 if raised else 0
            self._put(x, face, piece)
            self.y -= 4 if raised else 0
            x += pdfmetrics.stringWidth(piece, face.font, face.size)

    def _cell_row(self, names: Sequence[str], *, bold: bool) -> None:
        font = self.setup.bold if bold else self.setup.regular
        folded = [fold(name, 212, Style(font, 11)) for name in names]
        for row in range(max(map(len, folded))):
            for x, lines in zip((LEFT + 6, LEFT + 232), folded, strict=True):
                if row < len(lines):
                    self._put(x, Style(font, 11), lines[row])
            self.y -= 14

    def _scrawl(self, x: float) -> None:
        """A line that stands for a signature."""
        path = self.canvas.beginPath()
        path.moveTo(x, self.y - 8)
        for step in range(5):
            path.curveTo(x + 9 + 16 * step, self.y + 14, x + 3 + 16 * step, self.y - 24, x + 16 + 16 * step, self.y - 6)
        self.canvas.drawPath(path)


def fold(text: str, width: float, style: Style) -> list[str]:
    """The text in lines; a line may end at a hyphen that stands in the text, and never at a new one."""
    lines, line = [], ""
    for word in text.split(" "):
        for index, part in enumerate(HYPHEN.split(word)):
            longer = line + (" " if line and index == 0 else "") + part
            if line and line_width(longer, style) > width:
                lines.append(line)
                line = part
            else:
                line = longer
    return [*lines, line]


def line_width(line: str, style: Style) -> float:
    """How wide a line is when it is printed, footnote marks raised and small."""
    pieces = MARK.split(line)
    body = sum(pdfmetrics.stringWidth(p, style.font, style.size) for p in pieces[::2])
    marks = sum(pdfmetrics.stringWidth(p, style.font, style.size * 0.6) for p in pieces[1::2])
    return float(body + marks)


def _place(written: Sequence[_Written]) -> Place:
    first, last = written[0].page, written[-1].page
    before = [w for w in written if w.page < last]
    place = Place(first, last, hyphen_at_line_end=any(w.text.endswith("-") for w in written))
    if not before:
        return place
    # A full last line that ends in a full stop is the hard case: only the next page shows that it goes on.
    stops = before[-1].text.endswith(".") and before[-1].filled > 0.8
    return place._replace(stops_at_break=stops, footnote_between=before[-1].notes > 0)


def _register_glyphs() -> None:
    if GLYPH_FONT in pdfmetrics.getRegisteredFontNames():
        return
    font: Any = TTFont(GLYPH_FONT, str(GLYPH_FILE))
    font.face.charToGlyph[PRIVATE_BULLET] = font.face.charToGlyph[SQUARE_BULLET]
    font.face.charWidths[PRIVATE_BULLET] = font.face.charWidths[SQUARE_BULLET]
    pdfmetrics.registerFont(font)


@lru_cache
def outlined(text: str, size: float) -> Drawing:
    """A text as shapes, so that a reader sees it and text extraction does not."""
    font = OutlineFont(GLYPH_FILE)
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    scale, x = size / font["head"].unitsPerEm, 0.0
    path = Path(fillColor=HexColor("#666666"), strokeColor=None)
    for letter in text:
        glyph = glyphs[names[ord(letter)]]
        glyph.draw(TransformPen(ReportLabPen(glyphs, path), (scale, 0, 0, scale, x, 0)))
        x += glyph.width * scale
    return Drawing(x, size, path)
