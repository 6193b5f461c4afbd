"""Intervals and tests for counts of letters and for shares of statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


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
