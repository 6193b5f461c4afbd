"""Figures of topics: by series, by code, and a map of the statements. Table in, `Chart` out."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from jtai_reports.explore.topic_tables import NO_CODE, NO_TOPIC
from jtai_reports.show.plots import QUIET, STRENGTH, WEAKNESS, Chart

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import BboxBase

MOST = 40  # topics in a figure; the table beside it has all
ROW = 0.25  # inches
NAMED = 24  # topics with a name on the map
LABEL = 46  # characters
CAVEAT = (
    "Topics are found by a program without the codebook. Marked '~' (dots: hollow): not found again under other seeds, "
    "not to be relied on. That a letter lacks a topic does not mean that the area lacks the practice."
)
DOTS = "Numbers are letters of the series with the topic; a dot's area is their share."


def plot_topics_by_series(topics: pd.DataFrame, by_series: pd.DataFrame, *, titles: dict[str, str]) -> Chart:
    """In how many letters of each series a topic is found: a dot for each, its area the share, k beside it.

    Args:
        topics: the table `topics`.
        by_series: what `topics_by(..., by="series")` gives.
        titles: how to print each series; its code where there is none.
    """
    shown = _largest(topics)
    series = by_series.drop_duplicates("series")[["series", "n"]]
    figure, axes = _canvas(len(shown), width=5.6 + 0.62 * len(series))
    columns = {name: place for place, name in enumerate(series["series"])}
    rows = {name: place for place, name in enumerate(shown["topic"])}
    dots = by_series[by_series["topic"].isin(rows) & (by_series["k"] > 0)]
    stable = dots["topic"].map(shown.set_index("topic")["stable"]) == "yes"
    x, y = dots["series"].map(columns).astype(float) - 0.13, dots["topic"].map(rows).astype(float)
    axes.scatter(
        x, y, s=dots["share"].astype(float) * 120, facecolor=[STRENGTH if s else "white" for s in stable],
        edgecolor=STRENGTH,
    )  # fmt: skip
    for place, row, k in zip(x, y, dots["k"], strict=True):
        axes.text(place + 0.24, row, str(k), fontsize=7, va="center", color=".25")
    _label_rows(axes, shown)
    heads = [textwrap.fill(titles.get(s, s), 30) + f"\n(n = {n})" for s, n in series.itertuples(index=False)]
    axes.set_xticks(range(len(series)), heads, rotation=60, ha="left", rotation_mode="anchor", fontsize=7.5)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.6, len(series) - 0.4)
    n = int(topics["n_letters"].max())
    _frame(figure, f"Topics by series: letters with the topic, of {n} letters", f"{_which(topics, shown)} {DOTS}")
    alt = (
        f"Dot grid of {len(shown)} topics by {len(series)} series in order of time ({n} letters); each dot has the "
        f"number of letters of the series that have the topic. The most widespread: {_widest(shown)}. {CAVEAT}"
    )
    return Chart("topics_by_series", figure, by_series, alt)


def plot_topics_by_code(topics: pd.DataFrame, by_code: pd.DataFrame, *, codes: list[str]) -> Chart:
    """How topics lie to the codebook: the share of a topic's statements that carry each theme.

    Args:
        topics: the table `topics`.
        by_code: what `topics_by_code` gives.
        codes: the themes in the codebook's order.
    """
    import seaborn as sns  # noqa: PLC0415 - heavy

    shown = _largest(topics)
    order = [*codes, NO_CODE]
    grid = by_code.pivot_table(index="topic", columns="code", values="share", fill_value=0.0)
    grid = grid.reindex(index=shown["topic"], columns=order, fill_value=0.0).astype(float) * 100
    figure, axes = _canvas(len(shown), width=5.2 + 0.36 * len(order))
    written = grid.round().astype(int).astype(str).where(grid >= 10, "")
    sns.heatmap(
        grid, ax=axes, cmap="Blues", vmin=0, vmax=100, annot=written, fmt="", annot_kws={"fontsize": 7},
        linewidths=0.4, linecolor="white", cbar_kws={"shrink": 0.4, "label": "% of the topic's statements"},
    )  # fmt: skip
    _label_rows(axes, shown, offset=0.5)
    axes.set(xlabel="", ylabel="")
    heads = [code.replace("_", " ") for code in order]
    axes.set_xticks([place + 0.5 for place in range(len(order))], heads, rotation=60, ha="left", rotation_mode="anchor")
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=8)
    found = topics[topics["topic"] != NO_TOPIC]
    loose = found[found["covered_by"].isna()]
    n = int(topics["n_statements"].sum())
    _frame(
        figure,
        f"Topics by theme of the codebook ({n:,} statements)",
        f"{_which(topics, shown)} A statement can carry several themes; shares under 10% are not written.",
    )
    alt = (
        f"Heat map of {len(shown)} topics by {len(codes)} themes: share of a topic's statements with the theme. "
        f"{len(loose)} of {len(found)} topics have no theme that half of their statements carry. {CAVEAT}"
    )
    return Chart("topics_by_code", figure, by_code, alt)


def plot_topic_map(topics: pd.DataFrame, topic_statements: pd.DataFrame) -> Chart:
    """Every statement looked at as a point, like near like; the largest topics are named at their middle.

    Args:
        topics: the table `topics`.
        topic_statements: the table `topic_statements`.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - heavy

    table = topic_statements[["statement_id", "topic", "polarity", "x", "y"]]
    figure = Figure(figsize=(11, 8.2), layout="constrained")
    axes = figure.subplots()
    for polarity, colour, mark in ((None, QUIET, "."), ("strength", STRENGTH, "o"), ("weakness", WEAKNESS, "^")):
        rest = ~table["polarity"].fillna("").isin(["strength", "weakness"])
        own = table[rest if polarity is None else table["polarity"].fillna("") == polarity]
        name = polarity or "mixed, neutral or not coded"
        axes.scatter(
            own["x"].astype(float), own["y"].astype(float), s=5, c=colour, marker=mark, alpha=0.45, linewidths=0,
            label=f"{name} (n = {len(own):,})", rasterized=True,
        )  # fmt: skip
    axes.set(xticks=[], yticks=[])
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, frameon=False, fontsize=8.5, markerscale=2.5)
    outliers = int((table["topic"] == NO_TOPIC).sum())
    total = int((topics["topic"] != NO_TOPIC).sum())
    note = (
        f"The largest of {total} topics are named, where there is room. {outliers:,} statements are in "
        "no topic. Only nearness has a meaning: the axes, and the distance between far groups, have none."
    )
    _frame(figure, f"Map of {len(table):,} statements of {int(topics['n_letters'].max())} letters", note)
    _name_topics(figure, axes, topics, table)
    widest = _widest(_largest(topics))
    alt = f"Scatter map of {len(table)} statements, coloured by polarity. The most widespread topics: {widest}. {note}"
    return Chart("topics_map", figure, table, alt)


