"""The words of a statement that speak most for a code: a run of words, a few long, by the model's own weights."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from jtai_reports.coding.context import NONE
from jtai_reports.coding.features import WORD, parts_of
from jtai_reports.coding.matching import plain_text
from jtai_reports.coding.model import Model, block_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 8  # words
PRICE = 0.15  # of the strongest word: what each word of a run must at least add
LEAST = 1e-9  # differences of sums below this are rounding
Span = tuple[int, int]


class Evidence:
    """Finds evidence by the weights of a model.

    A word counts with its own weight, half that of the pairs it stands in, and that of its parts. What stands around
    the statement has a say in its codes, but is not in its text: a code for which no word speaks has no evidence.
    """

    def __init__(self, model: Model) -> None:
        self._known = model.vocabulary
        scale = {name: np.float32(model.factors[name]) for name in ("words", "parts")}
        self._words = _telling(block_weights(model, "words"), self._known.idf, scale["words"])
        self._parts = _telling(block_weights(model, "parts"), self._known.parts_idf, scale["parts"])
        self._column = {name: number for number, name in enumerate(model.outputs)}
        self._seen: dict[str, NDArray[np.float32]] = {}

    def find(self, text: str, names: list[str]) -> list[Span | None]:
        """For each output named, the span of the words in the text that speak most for it, or None."""
        matches = list(WORD.finditer(plain_text(text).lower()))
        if not matches or not names:
            return [None] * len(names)
        columns = [self._column[name] for name in names]
        words = [match.group() for match in matches]
        weights = np.array([self._word(word) for word in words])[:, columns]
        pairs = [self._known.words.get(f"{first} {second}", NONE) for first, second in pairwise(words)]
        places = np.array([place for place, number in enumerate(pairs) if number != NONE], dtype=np.intp)
        halves = self._words[[number for number in pairs if number != NONE]][:, columns] / 2
        weights[places + 1] += halves
        weights[places] += halves
        weights -= PRICE * np.maximum(weights.max(axis=0), 0)
        return [
            (matches[run[0]].start(), matches[run[1] - 1].end()) if run else None for run in strongest_runs(weights)
        ]

    def _word(self, word: str) -> NDArray[np.float32]:
        known = self._seen.get(word)
        if known is None:
            known = np.zeros(self._words.shape[1], dtype=np.float32)
            if word in self._known.words:
                known += self._words[self._known.words[word]]
            numbers = [self._known.parts[part] for part in parts_of(word) if part in self._known.parts]
            known = known + self._parts[numbers].sum(axis=0) / np.float32(len(numbers) ** 0.5 or 1)
            self._seen[word] = known
        return known


def strongest_runs(weights: NDArray[np.float32]) -> list[Span | None]:
    """For each column the run of at most `LONGEST` rows with the greatest sum; None if none is above 0.

    Of equal ones it is the shortest, then the first.

    >>> strongest_runs(np.array([[-1.0, -1.0], [2.0, -2.0], [-0.5, -1.0], [1.0, 0.0], [-3.0, -1.0]]))
    [(1, 4), None]
    """
    sums = np.zeros((len(weights) + 1, weights.shape[1]))
    np.cumsum(weights, axis=0, dtype=np.float64, out=sums[1:])
    starts, ends = _runs(len(weights))
    totals = sums[ends] - sums[starts]
    most = totals.max(axis=0)
    chosen = (totals >= most - LEAST).argmax(axis=0)
    return [
        (int(starts[run]), int(ends[run])) if total > LEAST else None for run, total in zip(chosen, most, strict=True)
    ]


@lru_cache(maxsize=512)
def _runs(n: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where all runs of n rows start and end, the shortest first."""
    runs = [(start, start + length) for length in range(1, LONGEST + 1) for start in range(n - length + 1)]
    starts, ends = np.array(runs, dtype=np.intp).T
    return starts, ends


def _telling(weights: NDArray[np.float32], idf: NDArray[np.float32], scale: np.float32) -> NDArray[np.float32]:
    told: NDArray[np.float32] = weights * idf[:, None] * scale
    return told
