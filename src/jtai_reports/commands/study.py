"""`jtai new-study`: a folder of one's own to reproduce and vary an analysis in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_command, printable

if TYPE_CHECKING:
    from jtai_reports.commands.adding import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "make a folder with letters, a notebook and a settings file of its own, to vary an analysis in"
    parser = add_command(commands, "new-study", _new_study, purpose)
    parser.add_argument("name", type=Path, metavar="NAME", help="folder to make; it must not be there yet")
    parser.add_argument(
        "--reports",
        type=Path,
        metavar="DIR",
        help="folder whose letters are copied into the study (default: the PDFs in reports/, else the invented ones)",
    )


def _new_study(arguments: argparse.Namespace) -> int:
    from jtai_reports.lab.study import new_study  # noqa: PLC0415 - keeps --help fast

    made = new_study(arguments.name, letters=arguments.reports)
    print(printable(f"Made: {made.folder}, with copies of {made.letters} letters in {made.folder / 'reports'}"))
    print(printable(f"Open it with: jtai lab {made.folder}"))
    return 0
