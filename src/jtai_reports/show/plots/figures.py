"""All figures of a run, drawn from its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from jtai_reports.schema import KEY_AREAS
from jtai_reports.show.plots.agencies import plot_agencies_by_theme
from jtai_reports.show.plots.both_sides import plot_both_sides
from jtai_reports.show.plots.coverage import plot_coverage
from jtai_reports.show.plots.findings import plot_findings_by_authority
from jtai_reports.show.plots.grid import grid_pages, plot_codes_by_authority
from jtai_reports.show.plots.prevalence import plot_prevalence_by_series, prevalence_pages
from jtai_reports.show.plots.repeats import plot_repeats
from jtai_reports.show.plots.shares import plot_areas_by_letter, plot_shares
from jtai_reports.show.plots.timeline import plot_timeline

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.show.plots.chart import Chart
    from jtai_reports.show.plots.words import Words

Tables = Mapping[str, "pd.DataFrame"]


def all_charts(tables: Tables, *, words: Words) -> Iterator[Chart]:
    """Every figure that the tables of a run allow, one after the other.

    Args:
        tables: what `comparison_tables` gives; without codes, only figures that need none are drawn.
        words: what to call codes and series, and where the letters come from.
    """
    yield plot_findings_by_authority(tables["findings_by_authority"], words=words)
    yield plot_timeline(tables["findings_by_authority"], tables["series"], words=words)
    yield plot_coverage(tables["coverage_by_authority"], tables["findings_by_authority"], words=words)
    if "prevalence_by_series" in tables:
        yield from _charts_of_codes(tables, words)


def _charts_of_codes(tables: Tables, words: Words) -> Iterator[Chart]:
    for of in ("key_area", *KEY_AREAS, "agency"):
        pages = prevalence_pages(tables["prevalence_by_series"], of, words)
        for part, page in _parts(pages):
            yield plot_prevalence_by_series(page, of=of, part=part, words=words)
    by_template = tables["prevalence_by_template"]
    yield plot_both_sides(by_template, tables["praised_and_criticised_by_template"], words=words)
    for _, own in tables["agencies_by_theme"].groupby("template"):
        yield plot_agencies_by_theme(own, words=words)
    yield from _grids(tables["area_profiles"], words)
    yield plot_areas_by_letter(tables["area_profiles"], words=words)
    if len(tables["shares_within_template"]):
        yield plot_shares(tables["shares_within_template"], words=words)
    for _, own in tables["repeats"].groupby("repeats"):
        yield plot_repeats(own, words=words)


def _grids(profiles: pd.DataFrame, words: Words) -> Iterator[Chart]:
    for _, own in profiles.groupby("template"):
        for part, page in _parts(grid_pages(own, words)):
            yield plot_codes_by_authority(page, part=part, words=words)


def _parts(pages: list[pd.DataFrame]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each page with its number; a page that is alone has none."""
    for number, page in enumerate(pages, 1):
        yield str(number) if len(pages) > 1 else "", page
