"""How far topics can be trusted: stability over seeds, coherence and diversity of their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jtai_reports.explore.topic_text import TOKEN

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Labels = npt.NDArray[np.int64]


def stability(labels: Labels, others: Sequence[Labels]) -> list[float]:
    """How well each topic is found again in other runs: the mean over runs of the best match's Jaccard index.

    Args:
        labels: topic of each statement, from 0 without gaps; -1 for outliers.
        others: the same statements' topics in other runs.

    Returns:
        A number from 0 to 1 for each topic; 1: every run has the very same topic. Below about 0.6 a group should not
        be trusted, above about 0.85 it is stable (Hennig 2007, Computational Statistics & Data Analysis 52).

    Example:
        >>> import numpy as np
        >>> stability(np.array([0, 0, 0, 1, -1]), [np.array([0, 0, 1, 1, -1])])
        [0.6666666666666666, 0.5]
    """
    import numpy as np  # noqa: PLC0415 - heavy

    matches = np.array([_best_matches(labels, other) for other in others])
    means: list[float] = matches.mean(axis=0).tolist()
    return means


def coherence(words: Sequence[Sequence[str]], texts: Sequence[str]) -> list[float]:
    """How often a topic's words stand in one statement: the mean normalised pointwise mutual information of pairs.

    Args:
        words: single words of each topic.
        texts: the statements, in small letters.

    Returns:
        A number from -1 (never together) over 0 (as by chance) to 1 (always together) for each topic; 0 for a topic
        of fewer than two words (Bouma 2009; Lau, Newman and Baldwin 2014).

    Example:
        >>> coherence([["home", "interviews"]], ["home interviews", "home interviews", "plans", "audits"])
        [1.0]
    """
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 - heavy

    known = sorted({word for topic in words for word in topic})
    if not known:
        return [0.0] * len(words)
    there = CountVectorizer(vocabulary=known, token_pattern=TOKEN, binary=True).fit_transform(texts)
    together = (there.T @ there).toarray() / len(texts)
    column = {word: place for place, word in enumerate(known)}
    return [_mean_npmi(together, [column[word] for word in topic]) for topic in words]


def diversity(words: Sequence[Sequence[str]]) -> float:
    """The share of all topics' words that differ: 1 where no word serves two topics.

    >>> diversity([["home", "interviews"], ["home", "audits"]])
    0.75
    """
    every = [word for topic in words for word in topic]
    return len(set(every)) / len(every) if every else 0.0


def _best_matches(labels: Labels, other: Labels) -> Any:  # noqa: ANN401 - an array
    """The largest Jaccard index of each topic with any topic of another run."""
    import numpy as np  # noqa: PLC0415 - heavy

    sizes = np.bincount(labels[labels >= 0])
    best = np.zeros(len(sizes))
    other_sizes = np.bincount(other[other >= 0], minlength=1)
    both = (labels >= 0) & (other >= 0)
    shared = np.zeros((len(sizes), len(other_sizes)))
    np.add.at(shared, (labels[both], other[both]), 1)
    if len(sizes):
        best = (shared / (sizes[:, None] + other_sizes[None, :] - shared)).max(axis=1)
    return best


def _mean_npmi(together: Any, columns: Sequence[int]) -> float:  # noqa: ANN401 - an array
    import math  # noqa: PLC0415

    values = []
    for place, a in enumerate(columns):
        for b in columns[place + 1 :]:
            p = float(together[a, b])
            if p in {0.0, 1.0}:
                values.append(2 * p - 1)
            else:
                values.append(math.log(p / (together[a, a] * together[b, b])) / -math.log(p))
    return float(sum(values) / len(values)) if values else 0.0
