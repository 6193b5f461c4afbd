"""The pages around the findings: home, figures, methods and caveats, downloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from jtai_reports.show.site.context import Context, Link, Material, Page, Rows, cells
from jtai_reports.show.site.figures import Picture, on_home

if TYPE_CHECKING:
    from jtai_reports.coding.codebook import Facet

COVERAGE = {  # column -> heading
    "title": "Series",
    "template": "Template",
    "published": "Letters known to be published",
    "catalogue": "In the catalogue",
    "read": "Read here",
}
FACETS: dict[Facet, str] = {"polarity": "Polarity", "key_area": "Key areas", "theme": "Themes", "agency": "Agencies"}
CORRECTED = {"id": "What", "field": "Field", "old": "Was", "new": "Is", "reason": "Why", "name": "By", "state": "State"}
DOWNLOADS = (
    ("jtai-findings.xlsx", "All findings and statements as an Excel workbook, with filters and links to the pages"),
    ("reports.csv", "One row a letter"),
    ("prevalence_by_series.csv", "Letters that praise or criticise each code, by series"),
    ("prevalence_by_template.csv", "Letters that praise or criticise each code, by template"),
)


def home_pages(material: Material, pictures: Sequence[Picture], downloads: Sequence[str]) -> Iterator[Page]:
    """Home, figures, methods and downloads.

    Args:
        material: what the pages are made from.
        pictures: the figures.
        downloads: the names of the files that lie in `files/`.
    """
    days = material.corpus.reports["letter_date"].dropna()
    table = material.tables["coverage_by_series"][list(COVERAGE)]
    home = {
        "n_letters": len(material.corpus.reports),
        "first_day": days.min() if len(days) else None,
        "last_day": days.max() if len(days) else None,
        "headers": list(COVERAGE.values()),
        "coverage": cells(table),
        "pictures": on_home(pictures),
    }
    yield Page("index.html", "index.html", home)
    yield Page("figures.html", "figures.html", {"pictures": pictures})
    yield Page("methods.html", "methods.html", _methods(material))
    rows: Rows = [[Link(name, f"files/{name}"), what] for name, what in DOWNLOADS if name in downloads]
    rows += [[Link(f"{p.name}.csv", f"figures/{p.name}.csv"), f"Table of the figure: {p.title}"] for p in pictures]
    yield Page("downloads.html", "downloads.html", {"rows": rows})


def _methods(material: Material) -> Context:
    facets = [
        {"label": label, "rows": [[code.label, code.definition] for code in material.codebook.facet(facet)]}
        for facet, label in FACETS.items()
    ]
    corpus = material.corpus
    return {
        "coder": ", ".join(sorted(material.statements["coder"].dropna().unique())) or "nobody",
        "version": material.codebook.version,
        "facets": facets,
        "problems": cells(corpus.problems[["file_name", "message", "hint"]]),
        "corrected_headers": list(CORRECTED.values()),
        "corrections": cells(corpus.corrections[list(CORRECTED)]),
    }
