"""Rows of a panel: where groups of letters and codes stand, and strengths above weaknesses within a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.reference.templates import break_between
from jtai_reports.show.plots.chart import (
    INK,
    QUIET,
    STRENGTH,
    WEAKNESS,
    Entry,
    Mark,
    each_row,
    entry,
    fill,
    inches_of,
    side_mark,
)
from jtai_reports.show.plots.words import NOT_KNOWN, Words
from jtai_reports.show.said import titled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

APART = 0.17  # of a row: how far strengths stand above its middle, and weaknesses below it
GAP = 1.2  # rows left free for the break, or for a heading
SIDE_COLOURS = {"strength": STRENGTH, "weakness": WEAKNESS}
SIDE_VERBS = {"strength": "praise", "weakness": "criticise"}
THIRDS = ((0.0, "none"), (0.5, "half"), (1.0, "all"))


class Rows(NamedTuple):
    """Rows from top to bottom.

    Attributes:
        places: place of each row by its key.
        labels: its label.
        headings: lines of text between rows, by place.
        end: where the last row ends.
        breaks: places of the headings that stand between templates.
    """

    places: dict[str, float]
    labels: dict[str, str]
    headings: dict[float, str]
    end: float
    breaks: frozenset[float] = frozenset()


def series_rows(table: pd.DataFrame, words: Words, *, width: float) -> Rows:
    """A row for each series and template, in the table's order; the break lies between the templates.

    Args:
        table: columns series, template and n; earlier letters first.
        words: what to call them.
        width: of the labels, in inches.
    """
    groups = table.drop_duplicates(["series", "template"]).sort_values("template", kind="stable")
    places: dict[str, float] = {}
    labels: dict[str, str] = {}
    breaks: dict[float, str] = {}
    place, before = 0.0, None
    for row in each_row(groups):
        if before is not None and row.template != before:
            breaks[place + GAP / 2 - 0.5] = f"break of {break_between(before, row.template)}: letters change"
            place += GAP
        key = series_key(row.series, row.template)
        places[key] = place
        labels[key] = f"{fill(words.title(row.series), width - 0.4, most=2)}, n = {row.n}"
        place, before = place + 1, row.template
    return Rows(places, labels, breaks, place - 0.5, frozenset(breaks))


def code_rows(codes: Sequence[tuple[str, str]], words: Words, *, width: float) -> Rows:
    """A row for each code; themes stand under their key area.

    Args:
        codes: facet and code, in order.
        words: what to call them.
        width: of the labels, in inches.
    """
    places: dict[str, float] = {}
    labels: dict[str, str] = {}
    headings: dict[float, str] = {}
    place, before = 0.0, None
    for facet, code in codes:
        area = words.areas.get(code)
        if area != before and area is not None:
            place += 0.25 if before else 0.0
            headings[place] = words.code("key_area", area)
            place += 1
        places[code] = place
        labels[code] = fill(words.code(facet, code), width, most=2)
        place, before = place + 1, area
    return Rows(places, labels, headings, place - 0.5)


def series_key(series: object, template: object) -> str:
    """What tells a row apart: a series, and the template, should a series have letters of both.

    >>> series_key("front_door", "2022-"), series_key(None, "2022-")
    ('front_door 2022-', 'not known 2022-')
    """
    return f"{series if isinstance(series, str) else NOT_KNOWN} {template}"


def set_rows(axes: Axes, rows: Rows, *, labelled: bool = True) -> None:
    """Give a panel its rows, with their labels or without."""
    places = list(rows.places.values())
    axes.set_yticks(places, [rows.labels[key] for key in rows.places] if labelled else [""] * len(places))
    for label in axes.get_yticklabels():
        label.set_linespacing(1.0)
    axes.set_ylim(rows.end + 0.1, -0.75)
    axes.spines["left"].set_visible(False)
    for place in places:
        axes.axhline(place, color=".93", linewidth=0.5, zorder=0)


def head_rows(axes: Axes, rows: Rows, *, left: float) -> None:
    """Write the headings between the rows, `left` inches to the left of the panel."""
    for place, heading in rows.headings.items():
        how: Mark = {"fontstyle": "italic", "color": ".35"} if place in rows.breaks else {"fontweight": "bold"}
        axes.annotate(
            heading, (0, place), xycoords=("axes fraction", "data"), xytext=(-72 * left, 0),
            textcoords="offset points", va="center", annotation_clip=False, **how,
        )  # fmt: skip


def draw_break(axes: Axes, rows: Rows) -> None:
    """Mark the break between the templates across a panel."""
    for place in rows.breaks:
        axes.axhline(place, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)


def draw_sides(axes: Axes, table: pd.DataFrame, places: Sequence[float]) -> None:
    """A dot and its interval for each row of a table: strengths a little above its place, weaknesses below.

    Args:
        axes: the panel.
        table: columns polarity, share, low, high.
        places: place of each row of the table.
    """
    for side, colour in SIDE_COLOURS.items():
        own = (table["polarity"] == side).to_numpy()
        shift = -APART if side == "strength" else APART
        y = [place + shift for place, is_own in zip(places, own, strict=True) if is_own]
        axes.hlines(y, table["low"][own], table["high"][own], color=colour, linewidth=1.1, zorder=2)
        axes.plot(table["share"][own], y, zorder=3, **side_mark(side, size=3.8))


def write_counts(axes: Axes, table: pd.DataFrame, places: Sequence[float], *, step: float = 0.2) -> None:
    """Write k of each side to the right of a panel, in two columns headed by the sides' marks.

    Args:
        axes: the panel, whose x axis goes from 0 to 1.
        table: columns polarity and k.
        places: place of each row of the table.
        step: distance of the columns in inches.
    """
    inches = inches_of(axes)[0]
    columns = {side: 1 + step * (0.75 + number) / inches for number, side in enumerate(SIDE_COLOURS)}
    for side, x in columns.items():
        axes.plot([x], [-0.95], clip_on=False, **side_mark(side, size=3.8))
    for polarity, k, place in zip(table["polarity"], table["k"], places, strict=True):
        axes.text(columns[polarity], place, str(k), ha="center", va="center_baseline", color=INK)


def share_of_letters(axes: Axes) -> None:
    """An x axis from no letter to all letters: words, since a percentage of five letters would say too much."""
    axes.set_xlim(-0.04, 1.04)
    axes.set_xticks([at for at, _ in THIRDS], [name for _, name in THIRDS])
    axes.grid(visible=True, axis="x")


def side_key(*, interval: bool = True, counted: str = "letters that {}") -> list[Entry]:
    """The entries of a key for dots with intervals."""
    marks = [entry(counted.format(verb), side_mark(side)) for side, verb in SIDE_VERBS.items()]
    return [*marks, entry("line: 95% interval", {"color": QUIET, "linewidth": 1.1})] if interval else marks


def template_title(template: str, n: int) -> str:
    """The title of a panel that shows one template.

    >>> template_title("2022-", 18)
    'Letters from 2022 (n = 18)'
    """
    return f"{titled(template)} (n = {n})"
