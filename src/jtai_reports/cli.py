"""The command line: `jtai`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.errors import JtaiError
from jtai_reports.settings import DEFAULT_OUTPUTS, SAMPLE, Settings

if TYPE_CHECKING:
    from rich.progress import Progress

    from jtai_reports.pipeline import Letters

DESCRIPTION = """\
Read the published letters of joint targeted area inspections (JTAI) into tables of findings,
and compare strengths and areas to improve across authorities and series."""
EXIT_CODES = """\
exit codes: 0 done (files that could not be read are listed in problems.csv);
1 nothing could be read; 2 wrong usage, for example a folder that is not there."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return _run(Settings(arguments.reports, arguments.outputs, arguments.reader))
    except JtaiError as fault:
        print(f"jtai: {printable(str(fault))}", file=sys.stderr)
        return fault.exit_code
    except KeyboardInterrupt:
        print("jtai: stopped; nothing is half written.", file=sys.stderr)
        return 130


def printable(text: str) -> str:
    """Text without characters that could steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jtai",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"jtai {metadata.version('jtai-reports')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="read the letters, write the tables and figures",
        description="Read every PDF letter in a folder; write tables, comparisons and figures.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument(
        "--reports",
        type=Path,
        metavar="DIR",
        help="folder of the PDF letters (default: the PDFs in reports/, else the invented ones in reports/sample/)",
    )
    run.add_argument(
        "--outputs",
        type=Path,
        metavar="DIR",
        default=DEFAULT_OUTPUTS,
        help="folder to write to; everything in it can be made again (default: outputs/)",
    )
    run.add_argument(
        "--reader",
        choices=("pdfium", "pdfplumber"),
        default="pdfium",
        help="library that reads the PDFs: pdfium is fast, pdfplumber is the reference (default: pdfium)",
    )
    return parser


def _run(settings: Settings) -> int:
    from jtai_reports.pipeline import find_letters, run, summary_lines  # noqa: PLC0415 - keeps --help fast

    letters = find_letters(settings.reports)
    which = " (invented letters, to try the tool with)" if letters.folder == SAMPLE else ""
    print(f"Reading {len(letters.files)} files in {letters.folder}{which}")
    with _progress(letters) as progress:
        task = progress.add_task("Reading letters", total=len(letters.files)) if progress else None
        done = run(
            settings._replace(reports=letters.folder),
            on_read=lambda _: progress.advance(task) if progress and task is not None else None,
        )
    for line in summary_lines(done, settings.outputs):
        print(printable(line))
    return 0


def _progress(letters: Letters) -> Progress | nullcontext[None]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty() or not letters.files:
        return nullcontext()
    from rich.console import Console  # noqa: PLC0415 - needed on a terminal only
    from rich.progress import Progress  # noqa: PLC0415

    return Progress(console=Console(stderr=True), transient=True)


if __name__ == "__main__":
    sys.exit(main())
