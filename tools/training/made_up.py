"""Findings made up of the letters' statements, so that a network can learn more of what a larger one says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jtai_reports.coding.token_layout import Laid
from jtai_reports.minilm import SEPARATOR

LONGEST = 512  # tokens of a finding that the student can read
MOST = 4  # statements of a finding
WORN, CHANGED = 0.5, 0.12  # statements in which tokens are changed; how many of their tokens


def made_up(laid: Sequence[Laid], random: np.random.Generator) -> list[Laid]:
    """All statements of findings in random order, one to four together under the headings of any finding.

    In half of the statements some tokens are exchanged for others of statements. Their rows count from 0. A finding
    takes fewer statements where more have no room, but never none.
    """
    statements = [finding.tokens[start:end] for finding in laid for start, end in finding.spans]
    tokens = np.concatenate(statements)
    drawn = [statements[number] for number in random.permutation(len(statements))]
    made, row = [], 0
    while row < len(drawn):
        above = laid[int(random.integers(len(laid)))]
        headings = above.tokens[: above.spans[0][0]]
        together = _with_room(drawn[row : row + int(random.integers(1, MOST + 1))], LONGEST - len(headings) - 1)
        made.append(_finding(headings, [worn(statement, tokens, random) for statement in together], row))
        row += len(together)
    return made


def worn(statement: Sequence[int], tokens: np.ndarray[Any, Any], random: np.random.Generator) -> tuple[int, ...]:
    """A statement as it is, or with some of its tokens exchanged for others."""
    own = np.array(statement)
    if random.random() < WORN:
        hit = random.random(len(own)) < CHANGED
        own[hit] = random.choice(tokens, int(hit.sum()))
    return tuple(own.tolist())


def _with_room(statements: Sequence[tuple[int, ...]], room: int) -> list[tuple[int, ...]]:
    ends = np.cumsum([len(statement) for statement in statements])
    return list(statements[: max(1, int(np.searchsorted(ends, room, side="right")))])


def _finding(headings: Sequence[int], statements: Sequence[Sequence[int]], row: int) -> Laid:
    ends = len(headings) + np.cumsum([len(statement) for statement in statements])
    spans = tuple((int(end) - len(statement), int(end)) for end, statement in zip(ends, statements, strict=True))
    tokens = (*headings, *(token for statement in statements for token in statement), SEPARATOR)
    return Laid(tokens, spans, tuple(range(row, row + len(statements))))
