"""The pages about areas and regions: what the letters of each say, theme by theme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jtai_reports.show.site.context import (
    SIDES,
    TEMPLATE_NAMES,
    Context,
    Material,
    Page,
    area_path,
    letter_path,
    link,
    pivot,
    plain,
    records,
    region_path,
    theme_path,
)
from jtai_reports.show.site.theme_pages import NOT_COUNTED, quote

if TYPE_CHECKING:
    import pandas as pd

QUOTES = 3  # of each side on an area's page
PROFILE_HEADERS = [
    "Theme",
    "Side",
    "Statements of the main findings",
    "Share of these",
    "Drawn toward the series",
    "Mean of the series",
]


def area_pages(material: Material) -> Iterator[Page]:
    """A page for each area with a letter."""
    reports = material.corpus.reports
    for name, letters in reports[reports["authority"].notna()].groupby("authority", sort=True):
        yield Page(area_path(str(name)), "area.html", {"area": _area(str(name), letters, material)})


def region_pages(material: Material) -> Iterator[Page]:
    """The list of regions, then a page for each that has a letter."""
    reports = material.corpus.reports
    known = reports[reports["region"].notna()]
    counts = known.groupby(["region", "template"]).size().unstack(fill_value=0)
    templates = [name for name in TEMPLATE_NAMES if name in counts]
    rows = [[link(name, region_path(str(name))), *(int(row[t]) for t in templates)] for name, row in counts.iterrows()]
    headers = ["Region", *(TEMPLATE_NAMES[t] for t in templates)]
    yield Page("regions.html", "regions.html", {"headers": headers, "rows": rows})
    for name, letters in known.groupby("region", sort=True):
        yield Page(region_path(str(name)), "region.html", {"region": _region(str(name), letters, material)})


def _area(name: str, letters: pd.DataFrame, material: Material) -> Context:
    report = letters.iloc[-1]
    said = material.statements
    said = said[said["report_id"].isin(letters["report_id"]) & ~said["section_kind"].isin(NOT_COUNTED)]
    series = material.series_titles.get(report["series"], report["series"])
    priority = said[(said["section_kind"] == "priority_actions") & (said["polarity"] != "neutral")]
    best = said.sort_values(["polarity_score", "statement_id"], ascending=[False, True])
    return {
        "name": name,
        "about": f"The letter of {report['letter_date']} belongs to the series {series!s}.",
        "letter_href": letter_path(report["report_id"]),
        "priority": [quote(row) for row in records(priority)],
        "headers": PROFILE_HEADERS,
        "rows": _profile(name, material),
        "quotes": [
            {
                "label": f"Some of what is {SIDES[side]}",
                "quotes": [quote(row) for row in records(best[best["polarity"] == side].head(QUOTES))],
            }
            for side in SIDES
        ],
        "neighbours": _neighbours(name, material),
    }


def _profile(name: str, material: Material) -> list[list[object]]:
    """For each theme that the letter mentions: praised or criticised, how often, raw beside drawn to the series."""
    table = material.profiles
    table = table[(table["authority"] == name) & (table["facet"] == "theme") & table["mentioned"]]
    return [
        [
            link(material.labels[row["code"]], "../" + theme_path(row["code"])),
            SIDES[row["polarity"]].title(),
            f"{row['statements']} of {row['judged']}",
            percent(row["raw"]),
            percent(row["shrunk"]),
            percent(row["series_share"]),
        ]
        for row in records(table)
    ]


def _neighbours(name: str, material: Material) -> list[list[object]]:
    table = material.neighbours
    table = table[(table["authority"] == name) & table["report_id"].notna()]
    return [
        [
            link(row["neighbour"], "../" + area_path(row["neighbour"])),
            material.series_titles.get(row["series"], plain(row["series"])),
            "yes" if row["same_series"] else "no",
        ]
        for row in records(table)
    ]


def percent(share: object) -> str | None:
    """A share of statements as a percentage; None where it is missing."""
    value = plain(share)
    return None if value is None else f"{100 * float(str(value)):.1f}%"


def _region(name: str, letters: pd.DataFrame, material: Material) -> Context:
    table = material.by_region
    table = table[(table["region"] == name) & (table["facet"] == "theme")]
    groups = []
    for template in table["template"].unique():
        codes = material.codebook.facet("theme")
        cells = pivot(table[table["template"] == template], rows=["code"], order=[code.id for code in codes])
        groups.append({
            "label": TEMPLATE_NAMES[template],
            "caption": f"{name}, {TEMPLATE_NAMES[template].lower()}: letters that praise or criticise a theme",
            "headers": ["Theme", *(side.title() for side in SIDES.values())],
            "rows": [
                [link(code.label, "../" + theme_path(code.id)), *(cells[code.id].get(side) for side in SIDES)]
                for code in codes
            ],
        })  # fmt: skip
    rows = [
        [
            link(row["authority"], "../" + letter_path(row["report_id"])),
            plain(row["letter_date"]),
            material.series_titles.get(row["series"], plain(row["series"])),
        ]
        for row in records(letters)
    ]
    return {"name": name, "headers": ["Area", "Date", "Series"], "letters": rows, "groups": groups}
