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
        yield from _windows(encode(said), [encode(_plain(text)) for text in group["text"]], group.index.tolist())


def _windows(heading: Sequence[int], statements: Sequence[Sequence[int]], rows: Sequence[int]) -> Iterator[Laid]:
    """A finding as tokens: in one piece, or in as few as hold all of its statements."""
    room = OF_ALL - len(heading[:OF_HEADING]) - 3
    taken: list[tuple[Sequence[int], int]] = []
    used = 0
    for statement, row in zip((one[:OF_STATEMENT] for one in statements), rows, strict=True):
        if taken and used + len(statement) > room:
            yield _laid(heading, taken)
            taken, used = [], 0
        taken.append((statement, row))
        used += len(statement)
    yield _laid(heading, taken)


def _laid(heading: Sequence[int], statements: Sequence[tuple[Sequence[int], int]]) -> Laid:
    """Some statements of a finding as tokens; one without any token is taken for the mark behind it.

    >>> _laid([7, 8], [([1, 2, 3], 0), ([4], 1)])
    Laid(tokens=(101, 7, 8, 102, 1, 2, 3, 4, 102), spans=((4, 7), (7, 8)), rows=(0, 1))
    """
    tokens, spans = [START, *heading[:OF_HEADING], SEPARATOR], []
    for statement, _ in statements:
        start = len(tokens)
        tokens += statement
        spans.append((start, max(len(tokens), start + 1)))
    return Laid((*tokens, SEPARATOR), tuple(spans), tuple(row for _, row in statements))


def _called(kind: str) -> str:
    return KINDS.get(kind, kind.replace("_", " ").replace("actions", "action"))


def _plain(text: object) -> str:
    return SPACE.sub(" ", str(text)).strip()
