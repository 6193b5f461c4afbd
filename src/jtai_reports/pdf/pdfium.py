"""Read the runs and boxes of a page with pdfium: the everyday reader."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from jtai_reports.pdf.lines import FAR
from jtai_reports.pdf.records import Box, Run

NAME_LENGTH = 256
LONGEST_STEP = 64


def _plain(function: object, *arguments: type) -> Callable[..., int | None]:
    """A function of pdfium taking and giving plain addresses: three times cheaper where it is called often."""
    address = ctypes.cast(function, ctypes.c_void_p).value or 0  # type: ignore[arg-type]
    return ctypes.CFUNCTYPE(ctypes.c_void_p, *arguments)(address)


_owner_of = _plain(raw.FPDFText_GetTextObject, ctypes.c_void_p, ctypes.c_int)
_font_of = _plain(raw.FPDFTextObj_GetFont, ctypes.c_void_p)
_read_size = _plain(raw.FPDFTextObj_GetFontSize, ctypes.c_void_p, ctypes.c_void_p)
_read_matrix = _plain(raw.FPDFPageObj_GetMatrix, ctypes.c_void_p, ctypes.c_void_p)
_read_box = _plain(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
_read_origin = _plain(raw.FPDFText_GetCharOrigin, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


def read_runs(page: pdfium.PdfPage) -> list[Run]:
    """The page's text as runs, in the order in which the page draws them."""
    handle = page.get_textpage()
    try:
        return _PageText(handle.raw, top=page.get_bbox()[3]).runs()
    finally:
        handle.close()


def read_boxes(page: pdfium.PdfPage) -> list[Box]:
    """The bounds of every path drawn on the page: rules, frames, filled rectangles."""
    left, _, _, top = page.get_bbox()
    edges = [ctypes.c_float() for _ in range(4)]
    boxes = []
    for index in range(raw.FPDFPage_CountObjects(page.raw)):
        item = raw.FPDFPage_GetObject(page.raw, index)
        if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_PATH and raw.FPDFPageObj_GetBounds(item, *edges):
            x0, y0, x1, y1 = (edge.value for edge in edges)
            boxes.append(Box(x0 - left, top - y1, x1 - left, top - y0))
    return [box for box in boxes if all(abs(edge) < FAR for edge in box)]


class _PageText:
    """The characters of one page, and the text object that each belongs to."""

    def __init__(self, text_page: raw.FPDF_TEXTPAGE, *, top: float) -> None:
        self.handle = text_page
        self.address = ctypes.cast(text_page, ctypes.c_void_p)
        self.top = top
        self.text = self._read_text()
        self.styles: dict[int, tuple[float, str]] = {}
        self.fonts: dict[int | None, str] = {}
        # What pdfium writes its answers into, once for the whole page.
        self.box, self.matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        self.x, self.y, self.size = ctypes.c_double(), ctypes.c_double(), ctypes.c_float()

    def runs(self) -> list[Run]:
        """One run for each stretch of one text object; spaces that pdfium adds go to the run before."""
        runs: list[Run] = []
        for start, end, owner in self._stretches():
            piece = self.text[start:end]
            if owner is not None:
                runs.append(self._run(piece, start, owner))
            elif runs and piece == " ":
                runs[-1] = runs[-1]._replace(text=runs[-1].text + " ")
        return runs

    def _read_text(self) -> str:
        """One character per pdfium character, so that an index into the text is an index into the page."""
        count = max(raw.FPDFText_CountChars(self.handle), 0)
        buffer = (ctypes.c_ushort * (count + 1))()
        written = raw.FPDFText_GetText(self.handle, 0, count, buffer) - 1
        text = bytes(buffer)[: 2 * max(written, 0)].decode("utf-16-le", "replace")
        if len(text) == count:
            return text
        return "".join(_character(raw.FPDFText_GetUnicode(self.handle, i)) for i in range(count))

    def _stretches(self) -> Iterator[tuple[int, int, int | None]]:
        """(start, end, text object) of each stretch of characters that one text object draws."""
        start, count = 0, len(self.text)
        while start < count:
            owner = _owner_of(self.address, start)
            end = self._end_of(owner, start, count) if owner is not None else start + 1
            yield start, end, owner
            start = end

    def _end_of(self, owner: int, start: int, count: int) -> int:
        """Leap ahead while the object stays the same, never over a line break, then halve the last leap."""
        broken = self.text.find("\r", start + 1)
        limit = broken if broken >= 0 else count
        inside, step = start, 1
        while inside + step < limit and _owner_of(self.address, inside + step) == owner:
            inside += step
            step = min(2 * step, LONGEST_STEP)
        outside = min(inside + step, limit)
        while outside - inside > 1:
            middle = (inside + outside) // 2
            if _owner_of(self.address, middle) == owner:
                inside = middle
            else:
                outside = middle
        return outside

    def _run(self, piece: str, start: int, owner: int) -> Run:
        if owner not in self.styles:
            self.styles[owner] = self._style(owner)
        box, x, y = self.box, self.x, self.y
        _read_box(self.address, start, ctypes.byref(box))
        x0 = box.left
        _read_origin(self.address, start, ctypes.byref(x), ctypes.byref(y))
        _read_box(self.address, start + max(len(piece.rstrip()), 1) - 1, ctypes.byref(box))
        return Run(piece, x0, box.right, self.top - y.value, *self.styles[owner])

    def _style(self, owner: int) -> tuple[float, str]:
        """Printed font size (points) and base font name of a text object."""
        size, matrix = self.size, self.matrix
        _read_size(owner, ctypes.byref(size))
        _read_matrix(owner, ctypes.byref(matrix))
        scale = (matrix.b**2 + matrix.d**2) ** 0.5 or (matrix.a**2 + matrix.c**2) ** 0.5
        font = _font_of(owner)
        if font not in self.fonts:
            self.fonts[font] = _font_name(font)
        return round(size.value * scale, 1), self.fonts[font]


def _font_name(font: int | None) -> str:
    name = ctypes.create_string_buffer(NAME_LENGTH)
    raw.FPDFFont_GetBaseFontName(ctypes.cast(font or 0, raw.FPDF_FONT), name, NAME_LENGTH)
    return name.value.decode("utf-8", "replace")


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"
