"""Which agencies are praised and criticised on which theme: a heat map with its counts printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.show.plots.chart import WIDTH, Caption, Chart, each_row, fill, make_sheet, paper, widest
from jtai_reports.show.plots.rows import code_rows, head_rows, set_rows, template_title
from jtai_reports.show.plots.words import Words, n_said
from jtai_reports.show.plots.words import words as default_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from jtai_reports.show.plots.chart import Sheet
    from jtai_reports.show.plots.rows import Rows

LEFT, HEADS, ROW = 2.15, 1.25, 0.21  # inches; HEADS: the most that names of agencies take
MAPS = {"strength": "Blues", "weakness": "Oranges"}
NAMES = {"strength": "Praised", "weakness": "Criticised"}
DARKEST = 0.75  # of the colour map: darker cells would not carry their numbers
CAVEATS = ("agency", "not_a_grade", "absence", "few", "layers", "partnership")


@paper()
def plot_agencies_by_theme(by_agency: pd.DataFrame, *, words: Words | None = None) -> Chart:
    """In how many letters a theme is praised, and criticised, in a statement about an agency.

    Args:
        by_agency: what `agencies_by_theme` gives, of letters of one template.
        words: what to call codes.

    Returns:
        A `Chart` named `agencies_by_theme_` and the first year of the template.
    """
    words = words or default_words()
    codes = list(by_agency[["facet", "code"]].drop_duplicates().itertuples(index=False, name=None))
    rows = code_rows(codes, words, width=LEFT - 0.1)
    names = {agency: fill(words.code("agency", str(agency)), HEADS, most=2) for agency in by_agency["agency"].unique()}
    heads = widest(names.values()) + 0.25
    caption = _caption(by_agency, words)
    high = ROW * (rows.end + 0.85)
    sheet = make_sheet(caption, body=high + heads + 0.15)
    wide = (WIDTH - LEFT - 0.1) / len(NAMES)
    for number, side in enumerate(NAMES):
        left = LEFT + number * wide + 0.05
        axes = sheet.panel(left, heads, wide - 0.1, high)
        set_rows(axes, rows, labelled=number == 0)
        if number == 0:
            head_rows(axes, rows, left=LEFT)
        own = by_agency[by_agency["polarity"] == side]
        _draw(axes, own, rows, side)
        _head_columns(sheet, names, (left, wide - 0.1, heads))
        sheet.write(left, 0, f"{NAMES[side]} in k letters of {int(own['n'].iloc[0])}", fontweight="bold")
    name = f"agencies_by_theme_{str(by_agency['template'].iloc[0])[:4]}"
    return Chart(name, sheet.figure, by_agency, _alt_text(by_agency, caption, words), caption.title)


def _draw(axes: Axes, table: pd.DataFrame, rows: Rows, side: str) -> None:
    """A tile a cell, darker for more letters, with its count."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    colours = mpl.colormaps[MAPS[side]]
    columns = {agency: number for number, agency in enumerate(dict.fromkeys(table["agency"]))}
    for row in each_row(table):
        x, y = columns[row.agency], rows.places[row.code]
        colour = colours(DARKEST * row.k / row.n) if row.k else "white"
        axes.add_patch(Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, edgecolor=".85", linewidth=0.4))
        axes.text(x, y, str(row.k), ha="center", va="center_baseline", color=ink_on(colour))
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_xticks([])
    axes.spines[:].set_visible(False)


def ink_on(colour: str | tuple[float, float, float, float]) -> str:
    """Black or white, whichever stands out more from a colour (contrast of WCAG 2).

    >>> ink_on("white"), ink_on("#08306b")
    ('black', 'white')
    """
    from matplotlib.colors import to_rgb  # noqa: PLC0415 - heavy

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "white"


def _head_columns(sheet: Sheet, names: dict[str, str], place: tuple[float, float, float]) -> None:
    left, wide, bottom = place
    for column, name in enumerate(names.values()):
        middle = left + wide * (column + 0.5) / len(names)
        sheet.write(middle, bottom - 0.02, name, rotation=90, ha="center", va="bottom", linespacing=1.0)


def _caption(table: pd.DataFrame, words: Words) -> Caption:
    template, n = str(table["template"].iloc[0]), int(table["n"].iloc[0])
    title = f"Agencies by theme. {template_title(template, n)}"
    cells = "each cell: letters with such a statement about the agency; darker: more"
    source = f"{n_said({template: n})}; {cells}. {words.source}."
    return Caption(title, source, words.caveats(table, *CAVEATS))


def _alt_text(table: pd.DataFrame, caption: Caption, words: Words) -> str:
    """For each agency, the themes on which most letters praise and criticise it."""
    parts = [f"{caption.title}. Two heat maps, themes by agencies, with the number of letters in each cell."]
    for agency, own in table.groupby("agency", sort=False):
        said = []
        for side, name in NAMES.items():
            most = own[(own["polarity"] == side) & (own["k"] > 0)].sort_values("k", ascending=False, kind="stable")
            listed = ", ".join(
                f"{words.code('theme', row.code)} ({row.k} of {row.n})" for row in each_row(most.head(3))
            )
            said.append(f"{name.lower()} most often on {listed}" if listed else f"nowhere {name.lower()}")
        parts.append(f"{words.code('agency', str(agency))}: {'; '.join(said)}.")
    return " ".join(parts)
