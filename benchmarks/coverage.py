"""How often the intervals hold what they should, and how often the tests cry wolf, in letters made by chance.

    uv run benchmarks/coverage.py [--runs 300] [--seed 1]

Letters are drawn as many, as long and as unlike one another as the published ones that the toolkit was made
with: 1 to 24 letters a group, 50 to 240 judged statements a letter, and statements of one letter alike by an
intraclass correlation of 0 to 0.03 (the statements of a letter on a code follow a beta-binomial distribution).
For each kind of interval it prints the mean coverage over the stated range of the true share, which should lie
between 93% and 97%, and the lowest coverage anywhere in the range.
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom
from statsmodels.stats.multitest import multipletests

from jtai_reports.compare.intervals import newcombe, permutation_p, share_intervals, wilson
from jtai_reports.settings import CompareSettings

Floats = NDArray[np.float64]
LETTERS = (1, 2, 3, 4, 5, 6, 8, 12, 13, 18, 24)  # letters in a series, a region or a template
PAIRS = ((5, 5), (5, 8), (6, 13), (8, 10), (12, 24), (18, 24))  # two groups compared
SHARES = np.linspace(0.05, 0.95, 181)  # true shares of letters
LENGTHS = {"2016-2020": (100, 243), "2022-": (52, 159)}  # judged statements of a letter
GROUPS = (("2016-2020", 5), ("2022-", 8), ("2022-", 18), ("2016-2020", 24))
ALIKE = (0.003, 0.008, 0.015, 0.03)  # quantiles of the likeness within letters
STATEMENT_SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)  # true shares of statements
CODES = 64  # contrasts in one table


class Coverage(NamedTuple):
    """What an interval covered: the mean over the true shares, and the least."""

    what: str
    mean: float
    lowest: float


def wilson_coverage(n: int) -> Coverage:
    """Exact coverage of Wilson's interval: every k, weighted by how often it comes."""
    every = np.arange(n + 1)
    low, high = wilson(every, np.full(n + 1, n))
    covered = [float(binom.pmf(every[(low <= p) & (p <= high)], n, p).sum()) for p in SHARES]
    return Coverage(f"Wilson, n = {n}", float(np.mean(covered)), min(covered))


def newcombe_coverage(n1: int, n2: int) -> Coverage:
    """Exact coverage of Newcombe's interval over a grid of two true shares."""
    pairs = [(a, b) for a in range(n1 + 1) for b in range(n2 + 1)]
    bounds = np.array([newcombe((a, n1), (b, n2)) for a, b in pairs])
    covered = []
    for p in SHARES[::10]:
        for q in SHARES[::10]:
            weight = np.outer(binom.pmf(np.arange(n1 + 1), n1, p), binom.pmf(np.arange(n2 + 1), n2, q)).ravel()
            covered.append(float(weight[(bounds[:, 0] <= p - q + 1e-12) & (p - q - 1e-12 <= bounds[:, 1])].sum()))
    return Coverage(f"Newcombe, n = {n1} and {n2}", float(np.mean(covered)), min(covered))


def share_coverage(template: str, n: int, alike: float, runs: int, rng: np.random.Generator) -> Coverage:
    """Coverage of the bootstrap by letter; each run looks at all true shares at once."""
    p = np.repeat(STATEMENT_SHARES, 4)  # 24 codes a run
    spread = (1 - alike) / alike
    held = np.zeros(len(p))
    for _ in range(runs):
        length = rng.integers(*LENGTHS[template], size=n)
        own = rng.beta(p * spread, (1 - p) * spread, size=(n, len(p)))
        y = rng.binomial(length[:, None], own).astype(float)
        found = share_intervals(y, length.astype(float), settings=CompareSettings(draws=2000))
        held += (found.low <= p) & (p <= found.high)
    covered = (held / runs).reshape(len(STATEMENT_SHARES), -1).mean(axis=1)
    return Coverage(f"shares, {template}, n = {n}, alike {alike}", float(covered.mean()), float(covered.min()))


