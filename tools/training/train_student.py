"""Train the small network of the coder `model` to answer as a larger one does (knowledge distillation).

    python tools/training/train_student.py folds LETTERS REFERENCE --answers ANSWERS --out LEFT_OUT
    python tools/training/train_student.py ship LETTERS REFERENCE --answers ANSWERS --left-out LEFT_OUT --out STUDENT

LETTERS, REFERENCE and ANSWERS are as for `train_minilm.py`, and so is what has to be installed. `folds` trains four
times without a quarter of the letters, and keeps what the students say of those; `benchmarks/crossval.py --student
LEFT_OUT` makes the figures of it. `ship` trains on all letters; the package's student is
`src/jtai_reports/coding/data/student.npz`.

Hinton et al. (2015), Distilling the Knowledge in a Neural Network. The student learns the letters' codes and what the
teacher says of the letters and of the invented passages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from carry_out import Learned, carry_out
from coded import Data, n_outputs
from jtai_reports.coding.student import Student, student_bytes
from jtai_reports.minilm import base_weights
from jtai_reports.transformer import LOCAL, WORDS, Network
from lessons import Lesson, Pace, fit
from network import Net
from pieces import minilm_pieces
from weighing import Weighed, head_of

SIZE, STUDENT_LAYERS, STUDENT_HEADS, PLACES = 192, 2, 6, 512
PASSES = 16
PACE = Pace(rate=5e-4, warm=0.05, halved=False)
SOFT = 0.5  # how much the teacher counts beside the codes
DEALT = 2  # passes over the letters to one over the invented passages
MASKED, MASK = 0.1, 103
COMMON = 16_000  # pieces of words from the most frequent ones that are known beside those of the letters


def main() -> None:
    """Train, and write what is left out or the student."""
    carry_out(__doc__, Learned(start, learn, shipped))


def start(data: Data) -> Small:
    """A student that has learned nothing."""
    torch.manual_seed(0)
    return Small(vocabulary_of(data), n_outputs(data))


def learn(small: Net, data: Data, answers: torch.Tensor, without: int | None) -> None:
    """Train it on the letters, or on all but a fold of them, and on invented passages as the teacher sees them."""
    invented = data.invented
    order = np.random.default_rng(0).permutation(len(invented))
    dealt = [[invented[number] for number in order[part::DEALT]] for part in range(DEALT)]
    letters = Lesson(data.letters(without), answers, SOFT)
    fit(small, data, [[letters, Lesson(dealt[number % DEALT], answers, 1)] for number in range(PASSES)], PACE)


def shipped(small: Net, data: Data, ways: Weighed) -> bytes:
    """The file of the package's student."""
    assert isinstance(small, Small)  # noqa: S101 - what `train` gives
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
