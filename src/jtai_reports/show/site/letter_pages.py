"""The pages about letters: the list of all, and one for each with its findings and their codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jtai_reports.show.site.context import (
    Context,
    Material,
    Page,
    area_path,
    letter_path,
    link,
    plain,
    records,
    region_path,
)

if TYPE_CHECKING:
    import pandas as pd

KIND_NAMES = {"opening": "Opening", "next_steps": "Next steps"}
ABOUT = {  # column of reports -> what a reader calls it
    "letter_date": "Date of the letter",
    "published": "Published",
    "inspection_start": "Inspection began",
    "inspection_end": "Inspection ended",
    "inspectorates": "Inspectorates",
    "action_plan_due": "Written statement of action due",
    "principal_authority": "Who must prepare it",
    "safeguarding_body": "Safeguarding board or partnership",
    "n_pages": "Pages",
}


def letter_pages(material: Material) -> Iterator[Page]:
    """The list of letters, then a page for each."""
    yield letters_page(material)
    reports = material.corpus.reports
    sections = dict(list(material.corpus.sections.groupby("report_id", sort=False)))
    findings = dict(list(material.corpus.findings.groupby("section_id", sort=False)))
    statements = {str(key): part for key, part in material.statements.groupby("finding_id", sort=False)}
    for report in records(reports):
        parts = [
            _section(section, findings.get(section["section_id"]), statements, report["source_url"])
            for section in records(sections[report["report_id"]])
        ]
        yield Page(
            letter_path(report["report_id"]), "letter.html", {"letter": _letter(report, material), "sections": parts}
        )


def letters_page(material: Material) -> Page:
    """All letters in one table."""
    headers = ["Area", "Date", "Series", "Region", "Template", "Pages", "Findings"]
    rows = []
    for report in records(material.corpus.reports):
        name = report["report_id"]
        region = report["region"]
        rows.append([
            link(report["authority"] or name, letter_path(name)),
            plain(report["letter_date"]),
            material.series_titles.get(report["series"], plain(report["series"])),
            link(region, region_path(region)) if isinstance(region, str) else None,
            report["template"],
            report["n_pages"],
            report["n_findings"],
        ])  # fmt: skip
    return Page("letters.html", "letters.html", {"headers": headers, "rows": rows})


def _letter(report: Context, material: Material) -> Context:
    series = material.series_titles.get(report["series"], plain(report["series"]))
    about = [["Series", series], *([label, plain(report[column])] for column, label in ABOUT.items())]
    if isinstance(report["source_url"], str):
        about.append(["Published letter", link(report["source_url"], report["source_url"])])
    area = report["authority"]
    return {
        "authority": area or report["report_id"],
        "day": plain(report["letter_date"]) or "unknown date",
        "about": [row for row in about if row[1] is not None],
        "area_href": area_path(area) if isinstance(area, str) else None,
    }


def _section(
    section: Context, findings: pd.DataFrame | None, statements: dict[str, pd.DataFrame], url: object
) -> Context:
    heading = plain(section["heading"]) or KIND_NAMES.get(section["section_kind"], "Section")
    shown = [] if findings is None else records(findings)
    before: object = None
    parts = []
    for finding in shown:
        subheading = plain(finding["subheading"])
        parts.append(
            _finding(finding, statements.get(finding["finding_id"]), url)
            | {"subheading": None if subheading == before else subheading}
        )
        before = subheading
    return {"heading": heading, "findings": parts}


def _finding(finding: Context, statements: pd.DataFrame | None, url: object) -> Context:
    page = finding["page_start"]
    rows = [] if statements is None else records(statements)
    return {
        "anchor": anchor(finding["finding_id"]),
        "page": page,
        "href": f"{url}#page={page}" if isinstance(url, str) else None,
        "statements": [{"text": row["text"], "polarity": row["polarity"], "codes": codes_of(row)} for row in rows],
    }


def codes_of(row: Context) -> str:
    """Themes and agencies of a statement in one line."""
    return " | ".join(str(row[name]).replace("_", " ") for name in ("themes", "agencies") if isinstance(row[name], str))


def anchor(finding_id: str) -> str:
    """The name of a finding's place on its letter's page."""
    return finding_id.rsplit("-", 1)[-1]
