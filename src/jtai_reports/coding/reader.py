"""A network that reads findings, with a head that codes statements; and its view beside a linear model's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from jtai_reports.coding.token_layout import Marks, lay_out
from jtai_reports.transformer import Network, gelu, token_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jtai_reports.coding.token_layout import Laid
    from jtai_reports.corpus import Corpus

GROUPS = ("polarity", "theme", "first", "agency")  # the order in which a head gives them
ARRAYS = ("attention.weight", "attention.bias", "hidden.weight", "hidden.bias", "out.weight", "out.bias")
STORED = "head "  # what the arrays' names begin with in a file
LEAST = 1e-4  # log-odds of a probability are taken no further out than of this one


class Head(NamedTuple):
    """What turns the vectors of a finding's tokens into codes of its statements.

    `outputs` names what it gives, in four groups: polarity, theme, first (with none), agency. Log-odds of both models
    become probabilities in one of two ways: by the group's matrix in `stacked` (one row for each output of the head,
    of the linear model, for each of the `signs.polarity_signs`, and for 1; one column an output; softmax), or by their
    mean, in which the head counts by `weight`, and a line (`calibration`: slope and shift).
    """

    outputs: Mapping[str, Sequence[str]]
    arrays: Mapping[str, NDArray[np.float32]]
    weight: Mapping[str, float]
    calibration: Mapping[str, tuple[float, float]]
    stacked: Mapping[str, NDArray[np.float64]]


class Reader(NamedTuple):
    """A network with its head, what turns a text into the numbers of its tokens, and the numbers of two marks."""

    network: Network
    head: Head
    encode: Callable[[str], Sequence[int]]
    marks: Marks


def read_statements(corpus: Corpus, reader: Reader) -> NDArray[np.float64]:
    """The reader's log-odds for each statement (n x outputs, in the order of its head).

    Each finding is read alone and by one thread, so that neither other letters nor cores can change a last digit.
    """
    outputs = reader.head.outputs
    values = np.zeros((len(corpus.statements), sum(map(len, outputs.values()))))
    with threadpool_limits(1):  # the matrices are small: more threads would only wait for each other
        for laid in lay_out(corpus, reader.encode, reader.marks):
            vectors = token_vectors(np.array([laid.tokens]), reader.network)[0]
            values[list(laid.rows)] = _by_head(vectors, laid, reader.head.arrays)
    return values


def joined(
    linear: NDArray[np.float64],
    read: NDArray[np.float64],
    signs: NDArray[np.float64],
    outputs: Sequence[str],
    head: Head,
) -> NDArray[np.float64]:
    """The probabilities of both models as one: see `Head`.

    Args:
        linear: probabilities by the linear model (n x outputs).
        read: what `read_statements` gives.
        signs: what `signs.polarity_signs` gives.
        outputs: the names of the linear model's outputs, which the result has.
        head: says how the two are weighed.
    """
    shares = np.zeros_like(linear)
    for group, columns, own, other in odds_by_group(linear, read, outputs, head.outputs):
        if group in head.stacked:
            matrix = head.stacked[group]
            shares[:, columns] = softmax(np.hstack([own, other, signs]) @ matrix[:-1] + matrix[-1])
            continue
        weight, (slope, shift) = head.weight[group], head.calibration[group]
        shares[:, columns] = 1 / (1 + np.exp(-(slope * (weight * own + (1 - weight) * other) + shift)))
    return shares


def odds_by_group(
    linear: NDArray[np.float64],
    read: NDArray[np.float64],
    outputs: Sequence[str],
    groups: Mapping[str, Sequence[str]],
) -> Iterator[tuple[str, list[int], NDArray[np.float64], NDArray[np.float64]]]:
    """For each group: its name, its columns in `outputs`, and the log-odds of the head and of the linear model."""
    column = {name: number for number, name in enumerate(outputs)}
    start = 0
    for group, names in groups.items():
        values = read[:, start : start + len(names)]
        start += len(names)
        columns = [column[name] for name in names]
        own = 1 / (1 + np.exp(-values)) if group in ("theme", "agency") else softmax(values)
        yield group, columns, _log_odds(own), _log_odds(linear[:, columns])


def softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of outputs of which one is the case (n x outputs)."""
    raised: NDArray[np.float64] = np.exp(values - values.max(axis=1, keepdims=True))
    raised /= raised.sum(axis=1, keepdims=True)
    return raised


def head_header(head: Head) -> dict[str, Any]:
    """What a file's header says of a head."""
    return {
        "outputs": {group: list(names) for group, names in head.outputs.items()},
        "weight": dict(head.weight),
        "calibration": dict(head.calibration),
        "stacked": {group: matrix.tolist() for group, matrix in head.stacked.items()},
    }


def head_arrays(head: Head) -> dict[str, NDArray[Any]]:
    """A head's arrays under their names in a file, in half precision."""
    return {STORED + name: head.arrays[name].astype(np.float16) for name in ARRAYS}


def head_from(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Head:
    """The head in a file's header and arrays.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: something is missing, or is not what it should be.
    """
    return Head(
        outputs={group: tuple(header["outputs"][group]) for group in GROUPS if group in header["outputs"]},
        arrays={name: arrays[STORED + name].astype(np.float32) for name in ARRAYS},
        weight={str(group): float(value) for group, value in header["weight"].items()},
        calibration={str(group): (float(a), float(b)) for group, (a, b) in header["calibration"].items()},
        stacked={str(group): np.array(rows, dtype=np.float64) for group, rows in header["stacked"].items()},
    )


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


def _log_odds(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.clip(shares, LEAST, 1 - LEAST)
    odds: NDArray[np.float64] = np.log(inside / (1 - inside))
    return odds
