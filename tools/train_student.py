"""Train the small network of the coder `model` to answer as MiniLM does (knowledge distillation).

    python tools/train_student.py folds LETTERS REFERENCE --out LEFT_OUT.npz
    python tools/train_student.py ship LETTERS REFERENCE --left-out LEFT_OUT.npz --out STUDENT.npz

LETTERS and REFERENCE are as for `train_minilm.py`, and so is what has to be installed. `folds` trains a teacher and a
student four times without a quarter of the letters, and keeps what the students say of those (about an hour on two
cores); `benchmarks/crossval.py --student LEFT_OUT.npz` makes the figures of it. `ship` trains on all letters, with the
package's MiniLM as teacher; the package's student is `src/jtai_reports/coding/data/student.npz`.

Hinton et al. (2015), Distilling the Knowledge in a Neural Network. The student learns the codes and the teacher's
probabilities, also for findings made up of statements drawn at random under headings drawn at random, with some tokens
changed: what those would be coded as, only the teacher knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from jtai_reports.coding.adapter import adapted, read_adapter
from jtai_reports.coding.student import Student, student_bytes
from jtai_reports.coding.token_layout import Laid
from jtai_reports.minilm import HEADS, LAYERS, SEPARATOR, base_weights, model_folder
from jtai_reports.transformer import LOCAL, WORDS, Network
from train_minilm import (
    BATCH,
    Batch,
    Data,
    Net,
    Weighed,
    about,
    batches,
    carry_out,
    head_of,
    loss_of,
    n_outputs,
    predict,
    train,
)

SIZE, STUDENT_LAYERS, STUDENT_HEADS, PLACES = 192, 2, 6, 512
EPOCHS = 16
RATE, HEAD_RATE = 5e-4, 1e-3
SOFT = 0.5  # how much the teacher counts beside the codes
MADE = 6  # sets of made-up findings, of which each pass takes one
CHANGED = 0.12  # of the tokens of half of the made-up statements
MASKED, MASK = 0.1, 103
COMMON = 16_000  # pieces of words from the most frequent ones that are known beside those of the letters


class Lesson(NamedTuple):
    """Findings, what the teacher says of their statements (a row each), and whether the codes are known."""

    laid: list[Laid]
    answers: torch.Tensor
    tested: np.ndarray[Any, Any]
    real: bool


def main() -> None:
    """Train, and write what is left out or the student."""
    carry_out(__doc__, trained=student_without, shipped=shipped)


def shipped(data: Data, ways: Weighed) -> bytes:
    """The file of the package's student."""
    small = train_student(data, shipped_teacher(data), without=None)
    return student_bytes(exported(small, data, ways))


def student_without(data: Data, number: int) -> Small:
    """A student that has not seen the letters of a fold, nor has its teacher."""
    return train_student(data, train(data, without=number), without=number)


def shipped_teacher(data: Data) -> Net:
    """The package's MiniLM with its head."""
    adapter = read_adapter()
    weights = adapted(base_weights(), adapter)
    teacher = Net(weights, layers=LAYERS, heads=HEADS, n_outputs=n_outputs(data))
    arrays = {name: torch.from_numpy(array.copy()) for name, array in adapter.head.arrays.items()}
    teacher.head.load_state_dict(arrays)
    teacher.eval()
    return teacher


class Small(Net):
    """The student: word vectors of MiniLM made smaller by one linear map, and few layers of its own."""

    def __init__(self, vocabulary: Sequence[int], n_outputs: int) -> None:
        super().__init__(first_weights(vocabulary), layers=STUDENT_LAYERS, heads=STUDENT_HEADS, n_outputs=n_outputs)
        self.smaller = nn.Linear(self.of(WORDS).shape[1], SIZE)
        self.place = torch.zeros(len(base_weights()[WORDS]), dtype=torch.long)  # of MiniLM's pieces in the vocabulary
        self.place[list(vocabulary)] = torch.arange(len(vocabulary))

    def words(self, tokens: torch.Tensor) -> torch.Tensor:
        """The vectors of tokens by themselves; in training some are masked."""
        if self.training:
            masked = (torch.rand(tokens.shape) < MASKED) & (tokens > MASK)
            tokens = tokens.masked_fill(masked, MASK)
        return self.smaller(functional.embedding(self.place[tokens], self.of(WORDS)))


