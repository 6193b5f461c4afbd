"""Draw k of n letters, group by group: for any grouping, and for one code or a few."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from jtai_reports.coding.codebook import read_codebook
from jtai_reports.compare.letters import NOT_KNOWN
from jtai_reports.compare.wording import caveat, k_of_n
from jtai_reports.errors import UsageError
from jtai_reports.reference.readers import read_series
from jtai_reports.show.plots import STRENGTH, WEAKNESS, Chart
from jtai_reports.show.said import in_templates, titled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

WHAT = ("template", "facet", "code", "polarity", "k", "n", "share", "low", "high")
NUMBERS = ("k", "n", "low", "high")
MOST = 60  # rows
ROW, FRAME = 0.34, 1.9  # inches: a row; title, axis and footnote
SIDES = (("strength", STRENGTH, "o", "praised", -0.14), ("weakness", WEAKNESS, "s", "criticised", 0.14))


def plot_prevalence(table: pd.DataFrame) -> Chart:
    """In how many letters of each group a code is praised, and criticised: dots with intervals, k of n beside them.

    Args:
        table: what `prevalence` gives, of one code or a few.

    Returns:
        A `Chart` with a panel for each template; the two are never compared.

    Raises:
        UsageError: it is no such table, or has too many codes to be read.

    Example:
        >>> import jtai_reports as jtai
        >>> corpus = jtai.load("outputs")
        >>> by_region = jtai.prevalence(corpus, by="region", codes={"theme": ["missing_children"]})
        >>> jtai.plot_prevalence(by_region).name
        'prevalence_by_region'
    """
    import seaborn as sns  # noqa: PLC0415 - heavy
    from matplotlib.figure import Figure  # noqa: PLC0415

    by = _grouping(table)
    rows = _rows(table, by)
    shown = [(name, own["label"].nunique()) for name, own in rows.groupby("template")]
    counts = [count for _, count in shown]
    with sns.axes_style("whitegrid", {"axes.edgecolor": ".8"}), sns.plotting_context("paper"):
        height = ROW * sum(counts) + FRAME + 0.5 * len(shown)
        figure = Figure(figsize=(8.2, height), layout="constrained")
        panels = figure.subplots(len(shown), 1, squeeze=False, height_ratios=[count + 1 for _, count in shown])
        for axes, (name, _) in zip(panels[:, 0], shown, strict=True):
            _draw(axes, rows[rows["template"] == name], titled(str(name)))
        title = f"{_codes(table)}: letters that praise and letters that criticise, by {by.replace('_', ' ')}"
        figure.suptitle(textwrap.fill(title, 90), fontsize=11, fontweight="bold", x=0.01, ha="left")
        named = ("not_a_grade", "absence", *(["templates"] if len(shown) > 1 else []))
        notes = [caveat(name, templates=[str(template) for template, _ in shown]) for name in named]
        figure.supxlabel(textwrap.fill(" ".join(notes), 150), fontsize=7.5, x=0.01, ha="left")
    return Chart(f"prevalence_by_{by}", figure, table, _alt_text(rows, title))


def _grouping(table: pd.DataFrame) -> str:
    others = [str(name) for name in table.columns if name not in WHAT]
    lacking = [name for name in WHAT if name not in table.columns]
    if lacking or len(others) > 1 or table.empty:
        raise UsageError("This is no table of prevalence.", hint="Make one with jtai.prevalence(corpus, by=...).")
    by = others[0] if others else "template"
    pairs = table[["facet", "code"]].drop_duplicates()
    if len(table) // 2 > MOST:
        hint = f"Choose some: jtai.prevalence(corpus, by={by!r}, codes={{'theme': ['early_help']}})."
        raise UsageError(f"{len(pairs)} codes in one figure cannot be read.", hint=hint)
    return by


def _rows(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """The table with a label for each row of the figure."""
    titles = {series.series: series.title for series in read_series()} if by == "series" else {}
    titles |= {name: titled(name) for name in in_templates(table)} if by == "template" else {}
    groups = table[by].map(lambda name: titles.get(name, name)).fillna(NOT_KNOWN)
    if table["code"].nunique() > 1:
        groups = groups.str.cat(table["code"].map(lambda code: _label(code)), sep=": ")
    return table.assign(
        label=[textwrap.fill(f"{group}, n\u00a0=\u00a0{n}", 46) for group, n in zip(groups, table["n"], strict=True)]
    )


def _draw(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    places = {label: place for place, label in enumerate(dict.fromkeys(rows["label"]))}
    for side, colour, mark, verb, offset in SIDES:
        own = rows[rows["polarity"] == side]
        y = [places[label] + offset for label in own["label"]]
        axes.hlines(y, own["low"] * 100, own["high"] * 100, color=colour, linewidth=1.2, alpha=0.6)
        face = colour if side == "strength" else "white"
        axes.scatter(own["share"] * 100, y, marker=mark, s=34, facecolor=face, edgecolor=colour, label=verb, zorder=3)
        for place, k, n in zip(y, own["k"], own["n"], strict=True):
            axes.text(103, place, f"{verb} in {k} of {n}", fontsize=7.5, va="center", color=colour, clip_on=False)
    axes.set_title(title, fontsize=9.5, loc="left")
    axes.set_yticks(list(places.values()), list(places))
    axes.set_ylim(len(places) - 0.4, -0.6)
    axes.set_xlim(-2, 102)
    axes.set_xticks([0, 25, 50, 75, 100], ["none", "a quarter", "half", "three quarters", "all"])
    axes.grid(visible=False, axis="y")


def _alt_text(rows: pd.DataFrame, title: str) -> str:
    parts = []
    for (_, label), own in rows.groupby(["template", "label"], sort=False):
        said = {row["polarity"]: k_of_n(*(row[name] for name in NUMBERS)) for row in own.to_dict("records")}
        name = str(label).replace("\n", " ")
        parts.append(f"{name}: praised in {said['strength']}, criticised in {said['weakness']}")
    return f"{title}. {'; '.join(parts)}."


def _codes(table: pd.DataFrame) -> str:
    return ", ".join(_label(code) for code in table["code"].unique())


def _label(code: str) -> str:
    return {known.id: known.label for known in read_codebook().codes}.get(code, code.replace("_", " "))
