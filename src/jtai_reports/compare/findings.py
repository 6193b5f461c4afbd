"""Count the findings of each letter by the section that they stand in.

A letter carries no grade, and its length follows the template and the inspection, not the area's
performance: these tables count, and never rank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.compare.counts import PRINTED, counts_of

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.compare.counts import Counts
    from jtai_reports.corpus import Corpus

WHO = ["series", "template", "authority", "region", "letter_date", "report_id"]


def findings_by_authority(corpus: Corpus | Counts) -> pd.DataFrame:
    """How many findings each letter prints as strengths, as areas to improve and for priority action.

    Args:
        corpus: the letters, as tables (`reports`, `findings` and `missing` are used) or counted.

    Returns:
        One row a letter, in order of date: series, template, authority, region, letter_date, report_id,
        strengths, improvements (counts of findings; missing, not 0, where the letter has no such section),
        priority_actions (0 where it has none), and `no_priority_declared`: whether the letter says that there
        is no area for priority action. Such a statement is not counted.

    Example:
        >>> import jtai_reports as jtai
        >>> corpus = jtai.read_letters(["reports/sample/90000001.pdf"])
        >>> jtai.findings_by_authority(corpus)["strengths"].tolist()
        [20]
    """
    counts = counts_of(corpus)
    shown = counts.letters[["report_id", *PRINTED, "no_priority_declared"]]
    return counts.reports[WHO].merge(shown, on="report_id", validate="one_to_one")


def findings_by_series(by_authority: pd.DataFrame) -> pd.DataFrame:
    """What the letters of a series have in common, in order of time.

    Args:
        by_authority: the table that `findings_by_authority` makes.

    Returns:
        One row a series: series, template, n (letters read), first_letter, last_letter, median and range of
        strengths and of improvements a letter, and `with_priority_action`: in how many of the n letters
        there is at least one.

    Example:
        >>> import jtai_reports as jtai
        >>> by_authority = jtai.findings_by_authority(jtai.load("outputs"))
        >>> jtai.findings_by_series(by_authority)[["series", "n", "strengths_median"]].head(1)
             series  n  strengths_median
        0  cse_2016  2              10.5
    """
    table = by_authority.assign(series=by_authority["series"].fillna("not known"))
    series = table.groupby(["series", "template"], sort=False)
    summary = series.agg(
        n=("report_id", "size"),
        first_letter=("letter_date", "min"),
        last_letter=("letter_date", "max"),
        strengths_median=("strengths", "median"),
        strengths_min=("strengths", "min"),
        strengths_max=("strengths", "max"),
        improvements_median=("improvements", "median"),
        improvements_min=("improvements", "min"),
        improvements_max=("improvements", "max"),
        with_priority_action=("priority_actions", lambda counts: int((counts > 0).sum())),
    )
    return summary.reset_index().sort_values(["first_letter", "series"], ignore_index=True)
