"""Intervals and tests against textbook values, hand-worked values, and a second implementation."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from jtai_reports.compare.intervals import newcombe, permutation_p, share_intervals, wilson, within_strata
from jtai_reports.settings import CompareSettings


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_against_the_textbook(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert (round(float(found[0]), 4), round(float(found[1]), 4)) == (low, high)


def test_wilson_against_scipy_for_every_count() -> None:
    for n in range(1, 25):
        low, high = wilson(np.arange(n + 1), np.full(n + 1, n))
        other = [stats.binomtest(k, n).proportion_ci(method="wilson") for k in range(n + 1)]
        assert low == pytest.approx([interval.low for interval in other], abs=1e-12)
        assert high == pytest.approx([interval.high for interval in other], abs=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_newcombe_against_the_textbook(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    assert [round(bound, 4) for bound in newcombe(first, second)] == [low, high]


def test_permutation_of_the_lady_tasting_tea() -> None:
    # Fisher 1935: of 70 deals, 1 + 16 + 16 + 1 differ as much as 3 of 4 against 1 of 4
    assert permutation_p((3, 4), (1, 4)) == pytest.approx(34 / 70)
    assert permutation_p((4, 4), (0, 4)) == pytest.approx(2 / 70)


@pytest.mark.parametrize(("first", "second"), [((3, 5), (1, 6)), ((0, 5), (4, 7)), ((2, 3), (2, 6)), ((0, 4), (0, 4))])
def test_permutation_against_every_deal(first: tuple[int, int], second: tuple[int, int]) -> None:
    (k1, n1), (k2, n2) = first, second
    said = np.array([1] * (k1 + k2) + [0] * (n1 + n2 - k1 - k2))
    deals = [said[list(deal)].sum() for deal in combinations(range(n1 + n2), n1)]
    apart = [abs(k / n1 - (k1 + k2 - k) / n2) for k in deals]
    expected = np.mean([gap >= abs(k1 / n1 - k2 / n2) - 1e-9 for gap in apart])
    assert permutation_p(first, second) == pytest.approx(expected)


def test_permutation_against_scipy() -> None:
    first, second = [1, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0]
    # scipy's two-sided p doubles the smaller tail, so the one-sided tails are compared
    other = stats.permutation_test(
        (first, second), lambda a, b: np.mean(a) - np.mean(b), n_resamples=np.inf, alternative="greater"
    )
    upper = stats.hypergeom.sf(2, 11, 4, 5)
    assert other.pvalue == pytest.approx(upper)
    # counts 0 to 4 differ from 4 x 5 / 11 by 1.82, .82, .18, 1.18, 2.18: as far as 3 are 0, 3 and 4
    pmf = stats.hypergeom.pmf([0, 3, 4], 11, 4, 5)
    assert permutation_p((3, 5), (1, 6)) == pytest.approx(pmf.sum())


def test_within_strata_by_hand() -> None:
    # two strata: 2 of 2 against 0 of 1 (3 deals: 2, 1, 1 said), and 1 of 1 against 1 of 2 (3 deals: 1, 1, 0)
    # expected 2 x 2/3 + 1 x 2/3 = 2, seen 3; weights 2/3 + 2/3: (3 - 2) / (4/3) = .75
    # of 9 deals, 3 come from (2, 1) twice; 1 from (1, 0) twice: 4 are as far from 2
    found = within_strata([(2, 2), (1, 1)], [(0, 1), (1, 2)])
    assert found == pytest.approx((0.75, 4 / 9))


def test_within_one_stratum_is_the_plain_difference() -> None:
    for first, second in (((3, 5), (1, 6)), ((0, 5), (4, 7)), ((0, 4), (0, 4))):
        found = within_strata([first], [second])
        assert found.difference == pytest.approx(first[0] / first[1] - second[0] / second[1])
        assert found.p_value == pytest.approx(permutation_p(first, second))


def test_the_difference_within_strata_against_statsmodels() -> None:
    # the Mantel-Haenszel chi-square without correction is the squared excess over its variance
    first, second = [(4, 6), (2, 5), (5, 7)], [(1, 5), (1, 8), (2, 4)]
    tables = [[[a, n - a], [b, m - b]] for (a, n), (b, m) in zip(first, second, strict=True)]
    chi = StratifiedTable(np.array(tables, float).transpose(1, 2, 0)).test_null_odds(correction=False).statistic
    pairs = list(zip(first, second, strict=True))
    weight = sum(n * m / (n + m) for (_, n), (_, m) in pairs)
    variance = sum(n * m * (a + b) * (n + m - a - b) / ((n + m) ** 2 * (n + m - 1)) for (a, n), (b, m) in pairs)
    found = within_strata(first, second).difference
    assert (found * weight) ** 2 / variance == pytest.approx(chi)


def test_shares_by_hand() -> None:
    # four letters of 20 statements, 2, 4, 6 and 8 of them on the code: share 20/80; the letters' deviations from
    # 5 are -3, -1, 1, 3, so the variance is 4/3 x 20/80^2 = 0.0041667, 1.7778 times .25 x .75 / 80.
    # t(3) = 3.1824: 80 / (1.7778 x (3.1824/1.9600)^2) = 17.07 statements; Wilson for 25% of 17.07: .105 to .487
    found = share_intervals([[2], [4], [6], [8]], [20, 20, 20, 20])
    assert found.share.tolist() == [0.25]
    assert found.design_effect[0] == pytest.approx(1.7778, rel=0.03)
    assert (found.low[0], found.high[0]) == pytest.approx((0.1047, 0.4871), abs=0.004)


def test_shares_move_as_the_linearised_variance_says() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(80, 200, 18).astype(float)
    y = rng.binomial(n.astype(int), rng.beta(3, 27, 18)).astype(float)[:, None]
    share = y.sum() / n.sum()
    variance = 18 / 17 * ((y[:, 0] - share * n) ** 2).sum() / n.sum() ** 2  # Cochran 1977, 6.4: ratio estimator
    expected = variance / (share * (1 - share) / n.sum())
    assert share_intervals(y, n).design_effect[0] == pytest.approx(expected, rel=0.05)


def test_a_share_of_nothing_is_not_certain() -> None:
    found = share_intervals([[0, 2], [0, 4], [0, 6], [0, 8]], [20, 20, 20, 20])
    assert found.share[0] == 0
    assert found.low[0] == pytest.approx(0)
    assert found.design_effect[0] == found.design_effect[1]
    assert found.high[0] == pytest.approx(float(wilson(0, 17.07)[1]), rel=0.05)


def test_the_bootstrap_is_seeded() -> None:
    y, n = [[1], [5], [3], [7], [2]], [20, 30, 20, 30, 20]
    again, other = share_intervals(y, n), share_intervals(y, n, settings=CompareSettings(seed=2))
    assert share_intervals(y, n).low.tolist() == again.low.tolist()
    assert other.low.tolist() != again.low.tolist()
