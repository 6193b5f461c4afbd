"""All comparisons of a run, by the name of their file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.compare.agencies import agencies_by_theme
from jtai_reports.compare.areas import area_profiles, neighbours
from jtai_reports.compare.both_sides import both_sides, praised_and_criticised
from jtai_reports.compare.coverage import coverage_by_authority, coverage_by_region, coverage_by_series
from jtai_reports.compare.findings import findings_by_authority, findings_by_series
from jtai_reports.compare.letters import select_letters
from jtai_reports.compare.mentions import Layer
from jtai_reports.compare.prevalence import prevalence
from jtai_reports.compare.priorities import priority_actions
from jtai_reports.compare.series import prevalence_of_repeats, series_in_order
from jtai_reports.compare.shares import COLUMNS, shares
from jtai_reports.reference.profiles import single_layer_templates, templates_around
from jtai_reports.settings import CompareSettings

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.corpus import Corpus

PREVALENCE_BY = ("series", "template", "region", "authority_type", "inspectorates")
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
    by_authority = findings_by_authority(corpus)
    tables = {
        "findings_by_authority": by_authority,
        "findings_by_series": findings_by_series(by_authority),
        "series": series_in_order(corpus),
        "coverage_by_series": coverage_by_series(corpus),
        "coverage_by_region": coverage_by_region(corpus),
        "coverage_by_authority": coverage_by_authority(corpus),
        "priority_actions": priority_actions(corpus),
        "statistical_neighbours": neighbours_of_all(corpus),
    }
    return tables | (coded_tables(corpus, codebook, settings) if is_coded(corpus) else {})


def coded_tables(corpus: Corpus, codebook: Codebook | None, settings: CompareSettings) -> Tables:
    """The comparisons of codes."""
    tables = {f"prevalence_by_{by}": prevalence(corpus, by=by, codes=codebook) for by in PREVALENCE_BY}
    return tables | {
        "repeats": prevalence_of_repeats(tables["prevalence_by_series"], series_in_order(corpus)),
        "agencies_by_theme": agencies_by_theme(corpus, codes=codebook),
        "praised_and_criticised": praised_and_criticised(corpus, codes=codebook),
        "praised_and_criticised_by_template": both_sides(corpus, by="template", codes=codebook),
        "shares_within_template": shares_within_template(corpus, codebook, settings),
        "area_profiles": area_profiles(corpus, codes=codebook),
    }


def shares_within_template(corpus: Corpus, codebook: Codebook | None, settings: CompareSettings) -> pd.DataFrame:
    """The shares of each template and layer; those with too few letters are left out."""
    import pandas as pd  # noqa: PLC0415 - heavy

    found = []
    counts, single = corpus.reports["template"].value_counts(), single_layer_templates()
    for template, n in counts.reindex(templates_around(counts.index), fill_value=0).items():
        if n < settings.min_letters:
            continue
        letters = select_letters(corpus, template=str(template))
        layers: tuple[Layer, ...] = ("main",) if template in single else ("summary", "main")
        found += [shares(letters, layer=layer, codes=codebook, settings=settings) for layer in layers]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def neighbours_of_all(corpus: Corpus) -> pd.DataFrame:
    """The statistical neighbours of every area that has a letter."""
    import pandas as pd  # noqa: PLC0415 - heavy

    areas = list(dict.fromkeys(corpus.reports["authority"].dropna()))
    found = [neighbours(corpus, area) for area in areas]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def is_coded(corpus: Corpus) -> bool:
    """Whether every statement has a polarity."""
    return not corpus.statements.empty and bool(corpus.statements["polarity"].notna().all())
