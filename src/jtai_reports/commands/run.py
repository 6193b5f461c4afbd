"""`jtai run`: letters to tables, comparisons, figures, workbook and site."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.coding.coder import CODERS, DEFAULT_CODER
from jtai_reports.commands.adding import add_codebook, add_command, add_outputs, add_profile, count, printable
from jtai_reports.settings import SAMPLE, Settings

PARTS = ("tables", "figures", "workbook", "site")  # as in making.py, which is heavy

if TYPE_CHECKING:
    from rich.progress import Progress

    from jtai_reports.commands.adding import Commands
    from jtai_reports.pipeline import Letters


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands, "run", _run, "read every PDF letter in a folder; write tables, comparisons, figures, workbook, site"
    )
    parser.add_argument(
        "--reports",
        type=Path,
        metavar="DIR",
        help="folder of the PDF letters (default: the PDFs in reports/, else the invented ones in reports/sample/)",
    )
    add_outputs(parser, "folder to write to; everything in it can be made again")
    parser.add_argument(
        "--reader",
        choices=("pdfium", "pdfplumber"),
        default="pdfium",
        help="library that reads the PDFs: pdfium is fast, pdfplumber is the reference (default: pdfium)",
    )
    parser.add_argument(
        "--workers",
        type=count,
        metavar="N",
        default=os.cpu_count() or 1,
        help="processes that read letters side by side (default: one for each core)",
    )
    parser.add_argument(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="a Dask cluster that does the work instead, of machines that see the same folders (extra 'cluster')",
    )
    parser.add_argument(
        "--coder",
        nargs="+",
        metavar="NAME|SHEET",
        default=[],
        help=f"who codes the statements: {' or '.join(CODERS)} (default: {DEFAULT_CODER}), and coding sheets that "
        "people have filled in, whose codes are used for the statements that they coded",
    )
    parser.add_argument(
        "--model", type=Path, metavar="FILE", help="model made by 'jtai train' (default: that of the package)"
    )
    add_codebook(parser)
    add_profile(parser)
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="PART",
        default=[],
        help=f"make only these anew, from the tables of the last run and without reading a letter: {', '.join(PARTS)}",
    )
    parser.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="read every letter anew; otherwise unchanged letters come from outputs/.cache/",
    )


def _run(arguments: argparse.Namespace) -> int:
    from jtai_reports.pipeline import find_letters, remake, run, summary_lines  # noqa: PLC0415 - keeps --help fast

    letters = find_letters(arguments.reports)
    if arguments.only:
        return _print(summary_lines(remake(_settings(arguments, letters), arguments.only), arguments.outputs))
    which = " (invented letters, to try the tool with)" if letters.folder == SAMPLE else ""
    print(f"Reading {len(letters.files)} files in {letters.folder}{which}")
    with _progress(letters) as progress:
        task = progress.add_task("Reading letters", total=len(letters.files)) if progress else None
        done = run(
            _settings(arguments, letters),
            on_read=lambda _: progress.advance(task) if progress and task is not None else None,
        )
    return _print(summary_lines(done, arguments.outputs))


def _print(lines: Sequence[str]) -> int:
    for line in lines:
        print(printable(line))
    return 0


def _settings(arguments: argparse.Namespace, letters: Letters) -> Settings:
    return Settings(
        reports=letters.folder,
        outputs=arguments.outputs,
        reader=arguments.reader,
        workers=arguments.workers,
        scheduler=arguments.scheduler,
        cache=arguments.cache,
        coder=next((name for name in arguments.coder if not _is_sheet(name)), None),
        model=arguments.model,
        codebook=arguments.codebook,
        profile=arguments.profile,
        sheets=tuple(Path(name) for name in arguments.coder if _is_sheet(name)),
    )


def _is_sheet(name: str) -> bool:
    return Path(name).suffix.lower() in (".xlsx", ".csv")


def _progress(letters: Letters) -> Progress | nullcontext[None]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty() or not letters.files:
        return nullcontext()
    from rich.console import Console  # noqa: PLC0415 - needed on a terminal only
    from rich.progress import Progress  # noqa: PLC0415

    return Progress(console=Console(stderr=True), transient=True)
