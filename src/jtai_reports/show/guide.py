"""A two-page guide to one series of letters, in the manner of a council's one-minute guide.

Every sentence is computed from the tables or quoted from a letter with its page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.errors import UsageError
from jtai_reports.reference.readers import Series, read_series
from jtai_reports.show.citing import citation

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Code, Codebook

SIDES = {"strength": "praised", "weakness": "criticised"}
NOT_COUNTED = ("context", "next_steps", "practice_example")
NOT_QUOTED = (*NOT_COUNTED, "opening")
LEANS_ON_CONTEXT = re.compile(
    r"(this|these|those|that|they|it|he|she|his|her|their|such|however|for example|in addition|as a result|"
    r"consequently|therefore|although|also|others?|both|in (this|these|that|those|one|some|most|all)|all|some|one)\b",
    re.IGNORECASE,
)
QUOTE_LENGTH = (60, 230)  # characters
CODES_A_SIDE = 2
MOST_NEEDED = 4
DAY_AND_MONTH = "%B %Y"


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
    """A guide: its title, a line under it, its parts, and the line to cite it by."""

    title: str
    subtitle: str
    parts: tuple[Part, ...]
    citation: str


class Tally(NamedTuple):
    """In how many letters a code is praised or criticised, and in how many statements, by side."""

    code: Code
    letters: dict[str, int]
    statements: dict[str, int]


class Sources(NamedTuple):
    """What a guide is made from; all tables are those of the whole corpus."""

    reports: pd.DataFrame
    statements: pd.DataFrame  # with `themes`
    by_series: pd.DataFrame  # prevalence by series
    codebook: Codebook


def find_series(name: str) -> Series:
    """The series of that name.

    Raises:
        UsageError: there is none.
    """
    known = {series.series: series for series in read_series()}
    if name not in known:
        raise UsageError(f"There is no series {name!r}.", hint=f"Series are: {', '.join(known)}.")
    return known[name]


def make_guide(sources: Sources, series: Series) -> Guide:
    """The guide to one series.

    Raises:
        UsageError: no letter of the series was read.
    """
    letters = sources.reports[sources.reports["series"] == series.series]
    if letters.empty:
        known = ", ".join(sorted(sources.reports["series"].dropna().unique()))
        raise UsageError(f"No letter of the series {series.series!r} was read.", hint=f"Series with letters: {known}.")
    table = sources.by_series[sources.by_series["series"] == series.series]
    said = sources.statements[sources.statements["report_id"].isin(letters["report_id"])]
    parts = (
        _inspected(letters, series),
        *_key_areas(sources.codebook, table, said, len(letters)),
        _needed(sources.codebook, table, said, len(letters)),
        _more(letters, series),
        _caveats(len(letters)),
    )
    subtitle = f"What {len(letters)} joint targeted area inspections found"
    return Guide(series.title, subtitle, parts, citation(letters))


def _inspected(letters: pd.DataFrame, series: Series) -> Part:
    first, last = _month(letters["letter_date"].min()), _month(letters["letter_date"].max())
    when = f"in {first}" if first == last else f"between {first} and {last}"
    areas = _listed(sorted(letters["authority"].dropna()))
    bodies = _listed(list(dict.fromkeys("; ".join(letters["inspectorates"].dropna()).split("; "))))
    lines = (
        f"Joint targeted area inspections look at how agencies in an area work together to protect children. "
        f"Each ends in a public letter to the local partnership, without a grade. "
        f"The letters of this series are about {series.deep_dive_theme}.",
        f"{len(letters)} letters, dated {when}, were read: {areas}. The inspectorates were {bodies}.",
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
    about = said[said["themes"].fillna("").str.split("; ").map(lambda codes: code.id in codes)]
    about = about[~about["section_kind"].isin(NOT_COUNTED)]
    statements = {side: int(about["polarity"].isin([side, "mixed"]).sum()) for side in SIDES}
    return Tally(code, {side: _k(table, code, side) for side in SIDES}, statements)


def _leaning(tallies: Sequence[Tally], side: str, n: int) -> Iterator[str]:
    """The codes on which most statements are on one side, those most spoken of first."""
    other = next(name for name in SIDES if name != side)
    leaning = [t for t in tallies if t.statements[side] > t.statements[other]]
    for tally in sorted(leaning, key=lambda t: -t.statements[side])[:CODES_A_SIDE]:
        yield (
            f"{tally.code.label}, more {SIDES[side]} than {SIDES[other]}: {tally.letters['strength']} of {n} letters "
            f"praise this ({tally.statements['strength']} statements), {tally.letters['weakness']} of {n} criticise "
            f"it ({tally.statements['weakness']})."
        )


def _needed(codebook: Codebook, table: pd.DataFrame, said: pd.DataFrame, n: int) -> Part:
    priority = said[(said["section_kind"] == "priority_actions") & said["polarity"].isin(["weakness", "mixed"])]
    with_priority = priority["report_id"].nunique()
    weak = [
        tally for tally in (_tally(code, table, said) for code in codebook.facet("theme")) if tally.letters["weakness"]
    ]
    weak.sort(key=lambda t: (-t.letters["weakness"], -t.statements["weakness"]))
    bullets = tuple(
        f"{tally.code.label}: {_small(tally.code.definition)} ({tally.letters['weakness']} of {n} letters, "
        f"{tally.statements['weakness']} statements.)"
        for tally in weak[:MOST_NEEDED]
    )
    lines = (
        f"{with_priority} of {n} letters name an area for priority action. "
        "What the letters most often ask leaders to put right:",
    )
    return Part("What leaders need to look at", lines, bullets)


def _more(letters: pd.DataFrame, series: Series) -> Part:
    overview = (f"The inspectorates' own overview: {series.overview}.",) if series.overview else ()
    rows = letters.sort_values("letter_date").to_dict("records")
    bullets = tuple(
        f"{row['authority']}, letter of {row['letter_date']}"
        + (f": {row['source_url']}" if isinstance(row["source_url"], str) else "")
        for row in rows
    )
    return Part("Where to read more", overview, bullets)


def _caveats(n: int) -> Part:
    return Part(
        "How to read this guide",
        bullets=(
            f"Counts are letters with at least one such statement, out of {n}; statements were coded by machine.",
            "That a letter does not mention a thing does not mean that it is not there.",
            "A letter is about a partnership, not about the council alone. Areas were not chosen at random.",
        ),
    )


def _k(table: pd.DataFrame, code: Code, side: str) -> int:
    row = table[(table["facet"] == "theme") & (table["code"] == code.id) & (table["polarity"] == side)]
    return int(row["k"].sum())


def _quotes(said: pd.DataFrame, codes: Sequence[str], quoted: set[str]) -> Iterator[Quote]:
    """One sentence of praise and one of criticism that stand on their own, the surest coding first.

    An area in `quoted` has had its turn, until all have; the areas quoted here are added to it.
    """
    first = said["themes"].fillna("").str.split("; ").str[0]
    fitting = said[first.isin(codes) & ~said["section_kind"].isin(NOT_QUOTED) & said["text"].map(_stands_alone)]
    best = fitting.sort_values(["polarity_score", "statement_id"], ascending=[False, True])
    for side in SIDES:
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
    from datetime import date  # noqa: PLC0415

    return f"{date.fromisoformat(day):{DAY_AND_MONTH}}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
