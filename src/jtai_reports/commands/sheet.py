"""`jtai sheet`: a coding sheet for a person."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_command, add_outputs, count, printable
from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    from jtai_reports.commands.adding import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands, "sheet", _sheet, "draw statements and write an Excel sheet on which a person codes them"
    )
    parser.add_argument("--coder", required=True, metavar="ID", help="who will code: initials, such as AB")
    parser.add_argument(
        "--sample", type=count, metavar="N", default=100, help="how many statements to draw (default: 100)"
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", default=1, help="the same seed draws the same statements (default: 1)"
    )
    parser.add_argument(
        "--series", nargs="+", metavar="SERIES", default=(), help="draw from letters of these series only"
    )
    add_outputs(parser, "folder that 'jtai run' wrote its tables to")
    parser.add_argument("--codebook", type=Path, metavar="FILE", help="your own codebook (default: the package's)")
    parser.add_argument("--out", type=Path, metavar="FILE.xlsx", help="file to write (default: coding-ID.xlsx)")


def _sheet(arguments: argparse.Namespace) -> int:
    from jtai_reports.coding.codebook import read_codebook  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.coding.sampling import sample_statements  # noqa: PLC0415
    from jtai_reports.coding.sheet import sheet_bytes  # noqa: PLC0415
    from jtai_reports.files import write_bytes  # noqa: PLC0415
    from jtai_reports.outline import slug  # noqa: PLC0415
    from jtai_reports.reference.profiles import profile_of  # noqa: PLC0415
    from jtai_reports.store import load  # noqa: PLC0415

    out: Path = arguments.out or Path(f"coding-{slug(arguments.coder) or 'sheet'}.xlsx")
    if out.exists():
        hint = "Someone may have coded on it: move it away, or name another file with --out."
        raise UsageError(f"{out}: there is such a file already.", hint=hint)
    codebook = read_codebook(arguments.codebook)
    corpus = load(arguments.outputs)
    sample = sample_statements(corpus, arguments.sample, seed=arguments.seed, series=arguments.series)
    profile = profile_of(corpus.reports["report_id"])
    write_bytes(out, sheet_bytes(sample, codebook, coder=arguments.coder, seed=arguments.seed, profile=profile))
    print(printable(f"Written: {out} ({len(sample)} statements of {sample['letter'].nunique()} letters)"))
    return 0
