"""The letters that are known to have been published, with their source."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jtai_reports.reference.readers import data_text, read_rows

COLUMNS = ("file_id", "url", "urn", "authority", "ons_code", "published", "series")
NEAR = 21  # days: a letter is published at most so long after the date that it carries, or before


class CatalogueEntry(NamedTuple):
    """One published letter."""

    file_id: str
    url: str
    urn: str
    authority: str
    ons_code: str
    published: date
    series: str | None


@cache
def read_catalogue() -> tuple[CatalogueEntry, ...]:
    """All published letters that are known, oldest first."""
    rows = read_rows(data_text("catalogue.csv"), "catalogue.csv", COLUMNS)
    return tuple(
        CatalogueEntry(
            **{key: row[key] for key in ("file_id", "url", "urn", "authority", "ons_code")},
            published=date.fromisoformat(row["published"]),
            series=row["series"] or None,
        )
        for row in rows
    )


def find_entry(file_name: str, authority: str | None, letter_date: date | None) -> CatalogueEntry | None:
    """The catalogue's entry for a letter: by area and date, else by the id in the file's name."""
    for entry in read_catalogue():
        near = letter_date is not None and abs((entry.published - letter_date).days) <= NEAR
        if near and entry.authority == authority:
            return entry
    stem = Path(file_name).stem
    named = (entry for entry in read_catalogue() if entry.file_id == stem)
    return next((entry for entry in named if authority in (None, entry.authority)), None)
