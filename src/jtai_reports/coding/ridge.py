"""Ridge regression in closed form, and the same with each letter left out, exactly and at little cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import linalg

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jtai_reports.coding.features import Matrix

CHUNK = 1000


class Fit(NamedTuple):
    """`duals` says how much each training statement counts for each output (n x outputs); `inverse` is n x n."""

    duals: NDArray[np.float32]
    inverse: NDArray[np.float32]


def kernel(one: Matrix, other: Matrix, *, offset: float) -> NDArray[np.float32]:
    """How alike statements are: rows of `one` against rows of `other`, with a constant for the intercept."""
    across = other.T.tocsr()
    parts = [(one[start : start + CHUNK] @ across).toarray() for start in range(0, one.shape[0], CHUNK)]
    alike: NDArray[np.float32] = np.vstack(parts).astype(np.float32) + np.float32(offset)
    return alike


def fit_ridge(alike: NDArray[np.float32], wanted: NDArray[np.float32], *, ridge: float) -> Fit:
    """Fit a linear model from the kernel of its statements.

    Args:
        alike: the kernel of the statements among themselves (n x n).
        wanted: 1 where a statement has a code, else 0 (n x outputs).
        ridge: how strongly large weights are held down.
    """
    system = alike.copy()
    system[np.diag_indices(len(system))] += np.float32(ridge)
    half = linalg.lapack.spotrf(system, lower=1, overwrite_a=1)[0]
    lower = np.tril(linalg.lapack.spotri(half, lower=1, overwrite_c=1)[0])
    inverse: NDArray[np.float32] = lower + np.tril(lower, -1).T
    return Fit(inverse @ wanted, inverse)


def without(fit: Fit, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    """The duals of the fit that has never seen some of its statements (their own are 0).

    This is exact: it needs only the block of the inverse that belongs to those statements.
    """
    duals = fit.duals.copy()
    if len(rows):
        duals -= fit.inverse[:, rows] @ np.linalg.solve(fit.inverse[np.ix_(rows, rows)], fit.duals[rows])
        duals[rows] = 0
    return duals
