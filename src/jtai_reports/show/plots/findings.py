"""How many findings each letter prints as strengths and as areas to improve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.show.plots.chart import (
    INK,
    QUIET,
    SMALL,
    WIDTH,
    Caption,
    Chart,
    Entry,
    Mark,
    clipped,
    entry,
    fill,
    inches_of,
    make_sheet,
    paper,
    side_mark,
)
from jtai_reports.show.plots.rows import template_title
from jtai_reports.show.plots.words import Words, n_said, series_places
from jtai_reports.show.plots.words import words as default_words
from jtai_reports.show.said import in_templates

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ROW = 0.185  # inches
LABELS = 1.72  # inches: names of authorities
SHOWN = ("strengths", "improvements")
CAVEATS = ("findings", "no_grade", "partnership")
PRIORITY: Mark = {"marker": "D", "markersize": 3.4, "color": INK, "linestyle": "none"}
LACKING: Mark = {"marker": "x", "markersize": 4, "color": INK, "linestyle": "none"}


class Rows(NamedTuple):
    """The rows of a panel: labels and places of the letters, places of the headings, and where they end."""

    labels: list[str]
    places: list[float]
    headings: list[tuple[float, str]]
    end: float


@paper()
def plot_findings_by_authority(by_authority: pd.DataFrame, *, words: Words | None = None) -> Chart:
    """Strengths and areas to improve in each letter, grouped by series in order of time, a panel a template.

    Args:
        by_authority: the table that `findings_by_authority` makes.
        words: what to call series; those of the package where none are given.

    Returns:
        A `Chart`. Letters with an area for priority action carry a diamond.

    Example:
        >>> import jtai_reports as jtai
        >>> by_authority = jtai.findings_by_authority(jtai.load("outputs"))
        >>> jtai.plot_findings_by_authority(by_authority).name
        'findings_by_authority'
    """
    words = words or default_words()
    table = _in_order(by_authority, words)
    templates = in_templates(table)
    wide = (WIDTH - 0.1) / max(len(templates), 1)
    panels = {name: _rows(table[table["template"] == name], wide) for name in templates}
    end = max((rows.end for rows in panels.values()), default=1)
    caption = _caption(table, words)
    sheet = make_sheet(caption, body=ROW * (end + 0.8) + 0.75, key=_key())
    for number, (name, rows) in enumerate(panels.items()):
        axes = sheet.panel(number * wide + LABELS + 0.1, 0.25, wide - LABELS - 0.2, ROW * (end + 0.8))
        axes.set_ylim(end, -0.8)
        _draw_panel(axes, table[table["template"] == name], rows, name)
    return Chart(
        "findings_by_authority", sheet.figure, table.drop(columns="group"), _alt_text(table, words), caption.title
    )


def _in_order(by_authority: pd.DataFrame, words: Words) -> pd.DataFrame:
    series = by_authority["series"].fillna("not known")
    place = series_places(words)
    table = by_authority.assign(
        group=series.map(words.title),
        authority=by_authority["authority"].fillna("area not known"),
        place=series.map(place).fillna(len(place)),
    )
    order = ["place", "group", "authority", "report_id"]
    return table.sort_values(order, ignore_index=True).drop(columns="place")


def _draw_panel(axes: Axes, table: pd.DataFrame, rows: Rows, template: str) -> None:
    """One row a letter, under the name of its series; a thin line joins the two counts."""
    strengths, improvements = (table[name].astype("Float64").to_numpy(float, na_value=float("nan")) for name in SHOWN)
    axes.hlines(rows.places, strengths, improvements, color=QUIET, linewidth=0.8, zorder=1)
    axes.plot(strengths, rows.places, zorder=3, **side_mark("strength", size=3.6))
    axes.plot(improvements, rows.places, zorder=2, **side_mark("weakness", size=6))
    marked = [place for place, n in zip(rows.places, table["priority_actions"], strict=True) if n > 0]
    top = max(float(table[list(SHOWN)].max().max() or 0) * 1.06, 5)
    axes.plot([-0.05 * top] * len(marked), marked, zorder=3, **PRIORITY)
    lacking = [place for place, count in zip(rows.places, strengths, strict=True) if math.isnan(count)]
    axes.plot([1.03] * len(lacking), lacking, transform=axes.get_yaxis_transform(), clip_on=False, **LACKING)
    for place, heading in rows.headings:
        axes.annotate(
            heading, (0, place), xycoords=("axes fraction", "data"), xytext=(-72 * LABELS, 0),
            textcoords="offset points", fontweight="bold", va="bottom", linespacing=1.0, annotation_clip=False,
        )  # fmt: skip
    axes.set_title(
        template_title(template, len(table)),
        loc="left",
        x=-LABELS / inches_of(axes)[0],
        fontweight="bold",
        fontsize=SMALL + 0.5,
    )
    axes.set_xlabel("Findings printed in the letter")
    axes.set_yticks(rows.places, rows.labels)
    axes.set_xlim(-0.09 * top, top)
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if top / step <= 6)
    axes.set_xticks(range(0, int(top) + 1, step))
    axes.grid(visible=True, axis="x")


def _rows(table: pd.DataFrame, wide: float) -> Rows:
    """Where each letter and each series' name stands, from top to bottom."""
    labels: list[str] = []
    places: list[float] = []
    headings: list[tuple[float, str]] = []
    row = -0.4
    for group, letters in table.groupby("group", sort=False):
        heading = fill(f"{group} (n = {len(letters)})", wide - 0.2, bold=True)
        row += 0.75 * (heading.count("\n") + 1)
        headings.append((row, heading))
        for authority, day in zip(letters["authority"], letters["letter_date"].astype("str"), strict=True):
            row += 1
            year = f", {day[:4]}" if day[:4].isdigit() else ""
            labels.append(clipped(str(authority), LABELS - 0.1 - (0.35 if year else 0)) + year)
            places.append(row - 0.35)
        row += 0.5
    return Rows(labels, places, headings, row + 0.2)


def _key() -> list[Entry]:
    return [
        entry("Strengths", side_mark("strength", size=3.6)),
        entry("Areas to improve", side_mark("weakness", size=6)),
        entry("Has a priority action", PRIORITY),
        entry("Has no section of strengths", LACKING),
    ]


def _caption(table: pd.DataFrame, words: Words) -> Caption:
    letters = {str(template): int(n) for template, n in table.groupby("template").size().items()}
    title = "Strengths and areas to improve printed in each letter, by series"
    return Caption(title, f"{n_said(letters)}. {words.source}.", words.caveats(table, *CAVEATS))


def _alt_text(table: pd.DataFrame, words: Words) -> str:
    """What the figure shows, in words, for a screen reader."""
    parts = [f"Dot plot of {len(table)} {words.letters}, one row a letter, grouped by series in order of time."]
    for template in in_templates(table):
        letters = table[table["template"] == template]
        parts.append(f"{template_title(template, len(letters))}: {_spread(letters)}")
    return " ".join([*parts, *words.caveats(table, "findings", "no_grade")])


def _spread(letters: pd.DataFrame) -> str:
    def said(column: str) -> str:
        counts = letters[column]
        if counts.isna().all():
            return "no count of"
        return f"{counts.min()} to {counts.max()} (median {counts.median():g})"

    with_priority = int((letters["priority_actions"] > 0).sum())
    return (
        f"{said('strengths')} strengths and {said('improvements')} areas to improve a letter; "
        f"{with_priority} of {len(letters)} have a priority action."
    )
