"""Counts and caveats in words, the same in terminal, figures, site and guide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import yaml

from jtai_reports.compare.counts import Counts
from jtai_reports.reference.profiles import profile_of, read_profile
from jtai_reports.reference.templates import breaks_said, layered_said, layered_templates, letters_said
from jtai_reports.reference.texts import data_text, first_upper

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

PERCENT_FROM = 10  # letters: of fewer, a percentage would say more than is known
SATURATED = 0.9


def k_of_n(k: int, n: int, low: float | None = None, high: float | None = None) -> str:
    """A count of letters in words; a percentage, and an interval, only of ten letters and more.

    >>> k_of_n(3, 8)
    '3 of 8'
    >>> k_of_n(12, 24, 0.31, 0.69)
    '12 of 24 (50%, 95% interval 31% to 69%)'
    """
    if n < PERCENT_FROM:
        return f"{k} of {n}"
    interval = "" if low is None or high is None else f", 95% interval {low:.0%} to {high:.0%}"
    return f"{k} of {n} ({k / n:.0%}{interval})"


def difference_in_words(row: Mapping[str, Any] | pd.Series) -> str:
    """A difference of shares in percentage points, with its interval; only where both groups have ten letters.

    Args:
        row: a row of `differences`.

    >>> row = {"n_first": 24, "n_second": 18, "difference": -0.125, "low": -0.4, "high": 0.2}
    >>> difference_in_words(row), difference_in_words(row | {"n_second": 9})
    ('-12 points (-40 to +20)', 'fewer than 10 letters')
    """
    if min(row["n_first"], row["n_second"]) < PERCENT_FROM:
        return f"fewer than {PERCENT_FROM} letters"
    if row["low"] != row["low"]:  # there is no interval
        return f"{round(100 * row['difference']):+d} points"
    points = [round(100 * row[part]) for part in ("difference", "low", "high")]
    return f"{points[0]:+d} points ({points[1]:+d} to {points[2]:+d})"


@cache
def read_caveats() -> dict[str, str]:
    """The caveats by name, with places to fill in."""
    content: dict[str, str] = yaml.safe_load(data_text("caveats.yaml"))
    return content


def caveat(name: str, *, templates: Iterable[str] = (), grade: str | None = None, **filled: object) -> str:
    """One caveat as a sentence.

    Args:
        name: which caveat.
        templates: those of the letters, for a caveat that speaks of them.
        grade: what the letters say of grades; without it, what those of the default profile say.
        **filled: what else is filled in.

    >>> caveat("few", few=10)
    "Groups of fewer than 10 letters are given as 'k of n' without a percentage."
    >>> caveat("layers", templates=["2022-"])
    'Letters from 2022 on are counted once, whether the summary or the main findings say it.'
    """
    words = {"grade": grade or read_profile().names.grade} | _template_words(list(templates)) | filled
    return re.sub(r"\s+", " ", read_caveats()[name].format(**words)).strip()


def _template_words(templates: Sequence[str]) -> dict[str, str]:
    """The words of the caveats that speak of templates."""
    return {
        "Letters": first_upper(letters_said(templates)),
        "Layered": first_upper(layered_said(templates)),
        "breaks": breaks_said(templates),
    }


def no_grade() -> str:
    """What the letters of the default profile say of grades."""
    names = read_profile().names
    return f"{names.letters} {names.grade}"


def caveats_of(
    corpus: Corpus | Counts, table: pd.DataFrame, *, by: str, layer: str = "both", grade: str | None = None
) -> list[str]:
    """The caveats that apply to a table of `prevalence`, the most important first.

    Args:
        corpus: the letters that were counted, as tables or counts.
        table: what `prevalence` gave, or a part of it.
        by: how it is grouped.
        layer: what was counted of letters that say things twice.
        grade: what the letters say of grades; without it, what those of their profile in the package say.
    """
    templates = sorted(set(table["template"].dropna()))
    layered = bool(layered_templates(templates))
    said = grade or read_profile(profile_of(corpus.reports["report_id"])).names.grade
    say = partial(caveat, templates=templates, grade=said)
    applies = {
        "not_a_grade": True,
        "absence": (table["k"] < table["n"]).any(),
        "subjects": by in ("series", "deep_dive_theme"),
        "templates": len(templates) > 1,
        "few": (table["n"] < PERCENT_FROM).any(),
        "agency": by == "agency" or (table["facet"] == "agency").any(),
        "saturated": _saturated(table),
        "selection": True,
        "partnership": True,
        "layers": layered and layer == "both",
    }
    shown = [say(name, few=PERCENT_FROM) for name, true in applies.items() if true]
    if layered and layer != "both":
        shown.append(say("layer", layer={"main": "main findings", "summary": "summary"}[layer]))
    return [*shown, *series_mixed(corpus, by), *coders(corpus)]


def _saturated(table: pd.DataFrame) -> bool:
    """Whether most shares of larger groups are so near 1 that they tell nothing apart."""
    large = table[table["n"] >= PERCENT_FROM]
    return bool(len(large) and (large["k"] / large["n"] >= SATURATED).mean() > 1 / 2)


def series_mixed(corpus: Corpus | Counts, by: str) -> list[str]:
    """The caveat that groups hold letters of different series, where they do."""
    if by in ("series", "deep_dive_theme", "template") or corpus.reports["series"].nunique() < 2:
        return []
    counts = corpus.reports["series"].value_counts().sort_index()
    return [caveat("series_mixed", series=", ".join(f"{name} {n}" for name, n in counts.items()))]


def coders(corpus: Corpus | Counts) -> list[str]:
    """The caveat that says who coded the statements."""
    table = corpus.coders if isinstance(corpus, Counts) else corpus.statements
    names = sorted(set(table["coder"].dropna()))
    return [caveat("coder", coder=", ".join(names))] if names else []
