"""The options that choose letters of the catalogue, which several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.errors import UsageError
from jtai_reports.settings import DEFAULT_REPORTS

if TYPE_CHECKING:
    from jtai_reports.reference.catalogue import CatalogueEntry, Selection


def add_reports(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the folder of the letters."""
    parser.add_argument(
        "--reports", type=Path, metavar="DIR", default=DEFAULT_REPORTS, help="folder of the letters (default: reports/)"
    )


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose letters of the catalogue."""
    parser.add_argument(
        "--authority", action="append", default=[], metavar="NAME", help="letters of this authority (may be repeated)"
    )
    parser.add_argument(
        "--series", action="append", default=[], metavar="S", help="letters of this series (may be repeated)"
    )
    parser.add_argument(
        "--since", type=_day, metavar="DATE", help="letters published on this day or later, for example 2024-01-31"
    )


def chosen(arguments: argparse.Namespace) -> Selection:
    """The letters that the options choose.

    Raises:
        UsageError: no letter of the catalogue is of such an authority or series.
    """
    from jtai_reports.reference.authorities import read_authorities  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.reference.catalogue import Selection, read_all  # noqa: PLC0415

    entries = read_all(arguments.reports)
    names = {entry.authority for entry in entries}
    gazetteer = read_authorities(arguments.reports)
    authorities = []
    for name in arguments.authority:
        found = [] if name in names else gazetteer.find(name.title() if name.islower() else name)
        authorities.append(_known("authority", found[0].authority.name if found else name, sorted(names)))
    known_series = sorted({entry.series for entry in entries if entry.series})
    series = [_known("series", name, known_series) for name in arguments.series]
    return Selection(tuple(authorities), tuple(series), arguments.since)


def matching(arguments: argparse.Namespace) -> list[CatalogueEntry]:
    """The letters of the catalogue, and of the folder's own, that the options choose; oldest first."""
    from jtai_reports.reference.catalogue import read_all  # noqa: PLC0415 - keeps --help fast

    selection = chosen(arguments)
    return [entry for entry in read_all(arguments.reports) if selection.holds(entry)]


def _known(what: str, name: str, names: Sequence[str]) -> str:
    """A name as the catalogue writes it."""
    from difflib import get_close_matches  # noqa: PLC0415 - needed only for a name that is not known

    same = [known for known in names if known.casefold() == name.casefold()]
    if same:
        return same[0]
    near = get_close_matches(name, names, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "jtai catalogue lists what there is."
    raise UsageError(f"No letter in the catalogue has the {what} {name!r}.", hint=hint)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2024-01-31") from fault
