"""Where two groups of letters differ by more than chance would make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.compare.codes import Codes
from jtai_reports.compare.counts import coded_counts
from jtai_reports.compare.intervals import newcombe, permutation_p, within_strata
from jtai_reports.compare.letters import (
    check_enough,
    check_grouping,
    check_one_template,
    known_values,
    select_letters,
)
from jtai_reports.compare.mentions import Layer
from jtai_reports.compare.names import check_name
from jtai_reports.compare.prevalence import WHAT, prevalence
from jtai_reports.errors import ComparisonError
from jtai_reports.settings import CompareSettings

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.compare.counts import Counts
    from jtai_reports.corpus import Corpus


def differences(
    corpus: Corpus | Counts,
    *,
    by: str,
    groups: tuple[str, str],
    layer: Layer = "both",
    codes: Codes | Codebook | None = None,
    settings: CompareSettings = CompareSettings(),  # noqa: B008 - immutable
) -> pd.DataFrame:
    """The difference in prevalence between two groups of letters, with its interval and test.

    A difference is between the letters, not between the areas: the groups may differ in subject, in time
    and in what inspectors looked for. Where many codes are looked at, some differ by chance: `p_adjusted`
    is corrected for all rows of the table (Benjamini and Hochberg 1995).

    Args:
        corpus: the letters, as tables or counted, all of one template; choose them with `select_letters`.
        by: the grouping: series, region, authority_type, inspectorates or deep_dive_theme.
        groups: the two values of the grouping that are compared.
        layer: what is counted of letters that say things twice.
        codes: which codes are looked at, by facet; all where none are given.
        settings: the fewest letters in a group, and the confidence of the interval.

    Returns:
        One row a code and side: grouping, first, second, template, facet, code, polarity, k_first, n_first,
        k_second, n_second, difference (of shares, first less second), low, high (95%, Newcombe's hybrid score
        interval), p_value (permutation of letters, exact, two-sided), p_adjusted, contrasts (rows looked at).

    Raises:
        ComparisonError: a group has fewer letters than the minimum, the letters follow two templates, or
            there is no such grouping or group.

    Example:
        >>> import jtai_reports as jtai
        >>> letters = jtai.select_letters(jtai.load("outputs"), template="2022-")
        >>> few = CompareSettings(min_letters=2)  # the invented letters are few
        >>> table = jtai.differences(letters, by="series", groups=("front_door", "syv_2023"), settings=few)
        >>> table[["first", "n_first", "second", "n_second"]].head(1)
                first  n_first    second  n_second
        0  front_door        2  syv_2023         2
    """
    letters = _letters(corpus, by, groups)
    template = check_one_template(letters, f"{by} {groups[0]} and {groups[1]}")
    for value in groups:
        n = int((letters.reports[by] == value).sum())
        check_enough(n, f"{by.replace('_', ' ')} {value}", settings.min_letters)
    counted = prevalence(letters, by=by, layer=layer, codes=codes)
    table = _beside(counted, by, groups)
    return _tested(table, settings).assign(grouping=by, first=groups[0], second=groups[1], template=template)[COLUMNS]


def differences_within_series(
    corpus: Corpus | Counts,
    *,
    by: str,
    groups: tuple[str, str],
    layer: Layer = "both",
    codes: Codes | Codebook | None = None,
    settings: CompareSettings = CompareSettings(),  # noqa: B008 - immutable
) -> pd.DataFrame:
    """The difference between two groups of letters, taken within series, so that it is not that of their subjects.

    Only series that have letters of both groups say anything; the others are left out.

    Args:
        corpus: the letters, as tables or counted, all of one template.
        by: the grouping: region, authority_type or another that varies within series.
        groups: the two values of the grouping that are compared.
        layer: what is counted of letters that say things twice.
        codes: which codes are looked at, by facet, or a codebook; all where none are given.
        settings: the fewest letters in a group.

    Returns:
        The columns of `differences`: k and n in the series used, the difference as Mantel and Haenszel weight
        it, p_value with letters dealt within their series only; low and high are missing, since no interval
        for so few letters in so many series could be trusted.

    Raises:
        ComparisonError: as in `differences`, or the two groups meet in too few letters of the same series.
    """
    letters = _letters(corpus, by, groups)
    template = check_one_template(letters, f"{by} {groups[0]} and {groups[1]}")
    met = letters.reports.groupby("series")[by].nunique()
    met = met[met == len(groups)]
    used = letters.reports[letters.reports["series"].isin(met.index)]
    for value in groups:
        check_enough(int((used[by] == value).sum()), f"{value} in series that both have", settings.min_letters)
    parts = [
        _beside(prevalence(select_letters(letters, series=str(series)), by=by, layer=layer, codes=codes), by, groups)
        for series in met.index
    ]
    table = _summed(parts).assign(grouping=by, first=groups[0], second=groups[1], template=template)
    return _adjusted(table)[COLUMNS]


COLUMNS = [
    "grouping", "first", "second", "template", *WHAT, "k_first", "n_first", "k_second", "n_second",
    "difference", "low", "high", "p_value", "p_adjusted", "contrasts",
]  # fmt: skip


def _letters(corpus: Corpus | Counts, by: str, groups: tuple[str, str]) -> Counts:
    """The letters of the two groups, if they may be compared."""
    check_grouping(by)
    if by == "template":
        raise ComparisonError(
            "The two templates are not compared: they print different things.",
            hint="Look at tables/prevalence_by_template.csv, which has them beside one another.",
        )
    for value in groups:
        check_name(by, value, known_values(corpus, by))
    if groups[0] == groups[1]:
        raise ComparisonError(f"{by} {groups[0]} is compared with itself.", hint="Name two groups.")
    return select_letters(coded_counts(corpus), **{by: groups})


def _beside(counted: pd.DataFrame, by: str, groups: tuple[str, str]) -> pd.DataFrame:
    """Counts of the two groups side by side; 0 of 0 for a group of which nothing was read."""
    first, second = (counted.loc[counted[by] == value, [*WHAT, "k", "n"]] for value in groups)
    return first.merge(second, on=WHAT, suffixes=("_first", "_second"), validate="one_to_one")


def _pairs(table: pd.DataFrame) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    rows = table[["k_first", "n_first", "k_second", "n_second"]].to_numpy().tolist()
    return [((a, b), (c, d)) for a, b, c, d in rows]


def _tested(table: pd.DataFrame, settings: CompareSettings) -> pd.DataFrame:
    bounds = [newcombe(*pair, confidence=settings.confidence) for pair in _pairs(table)]
    table = table.assign(
        difference=table["k_first"] / table["n_first"] - table["k_second"] / table["n_second"],
        low=[low for low, _ in bounds],
        high=[high for _, high in bounds],
        p_value=[permutation_p(*pair) for pair in _pairs(table)],
    )
    return _adjusted(table)


def _summed(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """The series' tables as one, with the difference within series and its test."""
    counts = ["k_first", "n_first", "k_second", "n_second"]
    strata = zip(*(_pairs(part) for part in parts), strict=True)
    found = [within_strata([first for first, _ in row], [second for _, second in row]) for row in strata]
    return parts[0].assign(
        **{column: sum(part[column] for part in parts) for column in counts},
        difference=[one.difference for one in found],
        low=float("nan"),
        high=float("nan"),
        p_value=[one.p_value for one in found],
    )


def _adjusted(table: pd.DataFrame) -> pd.DataFrame:
    """Correct p for all rows of the table."""
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415 - takes 2 s

    return table.assign(p_adjusted=multipletests(table["p_value"], method="fdr_bh")[1], contrasts=len(table))
