"""The pages about themes: in how many letters each is praised or criticised, and what is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jtai_reports.show.site.context import (
    SIDES,
    TEMPLATE_NAMES,
    Context,
    Material,
    Page,
    letter_path,
    link,
    pivot,
    records,
    theme_path,
)
from jtai_reports.show.site.letter_pages import anchor

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Code

MOST_QUOTES = 60  # a side of a page, one a letter
NOT_COUNTED = ("context", "next_steps", "practice_example")


def theme_pages(material: Material) -> Iterator[Page]:
    """The list of themes by key area, then a page for each."""
    yield _themes_page(material)
    for code in material.codebook.facet("theme"):
        yield Page(theme_path(code.id), "theme.html", _theme(code, material))


def _themes_page(material: Material) -> Page:
    table = material.by_template
    table = table[table["facet"] == "theme"]
    templates = [name for name in TEMPLATE_NAMES if (table["template"] == name).any()]
    headers = ["Theme", *(f"{TEMPLATE_NAMES[t]}: {side}" for t in templates for side in SIDES.values())]
    cells = pivot(
        table, rows=["code", "template"], order=[(c.id, t) for c in material.codebook.facet("theme") for t in templates]
    )
    groups = []
    for area in material.codebook.facet("key_area"):
        codes = [code for code in material.codebook.facet("theme") if code.key_area == area.id]
        rows = [
            [link(code.label, theme_path(code.id)), *(cells[code.id, t].get(side) for t in templates for side in SIDES)]
            for code in codes
        ]
        groups.append({"label": area.label, "headers": headers, "rows": rows})
    return Page("themes.html", "themes.html", {"groups": groups})


def _theme(code: Code, material: Material) -> Context:
    table = material.by_series
    table = table[(table["facet"] == "theme") & (table["code"] == code.id)]
    order = list(dict.fromkeys(zip(table["series"], table["template"], strict=True)))
    cells = pivot(table, rows=["series", "template"], order=order)
    rows = [
        [material.series_titles.get(series, series), template, *(cells[series, template].get(side) for side in SIDES)]
        for series, template in order
    ]
    return {
        "theme": code,
        "headers": ["Series", "Template", *(side.title() for side in SIDES.values())],
        "rows": rows,
        "sides": [_side(code, side, material) for side in SIDES],
    }


def _side(code: Code, side: str, material: Material) -> Context:
    said = material.statements
    said = said[said["polarity"].isin([side, "mixed"]) & ~said["section_kind"].isin(NOT_COUNTED)]
    said = said[_has(said["themes"], code.id)]
    best = said.sort_values(["polarity_score", "statement_id"], ascending=[False, True])
    first = best.drop_duplicates("report_id").sort_values(["letter_date", "statement_id"]).head(MOST_QUOTES)
    return {
        "heading": f"{SIDES[side].title()} in {first['report_id'].nunique()} letters",
        "quotes": [quote(row) for row in records(first)],
        "more": len(said) - len(first),
    }


def quote(row: Context) -> Context:
    """A statement as it is quoted: its text, the area, and a link to the finding that it stands in."""
    return {
        "text": row["text"],
        "polarity": row["polarity"],
        "authority": row["authority"],
        "page": row["page_start"],
        "href": f"{letter_path(row['report_id'])}#{anchor(row['finding_id'])}",
    }


def _has(codes: pd.Series[str], code: str) -> pd.Series[bool]:
    return ("; " + codes.fillna("") + ";").str.contains(f"; {code};", regex=False)
