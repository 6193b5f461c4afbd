"""Code each letter by a model that has never seen it, and write the tables for the reference's scoring script.

    python benchmarks/crossval.py LETTERS REFERENCE --out DIR

LETTERS is the folder of the PDF letters, or of the tables (`reports.parquet`, ...) of a run over them; REFERENCE the
folder of `training.csv` and `statements.csv`. Then `python REFERENCE/score.py DIR/data REFERENCE` gives the figures.
With --only-training, statements.csv is in no training fold at all. FILE holds what the student or MiniLM say of
letters left out (`folds` of `tools/training/train_student.py` or `train_minilm.py`): the coder is `model` or `minilm`
then, and else the linear model alone.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jtai_reports.coding.adapter import read_adapter
from jtai_reports.coding.codebook import read_codebook
from jtai_reports.coding.coded_files import read_coded
from jtai_reports.coding.coder import with_polarity
from jtai_reports.coding.context import describe
from jtai_reports.coding.decide import decide
from jtai_reports.coding.figures import Tally, figures, reliability, tallies_of
from jtai_reports.coding.model import model_bytes
from jtai_reports.coding.model_coder import coded_by_choices
from jtai_reports.coding.reader import joined
from jtai_reports.coding.signs import polarity_signs
from jtai_reports.coding.student import read_student
from jtai_reports.coding.train import train_model
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.files import write_bytes
from jtai_reports.statements import split_statements
from jtai_reports.store import load, write_tables


def main(argv: Sequence[str] | None = None) -> int:
    """Train, print the figures over all coded statements, write the tables of the letters left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("letters", type=Path, metavar="LETTERS")
    parser.add_argument("reference", type=Path, metavar="REFERENCE")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only-training", action="store_true")
    parser.add_argument("--student", type=Path, metavar="FILE")
    parser.add_argument("--minilm", type=Path, metavar="FILE")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the model trained on everything")
    arguments = parser.parse_args(argv)
    codebook = read_codebook()
    corpus = _corpus(arguments.letters)
    names = ["training.csv", *([] if arguments.only_training else ["statements.csv"])]
    matched = read_coded([arguments.reference / name for name in names], corpus, codebook)
    start = time.process_time()
    trained = train_model(corpus, matched.coded, codebook)
    print(f"{len(matched.coded)} statements, {matched.unmatched} not found, {time.process_time() - start:.0f} s of CPU")
    shares, coder = trained.left_out, "minilm" if arguments.minilm else "model"
    if left_out := arguments.minilm or arguments.student:
        head = read_adapter().head if arguments.minilm else read_student().head
        read = left_out_of(left_out, corpus.statements["statement_id"])
        signs = polarity_signs(describe(corpus), codebook, head.outputs["polarity"])
        shares = joined(shares, read, signs, trained.model.outputs, head)
    choices = decide(corpus.statements, shares, trained.model.outputs, codebook)
    coded = coded_by_choices(corpus, choices, codebook, name=coder)
    statements = with_polarity(corpus.statements, coded.polarity, coder)
    write_tables(corpus._replace(statements=statements, codings=coded.codings), arguments.out)
    training = read_coded([arguments.reference / "training.csv"], corpus, codebook).coded
    print(json.dumps(figures(statements, choices, training), indent=1))
    _print_codes(tallies_of(statements, choices, matched.coded))
    print(reliability(statements, choices, matched.coded).to_string(index=False))
    if arguments.save:
        write_bytes(arguments.save, model_bytes(trained.model))
    return 0


def left_out_of(path: Path, ids: pd.Series[str]) -> NDArray[np.float64]:
    """What a network says of statements whose letters it has not seen."""
    kept = np.load(path, allow_pickle=False)
    values = dict(zip(kept["ids"].tolist(), kept["values"], strict=True))
    return np.stack([values[name] for name in ids]).astype(np.float64)


def _print_codes(facets: Mapping[str, Mapping[str, Tally]]) -> None:
    for facet, tallies in facets.items():
        for code, tally in tallies.items():
            precision, recall = tally.right / max(tally.given, 1), tally.right / max(tally.wanted, 1)
            print(f"| {facet} | {code} | {tally.wanted} | {precision:.2f} | {recall:.2f} | {tally.f1:.2f} |")


def _corpus(folder: Path) -> Corpus:
    if any(folder.glob("*.pdf")):
        corpus = read_letters(folder.glob("*.pdf"))
    else:
        corpus = load(folder.parent if folder.name == "data" else folder)
    return corpus._replace(statements=split_statements(corpus.findings))


if __name__ == "__main__":
    raise SystemExit(main())
