"""`jtai fetch`: download published letters."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_command
from jtai_reports.commands.options import add_reports, add_selection, matching
from jtai_reports.commands.session import add_visit, download, exit_code, find, say_plan, visit
from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    from jtai_reports.commands.adding import Commands
    from jtai_reports.reference.catalogue import CatalogueEntry


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "fetch", _fetch, "download published letters into a folder")
    add_selection(parser)
    parser.add_argument("--all", action="store_true", help="all letters of the catalogue")
    parser.add_argument(
        "--discover", action="store_true", help="read the listing site first, for letters that the catalogue lacks"
    )
    add_reports(parser)
    add_visit(parser)


def _fetch(arguments: argparse.Namespace) -> int:
    from jtai_reports.acquire.sites import read_sites  # noqa: PLC0415 - keeps --help fast

    chosen = bool(arguments.all or arguments.authority or arguments.series or arguments.since)
    if not chosen and not arguments.discover:
        hint = "Name them with --authority, --series or --since, or say --all or --discover."
        raise UsageError("No letters were asked for.", hint=hint)
    if arguments.dry_run:
        say_plan(read_sites(), _wanted(arguments, chosen=chosen), discover=arguments.discover)
        return 0
    with visit(arguments) as client:
        found = find(client, arguments.reports) if arguments.discover else None
        outcomes = download(client, arguments.reports, _wanted(arguments, chosen=chosen))
    return exit_code(found.faults if found else (), outcomes)


def _wanted(arguments: argparse.Namespace, *, chosen: bool) -> list[CatalogueEntry]:
    """The letters to download: those chosen, else those that were found on the listing site, now or earlier."""
    folder: Path = arguments.reports
    if chosen:
        return matching(arguments)
    from jtai_reports.reference.catalogue import read_beside  # noqa: PLC0415 - keeps --help fast

    return sorted(read_beside(folder), key=lambda entry: (entry.published, entry.file_id))
