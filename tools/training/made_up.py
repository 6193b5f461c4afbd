"""Findings made up of the letters' statements, so that a network can learn more of what a larger one says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jtai_reports.coding.token_layout import Laid, Marks, laid_below, windows
from jtai_reports.minilm import SEPARATOR, START

LONGEST = 512  # tokens of a finding that the student can read
MOST = 4  # statements of a finding
MARKS = Marks(START, SEPARATOR)
WORN, CHANGED = 0.5, 0.12  # statements in which tokens are changed; how many of their tokens


def made_up(laid: Sequence[Laid], random: np.random.Generator) -> list[Laid]:
    """All statements of findings in random order, one to four together under the headings of any finding.

    In half of the statements some tokens are exchanged for others of statements. Their rows count from 0. A finding
    takes fewer statements where more have no room, but never none.
    """
    statements = [finding.tokens[start:end] for finding in laid for start, end in finding.spans]
    tokens = np.concatenate(statements)
    drawn = [(statements[number], row) for row, number in enumerate(random.permutation(len(statements)))]
    made, row = [], 0
    while row < len(drawn):
        above = laid[int(random.integers(len(laid)))]
        heading = above.tokens[1 : above.spans[0][0] - 1]
        most = drawn[row : row + int(random.integers(1, MOST + 1))]
        together = next(windows(most, room=LONGEST - len(heading) - 3))
        own = [(worn(statement, tokens, random), place) for statement, place in together]
        made.append(laid_below(heading, own, MARKS))
        row += len(together)
    return made


def worn(statement: Sequence[int], tokens: np.ndarray[Any, Any], random: np.random.Generator) -> tuple[int, ...]:
    """A statement as it is, or with some of its tokens exchanged for others."""
    own = np.array(statement)
    if random.random() < WORN:
        hit = random.random(len(own)) < CHANGED
        own[hit] = random.choice(tokens, int(hit.sum()))
    return tuple(own.tolist())
