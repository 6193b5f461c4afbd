"""Whether a file's bytes are a letter, and which one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.errors import UnreadableFileError
from jtai_reports.letter.letter import read_letter
from jtai_reports.letter.recognise import check_is_letter
from jtai_reports.pdf.reader import read_pages
from jtai_reports.reference.readers import read_phrases

if TYPE_CHECKING:
    from jtai_reports.letter.records import Letter

LATER = ("no_text", "no_legible_text")  # faults of a first page that later pages may mend


def check_letter(content: bytes) -> None:
    """Make sure that bytes are a PDF that opens and that its text is that of a letter.

    The first page says so, as a rule; only where it does not are the others read.

    Raises:
        UnreadableFileError: they are not.
    """
    phrases = read_phrases()
    try:
        check_is_letter(read_pages(content, first=1), phrases)
    except UnreadableFileError as fault:
        if fault.code not in (phrases.refusal, *LATER):
            raise
        check_is_letter(read_pages(content), phrases)


def letter_in(content: bytes, *, beside: Path) -> Letter:
    """The letter that bytes hold; `beside` is the folder whose `authorities.csv` and `series.csv` count.

    Raises:
        UnreadableFileError: they hold none.
    """
    return read_letter(read_pages(content), authorities=beside)
