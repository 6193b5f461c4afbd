"""Whether a file's bytes are a JTAI letter, and which one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.letter.letter import check_is_letter, read_letter
from jtai_reports.pdf.reader import read_pages
from jtai_reports.reference.readers import read_phrases

if TYPE_CHECKING:
    from jtai_reports.letter.records import Letter


def check_letter(content: bytes) -> None:
    """Make sure that bytes are a PDF that opens and whose text is that of a JTAI letter.

    Raises:
        UnreadableFileError: they are not.
    """
    check_is_letter(read_pages(content), read_phrases())


def letter_in(content: bytes, *, beside: Path) -> Letter:
    """The letter that bytes hold; `beside` is the folder whose `authorities.csv` and `series.csv` count.

    Raises:
        UnreadableFileError: they hold none.
    """
    return read_letter(read_pages(content), authorities=beside)
