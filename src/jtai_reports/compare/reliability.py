"""Agreement beyond chance: raw agreement, Cohen's kappa, Krippendorff's alpha, and intervals by letter."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

LEVEL = 0.95
MOST_UNDEFINED = 0.05  # share of resamples without a value above which no interval is given
NO_VARIATION = "no variation: one value throughout, so agreement beyond chance is undefined"
NEVER_VARIES = "one coder never varies, so kappa is 0 whatever they agree on"
Distance = Callable[[Any, Any], float]


class Pair(NamedTuple):
    """Two coders' values for one statement. With m coders a statement has m(m-1)/2 pairs of weight 1/(m-1)."""

    group: str
    first: Hashable
    second: Hashable
    weight: float = 1.0


class Estimate(NamedTuple):
    """A figure with its interval; None is undefined, and the reason stands in `Reliability.notes`."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


class Reliability(NamedTuple):
    """How far coders agree.

    Attributes:
        raw: share of pairs of the same value, 0 to 1.
        kappa: Cohen's kappa, -1 to 1; 0 is what chance gives. For two coders and single values.
        alpha: Krippendorff's alpha, up to 1; 0 is what chance gives.
        notes: why a figure or an interval is missing.
    """

    raw: Estimate
    kappa: Estimate
    alpha: Estimate
    notes: tuple[str, ...]


class _Counts(NamedTuple):
    """Sums by letter (rows): agreements, distances, weights, and how often each coder gave each value."""

    same: Array
    apart: Array
    weight: Array
    first: Array
    second: Array
    distance: Array


def nominal(a: object, b: object) -> float:
    """0 for the same value, 1 for different ones."""
    return float(a != b)


def masi(a: frozenset[str], b: frozenset[str]) -> float:
    """How far two sets of codes are apart, 0 to 1: Passonneau's MASI distance, by nltk; 0 for two empty sets.

    >>> masi(frozenset("a"), frozenset("a")), masi(frozenset("a"), frozenset("b"))
    (0.0, 1.0)
    >>> round(masi(frozenset("a"), frozenset("ab")), 3)
    0.667
    """
    from nltk.metrics.distance import masi_distance  # noqa: PLC0415 - heavy

    return 0.0 if a == b else float(masi_distance(a, b))


def reliability(
    pairs: Sequence[Pair], *, distance: Distance = nominal, resamples: int = 1000, seed: int = 1
) -> Reliability:
    """Raw agreement, kappa and alpha of pairs of values, with bootstrap intervals of 95%.

    Whole groups (letters) are drawn with replacement, since the statements of one letter are alike.

    Args:
        pairs: the values that two coders gave to each statement, or those of each two of more coders.
        distance: how far two values are apart; kappa and alpha are weighted by it.
        resamples: how many times the letters are drawn.
        seed: of the draws.

    Example:
        >>> pairs = [Pair("a", 1, 1), Pair("a", 0, 0), Pair("b", 1, 0), Pair("b", 1, 1)]
        >>> found = reliability(pairs)
        >>> found.raw.value, found.kappa.value, round(found.alpha.value, 3)
        (0.75, 0.5, 0.533)
    """
    import numpy as np  # noqa: PLC0415 - heavy

    counts = _count(pairs, distance)
    groups = len(counts.same)
    draws = np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), size=resamples)
    weights = np.vstack([np.ones((1, groups)), draws])
    raw, kappa, alpha = (_estimate(figure(counts, weights), groups) for figure in (_raw, _kappa, _alpha))
    return Reliability(raw, kappa, alpha, tuple(_notes(counts, (raw, kappa, alpha))))


def _count(pairs: Sequence[Pair], distance: Distance) -> _Counts:
    import numpy as np  # noqa: PLC0415 - heavy

    groups = {name: place for place, name in enumerate(sorted({pair.group for pair in pairs}))}
    given = dict.fromkeys(value for pair in pairs for value in (pair.first, pair.second))
    values = {value: place for place, value in enumerate(given)}
    apart = np.array([[distance(a, b) for b in values] for a in values])
    rows = np.array([groups[pair.group] for pair in pairs])
    first = np.array([values[pair.first] for pair in pairs])
    second = np.array([values[pair.second] for pair in pairs])
    weight = np.array([pair.weight for pair in pairs])
    member: Array = np.where(rows == np.arange(len(groups))[:, None], weight, 0.0)
    single = np.eye(len(values))
    return _Counts(
        same=member @ (first == second),
        apart=member @ apart[first, second],
        weight=member.sum(axis=1),
        first=member @ single[first],
        second=member @ single[second],
        distance=apart,
    )


def _raw(counts: _Counts, weights: Array) -> Array:
    return (weights @ counts.same) / (weights @ counts.weight)


def _kappa(counts: _Counts, weights: Array) -> Array:
    """One minus observed over expected distance, each coder drawing from their own values."""
    total = weights @ counts.weight
    expected = (((weights @ counts.first) @ counts.distance) * (weights @ counts.second)).sum(axis=1) / total**2
    return _beyond_chance((weights @ counts.apart) / total, expected)


def _alpha(counts: _Counts, weights: Array) -> Array:
    """One minus observed over expected distance, both coders drawing from all values without replacement."""
    margin = weights @ (counts.first + counts.second)
    total = margin.sum(axis=1)
    expected = ((margin @ counts.distance) * margin).sum(axis=1) / (total * (total - 1))
    return _beyond_chance(2 * (weights @ counts.apart) / total, expected)


def _beyond_chance(observed: Array, expected: Array) -> Array:
    import numpy as np  # noqa: PLC0415 - heavy

    defined = expected > 0
    return np.where(defined, 1 - observed / np.where(defined, expected, 1), np.nan)


def _estimate(values: Array, groups: int) -> Estimate:
    """The first value with the percentiles of the others; none for a single letter or too few values."""
    import numpy as np  # noqa: PLC0415 - heavy

    if np.isnan(values[0]):
        return Estimate()
    drawn = values[1:]
    known = drawn[~np.isnan(drawn)]
    if groups < 2 or len(known) < (1 - MOST_UNDEFINED) * len(drawn) or not len(known):
        return Estimate(float(values[0]))
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(values[0]), float(low), float(high))


def _notes(counts: _Counts, estimates: Sequence[Estimate]) -> list[str]:
    raw, *chance = estimates
    never = [(margin.sum(axis=0) > 0).sum() == 1 for margin in (counts.first, counts.second)]
    if any(figure.value is None for figure in chance):
        return [NO_VARIATION]
    notes = [NEVER_VARIES] if any(never) else []
    if raw.low is None:
        return [*notes, "one letter only: no intervals"]
    if any(figure.low is None for figure in chance):
        notes.append("too little variation between letters for an interval")
    return notes
