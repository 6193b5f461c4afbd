"""`jtai compare`: a question of one's own to the letters, answered as a table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.commands.adding import add_command, add_outputs, printable
from jtai_reports.errors import ComparisonError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.commands.adding import Commands
    from jtai_reports.compare.counts import Counts
    from jtai_reports.corpus import Corpus

FILTERS = ("series", "region", "template", "authority_type")
WIDTH = 120  # characters, where the output is no terminal
EXAMPLE = """\
examples:
  jtai compare --by region --theme missing_children --series front_door
  jtai compare --by template --agency police --polarity weakness --out police.csv
  jtai compare --by region --against London "South East" --layer main

exit codes: 0 done; 2 wrong usage, or a question that the letters cannot answer (the message says why)."""


class Answer(NamedTuple):
    """A table, the same in words for a person, and what a reader must know."""

    table: pd.DataFrame
    shown: pd.DataFrame
    caveats: Sequence[str]


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "count the letters that praise or criticise something, by series, region or template"
    parser = add_command(commands, "compare", _compare, purpose, epilog=EXAMPLE)
    parser.add_argument("--by", default="series", help="how letters are grouped (default: series)")
    parser.add_argument("--theme", action="append", metavar="CODE", help="a theme of the codebook; may be repeated")
    parser.add_argument("--agency", metavar="CODE", help="an agency; with --theme, statements about that agency")
    parser.add_argument("--polarity", choices=("strength", "weakness", "both"), help="'both': praised and criticised")
    for name in FILTERS:
        option = "--" + name.replace("_", "-")
        parser.add_argument(
            option, action="append", metavar="NAME", help=f"only letters of that {name}".replace("_", " ")
        )
    parser.add_argument(
        "--layer",
        choices=("both", "summary", "main"),
        default="both",
        help="what of letters that say things twice is counted (default: both, each letter once)",
    )
    parser.add_argument(
        "--against", nargs=2, metavar="GROUP", help="two groups of --by, compared with interval and test"
    )
    within = "with --against: letters are compared with those of their own series only"
    parser.add_argument("--within-series", action="store_true", help=within)
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="write the table as CSV as well")
    add_outputs(parser, "folder that 'jtai run' wrote to")
    for option in ("--rank", "--score", "--sort-by"):
        parser.add_argument(option, nargs="?", const=True, help=argparse.SUPPRESS)


def _compare(arguments: argparse.Namespace) -> int:
    from jtai_reports.store import write_csv  # noqa: PLC0415 - keeps --help fast

    _refuse_scores(arguments)
    if arguments.out is not None and arguments.out.suffix != ".csv":
        raise UsageError(f"{arguments.out}: the table is written as CSV.", hint="Name a file that ends in .csv.")
    answer = answer_of(read_letters_of(arguments), arguments)
    print_table(answer.shown)
    for line in answer.caveats:
        print(printable(f"- {line}"))
    if arguments.out is not None:
        print(printable(f"Written: {write_csv(arguments.out, answer.table)}"))
    return 0


def read_letters_of(arguments: argparse.Namespace) -> Counts:
    """The letters of the outputs, counted, shard by shard where there are some.

    With a theme, an agency is a condition on the statements.
    """
    from jtai_reports.compare.counts import COLUMNS, count, stacked  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.compare.mentions import only_about  # noqa: PLC0415
    from jtai_reports.store import each_shard, is_sharded, load  # noqa: PLC0415

    def asked(corpus: Corpus) -> Corpus:
        both = arguments.agency and arguments.theme
        return only_about(corpus, agency=arguments.agency) if both else corpus

    if is_sharded(arguments.outputs):
        return stacked(count(asked(shard)) for shard in each_shard(arguments.outputs, COLUMNS))
    return count(asked(load(arguments.outputs)))


def answer_of(counts: Counts, arguments: argparse.Namespace) -> Answer:
    """The answer to a question asked on the command line.

    Raises:
        ComparisonError: the letters cannot answer it.
    """
    from jtai_reports.compare.letters import select_letters  # noqa: PLC0415 - keeps --help fast

    where = {name: getattr(arguments, name) for name in FILTERS if getattr(arguments, name)}
    letters = select_letters(counts, **where)
    if arguments.within_series and not arguments.against:
        raise UsageError("--within-series goes with --against.", hint="Name two groups with --against.")
    if arguments.against:
        return _difference(letters, arguments)
    return _counts(letters, arguments)


def _counts(letters: Counts, arguments: argparse.Namespace) -> Answer:
    from jtai_reports.compare.both_sides import both_sides  # noqa: PLC0415
    from jtai_reports.compare.prevalence import prevalence  # noqa: PLC0415
    from jtai_reports.compare.wording import caveats_of, k_of_n  # noqa: PLC0415

    codes = _codes(arguments)
    count = both_sides if arguments.polarity == "both" else prevalence
    table = _side(count(letters, by=arguments.by, layer=arguments.layer, codes=codes), arguments.polarity)
    numbers = zip(table["k"], table["n"], table["low"], table["high"], strict=True)
    shown = table.drop(columns=["k", "n", "share", "low", "high", "facet"])
    shown["letters"] = [k_of_n(*row) for row in numbers]
    caveats = caveats_of(letters, table, by=arguments.by, layer=arguments.layer)
    return Answer(table, shown, caveats + _about(arguments))


def _difference(letters: Counts, arguments: argparse.Namespace) -> Answer:
    from jtai_reports.compare.differences import differences, differences_within_series  # noqa: PLC0415
    from jtai_reports.compare.letters import select_letters  # noqa: PLC0415
    from jtai_reports.compare.wording import caveat, caveats_of, difference_in_words, k_of_n  # noqa: PLC0415

    if arguments.polarity == "both":
        raise UsageError("--against takes one side at a time.", hint="Leave --polarity both out.")
    codes = _codes(arguments)
    first, second = arguments.against
    compare = differences_within_series if arguments.within_series else differences
    table = compare(letters, by=arguments.by, groups=(first, second), layer=arguments.layer, codes=codes)
    table = _side(table, arguments.polarity)
    shown = table[["code", "polarity"]].copy()
    shown[first] = [k_of_n(k, n) for k, n in zip(table["k_first"], table["n_first"], strict=True)]
    shown[second] = [k_of_n(k, n) for k, n in zip(table["k_second"], table["n_second"], strict=True)]
    shown["difference"] = [difference_in_words(row) for _, row in table.iterrows()]
    shown["p"] = table["p_value"].map("{:.3f}".format)
    shown["p adjusted"] = table["p_adjusted"].map("{:.3f}".format)
    chosen = select_letters(letters, **{arguments.by: [first, second]})
    halves = [table.assign(k=table[f"k_{part}"], n=table[f"n_{part}"]) for part in ("first", "second")]
    counted = halves[0].assign(share=halves[0]["k"] / halves[0]["n"])
    caveats = [caveat("contrasts", contrasts=int(table["contrasts"].iloc[0]))]
    return Answer(table, shown, caveats + caveats_of(chosen, counted, by=arguments.by, layer=arguments.layer))


def _codes(arguments: argparse.Namespace) -> dict[str, list[str]] | None:
    """The codes asked for; a theme goes before an agency, which is then a condition on the statements."""
    if arguments.theme:
        return {"theme": arguments.theme}
    return {"agency": [arguments.agency]} if arguments.agency else None


def _about(arguments: argparse.Namespace) -> list[str]:
    from jtai_reports.compare.wording import caveat  # noqa: PLC0415 - keeps --help fast

    if not (arguments.agency and arguments.theme):
        return []
    return [f"Only statements about {arguments.agency} are counted.", caveat("agency")]


def _side(table: pd.DataFrame, polarity: str | None) -> pd.DataFrame:
    return table if polarity is None else table[table["polarity"] == polarity].reset_index(drop=True)


def _refuse_scores(arguments: argparse.Namespace) -> None:
    from jtai_reports.compare.wording import no_grade  # noqa: PLC0415 - keeps --help fast

    if any(getattr(arguments, name) is not None for name in ("rank", "score", "sort_by")):
        raise ComparisonError(
            f"Areas are not ranked or scored: {no_grade()}, and what one mentions follows its series and its length.",
            hint="Ask for k of n by series or region, or look at one area beside its series in "
            "tables/area_profiles.csv.",
        )


def print_table(shown: pd.DataFrame) -> None:
    """Print a table in the terminal; its texts are shown as they are, not as markup."""
    from rich.console import Console  # noqa: PLC0415 - keeps --help fast
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False)
    for column in shown.columns:
        table.add_column(Text(printable(str(column).replace("_", " "))), overflow="fold")
    for row in shown.itertuples(index=False):
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False).print(table)
