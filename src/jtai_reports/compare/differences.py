"""Where two groups of letters differ by more than chance would make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.compare.codes import Codes
from jtai_reports.compare.intervals import newcombe, permutation_p
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
    from jtai_reports.corpus import Corpus


def differences(
    corpus: Corpus,
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
        corpus: the letters, all of one template; choose them with `select_letters`.
        by: the grouping: series, region, authority_type, inspectorates or deep_dive_theme.
        groups: the two values of the grouping that are compared.
        layer: what of the letters from 2022 on is counted.
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
        >>> from jtai_reports.store import load
        >>> letters = select_letters(load("outputs"), template="2022-")  # doctest: +SKIP
        >>> differences(letters, by="region", groups=("London", "South East"))  # doctest: +SKIP
    """
    check_grouping(by)
    if by == "template":
        raise ComparisonError(
            "The two templates are not compared: they print different things.",
            hint="Look at tables/prevalence_by_template.csv, which has them beside one another.",
        )
    for value in groups:
        check_name(by, value, known_values(corpus, by))
    letters = select_letters(corpus, **{by: groups})
    template = check_one_template(letters, f"{by} {groups[0]} and {groups[1]}")
    for value in groups:
        n = int((letters.reports[by] == value).sum())
        check_enough(n, f"{by.replace('_', ' ')} {value}", settings.min_letters)
    counted = prevalence(letters, by=by, layer=layer, codes=codes)
    table = _beside(counted, by, groups)
    return _tested(table, settings).assign(grouping=by, first=groups[0], second=groups[1], template=template)[COLUMNS]


COLUMNS = [
    "grouping", "first", "second", "template", *WHAT, "k_first", "n_first", "k_second", "n_second",
    "difference", "low", "high", "p_value", "p_adjusted", "contrasts",
]  # fmt: skip


def _beside(counted: pd.DataFrame, by: str, groups: tuple[str, str]) -> pd.DataFrame:
    first, second = (counted.loc[counted[by] == value, [*WHAT, "k", "n"]] for value in groups)
    return first.merge(second, on=WHAT, suffixes=("_first", "_second"), validate="one_to_one")


def _tested(table: pd.DataFrame, settings: CompareSettings) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415 - takes 2 s

    pairs = [
        ((a, b), (c, d)) for a, b, c, d in table[["k_first", "n_first", "k_second", "n_second"]].to_numpy().tolist()
    ]
    bounds = [newcombe(*pair, confidence=settings.confidence) for pair in pairs]
    tested = pd.DataFrame({"p_value": [permutation_p(*pair) for pair in pairs]}, dtype="float64")
    return table.assign(
        difference=table["k_first"] / table["n_first"] - table["k_second"] / table["n_second"],
        low=[low for low, _ in bounds],
        high=[high for _, high in bounds],
        p_value=tested["p_value"],
        p_adjusted=multipletests(tested["p_value"], method="fdr_bh")[1],
        contrasts=len(table),
    )
