"""`jtai show`: a page of a letter with what was read on it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_command, add_profile, count, printable
from jtai_reports.settings import DEFAULT_OUTPUTS

if TYPE_CHECKING:
    from jtai_reports.commands.adding import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands, "show", _show, "draw a page of a letter with everything that was read on it outlined"
    )
    parser.add_argument("report", type=Path, metavar="REPORT", help="the PDF file of a letter")
    parser.add_argument("--page", type=count, metavar="N", default=1, help="number of the page (default: 1)")
    add_profile(parser)
    parser.add_argument(
        "--out", type=Path, metavar="FILE.png", help="file to write (default: outputs/show/NAME-pN.png)"
    )


def _show(arguments: argparse.Namespace) -> int:
    from jtai_reports.files import write_bytes  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.show.picture import png_bytes, show_page  # noqa: PLC0415

    report: Path = arguments.report
    out = arguments.out or DEFAULT_OUTPUTS / "show" / f"{report.stem}-p{arguments.page}.png"
    image = show_page(report, arguments.page, authorities=report.parent, profile=arguments.profile)
    print(printable(f"Drawn: {write_bytes(out, png_bytes(image))}"))
    return 0
