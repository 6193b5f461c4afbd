"""The claims of a published guide, and how well the search finds the passages behind them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.compare.letters import of_letters
from jtai_reports.errors import UsageError
from jtai_reports.explore.search import make_index, search

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

COLUMNS = ("claim_id", "claim", "polarity", "relation", "file", "passage_start")


def read_guide(corpus: Corpus, *paths: Path | str) -> pd.DataFrame:
    """The claims of a guide with their known passages, from the first of some files whose letters have been read.

    Args:
        corpus: the table `reports` is used.
        *paths: CSV files with a row a passage: claim_id, claim, polarity (of the claim), relation (supports,
            partial, contrary ...), file (of the letter, without .pdf) and passage_start (the first words of the
            passage). A file that is not there is passed over.

    Raises:
        UsageError: none of them is about letters that have been read, or one lacks a column.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    read = set(corpus.reports["file_name"].str.removesuffix(".pdf"))
    for path in map(Path, paths):
        if not path.is_file():
            continue
        claims = pd.read_csv(path, dtype="str", encoding="utf-8-sig")
        lacking = [name for name in COLUMNS if name not in claims.columns]
        if lacking:
            raise UsageError(f"{path}: has no column '{lacking[0]}'.", hint=f"Its columns are {', '.join(COLUMNS)}.")
        if set(claims["file"]) <= read:
            return claims.assign(source=path.name)
    listed = ", ".join(map(str, paths))
    raise UsageError(f"None of {listed} is about the letters that have been read.", hint="Read its letters first.")


def letters_of_guide(corpus: Corpus, guide: pd.DataFrame) -> Corpus:
    """The corpus with only the letters that a guide is about."""
    names = guide["file"] + ".pdf"
    return of_letters(corpus, corpus.reports.loc[corpus.reports["file_name"].isin(names), "report_id"])


def first_hits(corpus: Corpus, guide: pd.DataFrame, *, limit: int = 50) -> pd.DataFrame:
    """For each claim, how far down the search lists the first passage that is known to stand behind it.

    Args:
        corpus: the letters to search.
        guide: what `read_guide` gives. Passages that contradict a claim do not count.
        limit: how many results to look at.

    Returns:
        One row a claim: claim_id, claim, polarity, passages (known), first_hit (rank of the first result whose
        finding holds one; missing where none of the results does).
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    index = make_index(corpus)
    texts = {row.finding_id: _key(row.text) for row in corpus.findings.itertuples()}
    rows = []
    behind = guide[guide["relation"] != "contrary"]
    for (name, claim, polarity), own in behind.groupby(["claim_id", "claim", "polarity"], sort=False):
        starts = [_key(start) for start in own["passage_start"]]
        found = search(index, str(claim), limit=limit)
        hit = [any(start in texts[finding] for start in starts) for finding in found["finding_id"]]
        rows.append((name, claim, polarity, len(own), hit.index(True) + 1 if any(hit) else None))
    table = pd.DataFrame(rows, columns=["claim_id", "claim", "polarity", "passages", "first_hit"])
    return table.astype({"first_hit": "Int64"})


def recall(hits: pd.DataFrame, *, at: int = 10) -> float:
    """The share of claims with a known passage among the first results, 0 to 1.

    Args:
        hits: what `first_hits` gives.
        at: how many results count.

    >>> import pandas as pd
    >>> recall(pd.DataFrame({"first_hit": pd.array([1, 10, 11, None], dtype="Int64")}))
    0.5
    """
    return float((hits["first_hit"] <= at).fillna(False).mean())


def _key(text: object) -> str:
    """Letters and digits only, lower case: the same whatever the dashes and quotation marks."""
    return re.sub(r"[^a-z0-9]+", "", str(text).lower().replace("&", "and"))
