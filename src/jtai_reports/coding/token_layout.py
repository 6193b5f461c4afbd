"""How a finding is shown to a language model: what section it stands in, its headings, and its statements in a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.minilm import SEPARATOR, START

if TYPE_CHECKING:
    from jtai_reports.corpus import Corpus

OF_HEADING, OF_STATEMENT, OF_ALL = 40, 128, 500  # the most tokens
KINDS = {"improvements": "needs to improve"}  # other kinds of sections are called by their names
SPACE = re.compile(r"\s+")
Encode = Callable[[str], Sequence[int]]


class Laid(NamedTuple):
    """A finding as tokens: their numbers, where each statement stands among them, and the statements' rows."""

    tokens: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    rows: tuple[int, ...]


def lay_out(corpus: Corpus, encode: Encode) -> Iterator[Laid]:
    """Every finding as tokens, in the order of the statements.

    Args:
        corpus: the tables `sections`, `findings` and `statements` are used.
        encode: a text to the numbers of its tokens, without marks.
    """
    findings = corpus.findings[["finding_id", "section_id", "subheading"]]
    headed = findings.merge(corpus.sections[["section_id", "heading"]], on="section_id", how="left")
    above = headed.set_index("finding_id")[["heading", "subheading"]].fillna("").T.to_dict("list")
    statements = corpus.statements.reset_index(drop=True)
    for finding_id, group in statements.groupby("finding_id", sort=False):
        heading, subheading = above[finding_id]
        said = f"{_called(str(group['section_kind'].iloc[0]))}: {_plain(heading)}. {_plain(subheading)}"
        yield _laid(encode(said), [encode(_plain(text)) for text in group["text"]], group.index.tolist())


def _laid(heading: Sequence[int], statements: Sequence[Sequence[int]], rows: Sequence[int]) -> Laid:
    """One finding as tokens.

    >>> _laid([7, 8], [[1, 2, 3], [4]], [0, 1])
    Laid(tokens=(101, 7, 8, 102, 1, 2, 3, 4, 102), spans=((4, 7), (7, 8)), rows=(0, 1))
    """
    tokens, spans = [START, *heading[:OF_HEADING], SEPARATOR], []
    for statement in statements:
        start = len(tokens)
        tokens += statement[:OF_STATEMENT]
        spans.append((start, len(tokens)))
    tokens = [*tokens, SEPARATOR][:OF_ALL]
    last = len(tokens) - 1
    inside = [(min(start, last - 1), max(min(end, last), min(start, last - 1) + 1)) for start, end in spans]
    return Laid(tuple(tokens), tuple(inside), tuple(rows))


def _called(kind: str) -> str:
    return KINDS.get(kind, kind.replace("_", " ").replace("actions", "action"))


def _plain(text: object) -> str:
    return SPACE.sub(" ", str(text)).strip()
