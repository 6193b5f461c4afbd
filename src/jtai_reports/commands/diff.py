"""`jtai diff`: what changed between two runs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_command, printable

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.commands.adding import Commands

SHOWN = 15  # changes of a kind that the terminal shows
LONGEST = 70  # characters of a text there


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands, "diff", _diff, "say what changed between two runs: letters, findings, codes, figures"
    )
    parser.add_argument("old", type=Path, metavar="OLD_OUTPUTS", help="folder of the earlier run")
    parser.add_argument("new", type=Path, metavar="NEW_OUTPUTS", help="folder of the later run")
    parser.add_argument("--json", action="store_true", help="print every change as JSON, a line each")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="write every change to this file as well")


def _diff(arguments: argparse.Namespace) -> int:
    from jtai_reports.store import write_csv  # noqa: PLC0415 - keeps --help fast

    found = find_changes(arguments.old, arguments.new)
    for line in json_lines(found) if arguments.json else text_lines(found):
        print(printable(line))
    if arguments.out:
        write_csv(arguments.out, found)
    return 0


def find_changes(old: Path, new: Path) -> pd.DataFrame:
    """Every change between the tables and comparisons of two outputs, as `compare.changes.changes` gives them.

    Raises:
        UsageError: one of them holds no tables.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    from jtai_reports.compare.changes import changes, moved_figures  # noqa: PLC0415
    from jtai_reports.store import load  # noqa: PLC0415

    parts = [changes(load(old), load(new))]
    for path in sorted((new / "tables").glob("prevalence_by_*.csv")):
        before = old / "tables" / path.name
        if before.is_file():
            parts.append(moved_figures(path.stem, pd.read_csv(before), pd.read_csv(path)))
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def json_lines(found: pd.DataFrame) -> Iterator[str]:
    """Every change as one line of JSON."""
    for row in found.to_dict("records"):
        yield json.dumps({name: value if isinstance(value, str) else None for name, value in row.items()})


def text_lines(found: pd.DataFrame) -> Iterator[str]:
    """The changes for a person: how many of each kind, and the first of them."""
    from jtai_reports.compare.changes import WHAT  # noqa: PLC0415 - keeps --help fast

    if found.empty:
        yield "Nothing has changed."
    for what in WHAT:
        rows = found[found["what"] == what]
        if rows.empty:
            continue
        counts = rows["change"].value_counts().sort_index()
        yield f"{what.title()}s: " + ", ".join(f"{n} {change}" for change, n in counts.items())
        yield from (f"  {_line(row)}" for row in rows.head(SHOWN).to_dict("records"))
        if len(rows) > SHOWN:
            yield f"  ... and {len(rows) - SHOWN} more (all of them with --out FILE.csv or --json)"


def _line(row: Mapping[Hashable, object]) -> str:
    if row["change"] == "changed":
        return f"changed {row['id']}, {row['field']}: {_short(row['old'])} -> {_short(row['new'])}"
    said = next((_short(row[side]) for side in ("old", "new") if isinstance(row[side], str)), "")
    return f"{row['change']} {row['id']} {said}".rstrip()


def _short(value: object) -> str:
    text = value.replace("\n", " ") if isinstance(value, str) else "(none)"
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
