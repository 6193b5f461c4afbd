"""Letters that praise and that criticise a code, series by series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.reference.templates import breaks_said
from jtai_reports.show.plots.chart import HEIGHT, WIDTH, Caption, Chart, Sheet, fill, make_sheet, paper
from jtai_reports.show.plots.rows import (
    Rows,
    draw_break,
    draw_sides,
    head_rows,
    series_key,
    series_rows,
    set_rows,
    share_of_letters,
    side_key,
    write_counts,
)
from jtai_reports.show.plots.words import Words, letters_in, n_said
from jtai_reports.show.plots.words import words as default_words
from jtai_reports.show.said import in_templates

if TYPE_CHECKING:
    import pandas as pd

ACROSS = 3  # panels side by side
LEFT, COUNTS, BETWEEN = 2.25, 0.45, 0.12  # inches: labels, columns of k, room between panels
PANEL_HEAD, PANEL_FOOT = 0.38, 0.24
ROW, LEAST_ROW = 0.21, 0.165
WORDS_HIGH = 1.9  # inches that title and footnote may take
CAVEATS = ("not_a_grade", "absence", "subjects", "templates", "few", "saturated", "layers", "selection")


@paper()
def plot_prevalence_by_series(
    by_series: pd.DataFrame, *, of: str = "key_area", part: str = "", words: Words | None = None
) -> Chart:
    """For each code a panel: in how many letters of each series it is praised, and criticised, with intervals.

    Series stand in order of time; a break between templates is marked, and nothing is drawn across it.

    Args:
        by_series: what `prevalence(corpus, by="series")` gives.
        of: 'key_area', 'agency', or a key area, whose themes are shown.
        part: which part of several this is, where `prevalence_pages` divides them.
        words: what to call codes and series.

    Returns:
        A `Chart` named `prevalence_by_series_` and what it is of.
    """
    words = words or default_words()
    table = codes_of(by_series, of, words).sort_values("template", kind="stable", ignore_index=True)
    codes = list(table[["facet", "code"]].drop_duplicates().itertuples(index=False, name=None))
    rows = series_rows(table, words, width=LEFT - 0.1)
    down = -(-len(codes) // ACROSS)
    row = max(LEAST_ROW, min(ROW, _room(down) / (rows.end + 0.85)))
    high = row * (rows.end + 0.85)
    caption = _caption(table, of, part, words)
    sheet = make_sheet(caption, body=down * (high + PANEL_HEAD + PANEL_FOOT), key=side_key(), columns=3)
    for number, (facet, code) in enumerate(codes):
        own = table[(table["facet"] == facet) & (table["code"] == code)]
        _panel(sheet, own, rows, (number, high), words.code(facet, code))
    name = f"prevalence_by_series_{of}{part and '_' + part}"
    return Chart(name, sheet.figure, table, _alt_text(table, caption, words), caption.title)


def prevalence_pages(by_series: pd.DataFrame, of: str, words: Words) -> list[pd.DataFrame]:
    """The table page by page: with many series, a page holds two lines of panels, otherwise three."""
    table = codes_of(by_series, of, words)
    rows = series_rows(table, words, width=LEFT - 0.1)
    lines = next((down for down in (3, 2) if LEAST_ROW * (rows.end + 0.85) <= _room(down)), 1)
    codes = list(dict.fromkeys(table["code"]))
    size = lines * ACROSS
    return [table[table["code"].isin(codes[first : first + size])] for first in range(0, len(codes), size)]


def _room(down: int) -> float:
    """Height of a panel's rows in inches, where so many panels stand one below the other on a page."""
    return (HEIGHT - WORDS_HIGH) / down - PANEL_HEAD - PANEL_FOOT


def codes_of(by_series: pd.DataFrame, of: str, words: Words) -> pd.DataFrame:
    """The rows of the key areas, of the agencies, or of the themes of one key area."""
    if of in ("key_area", "agency"):
        return by_series[by_series["facet"] == of]
    themes = by_series["code"].map(lambda code: words.areas.get(code) == of)
    return by_series[themes & (by_series["facet"] == "theme")]


def _caption(table: pd.DataFrame, of: str, part: str, words: Words) -> Caption:
    names = {"key_area": "key areas", "agency": "agencies"}
    what = names.get(of) or f"{words.code('key_area', of).lower()}"
    title = f"Letters that praise and letters that criticise, by series: {what}{part and ', part ' + part}"
    beside = "beside each panel, how many of the n letters have at least one such statement"
    source = f"{n_said(letters_in(table, 'series'))}; {beside}. {words.source}."
    return Caption(title, source, words.caveats(table, *CAVEATS, *(["agency"] if of == "agency" else [])))


def _panel(sheet: Sheet, table: pd.DataFrame, rows: Rows, place: tuple[int, float], title: str) -> None:
    number, high = place
    down, across = divmod(number, ACROSS)
    wide = (WIDTH - LEFT - 0.1) / ACROSS
    axes = sheet.panel(
        LEFT + across * wide + BETWEEN / 2, down * (high + PANEL_HEAD + PANEL_FOOT) + PANEL_HEAD,
        wide - COUNTS - BETWEEN, high,
    )  # fmt: skip
    set_rows(axes, rows, labelled=across == 0)
    if across == 0:
        head_rows(axes, rows, left=LEFT - 0.1)
    draw_break(axes, rows)
    share_of_letters(axes)
    places = [rows.places[series_key(s, t)] for s, t in zip(table["series"], table["template"], strict=True)]
    draw_sides(axes, table, places)
    write_counts(axes, table, places)
    sheet.write(
        LEFT + across * wide + BETWEEN / 2, down * (high + PANEL_HEAD + PANEL_FOOT) + PANEL_HEAD - 0.12,
        fill(title, wide - BETWEEN, bold=True), fontweight="bold", va="bottom", linespacing=1.0,
    )  # fmt: skip


def _alt_text(table: pd.DataFrame, caption: Caption, words: Words) -> str:
    """Each code with its k of n in either template."""
    breaks = breaks_said(in_templates(table))
    marked = f", the break of {breaks} marked" if breaks else ""
    rows = f"Dots with intervals, a panel a code, a row a series in order of time{marked}"
    parts = [f"{caption.title}. {rows}. {n_said(letters_in(table, 'series'))}."]
    totals = table.groupby(["facet", "code", "template", "polarity"], sort=False)[["k", "n"]].sum()
    for (facet, code), of_code in totals.groupby(level=["facet", "code"], sort=False):
        said = "; ".join(
            f"{template}: {'praised' if side == 'strength' else 'criticised'} in {k} of {n}"
            for (_, _, template, side), k, n in of_code.itertuples(name=None)
        )
        parts.append(f"{words.code(str(facet), str(code))}: {said}.")
    return " ".join(parts)
