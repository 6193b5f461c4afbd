"""The letters that are known to have been published, with their source."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from jtai_reports.errors import ReferenceDataError
from jtai_reports.files import write_bytes
from jtai_reports.reference.readers import data_text, read_rows, text_beside

NAME = "catalogue.csv"
Value = TypeVar("Value")
NEEDED = ("file_id", "url", "urn", "authority", "ons_code", "published", "series")
NEAR = 21  # days: a letter is published at most so long after the date that it carries, or before


class CatalogueEntry(NamedTuple):
    """One published letter.

    `sha256` and `pages` are those of the file when it was last read for the catalogue; `first_seen` is the day on
    which the letter, or its place on the listing site, was first seen. Each is None where that has not happened.
    """

    file_id: str
    url: str
    urn: str
    authority: str
    ons_code: str
    published: date
    series: str | None = None
    sha256: str | None = None
    pages: int | None = None
    first_seen: date | None = None

    @property
    def file_name(self) -> str:
        """The name under which the letter is kept."""
        return f"{self.file_id}.pdf"


class Selection(NamedTuple):
    """Which letters of the catalogue are meant; what is None or empty leaves nothing out.

    `authority` compares names without regard to case; `since` is the earliest day of publication.
    """

    authorities: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    since: date | None = None

    def holds(self, entry: CatalogueEntry) -> bool:
        """Whether an entry is among them."""
        named = not self.authorities or entry.authority.casefold() in {name.casefold() for name in self.authorities}
        in_series = not self.series or entry.series in self.series
        return named and in_series and (self.since is None or entry.published >= self.since)


@cache
def read_catalogue() -> tuple[CatalogueEntry, ...]:
    """All published letters that the package knows, oldest first."""
    return _entries(data_text(NAME), NAME)


def read_all(folder: Path | None) -> tuple[CatalogueEntry, ...]:
    """The package's catalogue and those letters that a `catalogue.csv` in `folder` adds, oldest first."""
    known = {entry.file_id for entry in read_catalogue()}
    added = [entry for entry in read_beside(folder) if entry.file_id not in known]
    return tuple(sorted([*read_catalogue(), *added], key=_place))


def read_beside(folder: Path | None) -> tuple[CatalogueEntry, ...]:
    """The letters in the `catalogue.csv` of a folder; none where there is no such file.

    Raises:
        ReferenceDataError: the file is not as it should be.
    """
    text = text_beside(folder, NAME)
    return () if text is None else _entries(text, f"{folder}/{NAME}")


def write_beside(folder: Path, entries: Iterable[CatalogueEntry]) -> Path:
    """Write letters to the `catalogue.csv` of a folder, in the form in which `read_beside` reads them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CatalogueEntry._fields)
    writer.writerows(["" if value is None else str(value) for value in entry] for entry in sorted(entries, key=_place))
    return write_bytes(folder / NAME, text.getvalue().encode())


def find_entry(
    file_name: str,
    authority: str | None,
    letter_date: date | None,
    *,
    entries: Sequence[CatalogueEntry] | None = None,
) -> CatalogueEntry | None:
    """The catalogue's entry for a letter: by area and date, else by the id in the file's name.

    `entries` is the catalogue to look in; without it, the package's.

    Example:
        >>> entry = find_entry("any-name.pdf", "Bristol", date(2017, 12, 1))
        >>> entry.file_id
        '50000231'
    """
    entries = read_catalogue() if entries is None else entries
    for entry in entries:
        near = letter_date is not None and abs((entry.published - letter_date).days) <= NEAR
        if near and entry.authority == authority:
            return entry
    stem = Path(file_name).stem
    named = (entry for entry in entries if entry.file_id == stem)
    return next((entry for entry in named if authority in (None, entry.authority)), None)


def _entries(text: str, name: str) -> tuple[CatalogueEntry, ...]:
    return tuple(_entry(row, f"{name}, line {number}") for number, row in enumerate(read_rows(text, name, NEEDED), 2))


def _entry(row: dict[str, str], place: str) -> CatalogueEntry:
    if not row["file_id"].isascii() or not row["file_id"].isdecimal():
        raise ReferenceDataError(f"{place}: {row['file_id']!r} is not a file id.", hint="Write digits: 50000221.")
    published = _read(date.fromisoformat, row["published"], place, "2016-04-05")
    if published is None:
        raise ReferenceDataError(f"{place}: no date of publication.", hint="Write 2016-04-05.")
    return CatalogueEntry(
        **{key: row[key] for key in ("file_id", "url", "urn", "authority", "ons_code")},
        published=published,
        series=row["series"] or None,
        sha256=row.get("sha256") or None,
        pages=_read(int, row.get("pages", ""), place, "12"),
        first_seen=_read(date.fromisoformat, row.get("first_seen", ""), place, "2016-04-05"),
    )


def _read(read: Callable[[str], Value], text: str, place: str, like: str) -> Value | None:
    try:
        return read(text) if text else None
    except ValueError as fault:
        raise ReferenceDataError(f"{place}: {text!r} cannot be read.", hint=f"Write it like {like}.") from fault


def _place(entry: CatalogueEntry) -> tuple[date, str]:
    return entry.published, entry.file_id
