"""How well and how fast passages are found.

    uv run python benchmarks/search.py REFERENCE [--tables OUTPUTS | --coded]

Searches the words of each claim of REFERENCE/benchmark/claims.csv in the five letters that the claims are about and
prints for how many claims a supporting passage is among the first 3 and the first 10 results: for all, and for the
two halves (every other claim). By default the letters are read and not coded; --tables takes the tables of a run,
--coded gives the statements the codes of the reference. Then: CPU time of indexing and searching all letters.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.explore.search import Index, make_index, search
from jtai_reports.schema import CODINGS, make_frame
from jtai_reports.statements import split_statements
from jtai_reports.store import load

NOWHERE = 10**6
CODED = ["text", "polarity", "themes", "agencies"]


def key(text: object) -> str:
    """Letters and digits only, lower case, as the reference compares texts."""
    return re.sub(r"[^a-z0-9]+", "", str(text).lower().replace("&", "and"))


def letters(reference: Path, names: Iterable[str] | None = None) -> Corpus:
    """The letters with these numbers, or all, cut into statements that are not coded."""
    files = [reference / "corpus" / f"{name}.pdf" for name in names] if names else (reference / "corpus").glob("*.pdf")
    corpus = read_letters(files, authorities=reference / "corpus")
    return corpus._replace(statements=split_statements(corpus.findings))


def coded(corpus: Corpus, reference: Path) -> Corpus:
    """The corpus with the codes of the reference, matched by the statement's text; what is not there is neutral."""
    tables = [pd.read_csv(reference / "benchmark" / name) for name in ("training.csv", "statements.csv")]
    codes = pd.concat(tables)[CODED].assign(key=lambda table: table["text"].map(key)).drop_duplicates("key")
    found = corpus.statements[["statement_id"]].assign(key=corpus.statements["text"].map(key))
    found = found.merge(codes, how="left", on="key", validate="many_to_one")
    polarity = found["polarity"].replace("disputed", "neutral").fillna("neutral").astype("str")
    rows = [
        {"statement_id": row.statement_id, "facet": facet, "code": code, "rank": rank, "coder": "reference"}
        for row in found.astype(dict.fromkeys(CODED[1:], "str")).fillna("").itertuples()
        for facet, codes_given in (("theme", row.themes), ("agency", row.agencies))
        for rank, code in enumerate(filter(None, str(codes_given).split("|")), 1)
    ]
    statements = corpus.statements.assign(polarity=polarity)
    return corpus._replace(statements=statements, codings=make_frame(CODINGS, rows))


def first_hits(corpus: Corpus, claims: pd.DataFrame) -> pd.Series:
    """For each claim, the rank of the first result whose finding holds a supporting passage."""
    index = make_index(corpus)
    texts = corpus.findings.set_index("finding_id")["text"].map(key)
    ranks = {}
    for (claim_id, claim), passages in claims[claims["relation"] != "contrary"].groupby(["claim_id", "claim"]):
        starts = [key(start) for start in passages["passage_start"]]
        found = search(index, str(claim), limit=len(texts))
        hits = found["finding_id"].map(lambda name, starts=starts: any(start in texts[name] for start in starts))
        ranks[claim_id] = int(found.loc[hits, "rank"].min()) if hits.any() else NOWHERE
    return pd.Series(ranks)


def print_share(name: str, ranks: pd.Series) -> None:
    """Print one line of figures."""
    shares = "  ".join(f"first {top:2}: {(ranks <= top).mean():.3f}" for top in (3, 10))
    print(f"{name:22} n = {len(ranks):3}  {shares}  mean 1/rank: {(1 / ranks).mean():.3f}")


def print_speed(corpus: Corpus, claims: Iterable[str]) -> None:
    """Print CPU time of indexing (for 10,000 statements) and of searching."""
    start = time.process_time()
    index: Index = make_index(corpus)
    seconds = (time.process_time() - start) / len(index.passages) * 10_000
    start = time.process_time()
    times = [search(index, claim) for claim in claims]
    milliseconds = (time.process_time() - start) / len(times) * 1000
    print(f"{len(index.passages)} statements: index {seconds:.2f} CPU s for 10,000 (aim: under 2)")
    print(f"query {milliseconds:.1f} CPU ms (aim: under 50)")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--tables", type=Path, metavar="OUTPUTS")
    parser.add_argument("--coded", action="store_true")
    parser.add_argument("--ranks", action="store_true", help="print the rank of each claim's first hit")
    arguments = parser.parse_args()
    # numba, which bm25s uses where it is installed, looks for a library 'coverage' and would find the file beside this.
    sys.path[:] = [folder for folder in sys.path if Path(folder).resolve() != Path(__file__).resolve().parent]
    claims = pd.read_csv(arguments.reference / "benchmark" / "claims.csv", dtype=str)
    about = sorted(claims["file"].unique())
    corpus = only(load(arguments.tables), about) if arguments.tables else letters(arguments.reference, about)
    if arguments.coded:
        corpus = coded(corpus, arguments.reference)
    ranks = first_hits(corpus, claims)
    halves = [ranks.sort_index().iloc[half::2] for half in (0, 1)]
    for name, part in (("all claims", ranks), ("tuned on", halves[0]), ("confirmed on", halves[1])):
        print_share(name, part)
    if arguments.ranks:
        print(ranks.to_string())
    whole = load(arguments.tables) if arguments.tables else letters(arguments.reference)
    print_speed(whole, claims["claim"].unique())


def only(corpus: Corpus, names: Iterable[str]) -> Corpus:
    """The tables of some of the letters."""
    kept = corpus.reports.loc[corpus.reports["file_name"].str.removesuffix(".pdf").isin(list(names)), "report_id"]
    parts = {
        name: table[table["report_id"].isin(kept)].reset_index(drop=True)
        for name, table in corpus._asdict().items()
        if name in ("reports", "sections", "findings", "statements")
    }
    return corpus._replace(**parts)


if __name__ == "__main__":
    main()