def first_weights(vocabulary: Sequence[int]) -> dict[str, np.ndarray[Any, Any]]:
    """MiniLM's word vectors at a standard deviation of 1, and everything else at random."""
    random = np.random.default_rng(0)
    words = base_weights()[WORDS]
    weights = {
        WORDS: words[list(vocabulary)] / words.std(),
        "embeddings.position_embeddings.weight": random.normal(0, 0.02, (PLACES, SIZE)),
        "embeddings.token_type_embeddings.weight": np.zeros((1, SIZE)),
        **_norm("embeddings.LayerNorm"),
    }
    for number in range(STUDENT_LAYERS):
        name = f"encoder.layer.{number}"
        weights |= _norm(f"{name}.attention.output.LayerNorm") | _norm(f"{name}.output.LayerNorm")
        weights[f"{name}.{LOCAL}"] = random.uniform(-1, 1, (4, SIZE)) * 3**-0.5
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            weights |= _linear(f"{name}.attention.{part}", SIZE, SIZE, random)
        weights |= _linear(f"{name}.intermediate.dense", SIZE, 2 * SIZE, random)
        weights |= _linear(f"{name}.output.dense", 2 * SIZE, SIZE, random)
    return {name: value.astype(np.float32) for name, value in weights.items()}


def _norm(name: str) -> dict[str, np.ndarray[Any, Any]]:
    return {f"{name}.weight": np.ones(SIZE), f"{name}.bias": np.zeros(SIZE)}


def _linear(name: str, n_in: int, n_out: int, random: np.random.Generator) -> dict[str, np.ndarray[Any, Any]]:
    most = n_in**-0.5
    return {
        f"{name}.weight": random.uniform(-most, most, (n_out, n_in)),
        f"{name}.bias": random.uniform(-most, most, n_out),
    }


