"""Count the findings of each letter by the section that they stand in.

A letter carries no grade, and its length follows the template and the inspection, not the area's
performance: these tables count, and never rank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.corpus import Corpus

if TYPE_CHECKING:
    import pandas as pd

JUDGED = ("strengths", "improvements", "priority_actions")
WHO = ["series", "template", "authority", "region", "letter_date", "report_id"]


def findings_by_authority(corpus: Corpus) -> pd.DataFrame:
    """How many findings each letter prints as strengths, as areas to improve and for priority action.

    Args:
        corpus: the tables `reports`, `findings` and `missing` are used.

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
    declared = _declared_none(corpus)
    findings = corpus.findings.merge(declared, how="left", on=["report_id", "section_kind"], validate="many_to_one")
    counted = findings[findings["section_kind"].isin(JUDGED) & findings["declared"].isna()]
    counts = counted.groupby(["report_id", "section_kind"]).size().unstack().astype("Int64")
    counts = counts.reindex(index=corpus.reports["report_id"], columns=list(JUDGED))
    counts["priority_actions"] = counts["priority_actions"].fillna(0)
    counts = counts.astype("Int64").reset_index()
    table = corpus.reports[WHO].merge(counts, on="report_id", validate="one_to_one")
    none_declared = declared.loc[declared["section_kind"] == "priority_actions", "report_id"]
    table["no_priority_declared"] = table["report_id"].isin(none_declared)
    return table


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


def _declared_none(corpus: Corpus) -> pd.DataFrame:
    missing = corpus.missing
    rows = missing.loc[missing["reason"] == "declared_none", ["report_id", "field"]]
    return rows.rename(columns={"field": "section_kind"}).assign(declared=True)
