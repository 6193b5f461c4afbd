"""The letters of each series on a line of time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from jtai_reports.reference.templates import breaks_said
from jtai_reports.show.plots.chart import (
    QUIET,
    STRENGTH,
    WEAKNESS,
    WIDTH,
    Caption,
    Chart,
    Mark,
    each_row,
    entry,
    fill,
    make_sheet,
    paper,
)
from jtai_reports.show.plots.words import Words, n_said
from jtai_reports.show.plots.words import words as default_words
from jtai_reports.show.said import in_templates

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LEFT, RIGHT, ROW = 2.3, 1.75, 0.27  # inches
LETTER: Mark = {
    "marker": "o", "markersize": 5, "markerfacecolor": STRENGTH, "markeredgecolor": "white", "markeredgewidth": 0.6,
    "linestyle": "none",
}  # fmt: skip
PRIORITY: Mark = {
    "marker": "D", "markersize": 5, "markerfacecolor": "white", "markeredgecolor": WEAKNESS,
    "markeredgewidth": 1.2, "linestyle": "none",
}  # fmt: skip
CAVEATS = ("no_grade", "subjects", "templates", "not_random", "partnership")


@paper()
def plot_timeline(by_authority: pd.DataFrame, series: pd.DataFrame, *, words: Words | None = None) -> Chart:
    """When the letters of each series are dated, which have a priority action, and how many letters were read.

    A row a series, in order of time. A break between templates is a band; no line goes across it.

    Args:
        by_authority: what `findings_by_authority` gives.
        series: what `series_in_order` gives.
        words: what to call series.

    Returns:
        A `Chart` named `timeline`; its table has a row a series: series, template, first_letter, last_letter,
        read, catalogue, with_priority_action.
    """
    words = words or default_words()
    dated = _with_years(by_authority)
    table = _counts(dated, series)
    caption = _caption(by_authority, words)
    key = [entry("a letter", LETTER), entry("a letter with an area for priority action", PRIORITY)]
    sheet = make_sheet(caption, body=ROW * (len(table) + 0.6) + 0.35, key=key)
    axes = sheet.panel(LEFT, 0.1, WIDTH - LEFT - RIGHT, ROW * (len(table) + 0.6))
    places = {name: float(place) for place, name in enumerate(table["series"])}
    _set_axes(axes, table, dated, words)
    _draw_gap(axes, dated)
    for has, mark in ((False, LETTER), (True, PRIORITY)):
        own = dated[(dated["priority_actions"] > 0) == has]
        axes.plot(own["year"], own["series"].map(places), zorder=3, **mark)
    for row in each_row(table):
        said = f"{row.read} read, {row.catalogue} known"
        if row.read:
            said += f"; priority: {row.with_priority_action}"
        axes.annotate(
            said, (1, places[row.series]), xycoords=("axes fraction", "data"), xytext=(8, 0),
            textcoords="offset points", va="center", annotation_clip=False,
        )  # fmt: skip
    return Chart("timeline", sheet.figure, table, _alt_text(table, caption, words), caption.title)


def _with_years(by_authority: pd.DataFrame) -> pd.DataFrame:
    """The letters with a date, as a year with its fraction."""
    import pandas as pd  # noqa: PLC0415 - heavy

    dated = by_authority[by_authority["letter_date"].notna()]
    days = pd.to_datetime(dated["letter_date"])
    return dated.assign(
        year=days.dt.year + (days.dt.dayofyear - 1) / 365.25, series=dated["series"].fillna("not known")
    )


def _counts(dated: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy

    found = dated.assign(priority=dated["priority_actions"] > 0).groupby("series")["priority"].sum()
    table = series[["series", "template", "first_letter", "last_letter", "read", "catalogue"]]
    others = dated[~dated["series"].isin(table["series"])].groupby("series")
    extra = others.agg(
        template=("template", "first"), first_letter=("letter_date", "min"), last_letter=("letter_date", "max"),
        read=("report_id", "size"),
    )  # fmt: skip
    if len(extra):
        table = pd.concat([table, extra.reset_index().assign(catalogue=0)], ignore_index=True)
    return table.assign(with_priority_action=table["series"].map(found).fillna(0).astype("int64"))


def _set_axes(axes: Axes, table: pd.DataFrame, dated: pd.DataFrame, words: Words) -> None:
    axes.set_yticks(range(len(table)), [fill(words.title(name), LEFT - 0.15, most=2) for name in table["series"]])
    for label in axes.get_yticklabels():
        label.set_linespacing(1.0)
    axes.set_ylim(len(table) - 0.4, -1.0)
    axes.spines["left"].set_visible(False)
    for place in range(len(table)):
        axes.axhline(place, color=".93", linewidth=0.5, zorder=0)
    first, last = (int(year) for year in (dated["year"].min(), dated["year"].max())) if len(dated) else (2016, 2016)
    axes.set_xlim(first - 0.15, last + 1.15)
    step = 1 if last - first < 6 else 2
    years = range(first, last + 2)
    axes.set_xticks(years, [str(year) if (year - first) % step == 0 else "" for year in years])
    axes.grid(visible=True, axis="x")


def _draw_gap(axes: Axes, dated: pd.DataFrame) -> None:
    """The time without letters between the templates."""
    years = [dated.loc[dated["template"] == template, "year"] for template in in_templates(dated)]
    for old, new in pairwise(years):
        if old.max() >= new.min():
            continue
        axes.axvspan(old.max() + 0.05, new.min() - 0.05, facecolor=".95", edgecolor=QUIET, hatch="///", linewidth=0)
        axes.text(
            (old.max() + new.min()) / 2,
            -0.95,
            "break",
            ha="center",
            va="top",
            fontstyle="italic",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )


def _caption(by_authority: pd.DataFrame, words: Words) -> Caption:
    n = by_authority.groupby("template").size()
    letters = {str(template): int(count) for template, count in n.items()}
    title = "Letters by series, in order of time, and those with an area for priority action"
    source = f"{n_said(letters)}. {words.source}. 'known': in the catalogue of published letters."
    return Caption(title, source, words.caveats(by_authority, *CAVEATS))


def _alt_text(table: pd.DataFrame, caption: Caption, words: Words) -> str:
    breaks = breaks_said(in_templates(table[table["read"] > 0]))
    band = f"; the break of {breaks} is a band without letters" if breaks else ""
    parts = [f"{caption.title}. A row a series{band}."]
    for row in each_row(table):
        dates = f", dated {row.first_letter} to {row.last_letter}" if row.read else ""
        priority = f", {row.with_priority_action} with a priority action" if row.read else ""
        parts.append(f"{words.title(row.series)}: {row.read} letters read, {row.catalogue} known{dates}{priority}.")
    return " ".join(parts)