def _name_topics(figure: Figure, axes: Axes, topics: pd.DataFrame, table: pd.DataFrame) -> None:
    """Write topic names at the middle of their statements, the largest first, none over another."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - heavy
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - heavy

    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    figure.draw_without_rendering()  # settles the layout
    frame = axes.get_window_extent(renderer)
    taken: list[BboxBase] = []
    middles = table.groupby("topic")[["x", "y"]].median().astype(float)
    for row in _largest(topics).head(NAMED).to_dict("records"):
        name = textwrap.fill(f"{_mark(row)}{row['topic']} {row['label']}", 22)
        x, y = (float(middles[axis][str(row["topic"])]) for axis in ("x", "y"))
        text = axes.text(
            x, y, name, fontsize=7.5, ha="center", va="center",
            fontweight="bold", path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )  # fmt: skip
        box = text.get_window_extent(renderer)
        inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
        if not inside or any(box.overlaps(other) for other in taken):
            text.remove()
        else:
            text.set_in_layout(False)
            taken.append(box.padded(2))


def _largest(topics: pd.DataFrame) -> pd.DataFrame:
    return topics[topics["topic"] != NO_TOPIC].head(MOST)


def _canvas(n_rows: int, *, width: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure  # noqa: PLC0415 - heavy

    figure = Figure(figsize=(width, ROW * n_rows + 3.1), layout="constrained")
    return figure, figure.subplots()


def _label_rows(axes: Axes, shown: pd.DataFrame, *, offset: float = 0.0) -> None:
    """Name, label and size of each topic at its row; '~' before those that are not stable."""
    names = [_row_name(row) for row in shown.to_dict("records")]
    axes.set_yticks([place + offset for place in range(len(names))], names, fontsize=8, rotation=0)
    axes.set_ylim(len(names) - 0.5 + offset, -0.5 + offset)
    axes.grid(visible=True, axis="y", color=".92", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)


def _mark(row: dict[Hashable, Any]) -> str:
    return "~ " if row["stable"] == "no" else ""


def _row_name(row: dict[Hashable, Any]) -> str:
    return (
        f"{_mark(row)}{textwrap.shorten(row['label'], LABEL, placeholder='…')}  {row['topic']} ({row['n_statements']})"
    )


def _frame(figure: Figure, title: str, note: str) -> None:
    """Title above; below, what is shown and what it does not mean."""
    figure.suptitle(title, fontsize=11.5, fontweight="bold", x=0.01, ha="left")
    width = int(figure.get_figwidth() * 16)
    figure.supxlabel("\n".join(textwrap.wrap(f"{note} {CAVEAT}", width)), fontsize=7.5, x=0.01, ha="left")


def _which(topics: pd.DataFrame, shown: pd.DataFrame) -> str:
    total = int((topics["topic"] != NO_TOPIC).sum())
    outliers = int(topics.loc[topics["topic"] == NO_TOPIC, "n_statements"].sum())
    which = f"All {total} topics" if len(shown) == total else f"The {len(shown)} largest of {total} topics"
    return f"{which}, with the number of their statements; {outliers:,} statements are in no topic."


def _widest(shown: pd.DataFrame) -> str:
    first = shown.sort_values(["k_letters", "topic"], ascending=[False, True]).head(5)
    return "; ".join(
        f"{row.topic} {row.label} ({row.k_letters} of {row.n_letters} letters)" for row in first.itertuples()
    )
