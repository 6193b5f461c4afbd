"""Read the reference data that ships with the package, each file once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from jtai_reports.errors import ReferenceDataError

QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


class SectionRule(NamedTuple):
    """A kind of section and the patterns of its headings."""

    kind: str
    patterns: tuple[re.Pattern[str], ...]


class Headings(NamedTuple):
    """How headings are told apart: see `headings.yaml`."""

    sections: tuple[SectionRule, ...]
    practice_polarity: tuple[tuple[str, re.Pattern[str]], ...]
    body_names: re.Pattern[str]
    declared_none: re.Pattern[str]
    expected: dict[str, tuple[str, ...]]

    def kind_of(self, heading: str) -> str | None:
        """The section kind that a heading names, or None.

        >>> read_headings().kind_of("KEY STRENGTHS.")
        'strengths'
        """
        text = matching_key(heading).rstrip(".: ")
        for rule in self.sections:
            if any(pattern.fullmatch(text) for pattern in rule.patterns):
                return rule.kind
        return None

    def polarity_of(self, heading: str) -> str | None:
        """The polarity that the heading of a practice example states, or None."""
        text = matching_key(heading)
        return next((polarity for polarity, pattern in self.practice_polarity if pattern.search(text)), None)


class LetterPhrases(NamedTuple):
    """The phrases that the formal parts of a letter are made of: see `letter.yaml`."""

    is_letter: tuple[re.Pattern[str], ...]
    other_inspections: tuple[tuple[str, re.Pattern[str]], ...]
    topic: re.Pattern[str]
    salutation: re.Pattern[str]
    title_start: re.Pattern[str]
    closing: re.Pattern[str]
    theme_sentences: tuple[re.Pattern[str], ...]
    principal_authority: tuple[re.Pattern[str], ...]
    safeguarding_body: tuple[re.Pattern[str], ...]
    inspectorates: tuple[tuple[str, re.Pattern[str]], ...]
    honorifics: re.Pattern[str]
    posts: frozenset[str]
    bodies: frozenset[str]


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


def matching_key(text: str) -> str:
    """Text as patterns see it: straight quotes, plain hyphens, single spaces."""
    return re.sub(r"\s+", " ", text.translate(QUOTES)).strip()


def data_text(name: str) -> str:
    """The text of a reference data file of the package."""
    return resources.files(__package__).joinpath("data", name).read_text("utf-8")


def text_beside(folder: Path | None, name: str) -> str | None:
    """The text of a file that a user has put beside the letters; None where there is none.

    Raises:
        ReferenceDataError: the file cannot be read as text.
    """
    path = folder / name if folder else None
    if path is None or not path.is_file():
        return None
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise ReferenceDataError(f"{path}: cannot be read as text.", hint="Save it as CSV UTF-8.") from fault


def read_rows(text: str, name: str, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV text.

    Raises:
        ReferenceDataError: a needed column is not there.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    lacking = [column for column in needed if column not in (reader.fieldnames or [])]
    if lacking:
        raise ReferenceDataError(
            f"{name}: no column {', '.join(lacking)}.", hint=f"Its columns must include: {', '.join(needed)}."
        )
    return [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]


@cache
def read_headings() -> Headings:
    """The headings of JTAI letters."""
    content = yaml.safe_load(data_text("headings.yaml"))
    return Headings(
        sections=tuple(SectionRule(s["kind"], _compiled(s["patterns"])) for s in content["sections"]),
        practice_polarity=tuple((p["polarity"], _pattern(p["pattern"])) for p in content["practice_polarity"]),
        body_names=_pattern(content["body_names"]),
        declared_none=_pattern(content["declared_none"]),
        expected={template: tuple(kinds) for template, kinds in content["expected"].items()},
    )


@cache
def read_phrases() -> LetterPhrases:
    """The phrases of JTAI letters."""
    content: dict[str, Any] = yaml.safe_load(data_text("letter.yaml"))
    return LetterPhrases(
        is_letter=_compiled(content["is_letter"]),
        other_inspections=tuple((o["name"], _pattern(o["pattern"])) for o in content["other_inspections"]),
        topic=_pattern(content["topic"]),
        salutation=_pattern(content["salutation"]),
        title_start=_pattern(content["title_start"]),
        closing=_pattern(content["closing"]),
        theme_sentences=_compiled(content["theme_sentences"]),
        principal_authority=_compiled(content["principal_authority"]),
        safeguarding_body=tuple(re.compile(p) for p in content["safeguarding_body"]),
        inspectorates=tuple((i["name"], re.compile(i["pattern"])) for i in content["inspectorates"]),
        honorifics=re.compile(rf"\b({content['honorifics']})\b"),
        posts=frozenset(content["posts"].split("|")),
        bodies=frozenset(content["bodies"].split("|")),
    )


@cache
def read_series(folder: Path | None = None) -> tuple[Series, ...]:
    """The series of inspections, in the order in which they began, and those that a `series.csv` in `folder` adds.

    A row there that names a known series replaces it.
    """
    known = {s.series: s for s in _all_series(data_text("series.csv"), "series.csv")}
    text = text_beside(folder, "series.csv")
    added = {s.series: s for s in _all_series(text, f"{folder}/series.csv")} if text is not None else {}
    return tuple(sorted((known | added).values(), key=lambda s: s.first_letter))


def _all_series(text: str, name: str) -> list[Series]:
    needed = ("series", "title", "deep_dive_theme", "template", "first_letter", "theme_pattern")
    return [_series(row, f"{name}, line {number}") for number, row in enumerate(read_rows(text, name, needed), 2)]


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
            theme_pattern=_pattern(row["theme_pattern"]),
            repeats=row.get("repeats") or None,
        )
    except (ValueError, re.error) as fault:
        hint = "Write dates like 2026-01-31, and a pattern of words that name the theme."
        raise ReferenceDataError(f"{place}: cannot be used ({fault}).", hint=hint) from fault


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _compiled(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(pattern) for pattern in patterns)
