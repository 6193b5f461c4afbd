"""How letters spend their words: shares of judged statements, over letters and letter by letter."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from jtai_reports.reference.templates import layered_templates, letters_said, years_said
from jtai_reports.reference.texts import first_upper
from jtai_reports.show.plots.chart import (
    QUIET,
    WIDTH,
    Caption,
    Chart,
    Mark,
    each_row,
    entry,
    make_sheet,
    paper,
    side_mark,
)
from jtai_reports.show.plots.rows import (
    APART,
    SIDE_COLOURS,
    Rows,
    code_rows,
    draw_break,
    draw_sides,
    head_rows,
    series_key,
    series_rows,
    set_rows,
    side_key,
)
from jtai_reports.show.plots.words import Words, n_said
from jtai_reports.show.plots.words import words as default_words
from jtai_reports.show.said import in_templates, titled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LEFT, ROW = 2.15, 0.2  # inches
LAYERS = {"single": "", "summary": "summary", "main": "main findings"}  # in order; how each is called
CAVEATS = ("shares", "no_grade", "absence", "templates", "subjects", "partnership")
STEPS = (0.05, 0.1, 0.2)


@paper()
def plot_shares(shares: pd.DataFrame, *, words: Words | None = None) -> Chart:
    """For each theme, the share of judged statements that praise and that criticise it, with intervals by letter.

    A panel for each template and layer: they are written differently and are not compared.

    Args:
        shares: what `shares` gives, or several of them one below the other.
        words: what to call codes.

    Returns:
        A `Chart` named `shares_within_template`.
    """
    words = words or default_words()
    table = shares[shares["facet"] == "theme"].reset_index(drop=True)
    codes = list(table[["facet", "code"]].drop_duplicates().itertuples(index=False, name=None))
    rows = code_rows(codes, words, width=LEFT - 0.1)
    layers = _layers(table)
    caption = _caption(table, layers, words)
    high = ROW * (rows.end + 0.85)
    sheet = make_sheet(caption, body=high + 0.75, key=side_key(counted="statements that {}"))
    wide = (WIDTH - LEFT - 0.1) / max(len(layers), 1)
    for number, layer in enumerate(layers):
        own = table[_of_layer(table, layer)]
        left = LEFT + number * wide + 0.08
        axes = sheet.panel(left, 0.4, wide - 0.25, high)
        set_rows(axes, rows, labelled=number == 0)
        if number == 0:
            head_rows(axes, rows, left=LEFT)
        draw_sides(axes, own, [rows.places[code] for code in own["code"]])
        share_of_statements(axes, float(table["high"].max()))
        first = own.iloc[0]
        sheet.write(left, 0.06, layer_title(*layer), fontweight="bold")
        sheet.write(left, 0.2, f"{first['n']} letters, {first['judged']:,} statements")
    return Chart("shares_within_template", sheet.figure, table, _alt_text(table, layers, caption, words), caption.title)


@paper()
def plot_areas_by_letter(profiles: pd.DataFrame, *, words: Words | None = None) -> Chart:
    """How far letters of a series differ: for each letter, the share of its judged statements on each key area.

    A panel a key area, a row a series in order of time, a mark a letter (without its name), a line the share of the
    series. A break between templates is marked.

    Args:
        profiles: what `area_profiles` gives.
        words: what to call key areas and series.

    Returns:
        A `Chart` named `key_areas_by_letter`.
    """
    words = words or default_words()
    table = profiles[(profiles["facet"] == "key_area") & (profiles["judged"] > 0)]
    table = table.assign(n=table["letters"]).sort_values("template", kind="stable", ignore_index=True)
    table = _series_in_order(table, words)
    rows = series_rows(table, words, width=2.15)
    areas = list(dict.fromkeys(profiles.loc[profiles["facet"] == "key_area", "code"]))
    caption = _caption_of_areas(table, words)
    high = 0.34 * (rows.end + 0.85)
    key = [
        *side_key(interval=False, counted="a letter's statements that {}"),
        entry("all letters of the series", _tick(QUIET)),
    ]
    sheet = make_sheet(caption, body=high + 0.6, key=key)
    wide = (WIDTH - 2.35) / len(areas)
    for number, area in enumerate(areas):
        axes = sheet.panel(2.25 + number * wide + 0.08, 0.3, wide - 0.22, high)
        set_rows(axes, rows, labelled=number == 0)
        if number == 0:
            head_rows(axes, rows, left=2.15)
        draw_break(axes, rows)
        _draw_letters(axes, table[table["code"] == area], rows)
        share_of_statements(axes, float(table["raw"].max()))
        sheet.write(2.25 + number * wide + 0.08, 0.1, words.code("key_area", area), fontweight="bold")
    return Chart("key_areas_by_letter", sheet.figure, table, _alt_text_of_areas(table, caption, words), caption.title)


def share_of_statements(axes: Axes, highest: float) -> None:
    """An x axis of shares in plain fractions, from nothing to a little above the highest share."""
    step = next((step for step in STEPS if highest <= 5 * step), STEPS[-1])
    top = min(1.0, highest * 1.08)
    ticks = [number * step for number in range(int(top / step) + 1)]
    axes.set_xlim(-0.02 * top, top)
    every = -(-len(ticks) // 3)
    axes.set_xticks(ticks, [fraction(at) if number % every == 0 else "" for number, at in enumerate(ticks)])
    axes.grid(visible=True, axis="x")


def fraction(share: float) -> str:
    """A share as a plain fraction.

    >>> fraction(0), fraction(0.05), fraction(0.15), fraction(0.2)
    ('0', '1 in 20', '3 in 20', '1 in 5')
    """
    parts = Fraction(share).limit_denominator(20)
    return f"{parts.numerator} in {parts.denominator}" if parts else "0"


def layer_title(template: str, layer: str) -> str:
    """What heads the panel of a layer.

    >>> layer_title("2016-2020", "single"), layer_title("2022-", "main")
    ('Letters of 2016-2020', 'From 2022: main findings')
    """
    return titled(template) if layer == "single" else f"{first_upper(years_said(template))}: {LAYERS[layer]}"


def _layers(table: pd.DataFrame) -> list[tuple[str, str]]:
    """The templates of a table with their layers, the earlier first."""
    pairs = ((template, layer) for template in in_templates(table) for layer in LAYERS)
    return [pair for pair in pairs if _of_layer(table, pair).any()]


def _of_layer(table: pd.DataFrame, layer: tuple[str, str]) -> pd.Series:
    return (table["template"] == layer[0]) & (table["layer"] == layer[1])


def _series_in_order(table: pd.DataFrame, words: Words) -> pd.DataFrame:
    known = {name: number for number, name in enumerate(words.series)}
    place = table["series"].map(known).fillna(len(known))
    return (
        table.assign(place=place)
        .sort_values(["template", "place"], kind="stable", ignore_index=True)
        .drop(columns="place")
    )


def _tick(colour: str) -> Mark:
    return {"marker": "|", "markersize": 7, "markeredgewidth": 1.6, "color": colour, "linestyle": "none"}


def _draw_letters(axes: Axes, table: pd.DataFrame, rows: Rows) -> None:
    """A mark a letter, strengths above weaknesses, and a line where the series' share lies."""
    places = table.apply(lambda row: rows.places[series_key(row["series"], row["template"])], axis=1)
    for side in SIDE_COLOURS:
        own = table["polarity"] == side
        y = places[own] + (-APART if side == "strength" else APART)
        axes.plot(table.loc[own, "series_share"], y, zorder=2, **_tick(".45"))
        axes.plot(table.loc[own, "raw"], y, zorder=3, **(side_mark(side, size=3.6) | {"alpha": 0.75}))


