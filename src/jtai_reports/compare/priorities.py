"""Areas for priority action, in the words of the letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus


def priority_actions(corpus: Corpus) -> pd.DataFrame:
    """Every finding under a heading for priority action, verbatim; letters that say they have none are left out.

    Args:
        corpus: the tables `reports`, `findings`, `statements`, `codings` and `missing` are used.

    Returns:
        One row a finding, in order of date: series, template, authority, letter_date, report_id, finding_id,
        subheading, is_bullet, text, page_start, page_end, themes and agencies (codes of its statements, in
        order, joined by '; '; missing where it has none), file_name, source_url.
    """
    findings, missing = corpus.findings, corpus.missing
    none = missing[(missing["field"] == "priority_actions") & (missing["reason"] == "declared_none")]
    asked = (findings["section_kind"] == "priority_actions") & ~findings["report_id"].isin(none["report_id"])
    who = ["series", "template", "authority", "letter_date", "report_id", "file_name", "source_url"]
    reports = corpus.reports[who].assign(place=range(len(corpus.reports)))
    table = findings[asked].merge(reports, on="report_id", validate="many_to_one")
    for facet, column in (("theme", "themes"), ("agency", "agencies")):
        table[column] = table["finding_id"].map(_codes_of(corpus, facet)).astype("str")
    table = table.sort_values(["place", "ordinal"], ignore_index=True)
    shown = ["finding_id", "subheading", "is_bullet", "text", "page_start", "page_end", "themes", "agencies"]
    return table[[*who[:5], *shown, *who[5:]]]


def _codes_of(corpus: Corpus, facet: str) -> dict[str, str]:
    """The codes of each finding, in the order in which its statements bring them, each once."""
    codings = corpus.codings[corpus.codings["facet"] == facet]
    places = corpus.statements[["statement_id", "finding_id", "ordinal"]]
    coded = codings.merge(places, on="statement_id", validate="many_to_one").sort_values(
        ["finding_id", "ordinal", "rank"]
    )
    codes = coded.drop_duplicates(["finding_id", "code"]).groupby("finding_id")["code"].agg("; ".join)
    return {str(finding): str(joined) for finding, joined in codes.items()}
