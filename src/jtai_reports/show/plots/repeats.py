"""Series that came back to one subject, side by side: the only reading over time there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.show.plots.chart import QUIET, WIDTH, Caption, Chart, Sheet, fill, make_sheet, paper
from jtai_reports.show.plots.rows import (
    code_rows,
    draw_sides,
    head_rows,
    set_rows,
    share_of_letters,
    side_key,
    write_counts,
)
from jtai_reports.show.plots.words import Words, n_said
from jtai_reports.show.plots.words import words as default_words

if TYPE_CHECKING:
    import pandas as pd

LEFT, ROW, COUNTS, HEAD = 2.15, 0.2, 0.45, 0.6  # inches
CAVEATS = ("beside", "not_a_grade", "absence", "few", "selection", "layers")


@paper()
def plot_repeats(repeats: pd.DataFrame, *, words: Words | None = None) -> Chart:
    """The series of one subject side by side: in how many letters each theme is praised, and criticised.

    Args:
        repeats: what `prevalence_of_repeats` gives, of one subject.
        words: what to call codes and series.

    Returns:
        A `Chart` named `repeats_` and the subject. A thick line stands where the template changes.
    """
    words = words or default_words()
    table = repeats[repeats["facet"] == "theme"].reset_index(drop=True)
    codes = list(table[["facet", "code"]].drop_duplicates().itertuples(index=False, name=None))
    rows = code_rows(codes, words, width=LEFT - 0.1)
    series = list(table[["series", "template"]].drop_duplicates().itertuples(index=False, name=None))
    caption = _caption(table, words)
    high = ROW * (rows.end + 0.85)
    sheet = make_sheet(caption, body=HEAD + high + 0.3, key=side_key())
    wide = (WIDTH - LEFT - 0.1) / len(series)
    before = series[0][1]
    for number, (name, template) in enumerate(series):
        left = LEFT + number * wide + 0.1
        axes = sheet.panel(left, HEAD, min(wide - COUNTS - 0.2, 1.6), high)
        set_rows(axes, rows, labelled=number == 0)
        if number == 0:
            head_rows(axes, rows, left=LEFT + 0.05)
        share_of_letters(axes)
        own = table[(table["series"] == name) & (table["template"] == template)]
        places = [rows.places[code] for code in own["code"]]
        draw_sides(axes, own, places)
        write_counts(axes, own, places)
        title = f"{words.title(name)}, n = {own['n'].iloc[0]}"
        sheet.write(
            left, HEAD - 0.16, fill(title, wide - 0.15, bold=True), fontweight="bold", va="bottom", linespacing=1.0
        )
        if template != before:
            _draw_wall(sheet, left - 0.08, HEAD + high)
        before = template
    return Chart(
        f"repeats_{table['repeats'].iloc[0]}", sheet.figure, table, _alt_text(table, caption, words), caption.title
    )


def _draw_wall(sheet: Sheet, left: float, bottom: float) -> None:
    """A line down the body: what stands to its left is another kind of letter."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 - heavy

    wide, high = sheet.figure.get_size_inches()
    ends = [1 - (sheet.top + 0.1) / high, 1 - (sheet.top + bottom) / high]
    sheet.figure.add_artist(Line2D([left / wide] * 2, ends, color=QUIET, linewidth=1.6, linestyle=(0, (4, 2))))


def _caption(table: pd.DataFrame, words: Words) -> Caption:
    subject = str(table["repeats"].iloc[0]).replace("_", " ")
    n = table.drop_duplicates(["series", "template"]).groupby("template")["n"].sum()
    title = f"{subject.capitalize()}, looked at again: letters that praise and that criticise each theme"
    source = f"{n_said({str(t): int(k) for t, k in n.items()})}; k beside each panel. {words.source}."
    return Caption(title, source, words.caveats(table, *CAVEATS))


def _alt_text(table: pd.DataFrame, caption: Caption, words: Words) -> str:
    parts = [f"{caption.title}. Dots with intervals, a row a theme, a panel a series in order of time."]
    for (series, template), own in table.groupby(["series", "template"], sort=False):
        n = own["n"].iloc[0]
        said = {}
        for side in ("strength", "weakness"):
            mentioned = own[(own["polarity"] == side) & (own["k"] == n)]
            said[side] = len(mentioned)
        parts.append(
            f"{words.title(series)} ({template}, n = {n}): {said['strength']} themes praised and {said['weakness']} "
            f"criticised in every letter."
        )
    return " ".join(parts)
