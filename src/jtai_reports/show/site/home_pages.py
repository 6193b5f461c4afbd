"""The pages around the findings: home, methods and caveats, downloads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jtai_reports.show.site.context import Context, Material, Page, link, plain

if TYPE_CHECKING:
    import pandas as pd

FILES = (
    ("../jtai-findings.xlsx", "All tables as an Excel workbook with filters and links to the pages"),
    ("../data/reports.csv", "One row a letter"),
    ("../data/findings.csv", "One row a finding, with its page"),
    ("../data/statements.csv", "One row a statement, with its polarity"),
    ("../data/codings.csv", "One row a code given to a statement, with the words that spoke for it"),
    ("../data/problems.csv", "What could not be read, or is in doubt"),
    ("../tables/prevalence_by_series.csv", "Letters that praise or criticise each code, by series"),
    ("../run.json", "Versions, checksums of the letters, settings and counts"),
)
COVERAGE = {  # column -> heading
    "title": "Series",
    "template": "Template",
    "published": "Letters known to be published",
    "catalogue": "In the catalogue",
    "read": "Read here",
}
FACETS = {"polarity": "Polarity", "key_area": "Key areas", "theme": "Themes", "agency": "Agencies"}


def home_pages(material: Material, shared: Context) -> Iterator[Page]:
    """Home, methods and downloads."""
    reports = material.corpus.reports
    coverage = {"headers": list(COVERAGE.values()), "rows": _rows(material.coverage[list(COVERAGE)])}
    yield Page(
        "index.html",
        "index.html",
        {
            "n_letters": len(reports),
            "first_day": reports["letter_date"].min(),
            "last_day": reports["letter_date"].max(),
            "coverage": coverage,
            "charts": shared["charts"],
        },
    )
    yield _methods(material)
    yield Page("downloads.html", "downloads.html", {"rows": [[link(path[3:], path), what] for path, what in FILES]})


def _methods(material: Material) -> Page:
    codebook = {
        "version": material.codebook.version,
        "facets": [
            {"label": label, "rows": [[code.label, code.definition] for code in material.codebook.facet(facet)]}  # type: ignore[arg-type]
            for facet, label in FACETS.items()
        ],
    }
    problems = _rows(material.corpus.problems[["file_name", "message", "hint"]])
    coder = ", ".join(sorted(material.statements["coder"].dropna().unique())) or "none"
    return Page("methods.html", "methods.html", {"codebook": codebook, "problems": problems, "coder": coder})


def _rows(table: pd.DataFrame) -> list[list[object]]:
    return [[plain(value) for value in row] for row in table.itertuples(index=False)]
