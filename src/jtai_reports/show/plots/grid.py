"""Which codes each letter praises, criticises, or both: a grid of shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.show.plots.chart import (
    HEIGHT,
    QUIET,
    WIDTH,
    Caption,
    Chart,
    Mark,
    Sheet,
    clipped,
    entry,
    fill,
    inches_of,
    make_sheet,
    paper,
    side_mark,
    widest,
)
from jtai_reports.show.plots.rows import template_title
from jtai_reports.show.plots.words import Words, n_said, series_places
from jtai_reports.show.plots.words import words as default_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LEFT, HEADS = 1.75, 1.5  # inches: names of authorities, the most that names of codes take
ROW, LEAST_ROW = 0.2, 0.15
WORDS_HIGH = 2.0
MOST = 34  # letters on a page
CAVEATS = ("no_grade", "absence", "subjects", "partnership", "layers")
SQUARE: Mark = side_mark("weakness", size=6.5)
MARKS = {
    "praised": (side_mark("strength", size=4.5),),
    "criticised": (SQUARE,),
    "both": (SQUARE, side_mark("strength", size=3.2)),
    "not mentioned": ({"marker": ".", "markersize": 1.5, "color": QUIET, "linestyle": "none"},),
}


class Lines(NamedTuple):
    """Place of each letter from top to bottom, headings by place, and where they end."""

    places: dict[str, float]
    headings: dict[float, str]
    end: float


@paper()
def plot_codes_by_authority(profiles: pd.DataFrame, *, part: str = "", words: Words | None = None) -> Chart:
    """For each letter and theme: praised (disc), criticised (square), both, or not mentioned.

    Letters stand alphabetically within their series, series in order of time. Nothing is sorted by a count.

    Args:
        profiles: what `area_profiles` gives, of letters of one template; `grid_pages` divides many.
        part: which part of several this is, for its name.
        words: what to call codes and series.

    Returns:
        A `Chart` named `codes_by_authority_` and the first year of the template.
    """
    words = words or default_words()
    cells = cells_of(profiles, words)
    lines = _lines(cells, words)
    codes = cells.drop_duplicates("code").sort_values("column")["code"]
    names = {code: fill(words.code("theme", code), HEADS, most=2) for code in codes}
    heads = widest(names.values()) + 0.3
    row = max(LEAST_ROW, min(ROW, (HEIGHT - WORDS_HIGH - heads) / (lines.end + 0.5)))
    caption = _caption(cells, part, words)
    key = [entry(said, *marks) for said, marks in MARKS.items()]
    sheet = make_sheet(caption, body=heads + row * (lines.end + 0.5) + 0.1, key=key)
    axes = _panel(sheet, cells, lines, (heads, row))
    for said, marks in MARKS.items():
        own = cells[cells["said"] == said]
        for mark in marks:
            axes.plot(own["column"], own["report_id"].map(lines.places), clip_on=False, **mark)
    _head_columns(sheet, axes, names, words)
    name = f"codes_by_authority_{str(cells['template'].iloc[0])[:4]}{part and '_' + part}"
    shown = cells[["series", "template", "authority", "report_id", "facet", "code", "said"]]
    return Chart(name, sheet.figure, shown, _alt_text(cells, caption, words), caption.title)


def grid_pages(profiles: pd.DataFrame, words: Words) -> list[pd.DataFrame]:
    """The profiles of one template, page by page; series stay whole where a page holds them."""
    cells = cells_of(profiles, words)
    letters = cells.drop_duplicates("report_id")
    pages: list[list[str]] = [[]]
    for _, own in letters.groupby(letters["series"].fillna(""), sort=False):
        ids = list(own["report_id"])
        while ids:
            if pages[-1] and len(pages[-1]) + len(ids) > MOST:
                pages.append([])
            room = MOST - len(pages[-1])
            pages[-1] += ids[:room]
            ids = ids[room:]
    return [profiles[profiles["report_id"].isin(page)] for page in pages if page]


def cells_of(profiles: pd.DataFrame, words: Words) -> pd.DataFrame:
    """A row a letter and theme with `said` and the theme's `column`, in the order in which letters are shown."""
    table = profiles[profiles["facet"] == "theme"].drop_duplicates(["report_id", "code"])
    columns = {code: number for number, code in enumerate(dict.fromkeys(table["code"]))}
    place = series_places(words)
    table = table.assign(
        column=table["code"].map(columns),
        name=table["authority"].fillna("area not known"),
        place=table["series"].map(place).fillna(len(place)),
    )
    return table.sort_values(["place", "series", "name", "report_id", "column"], ignore_index=True)


