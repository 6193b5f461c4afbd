"""How many letters praise a theme, how many criticise it, and how many do both: bars to either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.show.plots.chart import WIDTH, Caption, Chart, fill, make_sheet, paper
from jtai_reports.show.plots.rows import SIDE_COLOURS, SIDE_VERBS, code_rows, head_rows, set_rows, template_title
from jtai_reports.show.plots.words import Words, n_said
from jtai_reports.show.plots.words import words as default_words
from jtai_reports.show.said import in_templates

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from jtai_reports.show.plots.chart import Entry
    from jtai_reports.show.plots.rows import Rows

LEFT, ROW, COUNT = 2.15, 0.2, 0.28  # inches; COUNT: room for k beside the bars
CAVEATS = ("not_a_grade", "absence", "templates", "few", "saturated", "layers", "partnership")


@paper()
def plot_both_sides(by_template: pd.DataFrame, both: pd.DataFrame, *, words: Words | None = None) -> Chart:
    """For each theme, the letters that criticise it to the left and those that praise it to the right.

    The full part of a bar are letters that do both, the hatched part letters that do only the one.

    Args:
        by_template: what `prevalence(corpus, by="template")` gives.
        both: what `both_sides(corpus, by="template")` gives.
        words: what to call codes.

    Returns:
        A `Chart` named `praised_and_criticised`; its table has the rows of both tables.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    words = words or default_words()
    table = pd.concat([by_template, both], ignore_index=True)
    table = table[table["facet"] == "theme"].reset_index(drop=True)
    codes = list(table[["facet", "code"]].drop_duplicates().itertuples(index=False, name=None))
    rows = code_rows(codes, words, width=LEFT - 0.1)
    templates = in_templates(table)
    caption = _caption(table, words)
    high = ROW * (rows.end + 0.85)
    sheet = make_sheet(caption, body=high + 0.6, key=_key(), columns=2)
    wide = (WIDTH - LEFT - 0.1) / max(len(templates), 1)
    for number, template in enumerate(templates):
        left = LEFT + number * wide + COUNT + 0.05
        axes = sheet.panel(left, 0.3, wide - 2 * COUNT - 0.1, high)
        set_rows(axes, rows, labelled=number == 0)
        if number == 0:
            head_rows(axes, rows, left=LEFT + COUNT - 0.05)
            axes.tick_params(axis="y", pad=72 * COUNT + 4)
        own = table[table["template"] == template]
        _draw(axes, own, rows)
        title = fill(template_title(template, int(own["n"].iloc[0])), wide - 0.1, bold=True)
        sheet.write(left - COUNT, 0.1, title, fontweight="bold")
    return Chart("praised_and_criticised", sheet.figure, table, _alt_text(table, caption, words), caption.title)


def _draw(axes: Axes, table: pd.DataFrame, rows: Rows) -> None:
    n = int(table["n"].iloc[0])
    k = table.pivot(index="code", columns="polarity", values="k").reindex(list(rows.places))
    places = list(rows.places.values())
    for side, sign in (("weakness", -1), ("strength", 1)):
        colour = SIDE_COLOURS[side]
        axes.barh(places, sign * k["both"], height=0.62, color=colour)
        axes.barh(
            places, sign * (k[side] - k["both"]), left=sign * k["both"], height=0.62, facecolor="white",
            edgecolor=colour, hatch="/////", linewidth=0.6,
        )  # fmt: skip
        for place, count in zip(places, k[side], strict=True):
            axes.annotate(
                str(count), (sign * count, place), xytext=(sign * 3, 0), textcoords="offset points",
                ha="left" if sign > 0 else "right", va="center_baseline", annotation_clip=False,
            )  # fmt: skip
    axes.axvline(0, color=".3", linewidth=0.8)
    axes.set_xlim(-n * 1.02, n * 1.02)
    axes.set_xticks([-n, 0, n], [f"all {n}\ncriticise", "none", f"all {n}\npraise"])
    axes.grid(visible=True, axis="x")


def _key() -> list[Entry]:
    from matplotlib.patches import Patch  # noqa: PLC0415 - heavy

    entries: list[Entry] = []
    for side in ("weakness", "strength"):
        colour, verb = SIDE_COLOURS[side], SIDE_VERBS[side]
        other = SIDE_VERBS["strength" if side == "weakness" else "weakness"]
        entries.append(((Patch(color=colour),), f"letters that {verb} it and {other} it too"))
        only = Patch(facecolor="white", edgecolor=colour, hatch="/////", linewidth=0.6)
        entries.append(((only,), f"letters that {verb} it only"))
    return entries


def _caption(table: pd.DataFrame, words: Words) -> Caption:
    letters = {t: int(table.loc[table["template"] == t, "n"].iloc[0]) for t in in_templates(table)}
    title = "Letters that criticise and letters that praise each theme"
    return Caption(title, f"{n_said(letters)}; k beside the bars. {words.source}.", words.caveats(table, *CAVEATS))


def _alt_text(table: pd.DataFrame, caption: Caption, words: Words) -> str:
    parts = [f"{caption.title}. Bars to the left for criticised, to the right for praised, a row a theme."]
    for template in in_templates(table):
        own = table[table["template"] == template]
        k = own.pivot(index="code", columns="polarity", values="k").reindex(own["code"].unique())
        names = [words.code("theme", str(code)) for code in k.index]
        said = "; ".join(
            f"{name}: {praise} praise, {criticise} criticise, {both} both"
            for name, praise, criticise, both in zip(names, k["strength"], k["weakness"], k["both"], strict=True)
        )
        parts.append(f"{template_title(template, int(own['n'].iloc[0]))}: {said}.")
    return " ".join(parts)
