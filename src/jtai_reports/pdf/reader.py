"""Open a PDF and read its pages, or say why that cannot be done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from jtai_reports.errors import UnreadableFileError
from jtai_reports.pdf.lines import group_lines
from jtai_reports.pdf.records import Page

Reader = Literal["pdfium", "pdfplumber"]
MOST_PAGES = 200  # a letter has 6 to 19 pages; more than this is another document


def read_pages(content: bytes, *, reader: Reader = "pdfium") -> list[Page]:
    """The pages of a PDF as lines and boxes.

    Args:
        content: the file's bytes.
        reader: `pdfium` (fast, the everyday one) or `pdfplumber` (the reference).

    Raises:
        UnreadableFileError: the bytes are not a PDF that can be read.
    """
    _check_head(content)
    return list(_pdfium_pages(content) if reader == "pdfium" else _plumber_pages(content))


def read_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        UnreadableFileError: the file cannot be opened, or is empty.
    """
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise UnreadableFileError(
            f"The file cannot be opened ({fault.strerror}).", code="unreadable", hint="Check that you may read it."
        ) from fault
    if not content:
        raise UnreadableFileError("The file is empty.", code="empty", hint="Download it again.")
    return content


def _check_head(content: bytes) -> None:
    if b"%PDF-" not in content[:1024]:
        start = content[:16].decode("utf-8", "replace").split("\n")[0].strip()
        shown = "".join(c for c in start if c.isprintable())
        raise UnreadableFileError(f"Not a PDF (starts with {shown!r}).", code="not_pdf", hint="Download it again.")


def _pdfium_pages(content: bytes) -> Iterator[Page]:
    import pypdfium2 as pdfium  # noqa: PLC0415 - heavy, and needed only here

    from jtai_reports.pdf.pdfium import read_boxes, read_runs  # noqa: PLC0415

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as fault:
        raise _unopened(str(fault)) from fault
    try:
        _check_length(len(document))
        for index in range(len(document)):
            page = document[index]
            width, height = page.get_size()
            lines = group_lines(read_runs(page), index + 1)
            yield Page(index + 1, width, height, tuple(lines), tuple(read_boxes(page)))
            page.close()
    except pdfium.PdfiumError as fault:
        raise UnreadableFileError(
            f"A page cannot be read ({fault}).", code="damaged", hint="Download the file again."
        ) from fault
    finally:
        document.close()


def _plumber_pages(content: bytes) -> Iterator[Page]:
    from jtai_reports.pdf.plumber import iter_pages  # noqa: PLC0415 - the slow reader, seldom asked for

    return iter_pages(content)


def _unopened(reason: str) -> UnreadableFileError:
    if "password" in reason.lower():
        return UnreadableFileError(
            "The file needs a password.", code="password", hint="Save a copy without a password."
        )
    return UnreadableFileError("The file is damaged.", code="damaged", hint="Download it again.")


def _check_length(n_pages: int) -> None:
    if n_pages == 0:
        raise UnreadableFileError("The file has no pages.", code="no_pages", hint="Download it again.")
    if n_pages > MOST_PAGES:
        raise UnreadableFileError(
            f"The file has {n_pages} pages; a letter has fewer than 20.", code="too_long", hint="Is it a letter?"
        )
