"""The small network of the coder `model`, which has learned to answer as larger ones do.

Knowledge distillation: Hinton et al. (2015), Distilling the Knowledge in a Neural Network. It is trained by
`tools/training/train_student.py`. Its file holds whole numbers of one byte, and the pieces of words that it knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from jtai_reports.coding.array_file import HINT, Kind, ModelError, pack, shipped, unpack
from jtai_reports.coding.reader import Head, Reader, head_arrays, head_from, head_header
from jtai_reports.coding.token_layout import Marks
from jtai_reports.coding.wordpiece import make_encoder
from jtai_reports.transformer import Network

KIND = Kind("jtai-reports student network", 1)
SHIPPED = "student.npz"
START, SEPARATOR = "[CLS]", "[SEP]"
STEPS = 127  # a weight is a whole number from -127 to 127 times the scale of its row


class Student(NamedTuple):
    """A small network with the pieces of words that it knows, in the order of their vectors, and its head."""

    vocabulary: Sequence[str]
    network: Network
    head: Head
    about: Mapping[str, Any]


def student_bytes(student: Student) -> bytes:
    """The content of a student's file: the same student, the same bytes."""
    arrays = head_arrays(student.head)
    arrays["vocabulary"] = np.frombuffer("\n".join(student.vocabulary).encode(), np.uint8)
    for name, weights in student.network.weights.items():
        if weights.ndim == 1:
            arrays[f"plain {name}"] = weights.astype(np.float32)
            continue
        scale = np.maximum(np.abs(weights).max(axis=1), 1e-9) / STEPS
        arrays |= {f"scale {name}": scale.astype(np.float32)}
        arrays |= {f"steps {name}": np.rint(weights / scale[:, None]).astype(np.int8)}
    sizes = {"layers": student.network.layers, "heads": student.network.heads}
    return pack(KIND, {**sizes, "about": dict(student.about), **head_header(student.head)}, arrays)


def parse_student(content: bytes, *, name: str) -> Student:
    """The student in the content of a file.

    Raises:
        ModelError: it is no student's file, or damaged.
    """
    header, arrays = unpack(content, KIND, name=name)
    try:
        weights = {key.removeprefix("plain "): array for key, array in arrays.items() if key.startswith("plain ")}
        for key in (key.removeprefix("steps ") for key in arrays if key.startswith("steps ")):
            weights[key] = arrays[f"steps {key}"].astype(np.float32) * arrays[f"scale {key}"][:, None]
        network = Network(weights, int(header["layers"]), int(header["heads"]))
        vocabulary = arrays["vocabulary"].tobytes().decode().split("\n")
        return Student(vocabulary, network, head_from(header, arrays), dict(header["about"]))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as fault:
        raise ModelError(f"{name}: the network is incomplete ({fault}).", hint=HINT) from fault


@cache
def read_student() -> Student:
    """The student of the package."""
    return parse_student(shipped(SHIPPED), name=SHIPPED)


@cache
def student_reader() -> Reader:
    """The student of the package, ready to read."""
    return reader_of(read_student())


def reader_of(student: Student) -> Reader:
    """A student, ready to read."""
    marks = Marks(student.vocabulary.index(START), student.vocabulary.index(SEPARATOR))
    return Reader(student.network, student.head, make_encoder(student.vocabulary), marks)