def _lines(cells: pd.DataFrame, words: Words) -> Lines:
    places: dict[str, float] = {}
    headings: dict[float, str] = {}
    letters = cells.drop_duplicates("report_id")
    place = 0.0
    for series, own in letters.groupby(letters["series"].fillna("not known"), sort=False):
        headings[place + 0.1] = f"{words.title(series)} (n = {len(own)})"
        for report in own["report_id"]:
            place += 1
            places[report] = place
        place += 1.15
    return Lines(places, headings, place - 0.5)


def _panel(sheet: Sheet, cells: pd.DataFrame, lines: Lines, size: tuple[float, float]) -> Axes:
    heads, row = size
    axes = sheet.panel(LEFT, heads, WIDTH - LEFT - 0.1, row * (lines.end + 0.5))
    axes.set_xlim(-0.5, cells["column"].max() + 0.5)
    axes.set_ylim(lines.end, -0.5)
    names = cells.drop_duplicates("report_id").set_index("report_id")["name"]
    labels = [clipped(names[report], LEFT - 0.15) for report in lines.places]
    axes.set_yticks(list(lines.places.values()), labels)
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    for place in lines.places.values():
        axes.axhline(place, color=".93", linewidth=0.5, zorder=0)
    for place, heading in lines.headings.items():
        axes.annotate(
            heading, (0, place), xycoords=("axes fraction", "data"), xytext=(-72 * (LEFT - 0.05), 0),
            textcoords="offset points", va="center", fontweight="bold", annotation_clip=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    return axes


def _head_columns(sheet: Sheet, axes: Axes, names: dict[str, str], words: Words) -> None:
    """The names of themes above their columns, under their key areas."""
    step = (WIDTH - LEFT - 0.1) / len(names)
    heads = widest(names.values()) + 0.3
    areas: dict[str, list[int]] = {}
    for column, (code, name) in enumerate(names.items()):
        areas.setdefault(words.areas.get(code, ""), []).append(column)
        sheet.write(
            LEFT + step * (column + 0.5), heads - 0.06, name, rotation=90, ha="center", va="bottom", linespacing=1.0
        )
    for area, columns in areas.items():
        middle = LEFT + step * (columns[0] + columns[-1] + 1) / 2
        sheet.write(middle, 0, words.code("key_area", area) if area else "", ha="center", fontweight="bold")
        if columns[0]:
            axes.axvline(columns[0] - 0.5, color=".8", linewidth=0.8, zorder=0)
    for columns in areas.values():
        axes.plot(
            [columns[0] - 0.4, columns[-1] + 0.4], [1 + (heads - 0.16) / inches_of(axes)[1]] * 2,
            transform=axes.get_xaxis_transform(), color=".4", linewidth=0.8, clip_on=False,
        )  # fmt: skip


def _caption(cells: pd.DataFrame, part: str, words: Words) -> Caption:
    template = str(cells["template"].iloc[0])
    n = cells["report_id"].nunique()
    more = f", part {part}" if part else ""
    title = f"Themes praised and criticised, letter by letter. {template_title(template, n)}{more}"
    return Caption(title, f"{n_said({template: n})}. {words.source}.", words.caveats(cells, *CAVEATS))


def _alt_text(cells: pd.DataFrame, caption: Caption, words: Words) -> str:
    """For each theme, how many letters praise it, criticise it, do both or neither."""
    n = cells["report_id"].nunique()
    parts = [f"{caption.title}. A grid of shapes, a row a letter by series, a column a theme. Of {n} letters:"]
    counts = cells.groupby(["code", "said"]).size().unstack(fill_value=0).reindex(columns=list(MARKS), fill_value=0)
    for code in dict.fromkeys(cells["code"]):
        said = ", ".join(f"{count} {name}" for name, count in counts.loc[code].items() if count)
        parts.append(f"{words.code('theme', code)}: {said}.")
    return " ".join(parts)
