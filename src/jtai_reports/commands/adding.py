"""How a command is added to the command line, and the options that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.settings import DEFAULT_OUTPUTS, DEFAULT_PROFILE

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Action = Callable[[argparse.Namespace], int]
EXIT_CODES = """\
exit codes: 0 done (files that could not be read are listed in problems.csv);
1 nothing could be read; 2 wrong usage, for example a folder that is not there;
3 some letters could not be had (each is named); 4 a page of the listing site is not built as expected."""


def add_command(
    commands: Commands, name: str, action: Action, purpose: str, *, epilog: str = EXIT_CODES
) -> argparse.ArgumentParser:
    """Add a command that runs `action`, which returns the exit code; its options are added to the result."""
    parser = commands.add_parser(
        name,
        help=purpose,
        description=purpose[0].upper() + purpose[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(action=action)
    return parser


def add_outputs(parser: argparse.ArgumentParser, purpose: str) -> None:
    """The option that names the folder of the outputs."""
    parser.add_argument(
        "--outputs", type=Path, metavar="DIR", default=DEFAULT_OUTPUTS, help=f"{purpose} (default: outputs/)"
    )


def add_codebook(parser: argparse.ArgumentParser) -> None:
    """The option that names a codebook of the user's own."""
    parser.add_argument(
        "--codebook",
        type=Path,
        metavar="FILE",
        help="your own codebook: YAML, CSV or REFI-QDA .qdc (default: that of the package)",
    )


def add_profile(parser: argparse.ArgumentParser) -> None:
    """The option that says what kind of letters these are."""
    parser.add_argument(
        "--profile",
        metavar="NAME|FOLDER",
        default=DEFAULT_PROFILE,
        help=f"what kind of letters these are: the name of a profile of the package (default: {DEFAULT_PROFILE}; see "
        "docs/profiles.md), or the folder of one of your own",
    )


def count(text: str) -> int:
    """A whole number from 1 up, as an option's value."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def printable(text: str) -> str:
    """Text without characters that could steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)
