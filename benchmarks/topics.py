"""Topics on real letters: time, topics, outliers, stability and coherence, for each embedding and for plain NMF.

    uv run python -m benchmarks.topics OUTPUTS [--embeddings lsa minilm] [--selection leaf] [--order]

OUTPUTS is the folder that `jtai run` wrote to. Stability is given over seeds, and over letters: each of five runs with
one seed leaves another fifth of the letters out. `--order` runs all twice, the second time in another process with the
letters in another order, and says whether the tables are the same.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from jtai_reports.corpus import Corpus
from jtai_reports.explore.topic_groups import dense_groups, layout, nearest, word_groups
from jtai_reports.explore.topic_quality import stability
from jtai_reports.explore.topic_vectors import term_matrix
from jtai_reports.explore.topics import (
    Inputs,
    Topics,
    TopicSettings,
    default_min_size,
    find_topics,
    prepare,
    topics_of,
)
from jtai_reports.store import load

FIFTHS = 5
HEAD = (
    f"{'method':22}{'CPU s':>7}{'topics':>8}{'in none':>9}{'seeds':>8}{'stable':>8}"
    f"{'letters':>9}{'NPMI':>7}{'diverse':>9}"
)


def measured(corpus: Corpus, settings: TopicSettings) -> Topics:
    """Find topics and print a line of figures."""
    start = time.process_time()
    inputs = prepare(corpus, settings)
    found = topics_of(inputs, corpus, settings=settings)
    seconds = time.process_time() - start
    topics = found.topics[found.topics["words"].notna()]
    stable = float((topics["stable"] == "yes").mean())
    name = f"{settings.method} {settings.embedding if settings.method == 'bertopic' else ''} {settings.selection}"
    print(
        f"{name:22}{seconds:>7.0f}{len(topics):>8}{found.topics['share'].iloc[-1]:>9.1%}{found.stability:>8.3f}"
        f"{stable:>8.0%}{over_letters(inputs, settings, len(topics)):>9.3f}"
        f"{found.coherence:>7.2f}{found.diversity:>9.2f}",
        flush=True,
    )
    return found


def over_letters(inputs: Inputs, settings: TopicSettings, n_topics: int) -> float:
    """Mean stability of the topics where another fifth of the letters is left out each time, one seed throughout."""
    size = settings.min_size or default_min_size(len(inputs.texts))
    whole = grouped(inputs, settings, size, n_topics)
    values = []
    for kept in without_fifths(inputs, sorted(inputs.statements["report_id"].unique())):
        part = Inputs(
            inputs.statements[kept],
            [text for text, there in zip(inputs.texts, kept, strict=True) if there],
            inputs.vectors[kept],
            nearest(inputs.vectors[kept]),
        )
        values += stability(renumbered(whole[kept]), [grouped(part, settings, size, n_topics)])
    return float(np.mean(values))


def grouped(inputs: Inputs, settings: TopicSettings, size: int, n_topics: int) -> Any:  # noqa: ANN401 - an array
    """The topic of each statement in one run."""
    if settings.method == "nmf":
        return word_groups(term_matrix(inputs.texts), n_topics=n_topics, min_size=size, seed=settings.seed)
    places = layout(inputs.vectors, inputs.known, seed=settings.seed)
    return dense_groups(places, min_size=size, selection=settings.selection)


def without_fifths(inputs: Inputs, letters: list[str]) -> Iterator[Any]:
    """Which statements are kept when every fifth letter, from the first, the second ... on, is left out."""
    for first in range(FIFTHS):
        yield ~inputs.statements["report_id"].isin(letters[first::FIFTHS]).to_numpy()


def renumbered(labels: Any) -> Any:  # noqa: ANN401 - an array
    """The topics numbered without gaps, since a topic may have lost all its statements."""
    names = {name: number for number, name in enumerate(sorted(set(labels.tolist()) - {-1}))}
    return np.array([names.get(name, -1) for name in labels.tolist()])


def checksum(found: Topics) -> str:
    """Of both tables."""
    content = "".join(table.to_csv(index=False) for table in (found.topics, found.topic_statements))
    return hashlib.sha256(content.encode()).hexdigest()


def turned(corpus: Corpus) -> Corpus:
    """The same letters in another order."""
    names = ("reports", "findings", "statements", "codings")
    return corpus._replace(**{name: getattr(corpus, name).sample(frac=1, random_state=3) for name in names})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outputs", type=Path)
    parser.add_argument("--embeddings", nargs="+", default=["lsa"])
    parser.add_argument("--selection", choices=("eom", "leaf"), default="eom")
    parser.add_argument("--min-size", type=int)
    parser.add_argument("--order", action="store_true")
    parser.add_argument("--checksum", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    corpus = load(arguments.outputs)
    if arguments.checksum:
        print(checksum(find_topics(turned(corpus))))
        return
    print(HEAD)
    n_topics = 0
    for embedding in arguments.embeddings:
        settings = TopicSettings(embedding, selection=arguments.selection, min_size=arguments.min_size)
        found = measured(corpus, settings)
        n_topics = n_topics or len(found.topics) - 1
        if arguments.order and embedding == "lsa" and arguments.min_size is None:
            again = [sys.executable, "-m", "benchmarks.topics", str(arguments.outputs), "--checksum"]
            other = subprocess.run(again, capture_output=True, text=True, check=True).stdout.strip()
            print(
                f"  another process, letters in another order: {'same' if other == checksum(found) else 'OTHER'} tables"
            )
    measured(corpus, TopicSettings(method="nmf", n_topics=n_topics, min_size=arguments.min_size))
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
