"""Train a larger network, whose answers the package's networks learn from.

    python tools/training/train_teacher.py LETTERS REFERENCE --out ANSWERS.npz

LETTERS is the folder of the PDF letters, REFERENCE that of `training.csv` and `statements.csv`. The teacher learns the
invented passages first and then the coded letters: four times without a quarter of them, and once all. ANSWERS has its
outputs for every statement of the letters and of the invented passages: `fold0` to `fold3`, and `all`. It takes about
an hour on two cores, and the packages that `mpnet.py` and `train_minilm.py` name.
"""

from __future__ import annotations

import argparse
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch

from coded import FOLDS, Data, n_outputs, read_data, with_invented
from jtai_reports.coding.codebook import read_codebook
from jtai_reports.coding.token_layout import Laid
from lessons import Lesson, Pace, fit
from mpnet import Mpnet
from network import predict

PASSES = 3
FIRST, THEN = Pace(rate=5e-5), Pace(rate=4e-5)  # on invented passages; on letters


def main() -> None:
    """Train, and write what the teachers say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("letters", type=Path)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    data = with_invented(read_data(arguments.letters, arguments.reference, read_codebook())[0])
    ids = data.corpus.statements["statement_id"].to_numpy(str)
    np.savez_compressed(arguments.out, allow_pickle=False, ids=ids, **answers(data))


def answers(data: Data) -> dict[str, np.ndarray[Any, Any]]:
    """What teachers say of all statements: one without each fold of letters, and one that has seen all."""
    torch.manual_seed(0)
    net = Mpnet(n_outputs(data))
    fit(net, data, [[Lesson(data.invented)]] * PASSES, FIRST)
    said = {}
    for without in (*range(FOLDS), None):
        teacher = deepcopy(net)
        fit(teacher, data, [[Lesson(data.letters(without))]] * PASSES, THEN)
        said["all" if without is None else f"fold{without}"] = _said(teacher, data.laid)
    return said


def _said(net: Mpnet, laid: list[Laid]) -> np.ndarray[Any, Any]:
    rows, values = predict(net, laid)
    return values[np.argsort(rows)].astype(np.float16)


if __name__ == "__main__":
    main()
