"""What networks learn from: findings with their codes, with what a teacher says of them, or with both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from coded import BATCH, Batch, Data, batches
from jtai_reports.coding.token_layout import Laid
from network import Net

SMOOTHED = 0.05
SHARE = {"polarity": 1.0, "theme": 0.5, "first": 0.7, "agency": 0.5}  # of each group in what is learned
ALONE = ("theme", "agency")  # groups whose outputs do not exclude each other


class Lesson(NamedTuple):
    """Findings to learn from.

    `answers` holds a teacher's probabilities, a row a statement, and `soft` how much they count beside the codes. Where
    they are all that counts (`soft` is 1, with answers), statements are taken to be coded as statements.csv would have
    them: the teacher is. Their rows are then those of `answers`, and need not be of the data if they are not more.
    """

    laid: Sequence[Laid]
    answers: torch.Tensor | None = None
    soft: float = 0.0


class Pace(NamedTuple):
    """How fast is learned: the rates of the weights and of the head, and the share of steps until they are reached."""

    rate: float
    head_rate: float = 1e-3
    warm: float = 0.1
    halved: bool = True  # whether most is reckoned in half the digits


def fit(net: Net, data: Data, passes: Sequence[Sequence[Lesson]], pace: Pace) -> None:
    """Train a network; every pass is a number of lessons in random order."""
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    steps = sum(n_batches(lesson.laid) for lessons in passes for lesson in lessons)
    step = stepper(_rates(net, pace), warm=pace.warm, steps=steps)
    net.train()
    for lessons in passes:
        for batch, lesson in in_turn(lessons, data.tested, random):
            with torch.autocast("cpu", torch.bfloat16, enabled=pace.halved):
                values = net(batch)
            step(loss_in(values.float(), data, batch, lesson))
    net.eval()


def n_batches(laid: Sequence[Laid]) -> int:
    """How many batches findings make."""
    return -(-len(laid) // BATCH)


def stepper(rates: list[dict[str, Any]], *, warm: float, steps: int) -> Callable[[torch.Tensor], None]:
    """What takes a step towards a smaller loss; the rates rise at first and then fall until the last of the steps."""
    optimizer = torch.optim.AdamW(rates, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda number: min(1, (number + 1) / (warm * steps)) * max(0.02, 1 - number / steps)
    )

    def step(loss: torch.Tensor) -> None:
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([value for group in rates for value in group["params"]], 1.0)
        optimizer.step()
        schedule.step()

    return step


def _rates(net: Net, pace: Pace) -> list[dict[str, Any]]:
    heads = [*net.head.parameters(), net.of_tested]
    of_heads = {id(value) for value in heads}
    others = [value for value in net.parameters() if value.requires_grad and id(value) not in of_heads]
    return [{"params": others, "lr": pace.rate}, {"params": heads, "lr": pace.head_rate}]


def in_turn(
    lessons: Sequence[Lesson], tested: np.ndarray[Any, Any], random: np.random.Generator
) -> Iterator[tuple[Batch, Lesson]]:
    """The batches of several lessons in random order."""
    parts = []
    for lesson in lessons:
        said_as = np.ones_like(tested) if lesson.soft == 1 else tested
        parts += [(batch, lesson) for batch in batches(lesson.laid, said_as, random)]
    yield from (parts[number] for number in random.permutation(len(parts)))


def loss_in(values: torch.Tensor, data: Data, batch: Batch, lesson: Lesson) -> torch.Tensor:
    """How far the outputs are from what the teacher says, and from the codes where they are known."""
    apart = torch.zeros(())
    if lesson.answers is not None:
        apart = apart_from(values, lesson.answers[batch.rows], data.outputs)
    if lesson.soft == 1:
        return apart
    known = data.known[batch.rows]
    if not known.any():
        return lesson.soft * apart
    own = loss_of(values[torch.from_numpy(known)], data, batch.rows[known])
    return lesson.soft * apart + (1 - lesson.soft) * own


def loss_of(values: torch.Tensor, data: Data, rows: np.ndarray[Any, Any]) -> torch.Tensor:
    """How far the outputs are from the codes, over all groups."""
    total = torch.zeros(())
    for group, columns in columns_of(data.outputs):
        own, wanted = values[:, columns], torch.from_numpy(data.wanted[group][rows])
        if group in ALONE:
            apart = functional.binary_cross_entropy_with_logits(own, wanted, reduction="none").sum(1).mean()
        else:
            apart = functional.cross_entropy(own, wanted.argmax(1), label_smoothing=SMOOTHED)
        total = total + SHARE[group] * apart
    return total


def apart_from(values: torch.Tensor, answers: torch.Tensor, outputs: dict[str, tuple[str, ...]]) -> torch.Tensor:
    """The cross entropy of outputs with the teacher's probabilities, over all groups."""
    total = torch.zeros(())
    for group, columns in columns_of(outputs):
        own, wanted = values[:, columns], answers[:, columns]
        if group in ALONE:
            apart = functional.binary_cross_entropy_with_logits(own, wanted, reduction="none").sum(1).mean()
        else:
            apart = functional.cross_entropy(own, wanted)
        total = total + SHARE[group] * apart
    return total


def as_answers(said: np.ndarray[Any, Any], outputs: dict[str, tuple[str, ...]]) -> torch.Tensor:
    """A teacher's outputs as probabilities (n x outputs)."""
    values = torch.from_numpy(said.astype(np.float32))
    answers = torch.zeros(values.shape)
    for group, columns in columns_of(outputs):
        own = values[:, columns]
        answers[:, columns] = own.sigmoid() if group in ALONE else own.softmax(1)
    return answers


def columns_of(outputs: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, slice]]:
    """Each group with the columns of its outputs."""
    start = 0
    for group, names in outputs.items():
        yield group, slice(start, start + len(names))
        start += len(names)
