"""The command line: `jtai`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.errors import JtaiError
from jtai_reports.settings import DEFAULT_OUTPUTS, SAMPLE, Settings

if TYPE_CHECKING:
    from rich.progress import Progress

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    from jtai_reports.pipeline import Letters

Action = Callable[[argparse.Namespace], int]
DESCRIPTION = """\
Read the published letters of joint targeted area inspections (JTAI) into tables of findings,
and compare strengths and areas to improve across authorities and series."""
EXIT_CODES = """\
exit codes: 0 done (files that could not be read are listed in problems.csv);
1 nothing could be read; 2 wrong usage, for example a folder that is not there."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.action
    try:
        return command(arguments)
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
    _add_run(commands)
    _add_show(commands)
    return parser


def _add_command(commands: Commands, name: str, action: Action, purpose: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=purpose,
        description=purpose[0].upper() + purpose[1:] + ".",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(action=action)
    return parser


def _add_run(commands: Commands) -> None:
    parser = _add_command(
        commands, "run", _run, "read every PDF letter in a folder; write tables, comparisons, figures"
    )
    parser.add_argument(
        "--reports",
        type=Path,
        metavar="DIR",
        help="folder of the PDF letters (default: the PDFs in reports/, else the invented ones in reports/sample/)",
    )
    parser.add_argument(
        "--outputs",
        type=Path,
        metavar="DIR",
        default=DEFAULT_OUTPUTS,
        help="folder to write to; everything in it can be made again (default: outputs/)",
    )
    parser.add_argument(
        "--reader",
        choices=("pdfium", "pdfplumber"),
        default="pdfium",
        help="library that reads the PDFs: pdfium is fast, pdfplumber is the reference (default: pdfium)",
    )
    parser.add_argument(
        "--workers",
        type=_count,
        metavar="N",
        default=os.cpu_count() or 1,
        help="processes that read letters side by side (default: one for each core)",
    )
    parser.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="read every letter anew; otherwise unchanged letters come from outputs/.cache/",
    )


def _add_show(commands: Commands) -> None:
    parser = _add_command(
        commands, "show", _show, "draw a page of a letter with everything that was read on it outlined"
    )
    parser.add_argument("report", type=Path, metavar="REPORT", help="the PDF file of a letter")
    parser.add_argument("--page", type=_count, metavar="N", default=1, help="number of the page (default: 1)")
    parser.add_argument(
        "--out", type=Path, metavar="FILE.png", help="file to write (default: outputs/show/NAME-pN.png)"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    from jtai_reports.pipeline import find_letters, run, summary_lines  # noqa: PLC0415 - keeps --help fast

    letters = find_letters(arguments.reports)
    which = " (invented letters, to try the tool with)" if letters.folder == SAMPLE else ""
    print(f"Reading {len(letters.files)} files in {letters.folder}{which}")
    settings = Settings(letters.folder, arguments.outputs, arguments.reader, arguments.workers, arguments.cache)
    with _progress(letters) as progress:
        task = progress.add_task("Reading letters", total=len(letters.files)) if progress else None
        done = run(settings, on_read=lambda _: progress.advance(task) if progress and task is not None else None)
    for line in summary_lines(done, settings.outputs):
        print(printable(line))
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from jtai_reports.files import write_bytes  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.show.picture import png_bytes, show_page  # noqa: PLC0415

    report: Path = arguments.report
    out = arguments.out or DEFAULT_OUTPUTS / "show" / f"{report.stem}-p{arguments.page}.png"
    image = show_page(report, arguments.page, authorities=report.parent)
    print(printable(f"Drawn: {write_bytes(out, png_bytes(image))}"))
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
