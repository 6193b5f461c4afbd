"""The pages about letters: the list of all, and one for each with its findings and their codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from jtai_reports.show.citing import page_address, web_address
from jtai_reports.show.said import JOINT
from jtai_reports.show.site.context import (
    Context,
    Link,
    Material,
    Page,
    Rows,
    anchor,
    area_path,
    letter_path,
    plain,
    records,
    region_path,
)  # fmt: skip

if TYPE_CHECKING:
    import pandas as pd

KIND_NAMES = {"opening": "Opening", "next_steps": "Next steps"}
HEADERS = ("Area", "Date", "Series", "Region", "Template", "Pages", "Findings")
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
Parts = Mapping[str, "pd.DataFrame"]  # of a table, by the name of what they belong to


def letter_pages(material: Material) -> Iterator[Page]:
    """The list of letters, then a page for each."""
    reports = material.corpus.reports.sort_values(["letter_date", "report_id"])
    rows = [_row(report, material) for report in records(reports)]
    yield Page("letters.html", "letters.html", {"headers": HEADERS, "rows": rows})
    sections = _parts(material.corpus.sections, "report_id")
    findings = _parts(material.corpus.findings, "section_id")
    statements = _parts(material.statements, "finding_id")
    for report in records(reports):
        parts = [
            _section(section, findings, statements, report["source_url"], material.labels)
            for section in records(sections[report["report_id"]])
        ]
        yield Page(
            letter_path(report["report_id"]), "letter.html", {"letter": _letter(report, material), "sections": parts}
        )


def _parts(table: pd.DataFrame, by: str) -> Parts:
    return {str(name): part for name, part in table.groupby(by, sort=False)}


def _row(report: Context, material: Material) -> Rows:
    name, region = report["report_id"], plain(report["region"])
    return [
        Link(plain(report["authority"]) or name, letter_path(name)),
        plain(report["letter_date"]),
        material.series(report["series"]),
        Link(region, region_path(region)) if region else None,
        *(plain(report[column]) for column in ("template", "n_pages", "n_findings")),
    ]


def _letter(report: Context, material: Material) -> Context:
    about: Rows = [["Series", material.series(report["series"])]]
    about += [[label, plain(report[column])] for column, label in ABOUT.items() if plain(report[column]) is not None]
    address = web_address(report["source_url"])
    about += [["Published letter", Link(address, address)]] if address else []
    area = plain(report["authority"])
    return {
        "authority": area or report["report_id"],
        "day": plain(report["letter_date"]) or "unknown date",
        "about": about,
        "area_href": area_path(area) if area else None,
    }


def _section(section: Context, findings: Parts, statements: Parts, url: object, labels: Mapping[str, str]) -> Context:
    shown, before = [], None
    for finding in records(findings[section["section_id"]]) if section["section_id"] in findings else []:
        subheading = plain(finding["subheading"])
        shown.append({
            "anchor": anchor(finding["finding_id"]),
            "subheading": None if subheading == before else subheading,
            "page": finding["page_start"],
            "href": page_address(url, finding["page_start"]),
            "statements": _statements(finding, statements, labels),
        })  # fmt: skip
        before = subheading
    heading = plain(section["heading"]) or KIND_NAMES.get(section["section_kind"], "Section")
    return {"heading": heading, "findings": shown}


def _statements(finding: Context, statements: Parts, labels: Mapping[str, str]) -> list[Context]:
    """The statements of a finding; the finding itself where there are none."""
    if finding["finding_id"] not in statements:
        return [{"text": finding["text"], "polarity": None, "codes": ""}]
    return [
        {"text": row["text"], "polarity": plain(row["polarity"]), "codes": codes_of(row, labels)}
        for row in records(statements[finding["finding_id"]])
    ]


def codes_of(row: Context, labels: Mapping[str, str]) -> str:
    """Themes and agencies of a statement in one line, as they are printed; a neutral one's are not, nor counted.

    >>> codes_of({"polarity": "strength", "themes": "early_help", "agencies": None}, {"early_help": "Early help"})
    'Early help'
    """
    if row["polarity"] == "neutral":
        return ""
    facets = [row[name].split(JOINT) for name in ("themes", "agencies") if isinstance(row[name], str)]
    return " | ".join("; ".join(labels.get(code, code) for code in codes) for codes in facets)