def train_student(data: Data, teacher: Net, *, without: int | None) -> Small:
    """Train on the coded statements of all letters, or of all but a fold, and on what the teacher says."""
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    rows = [laid for laid in data.laid if data.known[list(laid.rows)].any() and data.fold[laid.rows[0]] != without]
    real = taught(teacher, rows, data.outputs, tested=data.tested)
    made = [taught(teacher, made_up(rows, random), data.outputs, tested=None) for _ in range(MADE)]
    small = Small(vocabulary_of(data), n_outputs(data))
    steps = sum(-(-len(lesson.laid) // BATCH) for number in range(EPOCHS) for lesson in (real, made[number % MADE]))
    heads = [*small.head.parameters(), small.of_tested]
    others = [*small.weights.values(), *small.smaller.parameters()]
    groups = [{"params": others, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (0.05 * steps)) * max(0.02, 1 - step / steps)
    )
    small.train()
    for number in range(EPOCHS):
        for batch, lesson in in_turn((real, made[number % MADE]), random):
            loss = loss_in(small(batch), data, batch, lesson)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(small.parameters(), 1.0)
            optimizer.step()
            pace.step()
    small.eval()
    return small


def loss_in(values: torch.Tensor, data: Data, batch: Batch, lesson: Lesson) -> torch.Tensor:
    """How far the outputs are from what the teacher says, and from the codes where they are known."""
    apart = apart_from(values, lesson.answers[batch.rows], data.outputs)
    known = data.known[batch.rows] if lesson.real else np.zeros(len(batch.rows), dtype=bool)
    if not lesson.real or not known.any():
        return apart
    own = loss_of(values[torch.from_numpy(known)], data, batch.rows[known])
    return SOFT * apart + (1 - SOFT) * own


def apart_from(values: torch.Tensor, answers: torch.Tensor, outputs: dict[str, tuple[str, ...]]) -> torch.Tensor:
    """The cross entropy of outputs with the teacher's probabilities, over all groups."""
    total, start = torch.zeros(()), 0
    for group, names in outputs.items():
        own, wanted = values[:, start : start + len(names)], answers[:, start : start + len(names)]
        start += len(names)
        if group in ("theme", "agency"):
            each = functional.binary_cross_entropy_with_logits(own, wanted, reduction="none")
            total = total + 0.5 * each.sum(1).mean()
        else:
            total = total + (1.0 if group == "polarity" else 0.7) * functional.cross_entropy(own, wanted)
    return total


def taught(
    teacher: Net, rows: list[Laid], outputs: dict[str, tuple[str, ...]], *, tested: np.ndarray[Any, Any] | None
) -> Lesson:
    """Findings with the teacher's probabilities; made-up ones have no `tested`."""
    places, said = predict(teacher, rows)
    answers, start = torch.zeros((int(places.max()) + 1, said.shape[1])), 0
    for group, names in outputs.items():
        own = torch.from_numpy(said[:, start : start + len(names)])
        alone = group in ("theme", "agency")
        answers[places, start : start + len(names)] = own.sigmoid() if alone else own.softmax(1)
        start += len(names)
    every = np.ones(len(answers), dtype=bool)
    return Lesson(rows, answers, every if tested is None else tested, real=tested is not None)


def made_up(rows: Sequence[Laid], random: np.random.Generator) -> list[Laid]:
    """Findings of one to four statements drawn at random, each once, under headings drawn at random."""
    pool = [(laid, span) for laid in rows for span in laid.spans]
    seen = np.concatenate([laid.tokens for laid in rows])
    order = iter(random.permutation(len(pool)).tolist())
    made: list[Laid] = []
    row = 0
    while drawn := [number for number, _ in zip(order, range(int(random.integers(1, 5))), strict=False)]:
        above = rows[int(random.integers(len(rows)))]
        tokens, spans = list(above.tokens[: above.spans[0][0]]), []
        for laid, (start, end) in (pool[number] for number in drawn):
            spans.append((len(tokens), len(tokens) + end - start))
            tokens += changed(laid.tokens[start:end], seen, random)
        made.append(Laid((*tokens[: PLACES - 1], SEPARATOR), tuple(spans), tuple(range(row, row + len(spans)))))
        row += len(spans)
    return made


def changed(tokens: Sequence[int], seen: np.ndarray[Any, Any], random: np.random.Generator) -> list[int]:
    """Half of the statements as they are, half with some tokens drawn at random."""
    own = np.array(tokens)
    if random.random() < 0.5:
        hit = random.random(len(own)) < CHANGED
        own[hit] = random.choice(seen, int(hit.sum()))
    return [int(token) for token in own]


def in_turn(lessons: Sequence[Lesson], random: np.random.Generator) -> Iterator[tuple[Batch, Lesson]]:
    """The batches of several lessons in random order."""
    parts = [(batch, lesson) for lesson in lessons for batch in batches(lesson.laid, lesson.tested, random)]
    yield from (parts[number] for number in random.permutation(len(parts)))


def vocabulary_of(data: Data) -> list[int]:
    """The pieces that the student knows, as MiniLM numbers them: those of the letters, and frequent plain ones."""
    frequent = [number for number, piece in enumerate(_pieces()) if piece.isascii() and number < COMMON]
    single = [number for number, piece in enumerate(_pieces()) if piece.isascii() and len(piece.lstrip("#")) == 1]
    unused = {number for number, piece in enumerate(_pieces()) if piece.startswith("[unused")}
    return sorted({token for laid in data.laid for token in laid.tokens} | {*frequent, *single} - unused)


def _pieces() -> list[str]:
    """MiniLM's pieces of words in the order of their numbers."""
    known = json.loads((model_folder() / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    return sorted(known, key=known.__getitem__)


def exported(small: Small, data: Data, ways: Weighed) -> Student:
    """A trained student as the package keeps it: the map that makes words smaller is worked into them."""
    weights = {name: value.detach().numpy() for name, value in small.named_weights().items()}
    with torch.no_grad():
        weights[WORDS] = small.smaller(small.of(WORDS)).numpy()
    names = _pieces()
    vocabulary = [names[number] for number in vocabulary_of(data)]
    network = Network(weights, STUDENT_LAYERS, STUDENT_HEADS)
    return Student(vocabulary, network, head_of(small, data, ways), about(data))


if __name__ == "__main__":
    main()
