"""The command line: `jtai`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import metadata

from jtai_reports.commands import (
    adopt,
    agreement,
    catalogue,
    codebook,
    compare,
    diff,
    fetch,
    guide,
    lab,
    notebooks,
    refresh,
    run,
    search,
    sheet,
    show,
    study,
    topics,
    train,
)
from jtai_reports.commands.adding import EXIT_CODES, printable
from jtai_reports.errors import JtaiError

COMMANDS = (  # in the order of `jtai --help`
    *(run, search, topics, compare, show, guide, diff),
    *(catalogue, fetch, refresh, adopt),
    *(codebook, sheet, agreement, train),
    *(lab, notebooks, study),
)
DESCRIPTION = """\
Read published inspection letters into tables of findings,
and compare strengths and areas to improve across authorities and series."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.action
    try:
        return command(arguments)
    except JtaiError as fault:
        print(f"jtai: {printable(str(fault))}", file=sys.stderr)
        return fault.exit_code
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has gone: write nothing more, not even at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        print("jtai: stopped; nothing is half written.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jtai",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"jtai {metadata.version('jtai-reports')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
