"""All comparisons of a run, by the name of their file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.compare.agencies import agencies_by_theme
from jtai_reports.compare.areas import area_profiles, neighbours_of_each
from jtai_reports.compare.both_sides import both_sides, praised_and_criticised
from jtai_reports.compare.counts import count, count_by_letter
from jtai_reports.compare.coverage import coverage_by_authority, coverage_by_region, coverage_by_series
from jtai_reports.compare.findings import findings_by_authority, findings_by_series
from jtai_reports.compare.letters import select_letters
from jtai_reports.compare.mentions import Layer
from jtai_reports.compare.prevalence import prevalence
from jtai_reports.compare.priorities import priority_actions
from jtai_reports.compare.series import prevalence_of_repeats, series_in_order
from jtai_reports.compare.shares import COLUMNS, shares
from jtai_reports.reference.templates import single_layer_templates, templates_around
from jtai_reports.settings import CompareSettings

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.compare.counts import Counts
    from jtai_reports.corpus import Corpus

PREVALENCE_BY = ("series", "template", "region", "authority_type", "inspectorates")
NAMES = (
    "findings_by_authority", "findings_by_series", "series", "coverage_by_series", "coverage_by_region",
    "coverage_by_authority", "priority_actions", "statistical_neighbours",
    *(f"prevalence_by_{by}" for by in PREVALENCE_BY), "repeats", "agencies_by_theme", "praised_and_criticised",
    "praised_and_criticised_by_template", "shares_within_template", "area_profiles",
)  # fmt: skip
"""The tables in the order in which a run writes them."""
Tables = dict[str, "pd.DataFrame"]


def comparison_tables(
    corpus: Corpus,
    *,
    codebook: Codebook | None = None,
    settings: CompareSettings = CompareSettings(),  # noqa: B008
) -> Tables:
    """Every comparison that a run writes.

    Args:
        corpus: the tables of the letters.
        codebook: the codebook in use; that of the package where none is given.
        settings: the fewest letters that are compared, and the draws of a bootstrap.

    Returns:
        The tables by name. Where the statements are not coded, only those that need no codes.
    """
    found = counted_tables(count(corpus), codebook=codebook, settings=settings)
    found |= listed_tables(corpus, codebook=codebook)
    return {name: found[name] for name in NAMES if name in found}


def counted_tables(
    counts: Counts,
    *,
    codebook: Codebook | None = None,
    settings: CompareSettings = CompareSettings(),  # noqa: B008
    profiles: bool = True,
) -> Tables:
    """The comparisons that need no texts.

    Args:
        counts: the counts of the letters: of all at once, or of their parts, stacked.
        codebook: as in `comparison_tables`.
        settings: as in `comparison_tables`.
        profiles: whether to make `area_profiles`, which has a row for every letter, code and side.
    """
    by_authority = findings_by_authority(counts)
    tables = {
        "findings_by_authority": by_authority,
        "findings_by_series": findings_by_series(by_authority),
        "series": series_in_order(counts),
        "coverage_by_series": coverage_by_series(counts),
        "coverage_by_region": coverage_by_region(counts),
        "coverage_by_authority": coverage_by_authority(counts),
        "statistical_neighbours": neighbours_of_all(counts),
    }
    if not is_coded(counts.letters):
        return tables
    tables |= tables_of_codes(counts, codebook, settings)
    tables["repeats"] = prevalence_of_repeats(tables["prevalence_by_series"], tables["series"])
    return tables | ({"area_profiles": area_profiles(counts, codes=codebook)} if profiles else {})


def listed_tables(corpus: Corpus, *, codebook: Codebook | None = None) -> Tables:
    """The comparisons that quote: their rows are those of one letter after the other.

    Letters can be listed in parts that follow one another in `reports`: the tables of the parts, one below the
    other, are those of the whole. A part without statements has no table of codes.

    Args:
        corpus: the tables of the letters.
        codebook: as in `comparison_tables`.
    """
    tables = {"priority_actions": priority_actions(corpus)}
    if is_coded(count_by_letter(corpus)):
        tables["praised_and_criticised"] = praised_and_criticised(corpus, codes=codebook)
    return tables


def tables_of_codes(counts: Counts, codebook: Codebook | None, settings: CompareSettings) -> Tables:
    """In how many letters, and in how many statements, each code is praised and criticised."""
    tables = {f"prevalence_by_{by}": prevalence(counts, by=by, codes=codebook) for by in PREVALENCE_BY}
    return tables | {
        "agencies_by_theme": agencies_by_theme(counts, codes=codebook),
        "praised_and_criticised_by_template": both_sides(counts, by="template", codes=codebook),
        "shares_within_template": shares_within_template(counts, codebook, settings),
    }


def shares_within_template(counts: Counts, codebook: Codebook | None, settings: CompareSettings) -> pd.DataFrame:
    """The shares of each template and layer; those with too few letters are left out."""
    import pandas as pd  # noqa: PLC0415 - heavy

    found = []
    read, single = counts.reports["template"].value_counts(), single_layer_templates()
    for template, n in read.reindex(templates_around(read.index), fill_value=0).items():
        if n < settings.min_letters:
            continue
        letters = select_letters(counts, template=str(template))
        layers: tuple[Layer, ...] = ("main",) if template in single else ("summary", "main")
        found += [shares(letters, layer=layer, codes=codebook, settings=settings) for layer in layers]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def neighbours_of_all(counts: Counts) -> pd.DataFrame:
    """The statistical neighbours of every area that has a letter."""
    return neighbours_of_each(counts.reports, list(dict.fromkeys(counts.reports["authority"].dropna())))


def is_coded(by_letter: pd.DataFrame) -> bool:
    """Whether there are statements and every one has a polarity.

    Args:
        by_letter: the table `letters` of `Counts`.
    """
    return bool(by_letter["statements"].sum()) and not by_letter["uncoded"].sum()