def percentile_coverage(n: int, runs: int, rng: np.random.Generator) -> Coverage:
    """Coverage of the bootstrap's own percentiles, which are not used: for comparison."""
    p, alike = np.repeat(STATEMENT_SHARES, 4), 0.015
    spread = (1 - alike) / alike
    held = np.zeros(len(p))
    for _ in range(runs):
        length = rng.integers(*LENGTHS["2022-"], size=n).astype(float)
        y = rng.binomial(length.astype(int)[:, None], rng.beta(p * spread, (1 - p) * spread, size=(n, len(p))))
        drawn = rng.multinomial(n, [1 / n] * n, size=2000)
        low, high = np.quantile((drawn @ y) / (drawn @ length)[:, None], [0.025, 0.975], axis=0)
        held += (low <= p) & (p <= high)
    covered = (held / runs).reshape(len(STATEMENT_SHARES), -1).mean(axis=1)
    return Coverage(f"percentiles (not used), n = {n}", float(covered.mean()), float(covered.min()))


def false_discoveries(n1: int, n2: int, runs: int, rng: np.random.Generator) -> tuple[float, float]:
    """Under no difference at all: share of tables with any p adjusted <= 0.05, and share of single p <= 0.05.

    Codes of one letter go together: a latent trait of the letter, shared by all codes, makes them do so.
    """
    known = {(a, b): permutation_p((a, n1), (b, n2)) for a in range(n1 + 1) for b in range(n2 + 1)}
    tables, singles = 0, 0
    for _ in range(runs):
        base = rng.normal(0, 1, CODES)
        trait = rng.normal(0, 1, (n1 + n2, 1))
        said = rng.normal(0, 1, (n1 + n2, CODES)) + trait < base
        counts = zip(said[:n1].sum(axis=0).tolist(), said[n1:].sum(axis=0).tolist(), strict=True)
        p = np.array([known[pair] for pair in counts])
        singles += int((p <= 0.05).sum())
        tables += bool((multipletests(p, method="fdr_bh")[1] <= 0.05).any())
    return tables / runs, singles / (runs * CODES)


def report(name: str, found: list[Coverage]) -> bool:
    """Print one kind of interval and say whether its mean coverage is as it should be."""
    for one in found:
        print(f"  {one.what:40} mean {one.mean:.3f}  lowest {one.lowest:.3f}")
    mean = float(np.mean([one.mean for one in found]))
    worst = min(one.lowest for one in found)
    good = 0.93 <= mean <= 0.97
    print(f"{name}: mean coverage {mean:.3f}, lowest {worst:.3f} {'' if good else ' NOT between 0.93 and 0.97'}\n")
    return good


def main() -> int:
    """Print all coverages; 1 where a mean lies outside 93% to 97% or false discoveries exceed 5%."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=300, help="simulated sets of letters for each line")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    runs, rng = arguments.runs, np.random.default_rng(arguments.seed)
    good = [
        report("k of n, true share 0.05 to 0.95", [wilson_coverage(n) for n in LETTERS]),
        report("differences, true shares 0.05 to 0.95", [newcombe_coverage(*pair) for pair in PAIRS]),
        report(
            "shares of statements, true share 0.01 to 0.4",
            [share_coverage(template, n, alike, runs, rng) for template, n in GROUPS for alike in ALIKE],
        ),
    ]
    for n in (5, 8, 18):
        one = percentile_coverage(n, runs, rng)
        print(f"  {one.what:40} mean {one.mean:.3f}  lowest {one.lowest:.3f}")
    print(f"\nno difference at all, {CODES} codes a table:")
    for n1, n2 in PAIRS:
        tables, singles = false_discoveries(n1, n2, runs * 4, rng)
        good.append(tables <= 0.05)
        print(f"  n = {n1} and {n2}: p adjusted <= 0.05 in {tables:.3f} of tables, p <= 0.05 in {singles:.3f} of codes")
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
