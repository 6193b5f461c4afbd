"""Open a PDF and read its pages, or say why that cannot be done."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jtai_reports.errors import UnreadableFileError
from jtai_reports.pdf.intact import check_intact, check_length, fault_of
from jtai_reports.pdf.lines import group_lines
from jtai_reports.pdf.records import Page

if TYPE_CHECKING:
    import pypdfium2 as pdfium

Reader = Literal["pdfium", "pdfplumber"]
MOST_BYTES = 200 * 2**20  # of a file: letters have less than 1 MiB, scans of them some tens


def read_pages(content: bytes, *, reader: Reader = "pdfium", first: int | None = None) -> list[Page]:
    """The pages of a PDF as lines and boxes.

    Args:
        content: the file's bytes.
        reader: `pdfium` (fast, the everyday one) or `pdfplumber` (the reference).
        first: read only so many pages; all of them where it is None.

    Raises:
        UnreadableFileError: the bytes are not a PDF that can be read.
    """
    check_intact(content)
    return list(islice(_pdfium_pages(content) if reader == "pdfium" else _plumber_pages(content), first))


def read_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        UnreadableFileError: the file cannot be opened, is no ordinary file, is empty, or far too large.
    """
    try:
        _check_kind(path.stat())
        content = path.read_bytes()
    except OSError as fault:
        raise _unopened_file(fault) from fault
    if not content:
        raise UnreadableFileError("The file is empty.", code="empty", hint="Download it again.")
    return content


def _check_kind(status: os.stat_result) -> None:
    """Raise for a folder, for what never ends (a pipe, a device), and for what no letter can be."""
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableFileError(
            "This is a folder, not a file.", code="unreadable", hint="Rename it, or name it with --reports."
        )
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFileError("This is not an ordinary file.", code="unreadable", hint="Take it away.")
    if status.st_size > MOST_BYTES:
        raise UnreadableFileError(
            f"The file has {status.st_size / 2**20:.0f} MiB; a letter has less than one.",
            code="too_large",
            hint="Is it a letter? If it is a scan, save it at a lower resolution, with OCR.",
        )


def _unopened_file(fault: OSError) -> UnreadableFileError:
    message = f"The file cannot be opened ({fault.strerror or type(fault).__name__})."
    gone = isinstance(fault, FileNotFoundError)
    hint = "It was there when the run began, or is a link to nothing: put it back." if gone else "May you read it?"
    return UnreadableFileError(message, code="unreadable", hint=hint)


def _pdfium_pages(content: bytes) -> Iterator[Page]:
    import pypdfium2 as pdfium  # noqa: PLC0415 - heavy, and needed only here

    try:
        with closing(pdfium.PdfDocument(content)) as document:
            check_length(len(document))
            for index in range(len(document)):
                with closing(document[index]) as page:
                    yield _pdfium_page(page, index + 1)
    except pdfium.PdfiumError as fault:
        raise fault_of(content, str(fault)) from fault


def _pdfium_page(page: pdfium.PdfPage, number: int) -> Page:
    from jtai_reports.pdf.pdfium import read_boxes, read_runs  # noqa: PLC0415 - imports a heavy library

    width, height = page.get_size()
    boxes = tuple(read_boxes(page))
    return Page(number, width, height, tuple(group_lines(read_runs(page), number, boxes)), boxes)


def _plumber_pages(content: bytes) -> Iterator[Page]:
    from jtai_reports.pdf.plumber import iter_pages  # noqa: PLC0415 - the slow reader, seldom asked for

    return iter_pages(content)
