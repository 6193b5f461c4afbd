"""Figures: one function each, table in, matplotlib Figure out. They read no files and show nothing."""

from __future__ import annotations

import io
import math
import textwrap
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STRENGTH, WEAKNESS, QUIET = "#0072b2", "#d55e00", "#8c8c8c"  # told apart by the colour-blind, and in grey
ROW, HEAD, FOOT = 0.24, 0.66, 0.62  # inches: a letter's row, above the panels, below them
LOWEST = 3.0  # inches: a lower figure has no room for its panels
HEADING_WIDTH = 44  # characters
SHOWN = ("strengths", "improvements")
CAVEAT = (
    "Counts of findings follow the length and template of a letter: they are no measure of performance,\n"
    "and no grade. Letters of different templates are never compared with one another."
)


class Chart(NamedTuple):
    """A figure, the table that it shows, and its text for those who cannot see it."""

    name: str
    figure: Figure
    table: pd.DataFrame
    alt_text: str

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        """The figure as a notebook shows it, with its alternative text."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=100)
        return buffer.getvalue(), {"alt": self.alt_text}

    def __repr__(self) -> str:
        return f"<Chart {self.name}: {self.alt_text}>"


class Rows(NamedTuple):
    """The rows of a panel: labels and places of the letters, places of the headings, and where they end."""

    labels: list[str]
    places: list[float]
    headings: list[tuple[float, str]]
    end: float


def plot_findings_by_authority(by_authority: pd.DataFrame, *, series_titles: dict[str, str] | None = None) -> Chart:
    """Strengths and areas to improve in each letter, grouped by series in order of time, a panel a template.

    Args:
        by_authority: the table that `findings_by_authority` makes.
        series_titles: how to print each series; its code where there is none.

    Returns:
        A `Chart`. Letters with an area for priority action carry a diamond.
    """
    import seaborn as sns  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415 - heavy

    table = _in_order(by_authority, series_titles or {})
    templates = sorted(table["template"].unique())
    rows = {name: _rows(table[table["template"] == name]) for name in templates}
    height = max(ROW * max((r.end for r in rows.values()), default=1) + HEAD + FOOT, LOWEST)
    with sns.axes_style("whitegrid", {"axes.edgecolor": ".8"}), sns.plotting_context("paper"):
        figure = Figure(figsize=(5.6 * len(templates), height), layout="constrained")
        panels = figure.subplots(1, len(templates), squeeze=False)[0]
        for axes, name in zip(panels, templates, strict=True):
            _draw_panel(axes, table[table["template"] == name], rows[name], _title_of(name))
            axes.set_ylim(max(r.end for r in rows.values()), -0.8)
    _frame(figure, panels[0], table, height)
    return Chart("findings_by_authority", figure, table.drop(columns="group"), _alt_text(table))


def _in_order(by_authority: pd.DataFrame, titles: dict[str, str]) -> pd.DataFrame:
    table = by_authority.copy()
    series = table["series"].fillna("not known")
    table["group"] = [titles.get(name, name) for name in series]
    first = table.assign(s=series).groupby("s")["letter_date"].transform("min")
    return (
        table.assign(first=first).sort_values(["first", "group", "authority"], ignore_index=True).drop(columns="first")
    )


def _draw_panel(axes: Axes, table: pd.DataFrame, rows: Rows, title: str) -> None:
    """One row a letter, under the name of its series; a thin line joins the two counts."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - heavy

    strengths, improvements = (table[name].astype("Float64").to_numpy(float, na_value=float("nan")) for name in SHOWN)
    axes.hlines(rows.places, strengths, improvements, color=QUIET, linewidth=1, zorder=1)
    axes.scatter(strengths, rows.places, marker="o", s=24, color=STRENGTH, label="Strengths", zorder=3)
    axes.scatter(
        improvements, rows.places, marker="s", s=62, facecolor="white", edgecolor=WEAKNESS, linewidth=1.6,
        label="Areas to improve", zorder=2,
    )  # fmt: skip
    marked = [place for place, n in zip(rows.places, table["priority_actions"], strict=True) if n > 0]
    axes.scatter([-1.4] * len(marked), marked, marker="D", s=22, color="black", label="Has a priority action", zorder=3)
    for place, strength, improvement in zip(rows.places, strengths, improvements, strict=True):
        if math.isnan(strength) and not math.isnan(improvement):  # the letter has no section of strengths
            axes.annotate(
                "no section of strengths", (improvement, place), xytext=(8, 0), textcoords="offset points",
                fontsize=7.5, fontstyle="italic", va="center",
            )  # fmt: skip
    for place, heading in rows.headings:
        text = axes.text(-2.2, place, heading, fontsize=8.5, fontweight="bold", va="bottom", linespacing=1.1)
        text.set_in_layout(False)
    axes.set_title(f"{title} (n = {len(table)})", fontsize=10, loc="left")
    axes.set(xlabel="Findings printed in the letter", ylabel="")
    axes.set_yticks(rows.places, rows.labels)
    axes.set_xlim(-2.6, max(float(table[list(SHOWN)].max().max()) * 1.06, 5))
    ticks = MaxNLocator(integer=True).tick_values(0, axes.get_xlim()[1])
    axes.set_xticks([tick for tick in ticks if 0 <= tick <= axes.get_xlim()[1]])
    axes.grid(visible=False, axis="y")


