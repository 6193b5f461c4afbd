"""Every authority by region, with a mark for the letter that was read: where the letters come from."""

from __future__ import annotations

from itertools import combinations, cycle, pairwise
from string import ascii_lowercase
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.reference.templates import templates_around, years_said
from jtai_reports.show.plots.chart import (
    INK,
    QUIET,
    STRENGTH,
    WEAKNESS,
    WIDTH,
    Caption,
    Chart,
    Mark,
    entry,
    fill,
    lines_high,
    make_sheet,
    paper,
)
from jtai_reports.show.plots.words import Words, n_said
from jtai_reports.show.plots.words import words as default_words
from jtai_reports.show.said import in_templates

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.show.plots.chart import Sheet

COLUMNS, STEP, HEAD, GAP = 4, 0.128, 0.3, 0.12  # side by side; inches: a name, a region's heading, room after it
FROM_NORTH = (
    "North East",
    "North West",
    "Yorkshire and the Humber",
    "East Midlands",
    "West Midlands",
    "East of England",
    "London",
    "South East",
    "South West",
)
READ: tuple[Mark, ...] = (  # a letter that was read: of the first template, of the next, and so on
    {"marker": "o", "markersize": 4.5, "color": STRENGTH},
    {"marker": "s", "markersize": 4.5, "color": WEAKNESS},
    {"marker": "^", "markersize": 4.5, "color": INK},
)
KNOWN, NONE = "letter known, not read", "no letter known"
NOT_READ: dict[str, Mark] = {
    KNOWN: {"marker": "D", "markersize": 4, "markerfacecolor": "white", "markeredgecolor": ".2"},
    NONE: {"marker": ".", "markersize": 2.5, "color": QUIET},
}
CAVEATS = ("no_grade", "not_random", "partnership")


class Kinds(NamedTuple):
    """The kinds of letters: the templates, the earlier first, and the mark of each kind."""

    templates: list[str]
    marks: dict[str, Mark]

    @property
    def read(self) -> list[str]:
        """The names of the marks of letters that were read."""
        return list(self.marks)[: len(self.templates)]


class Line(NamedTuple):
    """A line of a column: a region's heading, or an authority and its mark."""

    text: str
    mark: str
    high: float


@paper()
def plot_coverage(by_area: pd.DataFrame, letters: pd.DataFrame, *, words: Words | None = None) -> Chart:
    """Every authority of England by region, from north to south, with the letter that was read, if any.

    Regions without letters stand there too.

    Args:
        by_area: what `coverage_by_authority` gives.
        letters: what `findings_by_authority` gives; letters of areas that are not in the list are added from it.
        words: where the letters come from.

    Returns:
        A `Chart` named `coverage_by_region`; its table has a row an authority: region, authority,
        authority_type, series, template, letter_date, mark.
    """
    words = words or default_words()
    everything = _with_others(by_area, letters)
    kinds = _kinds(everything)
    table = _marked(everything, kinds)
    caption = _caption(table, kinds, words)
    wide = (WIDTH - 0.1) / COLUMNS
    columns = _columns([_region_lines(region, own, kinds, wide - 0.25) for region, own in _regions(table)])
    body = max((sum(line.high for line in column) for column in columns), default=1.0)
    key = [entry(name, mark | {"linestyle": "none"}) for name, mark in kinds.marks.items()]
    sheet = make_sheet(caption, body=body + 0.1, key=key)
    axes = sheet.panel(0, 0, WIDTH, body)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(body, 0)
    for number, lines in enumerate(columns):
        _write_column(sheet, lines, kinds, 0.08 + number * wide)
    columns_kept = ["region", "authority", "authority_type", "series", "template", "letter_date", "mark"]
    return Chart(
        "coverage_by_region", sheet.figure, table[columns_kept], _alt_text(table, kinds, caption), caption.title
    )


def _with_others(by_area: pd.DataFrame, letters: pd.DataFrame) -> pd.DataFrame:
    """The list of areas, and below it the letters of areas that it lacks."""
    import pandas as pd  # noqa: PLC0415 - heavy

    others = letters[~letters["report_id"].isin(by_area["report_id"])]
    if others.empty:
        return by_area
    shown = ["region", "authority", "report_id", "series", "template", "letter_date"]
    others = others[shown].assign(exists=True, catalogue=0, authority_type=None)
    others = others.assign(authority=others["authority"].fillna("area not known")).sort_values("authority")
    return pd.concat([by_area, others.astype({"authority_type": "str"})], ignore_index=True)


