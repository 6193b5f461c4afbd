"""How well codes agree with those that were given: the figures of a model on letters left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.decide import Choice
    from jtai_reports.coding.train import CodedStatement

BANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
JUDGED = {"strength", "weakness"}
LEAST = 5  # statements that a code must be given to, to count in the mean over codes


class Tally(NamedTuple):
    """How often a code was given rightly, given at all, and should have been given."""

    right: int
    given: int
    wanted: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, 0 to 1."""
        return 2 * self.right / (self.given + self.wanted) if self.given + self.wanted else 0.0


def figures(
    statements: pd.DataFrame, choices: Sequence[Choice], coded: Mapping[str, CodedStatement]
) -> dict[str, float]:
    """Polarity accuracy and flips, micro and macro F1 of themes and agencies, over the coded statements."""
    pairs = _pairs(statements, choices, coded)
    polarity = [(want.polarity, got.polarity) for want, got in pairs]
    found = {
        "statements": float(len(pairs)),
        "polarity.accuracy": _mean(want == got for want, got in polarity),
        "polarity.flips": _mean({want, got} == JUDGED for want, got in polarity),
    }
    for facet, tallies in tallies_of(statements, choices, coded).items():
        total = Tally(*(sum(column) for column in zip(*tallies.values(), strict=True))) if tallies else Tally(0, 0, 0)
        frequent = [tally.f1 for tally in tallies.values() if tally.wanted >= LEAST]
        found |= {f"{facet}.micro_f1": total.f1, f"{facet}.macro_f1": float(np.mean(frequent)) if frequent else 0.0}
    return {name: round(value, 4) for name, value in found.items()}


def tallies_of(
    statements: pd.DataFrame, choices: Sequence[Choice], coded: Mapping[str, CodedStatement]
) -> dict[str, dict[str, Tally]]:
    """For themes and agencies, the tally of each code, in the alphabet's order."""
    pairs = _pairs(statements, choices, coded)
    facets = {
        "theme": [(set(want.themes), {code for code, _ in got.themes}) for want, got in pairs],
        "agency": [(set(want.agencies), {code for code, _ in got.agencies}) for want, got in pairs],
    }
    return {facet: _tallies(sets) for facet, sets in facets.items()}


def reliability(
    statements: pd.DataFrame, choices: Sequence[Choice], coded: Mapping[str, CodedStatement]
) -> pd.DataFrame:
    """For each facet and band of scores: how many codes were given, their mean score, and the share that is right."""
    import pandas as pd  # noqa: PLC0415 - heavy

    rows = []
    for want, got in _pairs(statements, choices, coded):
        rows.append(("polarity", got.polarity_score, want.polarity == got.polarity))
        rows += [("theme", score, code in want.themes) for code, score in got.themes]
        rows += [("agency", score, code in want.agencies) for code, score in got.agencies]
    table = pd.DataFrame(rows, columns=["facet", "score", "right"])
    table["band"] = pd.cut(table["score"], list(BANDS), include_lowest=True).astype(str)
    groups = table.groupby(["facet", "band"], as_index=False)
    return groups.agg(n=("right", "size"), mean_score=("score", "mean"), share_right=("right", "mean")).round(3)


def _pairs(
    statements: pd.DataFrame, choices: Sequence[Choice], coded: Mapping[str, CodedStatement]
) -> list[tuple[CodedStatement, Choice]]:
    ids = zip(statements["statement_id"], choices, strict=True)
    return [(coded[statement_id], choice) for statement_id, choice in ids if statement_id in coded]


def _tallies(sets: Sequence[tuple[set[str], set[str]]]) -> dict[str, Tally]:
    codes = sorted({code for want, got in sets for code in want | got})
    return {
        code: Tally(
            right=sum(code in want and code in got for want, got in sets),
            given=sum(code in got for _, got in sets),
            wanted=sum(code in want for want, _ in sets),
        )
        for code in codes
    }


def _mean(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0
