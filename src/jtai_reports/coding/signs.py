"""Plain signs of a statement's polarity that stand beside what models say: its section, and what the rules see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from jtai_reports.coding.features import code_names
from jtai_reports.coding.matching import code_scores, rule_hits
from jtai_reports.schema import SECTION_KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.coding.context import Context


def polarity_signs(context: Context, codebook: Codebook, polarities: Sequence[str]) -> NDArray[np.float64]:
    """One row a statement; a column for each of `schema.SECTION_KINDS` (1 where it stands there) and each polarity.

    Args:
        context: the statements.
        codebook: its rules give the last columns, each the rules' score for a polarity (0 to 1).
        polarities: as 'polarity:strength', in the order of the columns.

    Example:
        >>> from jtai_reports.coding.codebook import read_codebook
        >>> from jtai_reports.coding.context import describe
        >>> from jtai_reports.corpus import make_corpus
        >>> polarity_signs(describe(make_corpus([])), read_codebook(), ["polarity:strength"]).shape
        (0, 11)
    """
    kinds = np.array(context.kinds, dtype=object)[:, None] == np.array(SECTION_KINDS, dtype=object)
    places = {name: number for number, name in enumerate(code_names(codebook))}
    scores = code_scores(rule_hits(context.texts, codebook), codebook)
    return np.hstack([kinds, scores[:, [places[name] for name in polarities]]]).astype(np.float64)
