"""The coder `rules`: codes by the rules of the codebook alone, so that a reader can follow every decision.

Other coders may use what it is made of:

- `rule_hits(texts, codebook)` (from `coding.matching`): which rule matches which text. `.matrix` has one row a text
  and one column a rule (0 or 1, float32), `.names` names the columns ('theme:missing_children:3'), `.starts` and
  `.ends` are the spans of the matches.
- `code_scores(hits, codebook)`: one row a text, one column a code of `codebook.codes`, 0 to 1.

How it decides:

- themes: those whose score reaches `GIVEN_FROM` and `SHARE_OF_BEST` of the best, at most three, strongest first;
- agencies: those whose score reaches `GIVEN_FROM`; one that gives way ('partnership') stands beside others only from
  `SURE` on; a judgement that names none is about the single one of the statement before it in its finding;
- polarity: see `coding.polarity`; a statement that is surely neutral gets no codes.

A score says how strongly the rules speak; it is not calibrated. A code taken from the statement before has no evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jtai_reports import schema
from jtai_reports.coding.matching import GIVEN_FROM, NO_HIT, RuleHits, code_scores, rule_hits
from jtai_reports.coding.polarity import code_polarity, is_settled_neutral
from jtai_reports.coding.records import POLARITY, Coded

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook, Facet
    from jtai_reports.corpus import Corpus

__all__ = ["NAME", "code_by_rules", "code_scores", "rule_hits"]

NAME = "rules"
MOST_THEMES = 3
SURE = 0.8
CARRIED = 0.5  # what is left of a score that is taken from the statement before
SHARE_OF_BEST = 0.7


def code_by_rules(corpus: Corpus, codebook: Codebook) -> Coded:
    """Code every statement of a corpus by the rules of a codebook.

    Args:
        corpus: letters whose table `statements` is filled; it is not changed.
        codebook: the codes and their rules.
    """
    statements = corpus.statements
    hits = rule_hits(statements["text"].tolist(), codebook)
    scores = code_scores(hits, codebook)
    marks = code_polarity(statements, scores, codebook)
    neutral = (marks["polarity"] == "neutral").to_numpy()
    silent = is_settled_neutral(statements["section_kind"], codebook)
    silent |= neutral & (marks["polarity_score"] >= SURE).to_numpy()
    in_story = (statements["section_kind"] == "practice_example").to_numpy()
    themes = [[] if quiet else chosen for quiet, chosen in zip(silent, choose_themes(scores, codebook), strict=True)]
    agencies = [
        [] if quiet else chosen for quiet, chosen in zip(silent, choose_agencies(scores, codebook), strict=True)
    ]
    source = agency_sources(statements, agencies, neutral | in_story)
    rows: list[dict[str, Any]] = []
    for row, statement_id in enumerate(statements["statement_id"]):
        for origin, chosen in ((row, themes[row]), (source[row], agencies[source[row]])):
            for rank, column in enumerate(chosen, 1):
                code = codebook.codes[column]
                place = {
                    "statement_id": statement_id,
                    "facet": code.facet,
                    "code": code.id,
                    "rank": rank,
                    "coder": NAME,
                }
                shown = evidence(hits, row, column) if origin == row else {}
                score = scores[origin, column] * (1.0 if origin == row else CARRIED)
                rows.append(place | {"score": score} | shown)
    key_areas = [codebook.codes[chosen[0]].key_area if chosen else None for chosen in themes]
    marks["key_area"] = schema.make_frame(POLARITY, [{"key_area": area} for area in key_areas])["key_area"]
    return Coded(marks, schema.make_frame(schema.CODINGS, rows))


def choose_themes(scores: NDArray[np.float64], codebook: Codebook) -> list[list[int]]:
    """For each text the columns of its themes, strongest first."""
    columns = _columns(codebook, "theme")
    chosen = []
    for row in scores[:, columns]:
        least = max(GIVEN_FROM, SHARE_OF_BEST * row.max(initial=0.0))
        order = np.argsort(-row, kind="stable")[:MOST_THEMES]
        chosen.append([int(columns[place]) for place in order if row[place] >= least])
    return chosen


def choose_agencies(scores: NDArray[np.float64], codebook: Codebook) -> list[list[int]]:
    """For each text the columns of its agencies, strongest first."""
    columns = _columns(codebook, "agency")
    gives_way = np.array([codebook.codes[column].gives_way for column in columns], dtype=bool)
    chosen = []
    for row in scores[:, columns]:
        given = row >= GIVEN_FROM
        if given.sum() > 1:
            given &= ~gives_way | (row >= SURE)
        chosen.append([int(columns[place]) for place in np.argsort(-row, kind="stable") if given[place]])
    return chosen


def agency_sources(statements: pd.DataFrame, agencies: Sequence[Sequence[int]], quiet: NDArray[np.bool_]) -> list[int]:
    """For each statement the row whose agencies it has: its own, or that of a statement before it in its finding.

    What several agencies did together is seldom what the next sentence is about, so only a single one is taken over.
    """
    sources: list[int] = []
    finding_ids = statements["finding_id"].tolist()
    for row, own in enumerate(agencies):
        goes_on = row > 0 and finding_ids[row] == finding_ids[row - 1] and not quiet[row]
        before = sources[row - 1] if goes_on else row
        sources.append(before if goes_on and not own and len(agencies[before]) == 1 else row)
    return sources


def evidence(hits: RuleHits, row: int, column: int) -> dict[str, int]:
    """The span of the strongest rule of a code that matches: what speaks most for it."""
    own = np.flatnonzero((hits.code_of == column) & (hits.starts[row] > NO_HIT))
    best = own[np.argmax(hits.weights[own])]
    return {"evidence_start": int(hits.starts[row, best]), "evidence_end": int(hits.ends[row, best])}


def _columns(codebook: Codebook, facet: Facet) -> NDArray[np.intp]:
    return np.flatnonzero([code.facet == facet for code in codebook.codes])
