"""How many statements coders code in a second of CPU, after loading.

    python benchmarks/coding.py [LETTERS] [--statements N] [--coders NAME...]

The statements of the letters (default: the sample) are repeated as letters of other names until there are N.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from jtai_reports.coding.codebook import read_codebook
from jtai_reports.coding.coder import find_coder
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.statements import split_statements

TABLES = ("reports", "sections", "findings", "statements")


def main(argv: Sequence[str] | None = None) -> int:
    """Time each coder and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("letters", type=Path, nargs="?", default=Path("reports/sample"))
    parser.add_argument("--statements", type=int, default=10_000)
    parser.add_argument("--coders", nargs="+", default=["model", "rules"], metavar="NAME")
    arguments = parser.parse_args(argv)
    corpus = read_letters(sorted(arguments.letters.glob("*.pdf")), authorities=arguments.letters)
    corpus = repeated(corpus._replace(statements=split_statements(corpus.findings)), arguments.statements)
    codebook = read_codebook()
    for name in arguments.coders:
        coder = find_coder(name)
        coder(corpus._replace(statements=corpus.statements.head(1)), codebook)  # loads what it needs
        start = time.process_time()
        coder(corpus, codebook)
        spent = time.process_time() - start
        n = len(corpus.statements)
        print(f"{name}: {n} statements in {spent:.1f} s of CPU, {n / spent:.0f} a second")
    return 0


def repeated(corpus: Corpus, n: int) -> Corpus:
    """The corpus with its letters repeated under other names until it has at least n statements."""
    times = -(-n // len(corpus.statements))
    return corpus._replace(**{name: _copies(getattr(corpus, name), times) for name in TABLES})


def _copies(table: pd.DataFrame, times: int) -> pd.DataFrame:
    ids = [name for name in table.columns if name.endswith("_id")]
    copies = [table.assign(**{name: f"copy{number}-" + table[name] for name in ids}) for number in range(times)]
    return pd.concat(copies, ignore_index=True)


if __name__ == "__main__":
    raise SystemExit(main())
