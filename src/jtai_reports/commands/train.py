"""`jtai train`: a model of your own from statements that you have coded."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_command, add_outputs, printable

if TYPE_CHECKING:
    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.coding.coded_files import Matched
    from jtai_reports.coding.train import Trained
    from jtai_reports.commands.adding import Commands
    from jtai_reports.corpus import Corpus

EPILOG = """\
A coded file has the columns text, polarity, themes, agencies (codes joined by '|' or ';') and file or report_id,
or is a coding sheet. Each letter's figures come from a model that has not seen that letter.
exit codes: 0 done; 2 a file cannot be used, or too little is coded."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "train",
        _train,
        "train a model on coded statements; print how well it does on unseen letters",
        epilog=EPILOG,
    )
    parser.add_argument(
        "--coded", type=Path, nargs="+", required=True, metavar="FILE", help="statements coded by people (CSV, .xlsx)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="MODEL", default=Path("model.npz"), help="file to write (default: model.npz)"
    )
    parser.add_argument("--codebook", type=Path, metavar="FILE", help="codebook (default: that of the package)")
    add_outputs(parser, "folder of an earlier run over these letters")


def _train(arguments: argparse.Namespace) -> int:
    from jtai_reports.coding.codebook import read_codebook  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.coding.coded_files import read_coded  # noqa: PLC0415
    from jtai_reports.coding.model import model_bytes  # noqa: PLC0415
    from jtai_reports.coding.train import train_model  # noqa: PLC0415
    from jtai_reports.files import write_bytes  # noqa: PLC0415
    from jtai_reports.store import load  # noqa: PLC0415

    corpus, codebook = load(arguments.outputs), read_codebook(arguments.codebook)
    matched = read_coded(arguments.coded, corpus, codebook)
    trained = train_model(corpus, matched.coded, codebook)
    path = write_bytes(arguments.out, model_bytes(trained.model))
    for line in [
        *_figure_lines(corpus, matched, trained, codebook),
        f"Model: {path} (use it with 'jtai run --model {path}')",
    ]:
        print(printable(line))
    return 0


def _figure_lines(corpus: Corpus, matched: Matched, trained: Trained, codebook: Codebook) -> list[str]:
    from jtai_reports.coding.decide import decide  # noqa: PLC0415
    from jtai_reports.coding.figures import figures  # noqa: PLC0415

    choices = decide(corpus.statements, trained.left_out, trained.model.outputs, codebook)
    found = figures(corpus.statements, choices, matched.coded)
    letters = trained.model.about["letters"]
    return [
        f"Coded statements: {len(matched.coded)} of {letters} letters; {matched.unmatched} rows fit no statement",
        "On letters left out of training:",
        *(f"  {name:18} {value:.3f}" for name, value in found.items() if name != "statements"),
    ]
