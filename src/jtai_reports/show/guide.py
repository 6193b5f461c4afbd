"""A two-page guide to one series of letters, in the manner of a council's one-minute guide.

Every sentence is computed from the tables or quoted from a letter with its page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.compare.mentions import LEFT_OUT
from jtai_reports.compare.wording import caveat
from jtai_reports.errors import UsageError
from jtai_reports.reference.profile_parts import Names
from jtai_reports.reference.profiles import Profile, profile_of, read_profile
from jtai_reports.reference.readers import Series, read_series
from jtai_reports.reference.texts import first_upper
from jtai_reports.settings import DEFAULT_PROFILE
from jtai_reports.show.citing import citation, web_address
from jtai_reports.show.said import JOINT, SIDE_NAMES, about, counted, surest_first

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Code, Codebook

NOT_QUOTED = (*LEFT_OUT, "opening")
LEANS_ON_CONTEXT = re.compile(
    r"(this|these|those|that|they|it|he|she|his|her|their|such|however|for example|in addition|as a result|"
    r"consequently|therefore|although|also|others?|both|in (this|these|that|those|one|some|most|all)|all|some|one)\b",
    re.IGNORECASE,
)
QUOTE_LENGTH = (60, 230)  # characters
CODES_A_SIDE = 2
MOST_NEEDED = 4
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Quote(NamedTuple):
    """A sentence of a letter, and where it stands."""

    text: str
    source: str


class Part(NamedTuple):
    """A heading with what stands under it, in this order."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()


class Guide(NamedTuple):
    """A guide: its title, a line under it, its parts, the line to cite it by, and what must be said before all."""

    title: str
    subtitle: str
    parts: tuple[Part, ...]
    citation: str
    notice: str = ""


class Tally(NamedTuple):
    """In how many letters a code is praised or criticised, and in how many statements, by side."""

    code: Code
    letters: dict[str, int]
    statements: dict[str, int]


class Sources(NamedTuple):
    """What a guide is made from; all tables are those of the whole corpus."""

    reports: pd.DataFrame
    statements: pd.DataFrame  # with `themes`, and the letter's authority: see `said.with_place`
    by_series: pd.DataFrame  # prevalence by series
    codebook: Codebook


def find_series(name: str, folder: Path | None = None, *, profile: str | Path = DEFAULT_PROFILE) -> Series:
    """The series of that name in a profile, also one that a `series.csv` in a folder adds.

    Raises:
        UsageError: there is none.
    """
    known = {series.series: series for series in read_series(folder, profile=profile)}
    if name not in known:
        raise UsageError(f"There is no series {name!r}.", hint=f"Series are: {', '.join(known)}.")
    return known[name]


def make_guide(sources: Sources, series: Series, *, profile: Profile | None = None) -> Guide:
    """The guide to one series.

    Args:
        sources: what it is made from.
        series: which series.
        profile: what kind of letters these are; without it, that of the package whose letters they are.

    Raises:
        UsageError: no letter of the series was read.
    """
    letters = sources.reports[sources.reports["series"] == series.series]
    if letters.empty:
        known = ", ".join(sorted(sources.reports["series"].dropna().unique()))
        raise UsageError(f"No letter of the series {series.series!r} was read.", hint=f"Series with letters: {known}.")
    table = sources.by_series[sources.by_series["series"] == series.series]
    said = sources.statements[sources.statements["report_id"].isin(letters["report_id"])]
    n = len(letters)
    profile = profile or read_profile(profile_of(letters["report_id"]))
    names = profile.names
    parts = (
        _inspected(letters, series, names),
        *_key_areas(sources.codebook, table, said, n),
        _needed(sources.codebook, table, said, n),
        _more(letters, series),
        _caveats(said, n),
    )
    inspections = f"1 {names.inspection}" if n == 1 else f"{n} {names.inspections}"
    return Guide(series.title, f"What {inspections} found", parts, citation(letters, profile=profile))


def _inspected(letters: pd.DataFrame, series: Series, names: Names) -> Part:
    days = letters["letter_date"].dropna()
    first, last = (_month(day) for day in (days.min(), days.max())) if len(days) else ("", "")
    when = "" if not first else f", dated in {first}," if first == last else f", dated between {first} and {last},"
    areas = _listed(sorted(letters["authority"].dropna())) or "areas not known"
    bodies = _listed(list(dict.fromkeys(JOINT.join(letters["inspectorates"].dropna()).split(JOINT))))
    lines = (
        f"{first_upper(names.inspections)} {names.about} "
        f"The letters of this series are about {series.deep_dive_theme}.",
        f"{_n(len(letters), 'letter')}{when} {'was' if len(letters) == 1 else 'were'} read: {areas}."
        + (f" The inspectorates were {bodies}." if bodies else ""),
    )
    return Part("What was inspected, and when", lines)


