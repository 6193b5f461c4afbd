"""What the letter to one area says, beside the other letters of its series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jtai_reports.compare.codes import Codes, chosen_codes, code_pairs
from jtai_reports.compare.counts import check_coded, coded_counts, count_by_letter
from jtai_reports.compare.letters import NOT_KNOWN, check_one_layer
from jtai_reports.compare.mentions import SIDES, Layer, in_layer, mentions, of_codes
from jtai_reports.compare.names import check_name
from jtai_reports.compare.pooling import pooled
from jtai_reports.reference.authorities import read_authorities
from jtai_reports.reference.catalogue import read_catalogue
from jtai_reports.reference.templates import single_layer_templates

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.compare.counts import Counts
    from jtai_reports.corpus import Corpus

KEY = ["report_id", "facet", "code", "polarity"]
LETTER = ["report_id", "authority", "series", "template"]


def area_profiles(
    corpus: Corpus | Counts, *, layer: Layer = "main", codes: Codes | Codebook | None = None
) -> pd.DataFrame:
    """For every letter, code and side: how much of the letter is about it, raw and drawn toward the series.

    Long letters mention more, so a profile looks at shares of a letter's judged statements. A share of few
    statements is mostly chance: `shrunk` draws it toward the series' mean (beta-binomial, empirical Bayes; the
    likeness of statements within a letter is estimated over all letters of the template). No interval is given:
    a letter is not a sample of its area, and there is no second one to judge by.

    Args:
        corpus: the letters, as tables (`reports`, `statements` and `codings` are used) or counted. Give all
            letters, so that the series means are theirs, and choose the area's rows from the result.
        layer: 'main' or 'summary', of letters that say most things twice; never both.
        codes: which codes, by facet, or a codebook; all where none are given.

    Returns:
        One row a letter, code and side, in order of date: report_id, authority, series, template, layer, facet,
        code, polarity, mentioned (in any layer), said (of the code in any layer: 'praised', 'criticised',
        'both', or 'not mentioned'), statements (on the code and side, in the layer), judged (all judged
        statements of the layer), raw (their share), series_share, letters (of the series read), likeness
        (0 to 1, see `pooling.likeness`), weight (of the letter's own share, 0 to 1), shrunk. weight and shrunk
        are missing in a series of one letter.

    Raises:
        ComparisonError: the layer is 'both', or the letters are not coded.

    Example:
        >>> import jtai_reports as jtai
        >>> profiles = jtai.area_profiles(jtai.load("outputs"), codes={"theme": ["early_help"]})
        >>> own = profiles[profiles["authority"] == "Tarnborough"]
        >>> own[["code", "polarity", "letters"]]
                 code  polarity  letters
        0  early_help  strength        2
        1  early_help  weakness        2
    """
    check_one_layer(layer)
    counts = coded_counts(corpus)
    table = _cells(counts, chosen_codes(counts.codes, codes))
    table = _with_counts(counts, table, layer)
    table = _with_said(table)
    table["group"] = table["series"].fillna(NOT_KNOWN) + " " + table["template"]
    parts = [pooled(part) for _, part in table.groupby(["template", "facet", "code", "polarity"], sort=False)]
    table = _joined(parts, table)
    table["letters"] = table.groupby(["group", *KEY[1:]])["report_id"].transform("size")
    return table[COLUMNS]


COLUMNS = [
    *LETTER, "layer", "facet", "code", "polarity", "mentioned", "said", "statements", "judged", "raw",
    "series_share", "letters", "likeness", "weight", "shrunk",
]  # fmt: skip


def area_quotes(corpus: Corpus, authority: str, *, codes: Codes | Codebook | None = None) -> pd.DataFrame:
    """Every judged statement of the letter to one area, with its codes and its page.

    Args:
        corpus: the tables `reports`, `statements` and `codings` are used.
        authority: name of the area, as in `reports`.
        codes: which codes, by facet, or a codebook; all where none are given.

    Returns:
        One row a statement, code and side, by code and place in the letter: report_id, authority, facet, code,
        polarity, layer, section_kind, text (verbatim), page_start, page_end, statement_id, file_name, source_url.

    Raises:
        ComparisonError: no letter to that area was read; the nearest names are given.
    """
    letters = letters_of(corpus, authority)
    check_coded(count_by_letter(corpus))
    wanted = chosen_codes(corpus.codings, codes)
    said = of_codes(mentions(corpus), wanted).drop(columns="template")
    said = said.merge(letters[["report_id", "authority", "file_name", "source_url"]], on="report_id")
    texts = ["statement_id", "section_kind", "text", "page_start", "page_end"]
    place = corpus.statements[texts].assign(place=range(len(corpus.statements)))
    table = said.merge(place, on="statement_id", validate="many_to_one")
    order = {pair: n for n, pair in enumerate(code_pairs(wanted))}
    table["n"] = [order[pair] for pair in zip(table["facet"], table["code"], strict=True)]
    table = table.sort_values(["n", "polarity", "place"], ignore_index=True)
    who = ["report_id", "authority", "facet", "code", "polarity", "layer", "section_kind"]
    return table[[*who, "text", "page_start", "page_end", "statement_id", "file_name", "source_url"]]


def neighbours(corpus: Corpus | Counts, authority: str) -> pd.DataFrame:
    """The statistical neighbours of an area: those most alike in their people, and the letters that they have.

    Args:
        corpus: the letters, as tables or counted; `reports` is used.
        authority: name of the area, as in `reports`.

    Returns:
        One row a neighbour and letter, the most alike first: authority, neighbour, nearness (1 = most alike),
        la_code, region, report_id, series, template (missing where no letter was read), same_series (as the
        area), in_catalogue (whether a letter is known).

    Raises:
        ComparisonError: no letter to that area was read.
    """
    letters_of(corpus, authority)
    return neighbours_of_each(corpus.reports, [authority])


def neighbours_of_each(reports: pd.DataFrame, areas: Sequence[str]) -> pd.DataFrame:
    """The columns of `neighbours`, for each of some areas in turn."""
    letters = reports[["authority", "report_id", "series", "template"]].dropna(subset="authority")
    table = _nearest(areas).merge(
        letters.rename(columns={"authority": "neighbour"}), how="left", on="neighbour", validate="many_to_many"
    )
    own = letters[["authority", "series"]].dropna().drop_duplicates().assign(same_series=True)
    table = table.merge(own, how="left", on=["authority", "series"], validate="many_to_one")
    table["same_series"] = table["same_series"].notna()
    first = ["authority", "neighbour", "nearness", "la_code", "region"]
    return table[[*first, "report_id", "series", "template", "same_series", "in_catalogue"]]


def _nearest(areas: Sequence[str]) -> pd.DataFrame:
    """The neighbours of each area that the reference data know, the most alike first."""
    import pandas as pd  # noqa: PLC0415 - heavy

    known = read_authorities().authorities
    by_code = {a.la_code: a for a in known if a.la_code}
    codes_of = {a.name: a.statistical_neighbours for a in reversed(known)}
    listed = {entry.ons_code for entry in read_catalogue()}
    rows = [
        (area, by_code[code].name, n, code, by_code[code].region, by_code[code].ons_code in listed)
        for area in areas
        for n, code in enumerate(codes_of.get(area, ()), 1)
        if code in by_code
    ]
    kinds = {"nearness": "int64", "in_catalogue": "bool"}
    columns = ["authority", "neighbour", "nearness", "la_code", "region", "in_catalogue"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns, "str") | kinds)


def letters_of(corpus: Corpus | Counts, authority: str) -> pd.DataFrame:
    """The rows of `reports` that are about an area.

    Raises:
        ComparisonError: there is none.
    """
    reports = corpus.reports
    check_name("letter of an authority named", authority, sorted(reports["authority"].dropna()))
    return reports[reports["authority"] == authority]


def _cells(counts: Counts, codes: Codes) -> pd.DataFrame:
    """Every letter with every code and side."""
    import pandas as pd  # noqa: PLC0415 - heavy

    rows = [(facet, code, side) for facet, code in code_pairs(codes) for side in SIDES]
    cells = pd.DataFrame(rows, columns=["facet", "code", "polarity"], dtype="str")
    return counts.reports[LETTER].merge(cells, how="cross")


def _with_counts(counts: Counts, table: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    said = counts.said.astype(dict.fromkeys(KEY, "str"))
    single = table["template"].map(dict.fromkeys(single_layer_templates(), "single")).fillna(layer)
    anywhere = said.groupby(KEY)["statements"].sum().rename("anywhere").reset_index()
    inside = in_layer(said, layer)[[*KEY, "statements"]]
    judged = in_layer(counts.judged, layer).astype({"report_id": "str"}).set_index("report_id")["statements"]
    table = table.merge(anywhere, how="left", on=KEY, validate="one_to_one")
    table = table.merge(inside, how="left", on=KEY, validate="one_to_one")
    table["judged"] = table["report_id"].map(judged)
    numbers = ["anywhere", "statements", "judged"]
    table[numbers] = table[numbers].fillna(0).astype("int64")
    return table.assign(layer=single, mentioned=table["anywhere"] > 0)


def _with_said(table: pd.DataFrame) -> pd.DataFrame:
    """Whether each letter praises a code, criticises it, or both."""
    sides = table.pivot_table(index=KEY[:3], columns="polarity", values="anywhere", aggfunc="sum").reset_index()
    names = {
        (True, True): "both",
        (True, False): "praised",
        (False, True): "criticised",
        (False, False): "not mentioned",
    }
    found = zip(sides["strength"] > 0, sides["weakness"] > 0, strict=True)
    sides["said"] = [names[bool(good), bool(bad)] for good, bad in found]
    return table.merge(sides[[*KEY[:3], "said"]], on=KEY[:3], validate="many_to_one")


def _joined(parts: list[pd.DataFrame], table: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy

    return pd.concat(parts).sort_index() if parts else pooled(table)
