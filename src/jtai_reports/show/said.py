"""What letters say, as sheets, pages and guides show it: statements with their codes, praise and criticism apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.compare.mentions import LEFT_OUT, SIDES
from jtai_reports.reference.templates import letters_said
from jtai_reports.reference.texts import first_upper

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

SIDE_NAMES = {"strength": "praised", "weakness": "criticised"}
JOINT = "; "  # between the codes of a statement


def with_codes(corpus: Corpus) -> pd.DataFrame:
    """The statements, each with its themes and its agencies as text: most central first, joined by '; '.

    Args:
        corpus: the tables `statements` and `codings` are used.

    Returns:
        The table `statements` with the columns `themes` and `agencies`, missing where there are none.
    """
    table = corpus.statements
    for facet, name in (("theme", "themes"), ("agency", "agencies")):
        ranked = corpus.codings[corpus.codings["facet"] == facet].sort_values(["statement_id", "rank"])
        joined = ranked.groupby("statement_id")["code"].agg(JOINT.join).astype("str").rename(name)
        table = table.merge(joined, how="left", left_on="statement_id", right_index=True, validate="one_to_one")
    return table


def with_place(corpus: Corpus) -> pd.DataFrame:
    """The statements with their codes, and the authority and date of their letter."""
    place = corpus.reports[["report_id", "authority", "letter_date"]]
    return with_codes(corpus).merge(place, on="report_id", validate="many_to_one")


def in_templates(table: pd.DataFrame) -> list[str]:
    """The templates of a table's letters, the earlier first."""
    return sorted(set(table["template"].dropna()))


def titled(template: str) -> str:
    """What heads the letters of a template.

    >>> titled("2022-"), titled("2016-2020")
    ('Letters from 2022', 'Letters of 2016-2020')
    """
    return first_upper(letters_said([template]))


def counted(statements: pd.DataFrame, side: str) -> pd.DataFrame:
    """The statements that comparisons count on a side, 'strength' or 'weakness'; a mixed one is on both."""
    return statements[statements["polarity"].isin(SIDES[side]) & ~statements["section_kind"].isin(LEFT_OUT)]


def about(statements: pd.DataFrame, code: str) -> pd.DataFrame:
    """The statements with a theme."""
    return statements.loc[[code in codes.split(JOINT) for codes in statements["themes"].fillna("")]]


def surest_first(statements: pd.DataFrame) -> pd.DataFrame:
    """The statements in the order in which they are quoted: those whose polarity is surest first."""
    return statements.sort_values(["polarity_score", "statement_id"], ascending=[False, True])
