"""From probabilities to codes: one polarity, up to three themes with the most central first, and the agencies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from jtai_reports.coding.polarity import is_settled_neutral
from jtai_reports.coding.rules import MOST_THEMES
from jtai_reports.schema import STATEMENT_POLARITIES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook

THEME_FROM = 0.35  # a theme is given from this probability on
AGENCY_FROM = 0.35
NO_THEME_FROM = 0.5  # from this probability on a statement has no theme; below, it has at least one
SETTLED_SCORE = 0.99


class Choice(NamedTuple):
    """The codes of one statement with their probabilities; themes and agencies in the order of their rank."""

    polarity: str
    polarity_score: float
    themes: tuple[tuple[str, float], ...]
    agencies: tuple[tuple[str, float], ...]


def decide(
    statements: pd.DataFrame, shares: NDArray[np.float64], outputs: Sequence[str], codebook: Codebook
) -> list[Choice]:
    """Choose the codes of each statement.

    What the codebook says of sections goes before the model: Context and Next steps are neutral and have no codes.

    Args:
        statements: the table `statements`.
        shares: the probability of each output (n x outputs).
        outputs: the names of the outputs: 'polarity:mixed', 'theme:...', 'agency:...', 'first:...', 'none'.
        codebook: tells which sections are neutral.
    """
    silent = is_settled_neutral(statements["section_kind"], codebook)
    columns = _Columns(outputs)
    choices = []
    for row in range(len(statements)):
        if silent[row]:
            choices.append(Choice("neutral", SETTLED_SCORE, (), ()))
            continue
        polarity, score = _polarity(shares[row], columns)
        agencies = _given(shares[row], columns.of["agency"], AGENCY_FROM)
        choices.append(Choice(polarity, score, _themes(shares[row], columns), agencies))
    return choices


class _Columns:
    """Where the outputs of each kind stand."""

    def __init__(self, outputs: Sequence[str]) -> None:
        self.none = list(outputs).index("none")
        self.of: dict[str, list[tuple[str, int]]] = {}
        for number, name in enumerate(outputs):
            kind, _, code = name.partition(":")
            self.of.setdefault(kind, []).append((code, number))
        self.first = dict(self.of["first"])


def _polarity(shares: NDArray[np.float64], columns: _Columns) -> tuple[str, float]:
    values = {code: shares[number] for code, number in columns.of["polarity"]}
    best = max(STATEMENT_POLARITIES, key=lambda code: values[code])
    return best, float(values[best] / sum(values.values()))


def _themes(shares: NDArray[np.float64], columns: _Columns) -> tuple[tuple[str, float], ...]:
    if shares[columns.none] >= NO_THEME_FROM:
        return ()
    likely = _given(shares, columns.of["theme"], THEME_FROM)[:MOST_THEMES]
    given = likely or _given(shares, columns.of["theme"], 0.0)[:1]
    return tuple(sorted(given, key=lambda code: -shares[columns.first[code[0]]]))


def _given(
    shares: NDArray[np.float64], columns: Sequence[tuple[str, int]], least: float
) -> tuple[tuple[str, float], ...]:
    given = [(code, float(shares[number])) for code, number in columns if shares[number] >= least]
    return tuple(sorted(given, key=lambda code: -code[1]))
