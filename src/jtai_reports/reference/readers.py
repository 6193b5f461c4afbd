"""The reference data by which letters are read: those of a profile, and what stands beside the letters."""

from __future__ import annotations

from pathlib import Path

from jtai_reports.reference.profile_parts import Headings, LetterPhrases
from jtai_reports.reference.profiles import read_profile
from jtai_reports.reference.series import Series, series_rows
from jtai_reports.reference.texts import QUOTES, data_text, matching_key, read_rows, text_beside
from jtai_reports.settings import DEFAULT_PROFILE

__all__ = [
    "QUOTES",
    "Headings",
    "LetterPhrases",
    "Series",
    "data_text",
    "matching_key",
    "read_headings",
    "read_phrases",
    "read_rows",
    "read_series",
    "text_beside",
]


def read_headings(profile: str | Path = DEFAULT_PROFILE) -> Headings:
    """The headings of a profile's letters."""
    return read_profile(profile).headings


def read_phrases(profile: str | Path = DEFAULT_PROFILE) -> LetterPhrases:
    """The phrases of a profile's letters."""
    return read_profile(profile).phrases


def read_series(folder: Path | None = None, *, profile: str | Path = DEFAULT_PROFILE) -> tuple[Series, ...]:
    """The profile's series, in the order in which they began, and those that a `series.csv` in `folder` adds.

    A row there that names a known series replaces it.

    Raises:
        ReferenceDataError: a row there cannot be used.
    """
    known = {s.series: s for s in read_profile(profile).series}
    text = text_beside(folder, "series.csv")
    if text is None:
        return tuple(known.values())
    added, faults = series_rows(text, f"{folder}/series.csv")
    if faults:
        raise faults[0]
    return tuple(sorted((known | {s.series: s for s in added}).values(), key=lambda s: s.first_letter))