def _rows(table: pd.DataFrame) -> Rows:
    """Where each letter and each series' name stands, from top to bottom."""
    labels: list[str] = []
    places: list[float] = []
    headings: list[tuple[float, str]] = []
    row = -0.4
    for group, letters in table.groupby("group", sort=False):
        heading = textwrap.wrap(f"{group} (n = {len(letters)})", HEADING_WIDTH)
        row += 0.9 * len(heading)
        headings.append((row, "\n".join(heading)))
        for authority, day in zip(letters["authority"], letters["letter_date"], strict=True):
            row += 1
            labels.append(f"{authority}, {str(day)[:4]}" if isinstance(day, str) else str(authority))
            places.append(row - 0.2)
        row += 0.5
    return Rows(labels, places, headings, row + 0.4)


def _frame(figure: Figure, axes: Axes, table: pd.DataFrame, height: float) -> None:
    """Title and legend above the panels, source and caveats below them."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(rect=(0, FOOT / height, 1, 1 - (HEAD + FOOT) / height))  # type: ignore[call-arg]
    title = f"Strengths and areas to improve printed in {len(table)} letters, by series"
    figure.suptitle(title, fontsize=11.5, fontweight="bold", x=0.01, y=1 - 0.08 / height, ha="left", va="top")
    handles, names = axes.get_legend_handles_labels()
    place = (0.005, 1 - 0.32 / height)
    figure.legend(handles, names, loc="upper left", bbox_to_anchor=place, ncols=3, frameon=False, fontsize=9)
    newest = max(table["letter_date"].dropna(), default="unknown date")
    source = f"Source: published letters, newest of {newest}; n = {len(table)} letters."
    figure.text(0.01, 0.06 / height, f"{CAVEAT}\n{source}", fontsize=7.5, va="bottom")


def _title_of(template: str) -> str:
    """A template in words: 'Letters of 2016-2020', 'Letters from 2022'."""
    return f"Letters from {template.rstrip('-')}" if template.endswith("-") else f"Letters of {template}"


def _alt_text(table: pd.DataFrame) -> str:
    """What the figure shows, in words, for a screen reader."""
    parts = [f"Dot plot of {len(table)} letters, one row a letter, grouped by series in order of time."]
    for template, letters in table.groupby("template"):
        parts.append(f"{_title_of(str(template))} (n = {len(letters)}): {_spread(letters)}")
    return " ".join([*parts, CAVEAT.replace("\n", " ")])


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