def _kinds(by_authority: pd.DataFrame) -> Kinds:
    templates = templates_around(in_templates(by_authority))
    read = {f"letter {years_said(name)}": mark for name, mark in zip(templates, cycle(READ), strict=False)}
    return Kinds(templates, read | NOT_READ)


def _marked(by_authority: pd.DataFrame, kinds: Kinds) -> pd.DataFrame:
    """The authorities that exist or have a letter, each with the name of its mark."""
    table = by_authority[by_authority["exists"] | by_authority["report_id"].notna() | (by_authority["catalogue"] > 0)]
    mark = table["catalogue"].map(lambda n: KNOWN if n else NONE)
    for template, name in zip(kinds.templates, kinds.read, strict=True):
        mark = mark.mask(table["template"] == template, name)
    return table.assign(mark=mark, region=table["region"].fillna("region not known")).reset_index(drop=True)


def _regions(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    found = {str(name): own for name, own in table.sort_values("authority", kind="stable").groupby("region")}
    order = [*(name for name in FROM_NORTH if name in found), *sorted(set(found) - set(FROM_NORTH))]
    return [(name, found[name]) for name in order]


def _region_lines(region: str, table: pd.DataFrame, kinds: Kinds, wide: float) -> list[Line]:
    marks = table["mark"].value_counts()
    counts = [int(marks.get(name, 0)) for name in kinds.read]
    said = f"{' + '.join(map(str, counts))} read" if any(counts) else "none read"
    n = table["authority"].nunique()
    heading = f"{fill(region, wide + 0.2, bold=True)}\n{n} {'authority' if n == 1 else 'authorities'}, {said}"
    lines = [Line(heading, "", lines_high(heading) + 0.05)]
    for authority, mark in zip(table["authority"], table["mark"], strict=True):
        name = fill(str(authority), wide, most=2)
        lines.append(Line(name, mark, STEP + lines_high(name) - lines_high("x")))
    return [*lines, Line("", "", GAP)]


def _columns(regions: list[list[Line]]) -> list[list[Line]]:
    """Regions one below the other, in columns of which the longest is as short as can be."""
    highs = [sum(line.high for line in region) for region in regions]
    ends = combinations(range(1, len(regions)), min(COLUMNS, len(regions)) - 1)
    cuts = min(ends, key=lambda inner: max(sum(highs[a:b]) for a, b in pairwise((0, *inner, len(regions)))))
    spans = pairwise((0, *cuts, len(regions)))
    return [[line for region in regions[a:b] for line in region] for a, b in spans]


def _write_column(sheet: Sheet, lines: list[Line], kinds: Kinds, left: float) -> None:
    axes = sheet.figure.axes[0]
    top = 0.0
    for line in lines:
        if line.mark:
            axes.plot([left + 0.02], [top + STEP / 2], clip_on=False, linestyle="none", **kinds.marks[line.mark])
            faint = {} if line.mark != NONE else {"color": ".4"}
            sheet.write(left + 0.12, top + line.high - STEP / 4, line.text, linespacing=1.0, va="baseline", **faint)
        elif line.text:
            first, _, second = line.text.rpartition("\n")
            sheet.write(left - 0.03, top, first, fontweight="bold", linespacing=1.0)
            sheet.write(left - 0.03, top + lines_high(first), second, linespacing=1.0)
        top += line.high


def _caption(table: pd.DataFrame, kinds: Kinds, words: Words) -> Caption:
    marks = table["mark"].value_counts()
    letters = {template: int(marks.get(name, 0)) for template, name in zip(kinds.templates, kinds.read, strict=True)}
    read = sum(letters.values())
    title = f"Where the letters come from: {read} of {len(table)} authorities by region, from north to south"
    more = f"{marks.get(KNOWN, 0)} more are known and were not read"
    if len(letters) > 1:
        more += f"; '{' + '.join(ascii_lowercase[: len(letters)])} read': by kind of letter"
    source = f"{n_said({kind: n for kind, n in letters.items() if n})}; {more}. {words.source}."
    return Caption(title, source, words.caveats(table, *CAVEATS))


def _alt_text(table: pd.DataFrame, kinds: Kinds, caption: Caption) -> str:
    parts = [f"{caption.title}. Names by region, each with a mark."]
    for region, own in _regions(table):
        marks = own["mark"].value_counts()
        counts = [
            f"{marks.get(name, 0)} {'' if number else 'letters '}{years_said(template)}"
            for number, (template, name) in enumerate(zip(kinds.templates, kinds.read, strict=True))
        ]
        parts.append(
            f"{region}: {own['authority'].nunique()} authorities, {' and '.join(counts)} read, "
            f"{marks.get(KNOWN, 0)} known and not read."
        )
    return " ".join(parts)