def _caption(table: pd.DataFrame, layers: list[tuple[str, str]], words: Words) -> Caption:
    letters = {template: int(table.loc[_of_layer(table, (template, layer)), "n"].iloc[0]) for template, layer in layers}
    title = "What letters dwell on: shares of judged statements by theme"
    source = f"{n_said(letters)}; intervals by bootstrap of letters. {words.source}."
    return Caption(title, source, words.caveats(table, *CAVEATS))


def _caption_of_areas(table: pd.DataFrame, words: Words) -> Caption:
    letters = table.drop_duplicates("report_id").groupby("template").size()
    title = "How far letters of one series differ: shares of judged statements by key area"
    said = n_said({str(template): int(n) for template, n in letters.items()})
    layered = letters_said(layered_templates(letters.index))
    only = f"; {layered}: main findings only" if layered else ""
    source = f"{said}{only}. {words.source}."
    names = [name for name in CAVEATS if name != "absence"]
    return Caption(title, source, words.caveats(table.drop(columns="n"), *names))


def _alt_text(table: pd.DataFrame, layers: list[tuple[str, str]], caption: Caption, words: Words) -> str:
    """The themes of which most is said in each panel."""
    parts = [f"{caption.title}. Dots with 95% intervals, a row a theme, a panel for each template and layer."]
    for layer in layers:
        own = table[_of_layer(table, layer)]
        said = []
        for side, verb in (("strength", "praise"), ("weakness", "criticism")):
            most = own[(own["polarity"] == side) & (own["statements"] > 0)]
            most = most.sort_values("share", ascending=False, kind="stable").head(3)
            listed = ", ".join(
                f"{words.code('theme', row.code)} ({row.statements} of {row.judged})" for row in each_row(most)
            )
            said.append(f"most {verb} on {listed}" if listed else f"no {verb}")
        parts.append(f"{layer_title(*layer)} ({own['n'].iloc[0]} letters): {'; '.join(said)}.")
    return " ".join(parts)


def _alt_text_of_areas(table: pd.DataFrame, caption: Caption, words: Words) -> str:
    parts = [f"{caption.title}. Marks for letters without names, a panel a key area, a row a series."]
    for (template, area, side), own in table.groupby(["template", "code", "polarity"], sort=False):
        raw = own["raw"]
        verb = "praise" if side == "strength" else "criticise"
        parts.append(
            f"{template}, {words.code('key_area', str(area))}: {round(100 * raw.min())} to {round(100 * raw.max())} of "
            f"100 judged statements of a letter {verb} it."
        )
    return " ".join(parts)
