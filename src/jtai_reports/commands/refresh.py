"""`jtai refresh`: look for new letters, download, read; say what is new, changed and gone."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_command
from jtai_reports.commands.options import add_reports
from jtai_reports.commands.session import add_visit, download, exit_code, find, say, say_plan, visit
from jtai_reports.errors import JtaiError
from jtai_reports.settings import DEFAULT_OUTPUTS, Settings

if TYPE_CHECKING:
    from jtai_reports.acquire.client import Client
    from jtai_reports.acquire.discover import Discovery
    from jtai_reports.acquire.download import Outcome
    from jtai_reports.commands.adding import Commands
    from jtai_reports.reference.catalogue import CatalogueEntry


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "look for new letters on the listing site, download all letters, and read them again"
    parser = add_command(commands, "refresh", _refresh, purpose)
    add_reports(parser)
    parser.add_argument(
        "--outputs", type=Path, metavar="DIR", default=DEFAULT_OUTPUTS, help="folder to write to (default: outputs/)"
    )
    add_visit(parser)


def report_lines(found: Discovery | None, outcomes: Sequence[Outcome]) -> list[str]:
    """What is new, changed and gone, under a heading each with its number."""
    new = [outcome.entry for outcome in outcomes if outcome.what in ("new", "mended")]
    changed = [outcome.entry for outcome in outcomes if outcome.what == "changed"]
    lost = {outcome.entry.file_id: outcome.entry for outcome in outcomes if outcome.what == "gone"}
    gone = {entry.file_id: entry for entry in found.gone} | lost if found else lost
    unknown = "" if found and not found.faults else " (the listing site was not read whole: there may be more)"
    return [*_part("New", new), *_part("Changed", changed), *_part(f"Gone{unknown}", list(gone.values()))]


def _refresh(arguments: argparse.Namespace) -> int:
    from jtai_reports.acquire.sites import read_sites  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.reference.catalogue import read_all  # noqa: PLC0415

    if arguments.dry_run:
        say_plan(read_sites(), read_all(arguments.reports), discover=True)
        return 0
    with visit(arguments) as client:
        found, faults = _find(client, arguments.reports)
        outcomes = download(client, arguments.reports, read_all(arguments.reports))
    try:
        _run(arguments)
    finally:
        for line in report_lines(found, outcomes):
            say(line)
    return exit_code(faults, outcomes)


def _find(client: Client, folder: Path) -> tuple[Discovery | None, Sequence[JtaiError]]:
    """What the listing site shows; where it cannot be read, the letters already known are still looked after."""
    from jtai_reports.acquire.faults import FetchError, PageError  # noqa: PLC0415 - keeps --help fast

    try:
        found = find(client, folder)
    except (FetchError, PageError) as fault:
        say(f"The listing site could not be read: {fault}")
        return None, [fault]
    return found, found.faults


def _run(arguments: argparse.Namespace) -> None:
    from jtai_reports.pipeline import run, summary_lines  # noqa: PLC0415 - keeps --help fast

    settings = Settings(arguments.reports, arguments.outputs, workers=os.cpu_count() or 1)
    for line in summary_lines(run(settings), settings.outputs):
        say(line)


def _part(heading: str, entries: Sequence[CatalogueEntry]) -> list[str]:
    lines = [f"  {entry.file_id} {entry.authority} ({entry.published})" for entry in entries]
    return [f"{heading}: {len(entries)}", *lines]
