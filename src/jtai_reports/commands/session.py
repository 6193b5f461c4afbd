"""What `fetch` and `refresh` share: one careful visit to the two sites."""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import printable
from jtai_reports.errors import JtaiError, UsageError

if TYPE_CHECKING:
    from jtai_reports.acquire.client import Client, Manners
    from jtai_reports.acquire.discover import Discovery
    from jtai_reports.acquire.download import Outcome
    from jtai_reports.acquire.sites import Sites
    from jtai_reports.reference.catalogue import CatalogueEntry

PAUSE, SHORTEST_PAUSE = 2.0, 0.5  # seconds between two requests
LOCK = ".fetch.lock"
CONTACT = "JTAI_CONTACT"
PROJECT = "the jtai_reports maintainers"  # until the project has a page of its own
TIME_LIMIT = 30.0  # seconds for one request
LONG = 10.0  # seconds
QUIET = frozenset({"held"})


def add_visit(parser: argparse.ArgumentParser) -> None:
    """Add the options of a visit."""
    parser.add_argument(
        "--pause",
        type=_seconds,
        metavar="SECONDS",
        help=f"time between two requests (default: {PAUSE:g}; at least {SHORTEST_PAUSE:g})",
    )
    parser.add_argument(
        "--time-limit",
        type=_seconds,
        metavar="SECONDS",
        default=TIME_LIMIT,
        help=f"longest time for one request (default: {TIME_LIMIT:g})",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be asked for; ask nothing and write nothing"
    )


@contextmanager
def visit(arguments: argparse.Namespace) -> Iterator[Client]:
    """A client for the two sites, while no other one writes to the same folder.

    Raises:
        UsageError: the libraries that it needs are not installed; another one is at work; a setting is wrong.
    """
    try:
        from filelock import FileLock, Timeout  # noqa: PLC0415 - in the extra `fetch` only

        from jtai_reports.acquire.client import Client  # noqa: PLC0415
        from jtai_reports.acquire.pages import read_search_page as _  # noqa: PLC0415, F401 - needs the extra too
    except ModuleNotFoundError as fault:
        hint = "Install the extra 'fetch': pip install 'jtai-reports[fetch]' (or uv sync --extra fetch)."
        raise UsageError(f"Fetching letters needs the library {fault.name}.", hint=hint) from fault
    from jtai_reports.acquire.holdings import open_holdings  # noqa: PLC0415
    from jtai_reports.acquire.sites import read_sites  # noqa: PLC0415

    sites = read_sites()
    folder = open_holdings(arguments.reports).folder
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as fault:
        raise UsageError(f"{folder}: letters are being fetched into it already.", hint="Wait for that.") from fault
    client = Client(sites, _manners(arguments, sites))
    try:
        yield client
    finally:
        client.close()
        lock.release()


def find(client: Client, folder: Path) -> Discovery:
    """Read the listing site and say what was found."""
    from jtai_reports.acquire.discover import discover  # noqa: PLC0415 - needs the extra `fetch`

    say(f"Reading the listing site {client.sites.listing}")
    found = discover(client, folder, today=datetime.now(UTC).date(), on_page=_say_page)
    say(f"{len(found.listed)} letters of {found.n_providers} providers; {len(found.new)} new to the catalogue")
    for fault in found.faults:
        say(f"not read: {fault}")
    return found


def download(client: Client, folder: Path, entries: Sequence[CatalogueEntry]) -> list[Outcome]:
    """Download letters, a line for each that is not simply held, and say how many there were of each kind."""
    from jtai_reports.acquire.download import download_all  # noqa: PLC0415 - needs the extra `fetch`
    from jtai_reports.acquire.holdings import open_holdings  # noqa: PLC0415
    from jtai_reports.commands.letters import check_letter  # noqa: PLC0415

    outcomes = []
    for outcome in download_all(entries, client, open_holdings(folder), check=check_letter):
        outcomes.append(outcome)
        if outcome.what not in QUIET:
            say(outcome_line(outcome))
    counts = Counter(outcome.what for outcome in outcomes)
    say(f"{len(outcomes)} letters: " + (", ".join(f"{n} {what}" for what, n in counts.items()) or "none to ask for"))
    return outcomes


def outcome_line(outcome: Outcome) -> str:
    """What became of one letter, on one line."""
    entry = outcome.entry
    return f"{outcome.what}: {entry.file_id} {entry.authority} ({entry.published}): {outcome.note}"


def exit_code(faults: Sequence[JtaiError], outcomes: Sequence[Outcome]) -> int:
    """4 where a page was not as expected, else 3 where something could not be had, else 0."""
    codes = [fault.exit_code for fault in faults] + [3 for outcome in outcomes if outcome.is_fault]
    return max(codes, default=0)


def say_plan(sites: Sites, entries: Sequence[CatalogueEntry], *, discover: bool) -> None:
    """Print what would be asked for."""
    asked = [sites.letter(entry.file_id) for entry in entries]
    say("Nothing is asked for now. These would be, in this order:")
    if discover:
        say(f"{sites.listing}/robots.txt")
        say(f"{sites.search_page(0)} and the search pages after it")
        say(f"{sites.listing}/provider/... for each provider on them")
        say("the letters found there that the catalogue lacks")
    for line in [f"{sites.files}/robots.txt", *asked] if asked else []:
        say(line)


def say(line: str) -> None:
    """Print a line, whatever the web has put into it."""
    print(printable(line).replace("\n", " "), flush=True)


def _say_page(number: int, of: int) -> None:
    if number % 50 == 0 or number == of:
        say(f"  {number} of {of} providers read")


def _manners(arguments: argparse.Namespace, sites: Sites) -> Manners:
    """How the sites are treated; on this machine, as in a test, there is nobody to spare."""
    from jtai_reports.acquire.client import Manners  # noqa: PLC0415 - needs the extra `fetch`

    shortest, usual = (0.0, 0.0) if sites.is_loopback() else (SHORTEST_PAUSE, PAUSE)
    pause = usual if arguments.pause is None else max(arguments.pause, shortest)
    limit: float = arguments.time_limit
    return Manners(
        pause=pause,
        backoff=max(pause, 0.1),
        limit=limit,
        silence=min(limit, Manners().silence),
        contact=_contact(),
        sleep=_sleep,
    )


def _sleep(seconds: float) -> None:
    """Wait; where that takes long, say so."""
    if seconds >= LONG:
        say(f"waiting for {seconds:.0f} seconds, since the site is busy")
    time.sleep(seconds)


def _contact() -> str:
    """Where a site may complain: the setting, else the project's own address for that."""
    named = os.environ.get(CONTACT, "").strip()
    if not named.isprintable() or not named.isascii():
        raise UsageError(f"{CONTACT}: holds characters that cannot be sent.", hint="Write an e-mail or web address.")
    links = (link.split(", ", 1) for link in metadata.metadata("jtai-reports").get_all("Project-URL") or [])
    addresses = {link[0].lower(): link[-1] for link in links}
    return named or addresses.get("issues") or addresses.get("homepage") or PROJECT


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 3600")
    return seconds
