"""`jtai notebooks`: run the notebooks and write HTML copies of them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_command, add_outputs, printable

if TYPE_CHECKING:
    from jtai_reports.commands.adding import Commands

NOTEBOOKS = Path("notebooks")


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "run every notebook from top to bottom and write HTML copies with their figures"
    parser = add_command(commands, "notebooks", _notebooks, purpose)
    parser.add_argument(
        "notebooks", type=Path, nargs="*", metavar="NOTEBOOK", help="only these (default: all in notebooks/)"
    )
    parser.add_argument("--reports", type=Path, metavar="DIR", help="folder of the letters (default: reports/)")
    add_outputs(parser, "folder of the tables; the copies go to notebooks/ in it")


def _notebooks(arguments: argparse.Namespace) -> int:
    from jtai_reports.lab.export import NotebookError, find_notebooks, write_copies  # noqa: PLC0415 - keeps --help fast

    notebooks = arguments.notebooks or find_notebooks(NOTEBOOKS)
    folders = {"OUTPUTS": arguments.outputs, "REPORTS": arguments.reports}
    parameters = {name: str(path.absolute()) for name, path in folders.items() if path is not None}
    stopped = 0
    for notebook in notebooks:
        try:
            for path in write_copies([notebook], arguments.outputs / "notebooks", parameters=parameters):
                print(printable(f"Written: {path}"), flush=True)
        except NotebookError as fault:
            stopped += 1
            print(printable(f"jtai: {fault}"), file=sys.stderr)
    return NotebookError.exit_code if stopped else 0
