"""Which agencies are praised and criticised on which theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.compare.codes import all_codes
from jtai_reports.compare.counts import coded_counts
from jtai_reports.compare.mentions import Layer
from jtai_reports.compare.prevalence import prevalence

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.compare.counts import Counts
    from jtai_reports.corpus import Corpus


def agencies_by_theme(corpus: Corpus | Counts, *, layer: Layer = "both", codes: Codebook | None = None) -> pd.DataFrame:
    """In how many letters a theme is praised, or criticised, in a statement about an agency.

    An agency that a sentence names is not always the one at fault: the sentence may name who waited, or who
    was asked. Agencies that come under one code were renamed over time (a CCG became an ICB).

    Args:
        corpus: the letters, as tables (`reports`, `statements` and `codings` are used) or counted.
        layer: what is counted of letters that say things twice.
        codes: the codebook in use; that of the package where none is given.

    Returns:
        One row an agency, template, theme and side: agency, template, facet ('theme'), code, polarity, k,
        n (letters of the template), share, low, high.
    """
    counts = coded_counts(corpus)
    return prevalence(counts, by="agency", layer=layer, codes={"theme": all_codes(counts.codes, codes)["theme"]})