def _key_areas(codebook: Codebook, table: pd.DataFrame, said: pd.DataFrame, n: int) -> Iterator[Part]:
    quoted: set[str] = set()
    for area in codebook.facet("key_area"):
        codes = [code for code in codebook.facet("theme") if code.key_area == area.id]
        tallies = [_tally(code, table, said) for code in codes]
        bullets = [*_leaning(tallies, "strength", n), *_leaning(tallies, "weakness", n)]
        quotes = tuple(_quotes(said, [code.id for code in codes], quoted))
        yield Part(area.label, (area.definition,), tuple(bullets), quotes)


def _tally(code: Code, table: pd.DataFrame, said: pd.DataFrame) -> Tally:
    own = about(said, code.id)
    statements = {side: len(counted(own, side)) for side in SIDE_NAMES}
    return Tally(code, {side: _k(table, code, side) for side in SIDE_NAMES}, statements)


def _leaning(tallies: Sequence[Tally], side: str, n: int) -> Iterator[str]:
    """The codes on which most statements are on one side, those most spoken of first."""
    other = next(name for name in SIDE_NAMES if name != side)
    leaning = [t for t in tallies if t.statements[side] > t.statements[other]]
    for tally in sorted(leaning, key=lambda t: -t.statements[side])[:CODES_A_SIDE]:
        counts = (
            f"{name} in {tally.letters[key]} of {n} letters ({_n(tally.statements[key], 'statement')})"
            for key, name in SIDE_NAMES.items()
        )
        more, less = SIDE_NAMES[side], SIDE_NAMES[other]
        yield f"{tally.code.label}, more {more} than {less}: {', '.join(counts)}."


def _needed(codebook: Codebook, table: pd.DataFrame, said: pd.DataFrame, n: int) -> Part:
    priority = counted(said[said["section_kind"] == "priority_actions"], "weakness")
    weak = [
        tally for tally in (_tally(code, table, said) for code in codebook.facet("theme")) if tally.letters["weakness"]
    ]
    weak.sort(key=lambda t: (-t.letters["weakness"], -t.statements["weakness"]))
    bullets = tuple(
        f"{tally.code.label}: {_small(tally.code.definition).rstrip('.')} (criticised in {tally.letters['weakness']} "
        f"of {n} letters, {_n(tally.statements['weakness'], 'statement')})."
        for tally in weak[:MOST_NEEDED]
    )
    lines = (
        f"Areas for priority action are named in {priority['report_id'].nunique()} of {n} letters. "
        "What the letters criticise most often:",
    )
    return Part("What leaders need to look at", lines, bullets)


def _more(letters: pd.DataFrame, series: Series) -> Part:
    overview = (f"The inspectorates' own overview: {series.overview}.",) if series.overview else ()
    rows = letters.sort_values("letter_date").fillna({"authority": "Area not known", "letter_date": "unknown date"})
    bullets = tuple(
        f"{row['authority']}, letter of {row['letter_date']}" + (f": {address}" if address else "")
        for row in rows.to_dict("records")
        for address in [web_address(row["source_url"])]
    )
    return Part("Where to read more", overview, bullets)


def _caveats(said: pd.DataFrame, n: int) -> Part:
    coders = ", ".join(sorted(said["coder"].dropna().unique())) or "nobody"
    return Part(
        "How to read this guide",
        bullets=(
            f"Counts are letters with at least one such statement, out of {n}. Statements were coded by: {coders}.",
            "That a letter does not mention a thing does not mean that it is not there.",
            f"{caveat('partnership')} Areas were not chosen at random.",
        ),
    )


def _k(table: pd.DataFrame, code: Code, side: str) -> int:
    row = table[(table["facet"] == "theme") & (table["code"] == code.id) & (table["polarity"] == side)]
    return int(row["k"].sum())


def _quotes(said: pd.DataFrame, codes: Sequence[str], quoted: set[str]) -> Iterator[Quote]:
    """One sentence of praise and one of criticism that stand on their own, the surest coding first.

    An area in `quoted` has had its turn, until all have; the areas quoted here are added to it.
    """
    first = said["themes"].fillna("").str.split(JOINT).str[0]
    fitting = said[first.isin(codes) & ~said["section_kind"].isin(NOT_QUOTED) & said["text"].map(_stands_alone)]
    best = surest_first(fitting[fitting["authority"].notna()])
    for side in SIDE_NAMES:
        on_side = best[best["polarity"] == side]
        if on_side["authority"].isin(quoted).all():
            quoted.clear()
        for row in on_side[~on_side["authority"].isin(quoted)].head(1).to_dict("records"):
            quoted.add(row["authority"])
            yield Quote(row["text"], f"{row['authority']}, page {row['page_start']}")


def _stands_alone(text: str) -> bool:
    fits = QUOTE_LENGTH[0] <= len(text) <= QUOTE_LENGTH[1]
    return fits and text.endswith(".") and text[0].isupper() and not LEANS_ON_CONTEXT.match(text)


def _month(day: str) -> str:
    """The month of an ISO date in words, whatever the machine's language.

    >>> _month("2016-04-05")
    'April 2016'
    """
    year, month, _ = day.split("-")
    return f"{MONTHS[int(month) - 1]} {year}"


def _n(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them.

    >>> _listed(["Ashvale", "Bramford", "Corley"])
    'Ashvale, Bramford and Corley'
    """
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
