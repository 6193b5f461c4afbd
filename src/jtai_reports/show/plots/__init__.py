"""Figures: one function each, table in, `Chart` out. They read no files and show nothing."""

from jtai_reports.show.plots.agencies import plot_agencies_by_theme
from jtai_reports.show.plots.both_sides import plot_both_sides
from jtai_reports.show.plots.chart import QUIET, STRENGTH, WEAKNESS, Chart
from jtai_reports.show.plots.coverage import plot_coverage
from jtai_reports.show.plots.figures import all_charts
from jtai_reports.show.plots.findings import plot_findings_by_authority
from jtai_reports.show.plots.grid import plot_codes_by_authority
from jtai_reports.show.plots.prevalence import plot_prevalence_by_series
from jtai_reports.show.plots.repeats import plot_repeats
from jtai_reports.show.plots.shares import plot_areas_by_letter, plot_shares
from jtai_reports.show.plots.timeline import plot_timeline
from jtai_reports.show.plots.words import Words, words

__all__ = [
    "QUIET",
    "STRENGTH",
    "WEAKNESS",
    "Chart",
    "Words",
    "all_charts",
    "plot_agencies_by_theme",
    "plot_areas_by_letter",
    "plot_both_sides",
    "plot_codes_by_authority",
    "plot_coverage",
    "plot_findings_by_authority",
    "plot_prevalence_by_series",
    "plot_repeats",
    "plot_shares",
    "plot_timeline",
    "words",
]
