"""`jtai search`, `jtai kwic` and `jtai trace`: find passages in the letters that `jtai run` has read."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtai_reports.commands.adding import add_command, add_outputs, count, printable

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.text import Text

    from jtai_reports.commands.adding import Commands

READS = "folder of the tables that jtai run wrote"
SEARCH_EXIT = "exit codes: 0 done, also where nothing was found; 2 wrong usage, for example a series that is not there."
CONTEXT = 40  # characters on each side of a term, where the terminal does not say how wide it is
MARK = "bold yellow"
COLORS = {"strength": "green", "weakness": "red", "mixed": "magenta"}


def add(commands: Commands) -> None:
    """Add the commands."""
    _add_search(commands)
    _add_kwic(commands)
    _add_trace(commands)


def _add_search(commands: Commands) -> None:
    parser = add_command(commands, "search", _search, "find the statements that say what you ask", epilog=SEARCH_EXIT)
    parser.add_argument("query", metavar="QUERY", help="words or a claim, such as 'return home interviews not done'")
    for name, shown in (("polarity", "POLARITY"), ("series", "SERIES"), ("authority", "NAME"), ("theme", "CODE")):
        parser.add_argument(
            f"--{name}", metavar=shown, action="append", help=f"only this {name}; may be given several times"
        )
    parser.add_argument("--limit", type=count, metavar="N", default=10, help="statements at most (default: 10)")
    parser.add_argument("--json", action="store_true", help="print a list of objects for other programs")
    add_outputs(parser, READS)


def _add_kwic(commands: Commands) -> None:
    parser = add_command(
        commands, "kwic", _kwic, "show a term in its context, a line an occurrence", epilog=SEARCH_EXIT
    )
    parser.add_argument("term", metavar="TERM", help="a word or phrase; whole words, in capitals or not")
    parser.add_argument("--stems", action="store_true", help="every form of the words: assess also finds assessing")
    parser.add_argument("--regex", action="store_true", help="read TERM as a regular expression")
    parser.add_argument("--window", type=count, metavar="N", help="characters on each side (default: what fits)")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="write the lines to this file as well")
    add_outputs(parser, READS)


def _add_trace(commands: Commands) -> None:
    parser = add_command(
        commands, "trace", _trace, "find the passages for and against each claim in a list", epilog=SEARCH_EXIT
    )
    parser.add_argument(
        "claims",
        type=Path,
        metavar="CLAIMS.csv",
        help="columns: claim and, if wanted, claim_id and polarity (strength, weakness, expectation)",
    )
    parser.add_argument(
        "--limit", type=count, metavar="N", default=5, help="passages at most for each claim and side (default: 5)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE.csv", help="file to write (default: OUTPUTS/tables/traced_claims.csv)"
    )
    add_outputs(parser, READS)


def _search(arguments: argparse.Namespace) -> int:
    from jtai_reports.explore.search import search  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.store import load  # noqa: PLC0415

    filters = {name: getattr(arguments, name) for name in ("polarity", "series", "authority", "theme")}
    found = search(load(arguments.outputs), arguments.query, **filters, limit=arguments.limit)
    if arguments.json:
        print("[" + ",\n ".join(json.dumps(record) for record in _records(found)) + "]")
        return 0
    console = _console()
    for row in _rows(found):
        console.print(_place(row), _marked(row.text, row.matches), "", sep="\n")
    if found.empty:
        console.print("Nothing found. Try other words, or fewer filters.")
    return 0


def _kwic(arguments: argparse.Namespace) -> int:
    from jtai_reports.explore.kwic import kwic  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.store import load, write_csv  # noqa: PLC0415

    console = _console()
    window = arguments.window or (max(console.width - 60, 2 * 20) // 2 if console.is_terminal else CONTEXT)
    form = {"stems": arguments.stems, "regex": arguments.regex}
    lines = kwic(load(arguments.outputs), arguments.term, window=window, **form)
    for line in _aligned(lines, window):
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
    console.print(f"{len(lines)} occurrences in {lines['report_id'].nunique()} letters")
    if arguments.out:
        console.print(f"Written: {printable(str(write_csv(arguments.out, lines)))}", markup=False)
    return 0


def _trace(arguments: argparse.Namespace) -> int:
    from jtai_reports.explore.trace import read_claims, trace  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.store import load, write_csv  # noqa: PLC0415

    claims = read_claims(arguments.claims)
    traced = trace(load(arguments.outputs), claims, limit=arguments.limit)
    out = arguments.out or arguments.outputs / "tables" / "traced_claims.csv"
    console = _console()
    for claim in claims:
        _print_traced(console, traced[traced["claim_id"] == claim.claim_id])
    console.print(f"Written: {printable(str(write_csv(out, traced)))}", markup=False)
    return 0


def _print_traced(console: Console, passages: pd.DataFrame) -> None:
    from rich.text import Text  # noqa: PLC0415 - heavy

    first = passages.iloc[0]
    title = f"{first['claim_id']} ({first['claim_polarity']}): {first['claim']}"
    console.print(Text(printable(title), style="bold"))
    for relation, rows in passages.groupby("relation", sort=False):
        console.print(Text(f"  {relation}"))
        for row in _rows(rows[rows["text"].notna()]):
            console.print(_place(row), _marked(row.text, row.matches), sep="\n")
    console.print()


def _rows(table: pd.DataFrame) -> Iterator[Any]:
    yield from table.itertuples()


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415 - heavy

    return Console(highlight=False, soft_wrap=True)


def _place(row: Any) -> Text:  # noqa: ANN401 - a row of a table
    """Where a passage stands and how it is coded, in a line."""
    from rich.text import Text  # noqa: PLC0415 - heavy

    polarity = row.polarity if isinstance(row.polarity, str) else "not coded"
    letter = row.authority if isinstance(row.authority, str) else row.report_id
    codes = ", ".join(part.replace("; ", ", ") for part in (row.themes, row.agencies) if part)
    line = Text(printable(f"{row.rank}. {letter}, p. {row.page} ({row.file_name}) "), style="dim")
    line.append(polarity, style=COLORS.get(polarity, ""))
    return line.append(f" [{codes}]" if codes else "")


def _marked(text: str, matches: str) -> Text:
    """The text with the matching words marked."""
    from rich.text import Text  # noqa: PLC0415 - heavy

    marked = Text(printable(text))
    for start, end in _spans(matches):
        marked.stylize(MARK, start, end)
    return marked


def _spans(matches: str) -> list[tuple[int, int]]:
    parts = [match.split(":") for match in matches.split("; ") if match]
    return [(int(start), int(end)) for start, end in parts]


def _aligned(lines: pd.DataFrame, window: int) -> list[Text]:
    """A line an occurrence, the term in one column."""
    from rich.text import Text  # noqa: PLC0415 - heavy

    width = max((len(match) for match in lines["match"]), default=0)
    aligned = []
    for row in _rows(lines):
        line = Text(printable(f"{row.file_name!s:16.16} p. {row.page:>2}  {row.left:>{window}}"))
        line.append(printable(f" {row.match:<{width}} "), style=MARK)
        aligned.append(line.append(printable(row.right)))
    return aligned


def _records(found: pd.DataFrame) -> list[dict[str, object]]:
    """Rows as JSON objects: missing is null, matches are pairs, codes are lists."""
    plain = found.astype(object).where(found.notna(), None)
    records: list[dict[str, object]] = []
    for _, row in plain.iterrows():
        record: dict[str, object] = {str(name): value for name, value in row.items()}
        lists = {name: [code for code in str(row[name]).split("; ") if code] for name in ("themes", "agencies")}
        records.append({**record, **lists, "matches": _spans(str(row["matches"]))})
    return records
