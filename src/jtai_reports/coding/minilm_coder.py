"""The coder `minilm`: a small language model that has read statements in their findings, beside the linear model.

Stronger than `model` and slower: see docs/model-card.md. It needs the extra `minilm`, but neither torch nor a download.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from jtai_reports.coding.adapter import Adapter, adapted, read_adapter
from jtai_reports.coding.context import describe
from jtai_reports.coding.decide import decide
from jtai_reports.coding.evidence import Evidence
from jtai_reports.coding.model import probabilities, read_model
from jtai_reports.coding.model_coder import coded_by_choices
from jtai_reports.coding.token_layout import Laid, lay_out
from jtai_reports.minilm import Network, base_weights, encoder, gelu, token_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.coding.records import Coded
    from jtai_reports.corpus import Corpus

NAME = "minilm"
LEAST = 1e-4  # log-odds of a probability are taken no further out than of this one


def code_by_minilm(corpus: Corpus, codebook: Codebook) -> Coded:
    """Code every statement of a corpus by the linear model and the language model together.

    Args:
        corpus: letters whose table `statements` is filled; it is not changed.
        codebook: the codes; both models must have been trained on the same ones.

    Raises:
        ModelError: the codebook has other codes.
        UsageError: the extra `minilm` is not installed.
    """
    model, reader = read_model(), own_reader()
    linear = probabilities(model, describe(corpus), codebook)
    shares = joined(linear, read_statements(corpus, reader), model.outputs, reader.adapter)
    choices = decide(corpus.statements, shares, model.outputs, codebook)
    return coded_by_choices(corpus, choices, codebook, name=NAME, find=Evidence(model).find)


class Reader(NamedTuple):
    """A language model with what it has learned, and what turns a text into the numbers of its tokens."""

    network: Network
    adapter: Adapter
    encode: Callable[[str], Sequence[int]]


@cache
def own_reader() -> Reader:
    """The published weights with the adapter of the package.

    Raises:
        UsageError: the extra `minilm` is not installed.
    """
    encode, adapter = encoder(), read_adapter()
    return Reader(Network(adapted(base_weights(), adapter)), adapter, encode)


def read_statements(corpus: Corpus, reader: Reader) -> NDArray[np.float64]:
    """The language model's log-odds for each statement (n x outputs, in the adapter's order).

    Each finding is read alone, so that no other letter can change a last digit.
    """
    outputs = reader.adapter.outputs
    values = np.zeros((len(corpus.statements), sum(map(len, outputs.values()))))
    for laid in lay_out(corpus, reader.encode):
        vectors = token_vectors(np.array([laid.tokens]), reader.network)[0]
        values[list(laid.rows)] = _by_head(vectors, laid, reader.adapter.head)
    return values


def joined(
    linear: NDArray[np.float64], read: NDArray[np.float64], outputs: Sequence[str], adapter: Adapter
) -> NDArray[np.float64]:
    """The probabilities of both models as one: the weighted mean of their log-odds, calibrated by group.

    Args:
        linear: probabilities by the linear model (n x outputs).
        read: what `read_statements` gives.
        outputs: the names of the linear model's outputs, which the result has.
        adapter: says how much each model counts.
    """
    column = {name: number for number, name in enumerate(outputs)}
    shares = np.zeros_like(linear)
    start = 0
    for group, names in adapter.outputs.items():
        own = _log_odds(_probabilities(read[:, start : start + len(names)], alone=group in ("theme", "agency")))
        start += len(names)
        columns = [column[name] for name in names]
        weight, (slope, shift) = adapter.weight[group], adapter.calibration[group]
        mean = weight * own + (1 - weight) * _log_odds(linear[:, columns])
        shares[:, columns] = 1 / (1 + np.exp(-(slope * mean + shift)))
    return shares


def _by_head(vectors: NDArray[np.float32], laid: Laid, head: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """The outputs for the statements of one finding, from the vectors of its tokens."""
    heed = vectors @ head["attention.weight"][0] + head["attention.bias"][0]
    rows = []
    for start, end in laid.spans:
        own, weights = vectors[start:end], np.exp(heed[start:end] - heed[start:end].max())
        rows.append(np.concatenate([own.mean(axis=0), weights @ own / weights.sum(), vectors[0]]))
    seen = np.stack(rows)
    hidden = gelu(seen @ head["hidden.weight"].T + head["hidden.bias"])
    values: NDArray[np.float32] = np.hstack([hidden, seen]) @ head["out.weight"].T + head["out.bias"]
    return values


def _probabilities(values: NDArray[np.float64], *, alone: bool) -> NDArray[np.float64]:
    """Of outputs that stand each alone, or of which one is the case."""
    if alone:
        shares: NDArray[np.float64] = 1 / (1 + np.exp(-values))
        return shares
    raised: NDArray[np.float64] = np.exp(values - values.max(axis=1, keepdims=True))
    raised /= raised.sum(axis=1, keepdims=True)
    return raised


def _log_odds(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.clip(shares, LEAST, 1 - LEAST)
    odds: NDArray[np.float64] = np.log(inside / (1 - inside))
    return odds
