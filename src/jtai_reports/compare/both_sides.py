"""Codes that one letter both praises and criticises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.compare.codes import Codes, chosen_codes, code_pairs
from jtai_reports.compare.counts import check_coded, coded_counts, count_by_letter
from jtai_reports.compare.letters import check_grouping, letter_groups
from jtai_reports.compare.mentions import SIDES, Layer, in_layer, mentions, of_codes
from jtai_reports.compare.prevalence import count_letters, group_sizes, in_groups

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.compare.counts import Counts
    from jtai_reports.corpus import Corpus

WHO = ["series", "template", "authority", "report_id"]
LETTER = ["report_id", "facet", "code"]


def praised_and_criticised(
    corpus: Corpus, *, layer: Layer = "both", codes: Codes | Codebook | None = None
) -> pd.DataFrame:
    """What each letter says for and against one code, where it says both.

    Args:
        corpus: the tables `reports`, `statements` and `codings` are used.
        layer: what is counted of letters that say things twice: 'summary', 'main', or either ('both').
        codes: which codes, by facet, or a codebook; all where none are given.

    Returns:
        One row a letter and code, in order of date: series, template, authority, report_id, facet, code,
        only_mixed (whether the two sides meet in mixed statements only), and for each side the statement that
        is most about the code (the earliest of them): strength, strength_page, strength_id, weakness,
        weakness_page, weakness_id.
    """
    check_coded(count_by_letter(corpus))
    wanted = chosen_codes(corpus.codings, codes)
    said = of_codes(mentions(corpus, layer=layer), wanted)
    said["mixed"] = said.duplicated(["statement_id", "facet", "code"], keep=False)
    only_mixed = said.groupby(LETTER)["mixed"].all().rename("only_mixed").reset_index()
    texts = corpus.statements[["statement_id", "text", "page_start"]].assign(place=range(len(corpus.statements)))
    said = said.merge(texts, on="statement_id", validate="many_to_one").sort_values(["mixed", "rank", "place"])
    first = said.drop_duplicates([*LETTER, "polarity"])
    sides = [_side(first, side) for side in SIDES]
    table = sides[0].merge(sides[1], on=LETTER, validate="one_to_one").merge(only_mixed, on=LETTER)
    who = corpus.reports[WHO].assign(place=range(len(corpus.reports)))
    table = table.merge(who, on="report_id", validate="many_to_one")
    order = {pair: n for n, pair in enumerate(code_pairs(wanted))}
    table["n"] = [order[pair] for pair in zip(table["facet"], table["code"], strict=True)]
    table = table.sort_values(["place", "n"], ignore_index=True)
    shown = [f"{side}{part}" for side in SIDES for part in ("", "_page", "_id")]
    return table[[*WHO, "facet", "code", "only_mixed", *shown]]


def both_sides(
    corpus: Corpus | Counts, *, by: str = "series", layer: Layer = "both", codes: Codes | Codebook | None = None
) -> pd.DataFrame:
    """In how many letters a code is both praised and criticised.

    Args:
        corpus: the letters, as tables (`reports`, `statements` and `codings` are used) or counted.
        by: how letters are grouped, as in `prevalence` (not 'agency').
        layer: what is counted of letters that say things twice.
        codes: which codes, by facet, or a codebook; all where none are given.

    Returns:
        The columns of `prevalence`, with polarity 'both'.
    """
    check_grouping(by)
    counts = coded_counts(corpus)
    said = in_layer(counts.said, layer).drop_duplicates([*LETTER, "polarity"])
    hits = in_groups(said[said.duplicated(LETTER)].assign(polarity="both"), letter_groups(counts, by))
    wanted = chosen_codes(counts.codes, codes)
    return count_letters(hits, group_sizes(counts, by), by=by, codes=wanted, sides=("both",))


def _side(first: pd.DataFrame, side: str) -> pd.DataFrame:
    names = {"text": side, "page_start": f"{side}_page", "statement_id": f"{side}_id"}
    return first[first["polarity"] == side].rename(columns=names)[[*LETTER, *names.values()]]
