"""The forward pass of a small BERT in numpy: from the numbers of tokens to a vector for each.

Devlin et al. (2019), BERT: Pre-training of Deep Bidirectional Transformers. Weights have the names of the Hugging Face
library, so that published files fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float32]

EPSILON = 1e-12  # of the layer norms
WORDS = "embeddings.word_embeddings.weight"
LOCAL = "local.weight"  # of a layer that looks at neighbours first, which BERT's do not: (4, size)


class Network(NamedTuple):
    """Weights by name, as a model's file has them, and the sizes that they do not tell."""

    weights: dict[str, Array]
    layers: int
    heads: int


def token_vectors(ids: npt.NDArray[np.int64], network: Network) -> Array:
    """Vectors of tokens (texts, tokens, size) from their numbers (texts, tokens)."""
    weights = network.weights
    hidden = (
        weights[WORDS][ids]
        + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    hidden = _norm(hidden, weights, "embeddings.LayerNorm")
    for number in range(network.layers):
        hidden = _layer(hidden, network, f"encoder.layer.{number}")
    return hidden


def _layer(hidden: Array, network: Network, name: str) -> Array:
    weights = network.weights
    if f"{name}.{LOCAL}" in weights:
        hidden = hidden + gelu(beside(hidden, weights[f"{name}.{LOCAL}"]))
    mixed = _linear(_attention(hidden, network, f"{name}.attention.self"), weights, f"{name}.attention.output.dense")
    hidden = _norm(hidden + mixed, weights, f"{name}.attention.output.LayerNorm")
    wide = gelu(_linear(hidden, weights, f"{name}.intermediate.dense"))
    return _norm(hidden + _linear(wide, weights, f"{name}.output.dense"), weights, f"{name}.output.LayerNorm")


def _attention(hidden: Array, network: Network, name: str) -> Array:
    import numpy as np  # noqa: PLC0415 - heavy

    sentences, tokens, size = hidden.shape
    query, key, value = (
        _linear(hidden, network.weights, f"{name}.{part}")
        .reshape(sentences, tokens, network.heads, size // network.heads)
        .transpose(0, 2, 1, 3)
        for part in ("query", "key", "value")
    )
    query = query / np.sqrt(np.float32(size // network.heads))
    scores: Array = key @ query.transpose(0, 1, 3, 2)  # so that sums run over rows, which is faster
    scores -= scores.max(axis=-2, keepdims=True)
    np.exp(scores, out=scores)
    mixed: Array = scores.transpose(0, 1, 3, 2) @ value
    mixed /= scores.sum(axis=-2)[..., None]
    return mixed.transpose(0, 2, 1, 3).reshape(sentences, tokens, size)


def _linear(hidden: Array, weights: dict[str, Array], name: str) -> Array:
    result: Array = hidden @ weights[f"{name}.weight"].T
    result += weights[f"{name}.bias"]
    return result


def _norm(hidden: Array, weights: dict[str, Array], name: str) -> Array:
    centred: Array = hidden - _mean(hidden)
    centred /= (_mean(centred * centred) + EPSILON) ** 0.5
    centred *= weights[f"{name}.weight"]
    centred += weights[f"{name}.bias"]
    return centred


def _mean(values: Array) -> Array:
    """The mean over the last axis, which stays. A product with shares takes half the time of numpy's mean."""
    import numpy as np  # noqa: PLC0415 - heavy

    size = values.shape[-1]
    return values @ np.full((size, 1), 1 / size, dtype=values.dtype)


def beside(hidden: Array, local: Array) -> Array:
    """Each token with its neighbours: a weight for the one before, itself and the one after, and what is added.

    >>> import numpy as np
    >>> beside(np.array([[[1.0], [2.0], [3.0]]]), np.array([[10.0], [1.0], [100.0], [0.5]]))[0, :, 0].tolist()
    [201.5, 312.5, 23.5]
    """
    before, own, after, added = local
    mixed: Array = hidden * own + added
    mixed[:, 1:] += hidden[:, :-1] * before
    mixed[:, :-1] += hidden[:, 1:] * after
    return mixed


def gelu(hidden: Array) -> Array:
    """The Gaussian error linear unit by its tanh form (Hendrycks & Gimpel, 2016), within 0.0005 of the exact one.

    >>> import numpy as np
    >>> gelu(np.array([-1.0, 0.0, 2.0])).round(3).tolist()
    [-0.159, 0.0, 1.955]
    """
    import numpy as np  # noqa: PLC0415 - heavy

    raised = hidden * hidden
    raised *= 0.044715
    raised += 1
    raised *= hidden
    raised *= (2 / np.pi) ** 0.5
    np.tanh(raised, out=raised)
    raised += 1
    raised *= hidden
    raised *= 0.5
    return raised
