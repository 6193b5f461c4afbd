"""Intervals and tests for counts of letters and for shares of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.settings import CompareSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

CELLS = 1_000_000  # draws times letters that are held at a time


def wilson(k: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """The score interval of Wilson (1927) for k of n.

    Its mean coverage is near the nominal one even for small n (Brown, Cai and DasGupta 2001,
    Statistical Science 16:101-133); it never leaves 0 to 1 and is never empty.

    Returns:
        The lower and the upper bounds, shares from 0 to 1.

    Example:
        >>> low, high = wilson([0, 10], [10, 20])
        >>> low.round(3), high.round(3)
        (array([0.   , 0.299]), array([0.278, 0.701]))
    """
    import numpy as np  # noqa: PLC0415
    from statsmodels.stats.proportion import proportion_confint  # noqa: PLC0415 - takes 2 s

    counts, letters = np.asarray(k, float), np.asarray(n, float)
    low, high = proportion_confint(counts, letters, alpha=1 - confidence, method="wilson")
    return np.asarray(low), np.asarray(high)


def newcombe(first: tuple[int, int], second: tuple[int, int], *, confidence: float = 0.95) -> tuple[float, float]:
    """The interval for the difference of two shares, from their Wilson intervals (Newcombe 1998, method 10).

    Args:
        first: k and n of the first group.
        second: k and n of the second group.
        confidence: the nominal coverage.

    Returns:
        The bounds of k1/n1 - k2/n2, from -1 to 1.

    Example:
        >>> [round(bound, 4) for bound in newcombe((56, 70), (48, 80))]
        [0.0524, 0.3339]
    """
    from statsmodels.stats.proportion import confint_proportions_2indep  # noqa: PLC0415 - takes 2 s

    low, high = confint_proportions_2indep(*first, *second, compare="diff", method="newcomb", alpha=1 - confidence)
    return float(low), float(high)


def permutation_p(first: tuple[int, int], second: tuple[int, int]) -> float:
    """How often letters dealt at random into the two groups differ at least as much as these: exact, two-sided.

    Dealing k letters out of n into groups of fixed size follows the hypergeometric distribution, so that every
    deal is counted and none need be drawn.

    Args:
        first: k and n of the first group.
        second: k and n of the second group.

    Example:
        >>> round(permutation_p((3, 4), (1, 4)), 4)
        0.4857
    """
    import numpy as np  # noqa: PLC0415
    from scipy.stats import hypergeom  # noqa: PLC0415 - heavy

    (k1, n1), (k2, n2) = first, second
    every = np.arange(max(0, k1 + k2 - n2), min(n1, k1 + k2) + 1)
    # the difference of shares times n1 x n2, in whole numbers, so that equal differences are equal
    apart = np.abs(every * (n1 + n2) - (k1 + k2) * n1)
    as_far = every[apart >= abs(k1 * (n1 + n2) - (k1 + k2) * n1)]
    return float(min(1.0, hypergeom.pmf(as_far, n1 + n2, k1 + k2, n1).sum()))


class Within(NamedTuple):
    """A difference taken within strata, and how often chance makes one as large."""

    difference: float
    p_value: float


def within_strata(first: Sequence[tuple[int, int]], second: Sequence[tuple[int, int]]) -> Within:
    """The difference of two shares within strata, and its exact permutation test, two-sided.

    The strata's differences are weighted as Mantel and Haenszel weight them, by n1 n2 / (n1 + n2) (Greenland and
    Robins 1985, Biometrics 41:55-68). Letters are dealt at random within their stratum only; every deal is
    counted, by folding the strata's hypergeometric distributions into one.

    Args:
        first: k and n of the first group in each stratum.
        second: k and n of the second group in each stratum.

    Example:
        >>> within_strata([(3, 4)], [(1, 4)])
        Within(difference=0.5, p_value=0.4857...)
    """
    import numpy as np  # noqa: PLC0415
    from scipy.stats import hypergeom  # noqa: PLC0415 - heavy

    chance, excess, weight, expected = np.ones(1), 0.0, 0.0, 0.0
    for (k1, n1), (k2, n2) in zip(first, second, strict=True):
        n, k = n1 + n2, k1 + k2
        chance = np.convolve(chance, hypergeom.pmf(np.arange(n1 + 1), n, k, n1))
        expected += n1 * k / n
        excess += k1 - n1 * k / n
        weight += n1 * n2 / n
    as_far = np.abs(np.arange(len(chance)) - expected) >= abs(excess) - 1e-9  # sums of fractions, not whole numbers
    return Within(excess / weight if weight else 0.0, float(min(1.0, chance[as_far].sum())))


def _draws(letters: int, settings: CompareSettings) -> Iterator[Floats]:
    """How often each letter is drawn, draw by draw (rows), a few at a time so that many letters take little memory."""
    import numpy as np  # noqa: PLC0415

    random, at_a_time = np.random.default_rng(settings.seed), max(1, CELLS // letters)
    for done in range(0, settings.draws, at_a_time):
        size = min(at_a_time, settings.draws - done)
        yield random.multinomial(letters, [1 / letters] * letters, size=size).astype(float)


class Shares(NamedTuple):
    """Shares, one for each code, with their intervals and how much letters widen them."""

    share: Floats
    low: Floats
    high: Floats
    design_effect: Floats


def share_intervals(y: ArrayLike, n: ArrayLike, *, settings: CompareSettings = CompareSettings()) -> Shares:  # noqa: B008
    """Intervals for shares of statements, which come in letters and so are not independent.

    Letters are drawn with replacement (a bootstrap by letter) to see how far each share moves. That gives the
    number of independent statements that would move as far, at most those there are, and Wilson's interval for
    it, with Student's t for the few letters (Korn and Graubard 1998, Survey Methodology 24:193-201; Dean and
    Pagano 2015, Journal of Survey Statistics and Methodology 3:484-503). With so few letters, the bootstrap's
    own percentiles cover 80 to 90% where they should cover 95: see benchmarks/coverage.py. A share of 0 or 1
    does not move at all: it takes the mean design effect of the other codes.

    Args:
        y: statements on each code (letters x codes).
        n: all statements of each letter.
        settings: confidence, draws and seed.

    Returns:
        For each code: share, low and high (0 to 1), and the design effect: the variance as a multiple of that
        of independent statements.
    """
    import numpy as np  # noqa: PLC0415
    from scipy.stats import norm, t  # noqa: PLC0415 - heavy

    of_code, judged = np.asarray(y, float), np.asarray(n, float)
    letters, total = len(judged), float(judged.sum())
    share = of_code.sum(axis=0) / total
    moved = np.concatenate([(drawn @ of_code) / (drawn @ judged)[:, None] for drawn in _draws(letters, settings)])
    variance = moved.var(axis=0) * letters / (letters - 1)  # a bootstrap's own is too small by that (Efron 1982)
    chance = share * (1 - share) / total
    moves = variance > 0
    effect = np.ones(len(share))
    effect[moves] = variance[moves] / chance[moves]
    effect[~moves] = effect[moves].mean() if moves.any() else 1.0
    tail = 1 - (1 - settings.confidence) / 2
    few = (t.ppf(tail, letters - 1) / norm.ppf(tail)) ** 2
    size = total / np.maximum(1.0, effect * few)
    low, high = wilson(share * size, size, confidence=settings.confidence)
    return Shares(share, low, high, effect)
