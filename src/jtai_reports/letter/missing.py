"""Say of each detail and section that a letter lacks why it is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jtai_reports.letter.dates import MONTH
from jtai_reports.letter.records import Details, Missing, Section
from jtai_reports.reference.readers import Headings, matching_key

ALWAYS = ("authority", "letter_date", "inspection_start", "inspection_end", "deep_dive_theme", "inspectorates")
SOMETIMES = ("safeguarding_body", "n_addressees")
TELLING = {  # words in Next steps that show that a detail is there to be read
    "action_plan_due": re.compile(rf"\b\d{{1,2}}\s+({MONTH})\b", re.IGNORECASE),
    "principal_authority": re.compile(
        r"principal authority|(prepare|coordinate)[^.]* written statement", re.IGNORECASE
    ),
}


def find_missing(details: Details, sections: Sequence[Section], template: str, headings: Headings) -> list[Missing]:
    """What a letter lacks of the details and sections of its template, each with its reason."""
    next_steps = " ".join(f.text for s in sections if s.kind == "next_steps" for f in s.findings)
    return [*_missing_details(details, next_steps), *_missing_sections(sections, template, headings)]


def declares_none(section: Section, headings: Headings) -> bool:
    """Whether all that a section holds is the statement that there is nothing to report.

    A section that says so is not missing, and holds no finding to count.
    """
    text = " ".join(finding.text for finding in section.findings)
    return headings.declared_none.fullmatch(matching_key(text).rstrip(". ")) is not None


def _missing_details(details: Details, next_steps: str) -> Iterator[Missing]:
    lacking = [field for field, value in details._asdict().items() if value is None or value == ()]
    for field in lacking:
        if field in ALWAYS:
            yield Missing(field, "not_recognised")
        elif field in SOMETIMES:
            yield Missing(field, "absent")
        elif field in TELLING:
            yield Missing(field, "not_recognised" if TELLING[field].search(next_steps) else "absent")
    if details.series is None:
        yield Missing("series", "not_recognised")


def _missing_sections(sections: Sequence[Section], template: str, headings: Headings) -> Iterator[Missing]:
    """A section without a recognised heading is absent, unless an unknown heading may have been its own."""
    kinds = {section.kind for section in sections}
    unknown = next((section for section in sections if section.kind == "other"), None)
    for kind in headings.expected[template]:
        of_kind = [section for section in sections if section.kind == kind]
        if kind not in kinds:
            needed = kind in ("improvements", "next_steps") or (kind == "strengths" and template == "2016-2020")
            doubtful = needed or (kind == "main_findings")
            yield Missing(kind, "not_recognised" if doubtful else "absent", unknown.page_start if unknown else None)
        elif all(declares_none(section, headings) for section in of_kind):
            yield Missing(kind, "declared_none", of_kind[0].page_start)
