"""Networks of BERT's kind with a head for statements, as they are trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from coded import Batch, batches
from jtai_reports.coding.token_layout import Laid
from jtai_reports.transformer import EPSILON, LOCAL, WORDS

DROPPED, HEAD_DROPPED = 0.1, 0.2


class Net(nn.Module):  # type: ignore[misc] # torch is not there when types are checked
    """A network of BERT's kind with a head for statements.

    The head sees the mean of a statement's tokens, the mean of those that it heeds, and the finding's mark.
    """

    epsilon = EPSILON

    def __init__(self, weights: dict[str, np.ndarray[Any, Any]], *, layers: int, heads: int, n_outputs: int) -> None:
        super().__init__()
        self.layers, self.heads = layers, heads
        floats = {name: value for name, value in weights.items() if value.dtype.kind == "f" and "pooler" not in name}
        self.weights = nn.ParameterDict(
            {name.replace(".", "/"): nn.Parameter(torch.from_numpy(value.copy())) for name, value in floats.items()}
        )
        size = weights["embeddings.LayerNorm.weight"].shape[0]
        self.head = nn.ModuleDict(
            {
                "attention": nn.Linear(size, 1),
                "hidden": nn.Linear(3 * size, size),
                "out": nn.Linear(4 * size, n_outputs),
            }
        )
        self.of_tested = nn.Parameter(torch.zeros(n_outputs))  # how statements.csv differs from training.csv

    def named_weights(self) -> dict[str, torch.Tensor]:
        """The weights under their published names."""
        return {short.replace("/", "."): value for short, value in self.weights.items()}

    def of(self, name: str) -> torch.Tensor:
        """One weight."""
        return self.weights[name.replace(".", "/")]

    def has(self, name: str) -> bool:
        """Whether there is such a weight."""
        return name.replace(".", "/") in self.weights

    def forward(self, batch: Batch) -> torch.Tensor:
        """The outputs for the statements of a batch."""
        return self.judged(self.read(batch.tokens, batch.there).float(), batch)

    def judged(self, vectors: torch.Tensor, batch: Batch) -> torch.Tensor:
        """The outputs for the statements of a batch, by the vectors of its tokens."""
        heed = self.head["attention"](vectors).squeeze(-1)[batch.finding].masked_fill(batch.inside == 0, -1e4)
        own = vectors[batch.finding]
        mean = (own * batch.inside[:, :, None]).sum(1) / batch.inside.sum(1, keepdim=True)
        heeded = (own * torch.softmax(heed, -1)[:, :, None]).sum(1)
        seen = self.dropped(torch.cat([mean, heeded, own[:, 0]], -1), HEAD_DROPPED)
        hidden = self.dropped(gelu(self.head["hidden"](seen)), HEAD_DROPPED)
        return self.head["out"](torch.cat([hidden, seen], -1)) + batch.tested[:, None] * self.of_tested

    def read(self, tokens: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """The vectors of tokens."""
        hidden, heeded = self.embedded(tokens), self.heeded(there)
        for number in range(self.layers):
            hidden = self.layer(hidden, f"encoder.layer.{number}", there=there, heeded=heeded)
        return hidden

    def embedded(self, tokens: torch.Tensor) -> torch.Tensor:
        """The vectors of tokens at their places, before the first layer."""
        places = self.of("embeddings.position_embeddings.weight")[: tokens.shape[1]]
        kind = self.of("embeddings.token_type_embeddings.weight")[0]
        return self.dropped(self.norm(self.words(tokens) + places + kind, "embeddings.LayerNorm"), DROPPED)

    def words(self, tokens: torch.Tensor) -> torch.Tensor:
        """The vectors of tokens by themselves."""
        return functional.embedding(tokens, self.of(WORDS))

    def heeded(self, there: torch.Tensor) -> torch.Tensor:
        """Which tokens each token may heed, or how much more it heeds them."""
        return there[:, None, None, :]

    def layer(self, hidden: torch.Tensor, name: str, *, there: torch.Tensor, heeded: torch.Tensor) -> torch.Tensor:
        """One layer."""
        if self.has(f"{name}.{LOCAL}"):
            hidden = hidden + gelu(beside(hidden.masked_fill(~there[:, :, None], 0), self.of(f"{name}.{LOCAL}")))
        n, length, size = hidden.shape
        parts = [
            self.linear(hidden, f"{name}.attention.self.{part}")
            .view(n, length, self.heads, size // self.heads)
            .transpose(1, 2)
            for part in ("query", "key", "value")
        ]
        seen = functional.scaled_dot_product_attention(*parts, attn_mask=heeded)
        seen = self.linear(seen.transpose(1, 2).reshape(n, length, size), f"{name}.attention.output.dense")
        hidden = self.norm(hidden + self.dropped(seen, DROPPED), f"{name}.attention.output.LayerNorm")
        wide = gelu(self.linear(hidden, f"{name}.intermediate.dense"))
        narrow = self.dropped(self.linear(wide, f"{name}.output.dense"), DROPPED)
        return self.norm(hidden + narrow, f"{name}.output.LayerNorm")

    def linear(self, hidden: torch.Tensor, name: str) -> torch.Tensor:
        """One linear map."""
        return functional.linear(hidden, self.of(f"{name}.weight"), self.of(f"{name}.bias"))

    def norm(self, hidden: torch.Tensor, name: str) -> torch.Tensor:
        """One layer norm."""
        weight, bias = self.of(f"{name}.weight"), self.of(f"{name}.bias")
        return functional.layer_norm(hidden, (hidden.shape[-1],), weight, bias, self.epsilon)

    def dropped(self, hidden: torch.Tensor, share: float) -> torch.Tensor:
        """Some values left out, in training."""
        return functional.dropout(hidden, share, self.training)


def beside(hidden: torch.Tensor, local: torch.Tensor) -> torch.Tensor:
    """Each token with its neighbours, as `transformer` has it."""
    before, own, after, added = local
    earlier, later = functional.pad(hidden, (0, 0, 1, 0))[:, :-1], functional.pad(hidden, (0, 0, 0, 1))[:, 1:]
    return hidden * own + added + earlier * before + later * after


def gelu(values: torch.Tensor) -> torch.Tensor:
    """As `transformer.gelu`."""
    return functional.gelu(values, approximate="tanh")


def predict(net: Net, rows: Sequence[Laid]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The rows of statements and the outputs for them, as statements.csv would have them."""
    found, said = [], []
    always = np.ones(1 + max((row for laid in rows for row in laid.rows), default=0), dtype=bool)
    with torch.no_grad():
        for batch in batches(rows, always, None):
            found.append(batch.rows)
            said.append(net(batch).numpy())
    return np.concatenate(found), np.concatenate(said)
