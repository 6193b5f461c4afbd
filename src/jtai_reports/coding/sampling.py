"""Draw statements for a person to code."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import TYPE_CHECKING

from jtai_reports.corpus import Corpus
from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

PROCEDURAL = ("context", "next_steps")  # kinds of section that judge nothing
STRATA = ["series", "report_id", "section_kind"]
SAMPLE_COLUMNS = ["statement_id", "letter", "page", "section", "paragraph", "start", "end", "text"]


def sample_statements(corpus: Corpus, n: int, *, seed: int = 1, series: Collection[str] = ()) -> pd.DataFrame:
    """Draw statements spread over letters and kinds of section, the same ones for the same seed.

    Statements are put in order by series, letter and kind of section, at random within these, and every k-th one is
    taken (systematic sampling). So each statement has the same chance, and figures from the sample need no weights.
    Context and Next steps are left out. What a machine has coded plays no part.

    Args:
        corpus: the tables `reports`, `sections`, `findings` and `statements` are used.
        n: how many; all of them where there are fewer.
        seed: another seed draws another sample.
        series: only letters of these series; without any, all letters.

    Returns:
        One row a statement, in the order of the letters: statement_id, letter (area and date), page, section
        (heading and sub-heading), paragraph (the finding's text), start, end (of the statement in it), text.

    Raises:
        UsageError: a series is not in the corpus, or there are no statements.
    """
    statements = _eligible(corpus, series)
    keys = [_random_key(seed, name) for name in statements["statement_id"]]
    ordered = statements.assign(key=keys).sort_values([*STRATA, "key"], kind="stable")
    drawn = ordered.iloc[_places(len(ordered), n, seed)]
    return _readable(corpus, statements[statements["statement_id"].isin(drawn["statement_id"])])


def _eligible(corpus: Corpus, series: Collection[str]) -> pd.DataFrame:
    known = sorted(corpus.reports["series"].dropna().unique())
    unknown = sorted(set(series) - set(known))
    if unknown:
        hint = f"Series in these tables: {', '.join(known) or 'none'}."
        raise UsageError(f"{unknown[0]}: no letter of this series in the tables.", hint=hint)
    statements = corpus.statements.merge(
        corpus.reports[["report_id", "series"]], on="report_id", how="left", validate="many_to_one"
    )
    wanted = ~statements["section_kind"].isin(PROCEDURAL)
    if series:
        wanted &= statements["series"].isin(list(series))
    if not wanted.any():
        raise UsageError("There are no statements to draw from.", hint="Make the tables with 'jtai run'.")
    return statements[wanted]


def _random_key(seed: int, name: str) -> str:
    """A number as good as random that depends on the seed and the statement alone, not on its neighbours."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def _places(size: int, n: int, seed: int) -> list[int]:
    """Every k-th place from a random start.

    >>> _places(10, 3, 1), _places(3, 9, 1)
    ([1, 5, 8], [0, 1, 2])
    """
    if n >= size:
        return list(range(size))
    start = int(_random_key(seed, "start")[:8], 16)  # of 2**32
    return [((start + (number << 32)) * size // n) >> 32 for number in range(n)]


def _readable(corpus: Corpus, statements: pd.DataFrame) -> pd.DataFrame:
    """The statements as a person needs to see them."""
    findings = corpus.findings[["finding_id", "section_id", "subheading", "text"]].rename(columns={"text": "paragraph"})
    reports = corpus.reports
    letters = reports["authority"].fillna("unknown area") + ", " + reports["letter_date"].fillna("no date")
    rows = (
        statements.merge(findings, on="finding_id", how="left", validate="many_to_one")
        .merge(corpus.sections[["section_id", "heading"]], on="section_id", how="left", validate="many_to_one")
        .merge(reports[["report_id"]].assign(letter=letters), on="report_id", validate="many_to_one")
    )
    under = (" > " + rows["subheading"]).fillna("")
    return rows.assign(page=rows["page_start"], section=rows["heading"].fillna("(opening)") + under)[SAMPLE_COLUMNS]
