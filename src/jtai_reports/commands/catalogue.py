"""`jtai catalogue`: the letters that are known, and which of them are held."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.commands.adding import add_command, printable
from jtai_reports.commands.options import add_reports, add_selection, matching

if TYPE_CHECKING:
    from jtai_reports.commands.adding import Commands
    from jtai_reports.reference.catalogue import CatalogueEntry

SHOWN = ("file_id", "published", "authority", "series", "pages", "held", "file")  # columns of the table for people


class Row(NamedTuple):
    """One letter of the catalogue; None where nothing is known."""

    file_id: str
    published: str
    authority: str
    ons_code: str
    urn: str
    series: str | None
    pages: int | None
    first_seen: str | None
    url: str
    held: bool
    changed: bool
    file: str | None


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "catalogue", _show, "list the published letters that are known, and which are held")
    add_selection(parser)
    add_reports(parser)
    held = parser.add_mutually_exclusive_group()
    held.add_argument("--held", dest="held", action="store_true", default=None, help="only letters that are held")
    held.add_argument("--missing", dest="held", action="store_false", help="only letters that are not held")
    parser.add_argument("--format", choices=tuple(FORMATS), default="table", help="how to print them (default: table)")


def catalogue_rows(entries: Sequence[CatalogueEntry], folder: Path) -> list[Row]:
    """A row for each letter, with the file of `folder` that holds it."""
    from jtai_reports.acquire.holdings import CHANGED, Holdings  # noqa: PLC0415 - keeps --help fast

    holdings = Holdings(folder)
    rows = []
    for entry in entries:
        path = holdings.file_of(entry)
        rows.append(
            Row(
                entry.file_id,
                entry.published.isoformat(),
                entry.authority,
                entry.ons_code,
                entry.urn,
                entry.series,
                entry.pages,
                entry.first_seen.isoformat() if entry.first_seen else None,
                entry.url,
                held=path is not None,
                changed=any((folder / CHANGED).glob(f"{entry.file_id}-*.pdf")),
                file=path.name if path else None,
            )
        )
    return rows


def _show(arguments: argparse.Namespace) -> int:
    rows = catalogue_rows(matching(arguments), arguments.reports)
    kept = [row for row in rows if arguments.held is None or row.held == arguments.held]
    sys.stdout.write(FORMATS[arguments.format](kept))
    return 0


def _as_table(rows: Sequence[Row]) -> str:
    cells = [[_cell(getattr(row, name), row) for name in SHOWN] for row in rows]
    widths = [max(len(line[i]) for line in [list(SHOWN), *cells]) for i in range(len(SHOWN))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in [SHOWN, *cells]]
    held = sum(row.held for row in rows)
    return "".join(f"{printable(line.rstrip())}\n" for line in [*lines, "", f"{len(rows)} letters, {held} held"])


def _cell(value: object, row: Row) -> str:
    if isinstance(value, bool):
        return ("yes, changed since" if row.changed else "yes") if value else "no"
    return "" if value is None else str(value).replace("\n", " ")


def _as_csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Row._fields)
    writer.writerows([_text(value) for value in row] for row in rows)
    return text.getvalue()


def _text(value: object) -> str:
    """A cell that a spreadsheet takes for text, not for a formula."""
    plain = "" if value is None else str(value).lower() if isinstance(value, bool) else printable(str(value))
    return f"'{plain}" if plain.startswith(("=", "+", "-", "@", "\t")) else plain


def _as_json(rows: Sequence[Row]) -> str:
    return json.dumps([row._asdict() for row in rows], indent=1, ensure_ascii=True) + "\n"


FORMATS = {"table": _as_table, "csv": _as_csv, "json": _as_json}
