"""The series of inspections: the rows of `series.csv`."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from jtai_reports.errors import ReferenceDataError
from jtai_reports.reference.texts import read_rows

NEEDED = ("series", "title", "deep_dive_theme", "template", "first_letter", "theme_pattern")


class Series(NamedTuple):
    """One series of inspections: its deep dive theme and the time in which its letters appeared."""

    series: str
    title: str
    deep_dive_theme: str
    template: str
    first_letter: date
    last_letter: date | None
    n_published: int | None
    overview: str
    theme_pattern: re.Pattern[str]
    repeats: str | None = None  # series that returned to one subject share a name here

    def covers(self, day: date) -> bool:
        """Whether a letter of that day can belong to the series."""
        return self.first_letter <= day and (self.last_letter is None or day <= self.last_letter)


def series_rows(text: str, name: str) -> tuple[list[Series], list[ReferenceDataError]]:
    """The series that a CSV text holds, and a fault for each row that cannot be used."""
    rows: list[Series] = []
    faults: list[ReferenceDataError] = []
    try:
        read = read_rows(text, name, NEEDED)
    except ReferenceDataError as fault:
        return [], [fault]
    for number, row in enumerate(read, 2):
        try:
            rows.append(_series(row, f"{name}, line {number}"))
        except ReferenceDataError as fault:
            faults.append(fault)
    return rows, faults


def _series(row: dict[str, str], place: str) -> Series:
    try:
        return Series(
            series=row["series"],
            title=row["title"],
            deep_dive_theme=row["deep_dive_theme"],
            template=row["template"],
            first_letter=date.fromisoformat(row["first_letter"]),
            last_letter=date.fromisoformat(row["last_letter"]) if row.get("last_letter") else None,
            n_published=int(row["n_published"]) if row.get("n_published") else None,
            overview=row.get("overview", ""),
            theme_pattern=re.compile(row["theme_pattern"], re.IGNORECASE),
            repeats=row.get("repeats") or None,
        )
    except (ValueError, re.error) as fault:
        hint = "Write dates like 2026-01-31, and a pattern of words that name the theme."
        raise ReferenceDataError(f"{place}: cannot be used ({fault}).", hint=hint) from fault
