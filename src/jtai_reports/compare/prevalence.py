"""In how many letters is a code praised, in how many criticised: k of n, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jtai_reports.compare.codes import Codes, chosen_codes
from jtai_reports.compare.counts import coded_counts
from jtai_reports.compare.intervals import wilson
from jtai_reports.compare.letters import check_grouping, known_values, letter_groups
from jtai_reports.compare.mentions import SIDES, Layer, in_layer
from jtai_reports.errors import ComparisonError

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.compare.counts import Counts
    from jtai_reports.corpus import Corpus

WHAT = ["facet", "code", "polarity"]


def prevalence(
    corpus: Corpus | Counts, *, by: str = "series", layer: Layer = "both", codes: Codes | Codebook | None = None
) -> pd.DataFrame:
    """The letters with at least one strength, and at least one weakness, on each code.

    The count survives the difference in length between letters. A mixed statement counts on both sides.
    Statements in Context, Next steps and practice examples are not counted. A code that is not counted was
    not mentioned, which does not mean that nothing was there to see.

    Args:
        corpus: the letters, as tables (`reports`, `statements` and `codings` are used) or counted.
        by: how letters are grouped: series, template, region, authority_type, inspectorates, deep_dive_theme;
            or 'agency': letters with a statement on the code that is about that agency. The two templates
            stay apart in every grouping.
        layer: what is counted of letters that say things twice: 'summary', 'main', or either ('both').
        codes: which codes, by facet: `{"theme": ["missing_children"]}`, or a codebook; all of the package's
            codebook where none are given.

    Returns:
        One row a group, template, code and side, also where k is 0: the grouping's column, template, facet
        (theme, agency, key_area), code, polarity (strength, weakness), k, n (letters read), share (0 to 1),
        low, high (95% Wilson interval).

    Raises:
        ComparisonError: there is no such grouping, layer or code, or it would rank authorities.

    Example:
        >>> import jtai_reports as jtai
        >>> corpus = jtai.load("outputs")
        >>> counted = jtai.prevalence(corpus, by="template", codes={"theme": ["missing_children"]})
        >>> counted[["template", "code", "polarity", "n"]].head(2)
            template              code  polarity  n
        0  2016-2020  missing_children  strength  6
        1  2016-2020  missing_children  weakness  6
    """
    check_grouping(by, more=["agency"])
    counts = coded_counts(corpus)
    wanted = chosen_codes(counts.codes, codes)
    if by == "agency":
        return _by_agency(counts, wanted, layer)
    groups = letter_groups(counts, by)
    hits = in_groups(in_layer(counts.said, layer), groups)
    return count_letters(hits, group_sizes(counts, by), by=by, codes=wanted, sides=tuple(SIDES))


def _by_agency(counts: Counts, codes: Codes, layer: Layer) -> pd.DataFrame:
    """Letters with a statement on a code that is about an agency, of all letters of the template."""
    wanted = {facet: names for facet, names in codes.items() if facet != "agency"}
    if not wanted:
        raise ComparisonError("Agencies are grouped by the themes that they are named in.", hint="Name a theme.")
    said = in_layer(counts.agencies, layer).rename(columns={"agency": "group"})
    hits = in_groups(said, counts.reports[["report_id", "template"]])
    return count_letters(hits, agency_sizes(counts), by="agency", codes=wanted, sides=tuple(SIDES))


def count_letters(
    hits: pd.DataFrame, sizes: pd.DataFrame, *, by: str, codes: Codes, sides: Sequence[str]
) -> pd.DataFrame:
    """Count the letters among hits: a row for each group, code and side, also where there are none.

    Args:
        hits: report_id, group, template, facet, code, polarity, any number of rows a letter.
        sizes: group, template and n, the number of its letters, in the order wanted.
        by: what the column `group` is called in the result.
        codes: the codes of each facet, in the order wanted.
        sides: the polarities, in the order wanted.

    Returns:
        The grouping's column, template, facet, code, polarity, k, n, share, low, high.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    key = ["group", "template", *WHAT]
    cells = pd.DataFrame(
        [(facet, code, side) for facet, names in codes.items() for code in names for side in sides], columns=WHAT
    ).astype("str")
    table = sizes.merge(cells, how="cross")
    counted = hits.drop_duplicates(["report_id", *key]).groupby(key, observed=True).size().rename("k").reset_index()
    counted = counted.astype(dict.fromkeys(key, "str"))
    table = table.merge(counted, how="left", on=key, validate="one_to_one")
    table["k"] = table["k"].fillna(0).astype("int64")
    table["share"] = table["k"] / table["n"]
    table["low"], table["high"] = wilson(table["k"], table["n"])
    named = table.drop(columns="group") if by == "template" else table.rename(columns={"group": by})
    first = dict.fromkeys([by, "template"])
    return named[[*first, *WHAT, "k", "n", "share", "low", "high"]]


def in_groups(said: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """What letters say, with the group and template of the letter.

    Args:
        said: a table of `Counts`; its letters are categories.
        groups: report_id and other columns, one row a letter.
    """
    kinds = dict.fromkeys(groups.columns, "category") | {"report_id": said["report_id"].dtype}
    return said.merge(groups.astype(kinds), on="report_id", validate="many_to_one")


def group_sizes(counts: Counts, by: str) -> pd.DataFrame:
    """Group, template and n, the number of letters: in the order of the reference data, the earlier template first."""
    sizes = letter_groups(counts, by).groupby(["group", "template"]).size().rename("n").reset_index()
    place = {name: number for number, name in enumerate(known_values(counts, by))}
    table = sizes.assign(place=sizes["group"].map(place))
    return table.sort_values(["place", "template"], ignore_index=True).drop(columns="place")


def agency_sizes(counts: Counts) -> pd.DataFrame:
    """Every agency beside each template, with the number of all its letters."""
    import pandas as pd  # noqa: PLC0415 - heavy

    agencies = pd.DataFrame({"group": chosen_codes(counts.codes, None)["agency"]}, dtype="str")
    n = counts.reports.groupby("template").size().rename("n").reset_index()
    return agencies.merge(n, how="cross")[["group", "template", "n"]]
