"""Read one letter whole, from its pages to its sections and details."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jtai_reports.letter.blocks import build_blocks
from jtai_reports.letter.body import body_lines
from jtai_reports.letter.details import SERIES_HINT, Reading, read_details
from jtai_reports.letter.missing import find_missing
from jtai_reports.letter.recognise import check_is_letter
from jtai_reports.letter.records import BodyLine, Letter, Missing, Problem, Section
from jtai_reports.letter.sections import cut_sections, split_parts
from jtai_reports.pdf.records import Page
from jtai_reports.reference.authorities import read_authorities
from jtai_reports.reference.readers import LetterPhrases, matching_key, read_headings, read_phrases, read_series

NEWER = frozenset({"headline_findings", "main_findings", "context"})


def read_letter(pages: Sequence[Page], *, authorities: Path | None = None) -> Letter:
    """The sections, findings and details of a letter.

    Args:
        pages: the pages of the PDF, as `read_pages` gives them.
        authorities: a folder whose `authorities.csv` and `series.csv`, where there are any, add to what is known.

    Raises:
        UnreadableFileError: the pages hold no text, or are not those of a JTAI letter.
    """
    headings, phrases = read_headings(), read_phrases()
    check_is_letter(pages, phrases)
    lines = _until_closing(body_lines(pages), phrases)
    parts = split_parts(build_blocks(lines, headings), phrases, headings)
    sections = tuple(cut_sections(parts.body, headings))
    template = template_of(sections)
    reading = Reading(parts.front, parts.title, sections, right=_first_right(lines))
    details, problems = read_details(reading, phrases, read_series(authorities), read_authorities(authorities))
    missing = find_missing(details, sections, template, headings)
    problems += [_not_recognised(item) for item in missing if item.reason == "not_recognised"]
    return Letter(template, len(pages), details, sections, tuple(missing), tuple(problems))


def _until_closing(lines: Sequence[BodyLine], phrases: LetterPhrases) -> Sequence[BodyLine]:
    """The lines before 'Yours sincerely': what follows are signatures."""
    ends = (i for i, body in enumerate(lines) if phrases.closing.fullmatch(matching_key(body.line.text)))
    return lines[: next(ends, len(lines))]


def _first_right(lines: Sequence[BodyLine]) -> float:
    """How far right text reaches on the first page, in points."""
    return max((body.right for body in lines if body.line.page == lines[0].line.page), default=0.0)


def template_of(sections: Sequence[Section]) -> str:
    """Which of the two templates a letter follows: only the newer one has headline and main findings."""
    return "2022-" if any(section.kind in NEWER for section in sections) else "2016-2020"


def _not_recognised(item: Missing) -> Problem:
    what = item.field.replace("_", " ")
    message = f"Not recognised in the letter: {what}."
    hint = SERIES_HINT if item.field == "series" else "Look at the PDF; correct the table by hand."
    return Problem("details", "warning", "not_recognised", message, hint)
