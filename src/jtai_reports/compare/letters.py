"""Choose and group letters, and refuse groups that say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from jtai_reports.compare.counts import Counts
from jtai_reports.compare.names import check_name
from jtai_reports.compare.wording import no_grade
from jtai_reports.corpus import Corpus
from jtai_reports.errors import ComparisonError
from jtai_reports.reference.authorities import read_authorities
from jtai_reports.reference.readers import read_series
from jtai_reports.reference.templates import templates_around

if TYPE_CHECKING:
    import pandas as pd

Letters = TypeVar("Letters", Corpus, Counts)

GROUPINGS = ("series", "template", "region", "authority_type", "inspectorates", "deep_dive_theme")
NOT_KNOWN = "not known"
SCORES = ("rank", "ranking", "score", "grade", "rating", "best", "worst", "league", "authority")
NO_SCORES = "what a letter mentions follows its subject and length, not quality alone."


def select_letters(corpus: Letters, **where: str | Sequence[str] | None) -> Letters:
    """The corpus, or its counts, with only the letters that were asked for.

    Args:
        corpus: the letters, as tables or counted; they are not changed.
        **where: columns of reports (series, template, region, authority_type, inspectorates,
            deep_dive_theme), each with the value or values wanted; None for any.

    Raises:
        ComparisonError: there is no such column or value, or no letter of that kind was read.

    Example:
        >>> from jtai_reports import read_letters
        >>> corpus = read_letters(["reports/sample/90000001.pdf"])
        >>> len(select_letters(corpus, template="2016-2020").reports)
        1
    """
    reports = corpus.reports
    asked_for = {column: wanted for column, wanted in where.items() if wanted is not None}
    for column, wanted in asked_for.items():
        check_grouping(column)
        values = [wanted] if isinstance(wanted, str) else list(wanted)
        for value in values:
            check_name(column, value, known_values(corpus, column))
        reports = reports[reports[column].fillna(NOT_KNOWN).isin(values)]
    if reports.empty:
        asked = ", ".join(f"{column} {_said(wanted)}" for column, wanted in asked_for.items())
        raise ComparisonError(
            f"No letter with {asked} has been read.",
            hint="See tables/coverage_by_series.csv and coverage_by_region.csv for the letters there are.",
        )
    return of_letters(corpus, reports["report_id"])


def check_grouping(by: str, *, more: Sequence[str] = ()) -> None:
    """Pass a column by which letters can be grouped.

    Raises:
        ComparisonError: it is no such column, or would make a league table.
    """
    if by.lower() in SCORES:
        raise ComparisonError(
            f"Letters are not compared by {by!r}: {no_grade()}, and {NO_SCORES}",
            hint="Group by series or region, or look at one authority's profile beside its series.",
        )
    if by == "year":
        raise ComparisonError(
            "Letters are not compared by year: each series looked at another subject, so a year shows its subjects.",
            hint="Group by series; the repeats of a subject are in tables/repeats.csv.",
        )
    check_name("grouping", by, [*GROUPINGS, *more])


def known_values(corpus: Corpus | Counts, column: str) -> list[str]:
    """The values that a grouping can have: those of the reference data, then others that the letters hold."""
    series = read_series()
    known = {
        "series": [s.series for s in series],
        "template": templates_around(corpus.reports["template"]),
        "region": sorted({a.region for a in read_authorities().authorities if a.region}),
        "authority_type": sorted({a.authority_type for a in read_authorities().authorities if a.authority_type}),
        "deep_dive_theme": list(dict.fromkeys(s.deep_dive_theme for s in series)),
    }.get(column, [])
    read = corpus.reports[column].fillna(NOT_KNOWN)
    return [*known, *sorted(set(read) - set(known))]


def letter_groups(corpus: Corpus | Counts, by: str) -> pd.DataFrame:
    """Which group and template each letter belongs to: report_id, group, template."""
    reports = corpus.reports
    table = reports[["report_id", "template"]].assign(group=reports[by].fillna(NOT_KNOWN))
    return table[["report_id", "group", "template"]]


def check_enough(n: int, what: str, least: int) -> None:
    """Pass a group of letters that is large enough.

    Raises:
        ComparisonError: it is not.
    """
    if n < least:
        raise ComparisonError(
            f"{what}: {n} letters are too few; at least {least} are needed.",
            hint="Look at prevalence, which prints 'k of n' for any number of letters, or take a wider group.",
        )


def check_one_template(corpus: Corpus | Counts, what: str) -> str:
    """The template that all letters follow.

    Raises:
        ComparisonError: they follow two.
    """
    templates = sorted(set(corpus.reports["template"]))
    if len(templates) != 1:
        raise ComparisonError(
            f"{what}: the letters follow two templates ({' and '.join(templates)}), which print different things.",
            hint="Choose one template, and look at the other beside it.",
        )
    return str(templates[0])


def check_one_layer(layer: str) -> None:
    """Pass a layer whose statements may be counted.

    Raises:
        ComparisonError: it is 'both': letters that say things twice would be counted twice.
    """
    if layer == "both":
        raise ComparisonError(
            "The summary and the main findings of a letter say most things twice: statements of both mislead.",
            hint="Choose layer='main' or layer='summary'.",
        )


def of_letters(corpus: Letters, ids: pd.Series[str]) -> Letters:
    """The corpus, or its counts, with only the letters of these names (`report_id`)."""
    kept = {
        name: frame[frame["report_id"].isin(ids)].reset_index(drop=True)
        for name, frame in corpus._asdict().items()
        if "report_id" in frame.columns
    }
    if isinstance(corpus, Counts):
        return corpus._replace(**kept)
    statements = kept["statements"]["statement_id"]
    for name in ("codings", "codings_other"):
        frame = getattr(corpus, name)
        kept[name] = frame[frame["statement_id"].isin(statements)].reset_index(drop=True)
    return corpus._replace(**kept)


def _said(wanted: str | Sequence[str]) -> str:
    return wanted if isinstance(wanted, str) else " or ".join(wanted)
