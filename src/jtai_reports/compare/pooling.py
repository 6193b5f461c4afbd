"""Partial pooling: shares of single letters, drawn toward their series by as much as chance explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


def likeness(y: NDArray[np.float64], n: NDArray[np.float64], group: NDArray[np.int64]) -> float:
    """How alike two statements of one letter are, beyond those of other letters of its group: from 0 to 1.

    The intraclass correlation by analysis of variance, with letters nested in groups (Ridout, Demetrio and
    Firth 1999, Biometrics 55:137-148). 0 where letters differ no more than chance would make them differ.

    Args:
        y: statements of interest, for each letter.
        n: all statements, for each letter.
        group: the number of each letter's group, from 0.

    Example:
        >>> import numpy as np
        >>> letters = np.array([1.0, 3.0]), np.array([4.0, 4.0])
        >>> likeness(*letters, np.array([0, 0]))  # between 0.5, within 0.25: (0.5 - 0.25) / (0.5 + 3 x 0.25)
        0.2
    """
    import numpy as np  # noqa: PLC0415

    total = np.bincount(group, n)
    mean = (np.bincount(group, y) / total)[group]
    letters_free, statements_free = len(n) - len(total), float(n.sum()) - len(n)
    if letters_free <= 0 or statements_free <= 0:
        return 0.0
    between = float((n * (y / n - mean) ** 2).sum()) / letters_free
    within = float((y * (1 - y / n)).sum()) / statements_free
    size = float(n.sum() - (n**2 / total[group]).sum()) / letters_free
    spread = between + (size - 1) * within
    return max(0.0, (between - within) / spread) if spread > 0 else 0.0


def shrink(y: float, n: float, mean: float, alike: float) -> tuple[float, float]:
    """A letter's share drawn toward the mean: the mean of the beta-binomial posterior.

    The letters' true shares are taken to follow a beta distribution with the given mean and intraclass
    correlation; the letter's own share then has the weight n a / (1 + (n - 1) a).

    Args:
        y: statements of interest.
        n: all statements.
        mean: the share in the whole group.
        alike: the intraclass correlation, 0 to 1.

    Returns:
        The shrunken share and the weight of the letter's own share, both 0 to 1.

    Example:
        >>> share, weight = shrink(6, 20, mean=0.1, alike=0.05)  # M = 19: (6 + 1.9) / (20 + 19)
        >>> round(share, 4), round(weight, 4)
        (0.2026, 0.5128)
    """
    weight = n * alike / (1 + (n - 1) * alike) if n else 0.0
    own = y / n if n else mean
    return mean + weight * (own - mean), weight


def pooled(counts: pd.DataFrame) -> pd.DataFrame:
    """Shrink the share of each letter toward its group.

    Args:
        counts: one row a letter: group, statements (of interest) and judged (all).

    Returns:
        The same rows with raw, series_share (of the group), likeness, weight and shrunk added. raw is missing
        where a letter judges nothing; nothing is shrunk in a group of one letter, which is its own mean.
    """
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    some = counts["judged"] > 0
    used = counts[some]
    numbers, _ = pd.factorize(used["group"])
    alike = likeness(used["statements"].to_numpy(float), used["judged"].to_numpy(float), numbers) if some.any() else 0.0
    sums = counts.groupby("group")[["statements", "judged"]].transform("sum")
    size = counts.groupby("group")["group"].transform("size")
    means = (sums["statements"] / sums["judged"]).to_numpy(float)
    pairs = zip(counts["statements"], counts["judged"], means, strict=True)
    drawn = np.array([shrink(y, n, mean, alike) for y, n, mean in pairs]).reshape(-1, 2)
    alone = (size < 2).to_numpy()
    return counts.assign(
        raw=(counts["statements"] / counts["judged"]).astype("float64"),
        series_share=means,
        likeness=alike,
        weight=np.where(alone, np.nan, drawn[:, 1]),
        shrunk=np.where(alone, np.nan, drawn[:, 0]),
    )
