"""Say of each detail and section that a letter lacks why it is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from jtai_reports.letter.records import Details, Missing, Section
from jtai_reports.reference.profile_parts import Headings, LetterPhrases, Template
from jtai_reports.reference.texts import matching_key


def find_missing(
    details: Details, sections: Sequence[Section], template: Template, headings: Headings, phrases: LetterPhrases
) -> list[Missing]:
    """What a letter lacks of the details of its profile and the sections of its template, each with its reason."""
    next_steps = " ".join(f.text for s in sections if s.kind == "next_steps" for f in s.findings)
    return [*_missing_details(details, next_steps, phrases), *_missing_sections(sections, template, headings)]


def declares_none(section: Section, headings: Headings) -> bool:
    """Whether all that a section holds is the statement that there is nothing to report.

    A section that says so is not missing, and holds no finding to count.
    """
    text = " ".join(finding.text for finding in section.findings)
    return headings.declared_none.fullmatch(matching_key(text).rstrip(". ")) is not None


def _missing_details(details: Details, next_steps: str, phrases: LetterPhrases) -> Iterator[Missing]:
    expected = phrases.missing
    lacking = [field for field, value in details._asdict().items() if value is None or value == ()]
    for field in lacking:
        if field in expected.always:
            yield Missing(field, "not_recognised")
        elif field in expected.sometimes:
            yield Missing(field, "absent")
        elif field in expected.where_told:
            told = expected.where_told[field].search(next_steps)
            yield Missing(field, "not_recognised" if told else "absent")


def _missing_sections(sections: Sequence[Section], template: Template, headings: Headings) -> Iterator[Missing]:
    """A section without a recognised heading is absent, unless an unknown heading may have been its own."""
    kinds = {section.kind for section in sections}
    unknown = next((section for section in sections if section.kind == "other"), None)
    for kind in template.sections:
        of_kind = [section for section in sections if section.kind == kind]
        if kind not in kinds:
            reason: Literal["not_recognised", "absent"] = "not_recognised" if kind in template.needed else "absent"
            yield Missing(kind, reason, unknown.page_start if unknown else None)
        elif all(declares_none(section, headings) for section in of_kind):
            yield Missing(kind, "declared_none", of_kind[0].page_start)
