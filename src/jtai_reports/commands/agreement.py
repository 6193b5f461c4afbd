"""`jtai agreement`: the coding sheets of people beside each other and the machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_command, add_outputs, printable

if TYPE_CHECKING:
    from jtai_reports.commands.adding import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands, "agreement", _agreement, "compare the coding sheets of people with each other and with the machine"
    )
    parser.add_argument(
        "sheets", type=Path, nargs="+", metavar="SHEET", help="a sheet that a person filled in, as .xlsx or CSV"
    )
    add_outputs(parser, "folder that 'jtai run' wrote its tables to")
    parser.add_argument("--codebook", type=Path, metavar="FILE", help="your own codebook (default: the package's)")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE.csv",
        help="file for the figures; the disagreements go beside it, to FILE_disagreements.csv "
        "(default: outputs/tables/agreement.csv)",
    )


def _agreement(arguments: argparse.Namespace) -> int:
    from jtai_reports.coding.codebook import read_codebook  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.compare.agreement import compare_sheets  # noqa: PLC0415
    from jtai_reports.show.agreement import agreement_lines  # noqa: PLC0415
    from jtai_reports.store import load, write_csv  # noqa: PLC0415

    out: Path = arguments.out or arguments.outputs / "tables" / "agreement.csv"
    found = compare_sheets(arguments.sheets, load(arguments.outputs), read_codebook(arguments.codebook))
    for line in agreement_lines(found.figures):
        print(printable(line))
    listed = out.with_name(f"{out.stem}_disagreements.csv")
    print(printable(f"Figures:       {write_csv(out, found.figures)}"))
    print(printable(f"Disagreements: {write_csv(listed, found.disagreements)} ({len(found.disagreements)} rows)"))
    return 0
