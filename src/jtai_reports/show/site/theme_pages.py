"""The pages about themes: in how many letters each is praised or criticised, and what is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from jtai_reports.reference.templates import years_said
from jtai_reports.show.said import SIDE_NAMES, about, counted, in_templates, surest_first, titled
from jtai_reports.show.site.context import (
    Context,
    Link,
    Material,
    Page,
    counts_by,
    quote,
    records,
    theme_path,
)  # fmt: skip
from jtai_reports.show.site.figures import Picture

if TYPE_CHECKING:
    from jtai_reports.coding.codebook import Code

FIGURE = "prevalence_by_series"  # with the key area behind it
MOST_QUOTES = 40  # on a side of a page, one a letter


def theme_pages(material: Material, pictures: Sequence[Picture] = ()) -> Iterator[Page]:
    """The list of themes by key area, each with its figure if there is one, then a page for each theme."""
    yield _themes_page(material, {picture.name: picture for picture in pictures})
    for code in material.codebook.facet("theme"):
        yield Page(theme_path(code.id), "theme.html", _theme(code, material))


def _themes_page(material: Material, pictures: Mapping[str, Picture]) -> Page:
    table = material.prevalence("template")
    codes = material.codebook.facet("theme")
    templates = in_templates(table)
    found = counts_by(table, ["code", "template"], [(code.id, name) for code in codes for name in templates])
    groups = [
        {
            "label": area.label,
            "picture": pictures.get(f"{FIGURE}_{area.id}"),
            "rows": [
                [
                    Link(code.label, theme_path(code.id)),
                    *(found[code.id, name].get(side) for name in templates for side in SIDE_NAMES),
                ]
                for code in codes
                if code.key_area == area.id
            ],
        }
        for area in material.codebook.facet("key_area")
    ]
    headers = ["Theme", *(f"{titled(name)}: {side}" for name in templates for side in SIDE_NAMES.values())]
    return Page("themes.html", "themes.html", {"headers": headers, "groups": groups})


def _theme(code: Code, material: Material) -> Context:
    table = material.prevalence("series")
    table = table[table["code"] == code.id]
    order = list(dict.fromkeys(zip(table["series"], table["template"], strict=True)))
    found = counts_by(table, ["series", "template"], order)
    return {
        "theme": code,
        "headers": ["Series", "Template", *(side.title() for side in SIDE_NAMES.values())],
        "rows": [[material.series(key[0]), key[1], *(found[key].get(side) for side in SIDE_NAMES)] for key in order],
        "changes": _changes(material),
        "sides": [_side(code, side, material) for side in SIDE_NAMES],
    }


def _changes(material: Material) -> list[str]:
    """A sentence for each change of the template among the letters."""
    return [
        f"Between the letters {years_said(before)} and those {years_said(after)} the template changed: "
        "read each on its own."
        for before, after in pairwise(in_templates(material.corpus.reports))
    ]


def _side(code: Code, side: str, material: Material) -> Context:
    """The surest statement of each letter, in order of date."""
    said = about(counted(material.statements, side), code.id)
    shown = surest_first(said).drop_duplicates("report_id").sort_values(["letter_date", "statement_id"])
    shown = shown.head(MOST_QUOTES)
    return {
        "heading": f"{SIDE_NAMES[side].title()} in {said['report_id'].nunique()} letters",
        "quotes": [quote(row) for row in records(shown)],
        "more": len(said) - len(shown),
    }
