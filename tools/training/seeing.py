"""How a small network first learns to see as a larger one does.

Romero et al. (2015), FitNets: Hints for Thin Deep Nets: beside what the larger network says, the small one learns its
vectors, through a linear map that is only there for training.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from coded import Batch, Data, batches, n_outputs
from jtai_reports.coding.token_layout import Laid
from lessons import apart_from, as_answers, n_batches, stepper
from network import Net

OF_VECTORS = 3.0  # how much the vectors count beside what is said
RATE, WARM = 1e-3, 0.05


def see_as(small: Net, large: Net, data: Data, *, passes: int) -> None:
    """Train a small network on what a larger one sees in the invented passages and says of them."""
    laid, unmarked = data.invented, np.zeros_like(data.tested)
    vectors, answers = _seen(large, laid, data)
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    wider = nn.Linear(_size(small), _size(large))
    parameters = [*small.parameters(), *wider.parameters()]
    step = stepper([{"params": parameters, "lr": RATE}], warm=WARM, steps=passes * n_batches(laid))
    small.train()
    for _ in range(passes):
        for batch in batches(laid, unmarked, random):
            own = small.read(batch.tokens, batch.there)
            wanted = torch.cat([vectors[mark] for mark in _marks(batch)]).float()
            apart = functional.mse_loss(wider(own[batch.there]), wanted) / wanted.var()
            step(OF_VECTORS * apart + apart_from(small.judged(own, batch), answers[batch.rows], data.outputs))
    small.eval()


def _seen(large: Net, laid: Sequence[Laid], data: Data) -> tuple[dict[int, torch.Tensor], torch.Tensor]:
    """The vectors of each finding's tokens, by the row of its first statement, and what is said of all statements."""
    vectors: dict[int, torch.Tensor] = {}
    said = np.zeros((len(data.known), n_outputs(data)), np.float32)
    with torch.no_grad():
        for batch in batches(laid, np.zeros_like(data.tested), None):
            read = large.read(batch.tokens, batch.there)
            said[batch.rows] = large.judged(read, batch).numpy()
            own = (tokens[there].half() for tokens, there in zip(read, batch.there, strict=True))
            vectors.update(zip(_marks(batch), own, strict=True))
    return vectors, as_answers(said, data.outputs)


def _marks(batch: Batch) -> list[int]:
    """The row of each finding's first statement."""
    firsts = np.unique(batch.finding.numpy(), return_index=True)[1]
    return [int(row) for row in batch.rows[firsts]]


def _size(net: Net) -> int:
    return int(net.head["attention"].in_features)
