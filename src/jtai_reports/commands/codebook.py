"""`jtai codebook` and `jtai export`: the codebook as a file, the coded letters as a project for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_codebook, add_command, add_outputs, printable

if TYPE_CHECKING:
    from jtai_reports.commands.adding import Commands


def add(commands: Commands) -> None:
    """Add the commands."""
    parser = add_command(commands, "codebook", _codebook, "check a codebook and list its codes, or write it to a file")
    add_codebook(parser)
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="file to write: its ending (.yaml, .csv or .qdc) says what kind"
    )
    parser = add_command(
        commands,
        "export",
        _export,
        "write the coded letters as a REFI-QDA project, for NVivo, MAXQDA, ATLAS.ti and QualCoder",
    )
    parser.add_argument("--qdpx", type=Path, metavar="FILE.qdpx", required=True, help="file to write")
    add_codebook(parser)
    add_outputs(parser, "folder that 'jtai run' wrote to")


def _codebook(arguments: argparse.Namespace) -> int:
    from jtai_reports.coding.codebook import describe_codebook, read_codebook  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.coding.codebook_files import write_codebook  # noqa: PLC0415

    codebook = read_codebook(arguments.codebook)
    if arguments.out is None:
        print(printable(describe_codebook(codebook)))
    else:
        print(printable(f"Written: {write_codebook(codebook, arguments.out)}"))
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from jtai_reports.coding.codebook import read_codebook  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.coding.refi_project import write_project  # noqa: PLC0415
    from jtai_reports.store import load  # noqa: PLC0415

    path = write_project(load(arguments.outputs), read_codebook(arguments.codebook), arguments.qdpx)
    print(printable(f"Written: {path}"))
    return 0
