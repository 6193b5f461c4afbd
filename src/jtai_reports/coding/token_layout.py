"""How a finding is shown to a language model: what section it stands in, its headings, and its statements in a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jtai_reports.corpus import Corpus

OF_HEADING, OF_STATEMENT, OF_ALL = 40, 128, 500  # the most tokens
KINDS = {"improvements": "needs to improve"}  # other kinds of sections are called by their names
SPACE = re.compile(r"\s+")
Encode = Callable[[str], Sequence[int]]


class Marks(NamedTuple):
    """The numbers of the tokens that open a finding and that end a part of it."""

    start: int
    end: int


class Laid(NamedTuple):
    """A finding as tokens: their numbers, where each statement stands among them, and the statements' rows."""

    tokens: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    rows: tuple[int, ...]


def lay_out(corpus: Corpus, encode: Encode, marks: Marks) -> Iterator[Laid]:
    """Every finding as tokens, in the order of the statements.

    Args:
        corpus: the tables `sections`, `findings` and `statements` are used.
        encode: a text to the numbers of its tokens, without marks.
        marks: the numbers of the two marks.
    """
    columns = corpus.statements[["finding_id", "section_kind", "text"]].itertuples(index=False, name=None)
    above = _above(corpus)
    for finding_id, group in groupby(enumerate(columns), key=lambda row: row[1][0]):
        rows = list(group)
        heading, subheading = above[finding_id]
        said = encode(f"{_called(rows[0][1][1])}: {heading}. {subheading}")[:OF_HEADING]
        statements = [(encode(_plain(text))[:OF_STATEMENT], row) for row, (_, _, text) in rows]
        for taken in windows(statements, room=OF_ALL - len(said) - 3):
            yield laid_below(said, taken, marks)


def _above(corpus: Corpus) -> dict[str, tuple[str, str]]:
    """Heading and sub-heading of each finding."""
    headings = dict(zip(corpus.sections["section_id"], corpus.sections["heading"].fillna(""), strict=True))
    columns = corpus.findings[["finding_id", "section_id", "subheading"]].fillna("").itertuples(index=False, name=None)
    return {finding: (_plain(headings[section]), _plain(subheading)) for finding, section, subheading in columns}


def windows(statements: Sequence[tuple[Sequence[int], int]], *, room: int) -> Iterator[list[tuple[Sequence[int], int]]]:
    """Statements with their rows in one piece, or in as few as have room for all of them; one alone may have more."""
    taken: list[tuple[Sequence[int], int]] = []
    used = 0
    for tokens, row in statements:
        if taken and used + len(tokens) > room:
            yield taken
            taken, used = [], 0
        taken.append((tokens, row))
        used += len(tokens)
    yield taken


def laid_below(heading: Sequence[int], statements: Sequence[tuple[Sequence[int], int]], marks: Marks) -> Laid:
    """Statements with their rows as tokens below a heading; one without any token is taken for the mark behind it.

    >>> laid_below([7, 8], [([1, 2, 3], 0), ([4], 1)], Marks(101, 102))
    Laid(tokens=(101, 7, 8, 102, 1, 2, 3, 4, 102), spans=((4, 7), (7, 8)), rows=(0, 1))
    """
    tokens, spans = [marks.start, *heading, marks.end], []
    for statement, _ in statements:
        start = len(tokens)
        tokens += statement
        spans.append((start, max(len(tokens), start + 1)))
    return Laid((*tokens, marks.end), tuple(spans), tuple(row for _, row in statements))


def _called(kind: str) -> str:
    return KINDS.get(kind, kind.replace("_", " ").replace("actions", "action"))


def _plain(text: object) -> str:
    return SPACE.sub(" ", str(text)).strip()
