"""The command line that the trainings of the package's networks share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import torch

from coded import FOLDS, Data, n_outputs, read_data, with_invented
from jtai_reports.coding.codebook import read_codebook
from jtai_reports.files import write_bytes
from lessons import as_answers
from network import Net, predict
from weighing import Weighed, weighed

Begun = TypeVar("Begun")
Trained = TypeVar("Trained", bound=Net)


class Learned(NamedTuple, Generic[Begun, Trained]):
    """A kind of network.

    `start` makes what all its trainings begin with, `learn` trains by a teacher's answers on all letters or all but a
    fold (it may change what it is given), and `shipped` makes the file.
    """

    start: Callable[[Data], Begun]
    learn: Callable[[Begun, Data, torch.Tensor, int | None], Trained]
    shipped: Callable[[Trained, Data, Weighed], bytes]


def carry_out(help_text: str | None, learned: Learned[Begun, Trained]) -> None:
    """What the command line asks for: what is left out of four trainings, or the file of one on all letters."""
    parser = argparse.ArgumentParser(description=help_text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("folds", "ship"))
    parser.add_argument("letters", type=Path)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--left-out", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    if arguments.what == "ship" and arguments.left_out is None:
        parser.error("ship needs --left-out, which `folds` makes")
    codebook = read_codebook()
    letters, coded = read_data(arguments.letters, arguments.reference, codebook)
    data, answers = with_invented(letters), dict(np.load(arguments.answers, allow_pickle=False))
    if answers["ids"].tolist() != data.corpus.statements["statement_id"].tolist():
        parser.error(f"{arguments.answers} is of other statements; make it anew by train_teacher.py")
    if arguments.what == "folds":
        ids = letters.corpus.statements["statement_id"].to_numpy(str)
        np.savez_compressed(arguments.out, ids=ids, values=_left_out(data, answers, learned)[: len(ids)])
        return
    net = learned.learn(learned.start(data), data, as_answers(answers["all"], data.outputs), None)
    ways = weighed(letters, coded, codebook, arguments.left_out)
    write_bytes(arguments.out, learned.shipped(net, data, ways))


def _left_out(
    data: Data, answers: Mapping[str, np.ndarray[Any, Any]], learned: Learned[Begun, Trained]
) -> np.ndarray[Any, Any]:
    """What networks that have not seen a statement's letter say of it (n x outputs)."""
    values = np.zeros((len(data.known), n_outputs(data)), np.float32)
    begun = learned.start(data)
    for fold in range(FOLDS):
        net = learned.learn(deepcopy(begun), data, as_answers(answers[f"fold{fold}"], data.outputs), fold)
        rows, said = predict(net, data.left_out(fold))
        values[rows] = said
    return values
