"""`jtai topics`: topics beyond the codebook, each with how far it can be trusted."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtai_reports.commands.adding import add_codebook, add_command, add_outputs, count, printable
from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.commands.adding import Commands
    from jtai_reports.corpus import Corpus
    from jtai_reports.explore.topics import Topics, TopicSettings

DRAFT = "codebook-draft.yaml"
LIBRARIES = ("bertopic", "hdbscan", "numba", "numpy", "scikit-learn", "umap-learn")
EPILOG = """\
examples:
  jtai topics                          find topics in the letters that 'jtai run' read
  jtai topics --show T12               the words and the most typical statements of one of them
  jtai topics --as-code T12 transport  its words as the draft of a code, in a copy of the codebook

A topic is a group of statements with words in common, found by a program. It is an idea to look into, not a result.
exit codes: 0 done; 1 too few statements, or no topics; 2 wrong usage, for example no tables there."""


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "find topics beyond the codebook, with their stability (needs the extra 'topics')"
    parser = add_command(commands, "topics", _topics, purpose, epilog=EPILOG)
    parser.add_argument(
        "--embedding", metavar="NAME", default="lsa",
        help="lsa: no model; minilm: extra 'minilm'; or a model of sentence-transformers you installed (default: lsa)",
    )  # fmt: skip
    method = "bertopic: dense groups of any number; nmf: --n-topics groups of words (default: bertopic)"
    parser.add_argument("--method", choices=("bertopic", "nmf"), default="bertopic", help=method)
    size = "fewest statements of a topic (default: one in 150 statements, at least 10)"
    parser.add_argument("--min-size", type=count, metavar="N", help=size)
    parser.add_argument("--n-topics", type=count, metavar="N", help="with --method nmf: how many topics")
    parser.add_argument("--seed", type=count, metavar="N", default=1, help="first of the seeds (default: 1)")
    parser.add_argument(
        "--runs", type=count, metavar="N", default=6, help="seeds to hold the topics against (default: 6)"
    )
    parser.add_argument("--show", metavar="TOPIC", help="print one topic of an earlier 'jtai topics'")
    parser.add_argument(
        "--as-code", nargs=2, metavar=("TOPIC", "CODE"), help="write a topic's words as the draft of a code"
    )
    parser.add_argument("--key-area", metavar="AREA", help="with --as-code (default: that of the topic's first theme)")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=f"with --as-code: codebook to write (default: OUTPUTS/{DRAFT})"
    )
    add_codebook(parser)
    add_outputs(parser, "folder that 'jtai run' wrote to; topics are written there too")


def _topics(arguments: argparse.Namespace) -> int:
    if arguments.as_code:
        return _as_code(arguments)
    if arguments.show:
        return _show(arguments)
    from jtai_reports.explore.topics import TopicSettings, find_topics  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.store import load  # noqa: PLC0415

    corpus = load(arguments.outputs)
    settings = TopicSettings(
        arguments.embedding, arguments.method, arguments.min_size, arguments.n_topics, arguments.seed, arguments.runs
    )
    found = find_topics(corpus, settings=settings, on_run=lambda number: _progress(number, settings))
    written = write_topics(found, corpus, arguments.outputs)
    for line in (*topic_lines(found.topics), "", *summary_lines(found)):
        print(printable(line))
    print(printable(f"Written: {len(written)} files in {arguments.outputs}/data, tables and figures"))
    return 0


def write_topics(found: Topics, corpus: Corpus, outputs: Path) -> list[Path]:
    """Write the tables of topics, their cross-tables and figures, and a record of how they were made."""
    from jtai_reports import schema  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.explore import topic_tables as tables  # noqa: PLC0415
    from jtai_reports.files import write_json  # noqa: PLC0415
    from jtai_reports.store import write_csv, write_table  # noqa: PLC0415
    from jtai_reports.versions import library_versions  # noqa: PLC0415

    rows = found.topic_statements
    cross = {
        "topics_by_series": tables.topics_by(rows, corpus.reports, by="series"),
        "topics_by_template": tables.topics_by(rows, corpus.reports, by="template"),
        "topics_by_theme": tables.topics_by_code(rows, corpus.codings),
        "topics_typical_statements": tables.typical_statements(rows, None),
    }
    written = [
        *write_table(schema.TOPICS, found.topics, outputs),
        *write_table(schema.TOPIC_STATEMENTS, rows, outputs),
        *(write_csv(outputs / "tables" / f"{name}.csv", table) for name, table in cross.items()),
        *_draw(found, cross, outputs),
    ]
    record = {
        "settings": found.settings._asdict(),
        "stability": round(found.stability, 3),
        "coherence": round(found.coherence, 3),
        "diversity": round(found.diversity, 3),
        "libraries": library_versions(LIBRARIES),
    }
    return [*written, write_json(outputs / "topics.json", record)]


def topic_lines(topics: pd.DataFrame) -> list[str]:
    """The topics as a table for the terminal."""
    head = f"{'topic':6}{'proposed label':50}{'statements':>10}{'letters':>10}{'stability':>11}  most common theme"
    return [head, *(_topic_line(row) for row in topics.to_dict("records"))]


def summary_lines(found: Topics) -> list[str]:
    """What must be known of the topics as a whole."""
    topics = found.topics[found.topics["words"].notna()]
    outliers = found.topics.iloc[-1]
    unstable = int((topics["stable"] == "no").sum())
    lines = [
        f"Topics:     {len(topics)}, of {found.topics['n_statements'].sum()} statements looked at",
        f"In none:    {outliers['n_statements']} statements ({outliers['share']:.0%}); they are T00",
        f"Stability:  {found.stability:.2f} on average over {found.settings.runs} seeds (0 to 1); "
        f"{unstable} marked ~ are not to be relied on",
        f"Words:      coherence (NPMI, -1 to 1) {found.coherence:.2f}, diversity (0 to 1) {found.diversity:.2f}",
    ]
    if topics["top_code"].notna().any():
        bare = topics[topics["covered_by"].isna()]["topic"].tolist()
        lines.append(f"No theme:   carried by half of the statements of {len(bare)}: {', '.join(bare)}")
    return lines


def _topic_line(row: dict[Hashable, Any]) -> str:
    from pandas import isna  # noqa: PLC0415 - keeps --help fast

    letters = f"{row['k_letters']} of {row['n_letters']}"
    stable = "" if isna(row["stability"]) else f"{'~ ' if row['stable'] == 'no' else ''}{row['stability']:.2f}"
    code = "" if isna(row["top_code"]) else f"{row['top_code']} {row['top_code_share']:.0%}"
    return f"{row['topic']:6}{row['label'][:48]:50}{row['n_statements']:>10}{letters:>10}{stable:>11}  {code}".rstrip()


def _draw(found: Topics, cross: dict[str, pd.DataFrame], outputs: Path) -> list[Path]:
    from jtai_reports.coding.codebook import read_codebook  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.explore.topic_tables import NO_CODE  # noqa: PLC0415
    from jtai_reports.reference.readers import read_series  # noqa: PLC0415
    from jtai_reports.show import topic_plots as plots  # noqa: PLC0415
    from jtai_reports.show.save import save_chart  # noqa: PLC0415

    titles = {series.series: series.title for series in read_series()}
    charts = [
        plots.plot_topics_by_series(found.topics, cross["topics_by_series"], titles=titles),
        plots.plot_topic_map(found.topics, found.topic_statements),
    ]
    by_code = cross["topics_by_theme"]
    if len(by_code):
        known = [code.id for code in read_codebook().facet("theme")]
        own = sorted({*by_code["code"]} - {*known, NO_CODE})  # themes of the user's own codebook
        charts.append(plots.plot_topics_by_code(found.topics, by_code, codes=[*known, *own]))
    return [path for chart in charts for path in save_chart(chart, outputs / "figures")]


def _show(arguments: argparse.Namespace) -> int:
    from jtai_reports.explore.topic_tables import typical_statements  # noqa: PLC0415 - keeps --help fast

    topics, statements = _written(arguments.outputs)
    found = topics[topics["topic"] == arguments.show]
    if found.empty:
        raise UsageError(f"There is no topic {arguments.show!r}.", hint=f"Topics are: {', '.join(topics['topic'])}.")
    for name, value in found.iloc[0].dropna().items():
        print(printable(f"{name}: {value}"))
    print("\nmost typical statements:")
    for row in typical_statements(statements, arguments.show).itertuples():
        print(printable(f"- {row.text} ({row.report_id}, page {row.page_start})"))
    return 0


def _as_code(arguments: argparse.Namespace) -> int:
    from jtai_reports.coding.codebook import read_codebook  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.coding.codebook_files import write_codebook  # noqa: PLC0415
    from jtai_reports.explore.topic_rules import draft_code  # noqa: PLC0415

    topics, statements = _written(arguments.outputs)
    topic, code = arguments.as_code
    codebook = read_codebook(arguments.codebook)
    codes = topics.loc[topics["topic"] == topic, "top_code"].dropna().tolist()
    area = arguments.key_area or codebook.key_area_of().get(codes[0] if codes else "", "understanding")
    draft = draft_code(topics, statements, codebook, topic=topic, code=code, key_area=area)
    path = write_codebook(draft.codebook, arguments.out or arguments.outputs / DRAFT)
    print(printable(f"Written: {path}, with the theme {code!r} of {len(draft.code.rules)} rules in key area {area}"))
    print(f"Its rules find {draft.hits} of the topic's {draft.size} statements, and {draft.others} that are not in it.")
    print("It is a draft: write its definition, examples on both sides of its edge, and mend its rules.")
    return 0


def _written(outputs: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd  # noqa: PLC0415 - keeps --help fast

    paths = [outputs / "data" / f"{name}.parquet" for name in ("topics", "topic_statements")]
    for path in paths:
        if not path.is_file():
            raise UsageError(f"{path}: there is no such table.", hint="Find topics first with 'jtai topics'.")
    return pd.read_parquet(paths[0]), pd.read_parquet(paths[1])


def _progress(number: int, settings: TopicSettings) -> None:
    if sys.stderr.isatty():
        print(f"Seed {number} of {settings.runs} done", file=sys.stderr)
