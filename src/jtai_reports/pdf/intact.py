"""Say of a file's bytes, before any library sees them, whether they can be a whole PDF."""

from __future__ import annotations

import re

from jtai_reports.errors import UnreadableFileError

HEAD = 1024  # bytes in which a PDF's mark must stand
LINEARIZED = re.compile(rb"/Linearized\b.{0,200}?/L\s+(\d{1,12})", re.DOTALL)
MOST_PAGES = 200  # a letter has 6 to 19 pages; more than this is another document
NO_PAGE = re.compile(rb"/Kids\s*\[\s*\]\s*/Count\s+0\b|/Count\s+0\s*/Kids\s*\[\s*\]")
OBJECT = re.compile(rb"\d\s+obj\b")


def check_intact(content: bytes) -> None:
    """Raise where the bytes are not those of a PDF, or end before the PDF does.

    A PDF cut short can often be opened, but lacks pages or text, and nothing in it says so.

    Raises:
        UnreadableFileError: its code is `not_pdf` or `damaged`.
    """
    if b"%PDF-" not in content[:HEAD]:
        raise UnreadableFileError(f"Not a PDF{_start_of(content)}.", code="not_pdf", hint="Download it again.")
    if _is_cut_short(content):
        raise UnreadableFileError(
            "The file is cut short: its end is missing.", code="damaged", hint="Download it again."
        )


def check_length(n_pages: int) -> None:
    """Raise where a document has no pages, or too many for a letter.

    Raises:
        UnreadableFileError: its code is `no_pages` or `too_long`.
    """
    if n_pages == 0:
        raise _no_pages()
    if n_pages > MOST_PAGES:
        raise UnreadableFileError(
            f"The file has {n_pages} pages; a letter has fewer than 20.", code="too_long", hint="Is it a letter?"
        )


def fault_of(content: bytes, reason: str) -> UnreadableFileError:
    """What a PDF library's complaint means for the person who has the file.

    The bytes are asked too, since pdfium may give the reason of an earlier file.

    >>> fault_of(b"/Encrypt 9 0 R", "Incorrect password").code, fault_of(b"", "Incorrect password").code
    ('password', 'damaged')
    """
    locked = b"/Encrypt" in content
    if locked and "password" in reason.lower():
        return UnreadableFileError(
            "The file needs a password.", code="password", hint="Save a copy without a password."
        )
    if locked and "security" in reason.lower():
        return UnreadableFileError(
            "The file is encrypted in a way that cannot be read.", code="password", hint="Save a copy without it."
        )
    if NO_PAGE.search(content):
        return _no_pages()
    return UnreadableFileError("The file is damaged.", code="damaged", hint="Download it again.")


def _no_pages() -> UnreadableFileError:
    return UnreadableFileError("The file has no pages.", code="no_pages", hint="Download it again.")


def _start_of(content: bytes) -> str:
    if content[:4] == b"PK\x03\x04":
        return " (it seems to be a Word file or a ZIP archive)"
    start = content[:HEAD].decode("utf-8", "replace").strip().split("\n")[0][:16]
    shown = "".join(c for c in start if c.isprintable()).strip()
    if shown.lower().startswith(("<!doctype html", "<html")):
        return f" but a web page (starts with {shown!r})"
    return f" (starts with {shown!r})"


def _is_cut_short(content: bytes) -> bool:
    """Whether the PDF goes on behind its last end mark, or says that it is longer than it is."""
    end = content.rfind(b"%%EOF")
    if end < 0 or OBJECT.search(content, end):
        return True
    promised = LINEARIZED.search(content[:HEAD])
    return promised is not None and int(promised[1]) > len(content)
