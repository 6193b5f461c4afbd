"""Train the small network of the coder `model` to answer as a larger one does (knowledge distillation).

    python tools/training/train_student.py folds LETTERS REFERENCE --answers ANSWERS --out LEFT_OUT
    python tools/training/train_student.py ship LETTERS REFERENCE --answers ANSWERS --left-out LEFT_OUT --out STUDENT

LETTERS, REFERENCE and ANSWERS are as for `train_minilm.py`, and so is what has to be installed. `folds` trains four
times without a quarter of the letters, and keeps what the students say of those. `ship` trains on all letters, and fits
how both models of the coder are weighed by what was left out; the package's student is
`src/jtai_reports/coding/data/student.npz`. With it in place `benchmarks/crossval.py --student LEFT_OUT` makes the
figures.

Hinton et al. (2015), Distilling the Knowledge in a Neural Network. First the student learns to see invented passages as
MiniLM does after its own first training; then it learns the letters' codes, what the teacher says of the letters and of
the invented passages, and what MiniLM says of findings made up of the letters' statements. With the trainings of MiniLM
that it takes, `folds` takes an hour and a half on two cores, and `ship` 40 minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import train_minilm
from carry_out import Learned, carry_out
from coded import Data, n_outputs
from jtai_reports.coding.student import Student, student_bytes
from jtai_reports.coding.token_layout import Laid
from jtai_reports.minilm import base_weights
from jtai_reports.transformer import LOCAL, WORDS, Network
from lessons import Lesson, Pace, as_answers, fit
from made_up import LONGEST, made_up
from network import Net, predict
from pieces import minilm_pieces
from seeing import see_as
from weighing import Weighed, head_of

SIZE, STUDENT_LAYERS, STUDENT_HEADS = 192, 2, 6
FIRST_PASSES, PASSES = 16, 12  # over invented passages; over letters
PACE = Pace(rate=4e-4, warm=0.05, halved=False)
SOFT = 0.5  # how much the teacher counts beside the codes
DEALT = 4  # passes over the letters to one over the invented passages
MADE_UP = 6  # sets of made-up findings, each as large as the letters; one in a pass
MASKED, MASK = 0.1, 103
COMMON = 16_000  # pieces of words from the most frequent ones that are known beside those of the letters


def main() -> None:
    """Train, and write what is left out or the student."""
    carry_out(__doc__, Learned(start, learn, shipped))


class Pair(NamedTuple):
    """A student and the MiniLM that it learns from."""

    small: Small
    large: Net


def start(data: Data) -> Pair:
    """A student that sees invented passages as MiniLM does."""
    large = train_minilm.start(data)
    torch.manual_seed(0)
    small = Small(vocabulary_of(data), n_outputs(data))
    see_as(small, large, data, passes=FIRST_PASSES)
    return Pair(small, large)


def learn(pair: Pair, data: Data, answers: torch.Tensor, without: int | None) -> Small:
    """Train both, one after the other, on the letters or on all but a fold of them."""
    large = train_minilm.learn(pair.large, data, answers, without)
    random, laid, invented = np.random.default_rng(0), data.letters(without), data.invented
    order = random.permutation(len(invented))
    dealt = [Lesson([invented[number] for number in order[part::DEALT]], answers, 1) for part in range(DEALT)]
    made = [made_up_lesson(laid, data, large, random) for _ in range(MADE_UP)]
    letters = Lesson(laid, answers, SOFT)
    passes = [[letters, dealt[number % DEALT], made[number % MADE_UP]] for number in range(PASSES)]
    fit(pair.small, data, passes, PACE)
    return pair.small


def made_up_lesson(laid: Sequence[Laid], data: Data, large: Net, random: np.random.Generator) -> Lesson:
    """The statements of findings put together anew, and what a larger network says of them."""
    findings = made_up(laid, random)
    rows, said = predict(large, findings)
    return Lesson(findings, as_answers(said[np.argsort(rows)], data.outputs), soft=1)


def shipped(small: Small, data: Data, ways: Weighed) -> bytes:
    """The file of the package's student."""
    return student_bytes(exported(small, data, ways))


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
        "embeddings.position_embeddings.weight": random.normal(0, 0.02, (LONGEST, SIZE)),
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


def vocabulary_of(data: Data) -> list[int]:
    """The pieces that the student knows, as MiniLM numbers them: those of the letters, and frequent plain ones."""
    frequent = [number for number, piece in enumerate(minilm_pieces()) if piece.isascii() and number < COMMON]
    single = [number for number, piece in enumerate(minilm_pieces()) if piece.isascii() and len(piece.lstrip("#")) == 1]
    unused = {number for number, piece in enumerate(minilm_pieces()) if piece.startswith("[unused")}
    return sorted({token for laid in data.laid for token in laid.tokens} | {*frequent, *single} - unused)


def exported(small: Small, data: Data, ways: Weighed) -> Student:
    """A trained student as the package keeps it: the map that makes words smaller is worked into them."""
    weights = {name: value.detach().numpy() for name, value in small.named_weights().items()}
    with torch.no_grad():
        weights[WORDS] = small.smaller(small.of(WORDS)).numpy()
    names = minilm_pieces()
    vocabulary = [names[number] for number in vocabulary_of(data)]
    network = Network(weights, STUDENT_LAYERS, STUDENT_HEADS)
    return Student(vocabulary, network, head_of(small, data, ways), data.about)


if __name__ == "__main__":
    main()
