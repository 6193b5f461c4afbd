"""The pages about areas and regions: what the letters of each say, theme by theme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jtai_reports.show.said import SIDE_NAMES, counted, in_templates, surest_first, titled
from jtai_reports.show.site.context import (
    Context,
    Link,
    Material,
    Page,
    Rows,
    area_path,
    counts_by,
    letter_path,
    plain,
    quote,
    records,
    region_path,
    theme_path,
)  # fmt: skip

if TYPE_CHECKING:
    import pandas as pd

QUOTES = 3  # of each side on an area's page
PROFILE_HEADERS = (
    *("Theme", "Side", "Statements of the main findings"),
    *("Share of these", "Drawn toward the series", "Mean of the series"),
)


def area_pages(material: Material) -> Iterator[Page]:
    """A page for each area with a letter."""
    for name, letters in material.corpus.reports.groupby("authority", sort=True):
        yield Page(area_path(str(name)), "area.html", {"area": _area(str(name), letters, material)})


def region_pages(material: Material) -> Iterator[Page]:
    """The list of regions, then a page for each that has a letter."""
    reports = material.corpus.reports
    counts = reports.groupby(["region", "template"]).size()
    templates = in_templates(reports)
    names = sorted(set(reports["region"].dropna()))
    rows = [[Link(name, region_path(name)), *(int(counts.get((name, t), 0)) for t in templates)] for name in names]
    headers = ["Region", *(titled(name) for name in templates)]
    yield Page("regions.html", "regions.html", {"headers": headers, "rows": rows})
    for name in names:
        letters = reports[reports["region"] == name]
        yield Page(region_path(name), "region.html", {"region": _region(name, letters, material)})


def _area(name: str, letters: pd.DataFrame, material: Material) -> Context:
    said = material.statements[material.statements["report_id"].isin(letters["report_id"])]
    priority = said[(said["section_kind"] == "priority_actions") & (said["polarity"] != "neutral")]
    sides = {side: surest_first(counted(said, side)) for side in SIDE_NAMES}
    return {
        "name": name,
        "letters": [
            {
                "day": plain(row["letter_date"]) or "unknown date",
                "series": material.series(row["series"]),
                "href": letter_path(row["report_id"]),
            }
            for row in records(letters)
        ],
        "priority": [quote(row) for row in records(priority)],
        "headers": PROFILE_HEADERS,
        "rows": _profile(name, material),
        "quotes": [
            {
                "label": f"Some of what is {SIDE_NAMES[side]}",
                "quotes": [quote(row) for row in records(best[best["polarity"] == side].head(QUOTES))],
            }
            for side, best in sides.items()
        ],
        "neighbours": _neighbours(name, material),
    }


def _profile(name: str, material: Material) -> Rows:
    """For each theme that the letter mentions: praised or criticised, how often, raw beside drawn to the series."""
    table = material.tables.get("area_profiles")
    if table is None:
        return []
    table = table[
        (table["authority"] == name)
        & (table["facet"] == "theme")
        & table["mentioned"]
        & table["code"].isin(material.labels)
    ]
    return [
        [
            Link(material.labels[row["code"]], theme_path(row["code"])),
            SIDE_NAMES[row["polarity"]].title(),
            f"{row['statements']} of {row['judged']}",
            *(percent(plain(row[column])) for column in ("raw", "shrunk", "series_share")),
        ]
        for row in records(table)
    ]


def _neighbours(name: str, material: Material) -> Rows:
    table = material.tables["statistical_neighbours"]
    if table.empty:
        return []
    table = table[(table["authority"] == name) & table["report_id"].notna()]
    return [
        [
            Link(row["neighbour"], letter_path(row["report_id"])),
            material.series(row["series"]),
            "yes" if row["same_series"] else "no",
        ]
        for row in records(table)
    ]


def percent(share: float | None) -> str | None:
    """A share as a percentage; None where it is missing.

    >>> percent(0.125), percent(None)
    ('12.5%', None)
    """
    return None if share is None else f"{100 * share:.1f}%"


def _region(name: str, letters: pd.DataFrame, material: Material) -> Context:
    table = material.prevalence("region")
    table = table[table["region"] == name]
    codes = material.codebook.facet("theme")
    groups = []
    for template in in_templates(table):
        found = counts_by(table[table["template"] == template], ["code"], [(code.id,) for code in codes])
        groups.append({
            "label": titled(template),
            "rows": [
                [Link(code.label, theme_path(code.id)), *(found[code.id,].get(side) for side in SIDE_NAMES)]
                for code in codes
            ],
        })  # fmt: skip
    rows = [
        [
            Link(plain(row["authority"]) or row["report_id"], letter_path(row["report_id"])),
            plain(row["letter_date"]),
            material.series(row["series"]),
        ]
        for row in records(letters)
    ]
    headers = ["Theme", *(side.title() for side in SIDE_NAMES.values())]
    return {"name": name, "letters": rows, "headers": headers, "groups": groups}
