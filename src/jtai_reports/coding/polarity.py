"""Polarity by the codebook's rules: what a statement says, read in its section."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from jtai_reports import schema
from jtai_reports.coding.matching import GIVEN_FROM, compiled, plain_text
from jtai_reports.coding.records import POLARITY

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook

SETTLED = 0.9
FINITE_VERB = (
    r"\b(?:is|are|was|were|has|have|had|do|does|did|can|could|will|would|should|must|may|might|needs?|cannot)\b"
    r"|^(?:this|these|they|there|it|he|she|we)\b"
)


def code_polarity(statements: pd.DataFrame, scores: NDArray[np.float64], codebook: Codebook) -> pd.DataFrame:
    """The polarity of each statement, with a score.

    Context and next steps are neutral. A bare noun phrase is what its section says. For a sentence, standing in a
    section counts like one more rule; the stronger of strength and weakness wins, and where the words alone speak
    for both and a rule for `mixed` matches, it is mixed.

    Args:
        statements: the table `statements`.
        scores: of `code_scores`, one row a statement.
        codebook: the codebook that the scores were made with.

    Returns:
        The columns `statement_id`, `polarity`, `polarity_score`, `key_area` (still missing).
    """
    words = _by_code(scores, codebook)
    section = {code: _section_weights(statements["section_kind"], codebook, code) for code in words}
    both = {code: 1 - (1 - words[code]) * (1 - section[code]) for code in words}
    names = np.where(both["strength"] >= both["weakness"], "strength", "weakness").astype(object)
    contrast = (words["mixed"] >= GIVEN_FROM) & (np.minimum(words["strength"], words["weakness"]) >= GIVEN_FROM)
    names[contrast] = "mixed"
    phrase = is_bare_phrase(statements["text"])
    for code in ("strength", "weakness"):
        names[phrase & (section[code] >= GIVEN_FROM)] = code
    names[both["neutral"] > np.maximum(both["strength"], both["weakness"])] = "neutral"
    names[section["neutral"] >= SETTLED] = "neutral"
    rows = [
        {"statement_id": statement_id, "polarity": name, "polarity_score": both[name][row]}
        for row, (statement_id, name) in enumerate(zip(statements["statement_id"], names, strict=True))
    ]
    return schema.make_frame(POLARITY, rows)


def is_settled_neutral(kinds: pd.Series[str], codebook: Codebook) -> NDArray[np.bool_]:
    """Whether statements in such a section are neutral whatever they say."""
    return np.asarray(_section_weights(kinds, codebook, "neutral") >= SETTLED)


def is_bare_phrase(texts: pd.Series[str]) -> NDArray[np.bool_]:
    """Whether each text is a noun phrase without a verb, such as 'The timeliness of assessments'."""
    search = compiled(FINITE_VERB).search
    return np.array([not search(plain_text(text)) for text in texts], dtype=bool)


def _by_code(scores: NDArray[np.float64], codebook: Codebook) -> dict[str, NDArray[np.float64]]:
    return {code.id: scores[:, column] for column, code in enumerate(codebook.codes) if code.facet == "polarity"}


def _section_weights(kinds: pd.Series[str], codebook: Codebook, code: str) -> NDArray[np.float64]:
    weights = next(polarity.sections for polarity in codebook.facet("polarity") if polarity.id == code)
    return np.array([weights.get(kind, 0.0) for kind in kinds], dtype=np.float64)
