"""Group statements into topics: UMAP and HDBSCAN over vectors, or NMF over words, each from a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float32]
    Labels = npt.NDArray[np.int64]

OUTLIER = -1
NEIGHBOURS = 15
DIMENSIONS, MAP = 5, 2
CORES = 15  # neighbours that make a dense place
ROWS = 1024  # of the matrix of similarities at a time


def nearest(vectors: Array, neighbours: int = NEIGHBOURS) -> tuple[npt.NDArray[np.int32], Array]:
    """Each vector's nearest ones by cosine, itself first, exactly: places and distances.

    UMAP alone would approximate them from the seed; exact ones make topics more stable over seeds and cost less.

    Args:
        vectors: of length 1 (or 0), shape (n, size).
        neighbours: how many; no more than there are vectors.

    Returns:
        Two arrays of shape (n, neighbours).
    """
    import numpy as np  # noqa: PLC0415 - heavy

    k = min(neighbours, len(vectors))
    places = np.empty((len(vectors), k), dtype=np.int32)
    distances = np.empty((len(vectors), k), dtype=np.float32)
    for start in range(0, len(vectors), ROWS):
        apart = np.clip(np.round(1 - vectors[start : start + ROWS] @ vectors.T, 4), 0, None)
        own = np.arange(len(apart))
        apart[own, start + own] = -1
        closest = np.sort(np.argpartition(apart, k - 1, axis=1)[:, :k], axis=1)
        order = np.argsort(np.take_along_axis(apart, closest, axis=1), axis=1, kind="stable")
        places[start : start + ROWS] = np.take_along_axis(closest, order, axis=1)
        distances[start : start + ROWS] = np.take_along_axis(apart, places[start : start + ROWS], axis=1)
    return places, np.clip(distances, 0, None)


def layout(vectors: Array, known: tuple[Any, Any], *, seed: int, dimensions: int = DIMENSIONS) -> Array:
    """The vectors in few dimensions, neighbours kept together.

    Args:
        vectors: shape (n, size).
        known: what `nearest` gives for them.
        seed: the same seed gives the same places on the same machine.
        dimensions: 5 for grouping, 2 for a map.
    """
    from umap import UMAP  # noqa: PLC0415 - heavy

    reducer = UMAP(
        n_neighbors=known[0].shape[1],
        n_components=dimensions,
        min_dist=0.0 if dimensions > MAP else 0.1,
        metric="cosine",
        random_state=seed,
        n_jobs=1,
        precomputed_knn=(*known, None),
        force_approximation_algorithm=True,  # else it would look for the neighbours of few vectors itself
    )
    places: Array = reducer.fit_transform(vectors)
    return places


def dense_groups(places: Array, *, min_size: int, selection: str = "eom") -> Labels:
    """The dense groups of a layout by HDBSCAN; -1 for what lies between them."""
    from hdbscan import HDBSCAN  # noqa: PLC0415 - heavy

    model = HDBSCAN(
        min_cluster_size=min_size,
        min_samples=min(CORES, min_size),
        cluster_selection_method=selection,
        core_dist_n_jobs=1,
    )
    return by_size(model.fit_predict(places))


def word_groups(terms: Any, *, n_topics: int, min_size: int, seed: int) -> Labels:  # noqa: ANN401 - scipy has no types
    """The groups of an NMF of TF-IDF, each statement in its strongest one; -1 where it has none, or a small one."""
    from sklearn.decomposition import NMF  # noqa: PLC0415 - heavy

    weights = NMF(n_topics, init="random", random_state=seed, max_iter=200, tol=1e-3).fit_transform(terms)
    labels = weights.argmax(axis=1)
    labels[weights.max(axis=1) <= 0] = OUTLIER
    return by_size(labels, min_size=min_size)


def by_size(labels: Labels, *, min_size: int = 1) -> Labels:
    """The groups numbered from the largest, 0, on; of two equally large ones the one that starts first comes first.

    >>> import numpy as np
    >>> by_size(np.array([7, 3, 3, -1, 9]), min_size=1)
    array([ 1,  0,  0, -1,  2])
    """
    import numpy as np  # noqa: PLC0415 - heavy

    names, firsts, counts = np.unique(labels, return_index=True, return_counts=True)
    kept = (names != OUTLIER) & (counts >= min_size)
    order = np.lexsort((firsts[kept], -counts[kept]))
    numbers = {name: number for number, name in enumerate(names[kept][order].tolist())}
    return np.array([numbers.get(name, OUTLIER) for name in labels.tolist()], dtype=np.int64)
