"""Where each file belongs among all others: its letter's name and place in time, and whether it is there twice.

An outline is what must be known of a file for that; it holds none of the letter's text, so that the outlines of many
letters fit in memory.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from jtai_reports.files import digest, shown_name
from jtai_reports.letter.records import Letter, Problem
from jtai_reports.reading import ReadFile


class Outline(NamedTuple):
    """What is known of a file without its text; `says` is a checksum of all that its letter says, None without one."""

    sha256: str | None
    says: str | None
    name: str
    day: str


class Place(NamedTuple):
    """A file's place: the name of its letter in the tables, or None; `same_as` names the file that has its letter."""

    file_name: str
    report_id: str | None
    same_as: str | None = None


def outline_of(file: ReadFile) -> Outline:
    """The outline of a file that has been read."""
    if file.letter is None:
        return Outline(file.sha256, None, "", "")
    says = digest(repr((file.letter.details, file.letter.sections)).encode())
    return Outline(file.sha256, says, report_id(file.letter, file.sha256 or ""), str(day_of(file.letter) or ""))


def arrange(outlines: Mapping[str, Outline]) -> list[Place]:
    """The places of files: letters in order of day and name, then files without one in the order of their names.

    A letter that is there twice is kept under the first of its names; two different letters of one day and area get
    the start of their checksum added to their names.

    Args:
        outlines: file name -> outline.

    Example:
        >>> later, earlier = Outline("a1", "x", "jtai-b", "2023-05-01"), Outline("a2", "y", "jtai-c", "2022-05-01")
        >>> [place.report_id for place in arrange({"1.pdf": later, "2.pdf": earlier, "3.pdf": later})]
        ['jtai-c', 'jtai-b', None]
    """
    first: dict[str, str] = {}
    same: dict[str, str] = {}
    for file_name, outline in sorted(outlines.items()):
        if outline.says is None:
            continue
        keys = [key for key in (outline.sha256, outline.says) if key]
        known = next((first[key] for key in keys if key in first), None)
        if known is None:
            first |= dict.fromkeys(keys, file_name)
        else:
            same[file_name] = known
    letters = {name: o for name, o in outlines.items() if o.says is not None and name not in same}
    ids = _report_ids(letters)
    in_order = sorted(letters, key=lambda name: (letters[name].day, ids[name]))
    others = sorted(outlines.keys() - letters.keys())
    return [*(Place(name, ids[name]) for name in in_order), *(Place(name, None, same.get(name)) for name in others)]


def duplicate(file: ReadFile, known: str) -> ReadFile:
    """What is said of a file whose letter was read from another one."""
    message = f"The same letter as {known}, which was read."
    problem = Problem("read", "error", "duplicate", message, "Remove one of the two files.")
    return file._replace(letter=None, problems=(problem,))


def file_names(paths: Iterable[Path | str]) -> dict[Path, str]:
    """What each file is called in the tables: its name, with its folders where two files have the same name.

    >>> list(file_names(["in/a/letter.pdf", "in/b/letter.pdf", "in/b/other.pdf"]).values())
    ['a/letter.pdf', 'b/letter.pdf', 'other.pdf']
    """
    files = sorted({Path(path) for path in paths})
    counts = Counter(path.name for path in files)
    above = Path(os.path.commonpath([path.parent.absolute() for path in files])) if files else Path()
    full = {path: path.absolute().relative_to(above).as_posix() for path in files if counts[path.name] > 1}
    return {path: shown_name(full.get(path, path.name)) for path in files}


def report_id(letter: Letter, sha256: str) -> str:
    """The stable name of a letter: its date and area, or the start of its checksum where it says neither."""
    parts = [str(part) for part in (day_of(letter), letter.details.authority) if part]
    return "-".join([letter.prefix, *(slug(part) for part in parts or [sha256[:12]])])


def slug(text: str) -> str:
    """Text as part of a name: lower case letters, digits and hyphens.

    >>> slug("Stockton-on-Tees"), slug("Bournemouth, Christchurch & Poole")
    ('stockton-on-tees', 'bournemouth-christchurch-and-poole')
    """
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def day_of(letter: Letter) -> date | None:
    """The day by which a letter is placed in time: its date, else the last day of its inspection."""
    return letter.details.letter_date or letter.details.inspection_end


def _report_ids(letters: Mapping[str, Outline]) -> dict[str, str]:
    """A name for each letter by file name."""
    counts = Counter(outline.name for outline in letters.values())
    return {
        file_name: outline.name if counts[outline.name] == 1 else f"{outline.name}-{(outline.sha256 or '')[:8]}"
        for file_name, outline in letters.items()
    }


def places_of(files: Sequence[ReadFile]) -> list[Place]:
    """The places of files that have all been read."""
    return arrange({file.file_name: outline_of(file) for file in files})
