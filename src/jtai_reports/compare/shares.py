"""How much of what letters judge is about a code: shares of statements, within one template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.compare.codes import Codes, chosen_codes, code_pairs
from jtai_reports.compare.counts import coded_counts
from jtai_reports.compare.intervals import share_intervals
from jtai_reports.compare.letters import check_enough, check_one_layer, check_one_template
from jtai_reports.compare.mentions import SIDES, Layer, in_layer
from jtai_reports.errors import ComparisonError
from jtai_reports.reference.templates import single_layer_templates
from jtai_reports.settings import CompareSettings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.compare.counts import Counts
    from jtai_reports.corpus import Corpus

WHAT = ["facet", "code", "polarity"]
COLUMNS = ["template", "layer", *WHAT, "statements", "judged", "k", "n", "share", "low", "high", "design_effect"]


def shares(
    corpus: Corpus | Counts,
    *,
    layer: Layer = "main",
    codes: Codes | Codebook | None = None,
    settings: CompareSettings = CompareSettings(),  # noqa: B008 - immutable
) -> pd.DataFrame:
    """The share of the judged statements that praise, or criticise, each code.

    Shares say how letters spend their words: they compare codes with one another, in letters written to one
    template. A statement may have several codes, and a mixed one counts on both sides: shares do not add to 1.

    Args:
        corpus: the letters, as tables or counted, all of one template; choose them with `select_letters`.
        layer: 'main' or 'summary', of letters that say most things twice; never both.
        codes: which codes, by facet, or a codebook; all where none are given.
        settings: the fewest letters, and the draws of the bootstrap.

    Returns:
        One row a code and side: template, layer, facet, code, polarity, statements (on the code and side),
        judged (all judged statements), k (letters with at least one such statement), n (letters), share
        (0 to 1), low, high (95%, see `intervals.share_intervals`), design_effect (how much letters widen the
        interval: the variance as a multiple of that of independent statements).

    Raises:
        ComparisonError: the letters follow two templates or are fewer than the minimum, the layer is 'both',
            or nothing is judged.

    Example:
        >>> import jtai_reports as jtai
        >>> letters = jtai.select_letters(jtai.load("outputs"), template="2022-")
        >>> table = jtai.shares(letters, layer="summary", codes={"theme": ["early_help"]})
        >>> table[["code", "polarity", "n"]]
                 code  polarity  n
        0  early_help  strength  6
        1  early_help  weakness  6
    """
    check_one_layer(layer)
    template = check_one_template(corpus, "Shares of statements")
    check_enough(len(corpus.reports), "Shares of statements", settings.min_letters)
    counts = coded_counts(corpus)
    table = _cells(chosen_codes(counts.codes, codes))
    ids = sorted(counts.reports["report_id"])
    in_this = in_layer(counts.judged, layer).astype({"report_id": "str"}).set_index("report_id")["statements"]
    judged = in_this.reindex(ids, fill_value=0)
    if not judged.sum():
        raise ComparisonError("The letters judge nothing in this layer.", hint="Choose the other layer.")
    y = _matrix(in_layer(counts.said, layer), table, ids)
    found = share_intervals(y, judged, settings=settings)
    return table.assign(
        template=template,
        layer="single" if template in single_layer_templates() else layer,
        statements=y.sum(axis=0).astype("int64"),
        judged=int(judged.sum()),
        k=(y > 0).sum(axis=0),
        n=len(ids),
        share=found.share,
        low=found.low,
        high=found.high,
        design_effect=found.design_effect,
    )[COLUMNS]


def _cells(codes: Codes) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy

    rows = [(facet, code, side) for facet, code in code_pairs(codes) for side in SIDES]
    return pd.DataFrame(rows, columns=WHAT, dtype="str")


def _matrix(said: pd.DataFrame, cells: pd.DataFrame, ids: list[str]) -> NDArray[np.float64]:
    """Statements of each letter (rows) on each code and side (columns)."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415 - heavy

    kinds = said[WHAT].drop_duplicates()  # few: only these are compared as text
    numbered = kinds.astype("str").merge(cells.assign(column=range(len(cells))), how="left", validate="one_to_one")
    kinds = kinds.assign(column=numbered["column"].to_numpy()).dropna(subset="column")
    found = said.merge(kinds, on=WHAT, validate="many_to_one")
    places = pd.Index(ids).get_indexer(found["report_id"].cat.categories)[found["report_id"].cat.codes]
    counts = np.zeros((len(ids), len(cells)))
    counts[places, found["column"].astype("int64")] = found["statements"]
    return counts
