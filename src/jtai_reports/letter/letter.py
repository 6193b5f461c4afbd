"""Read one letter whole, from its pages to its sections and details."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jtai_reports.letter.blocks import build_blocks
from jtai_reports.letter.body import body_lines
from jtai_reports.letter.details import SERIES_HINT, Reading, read_details
from jtai_reports.letter.missing import find_missing
from jtai_reports.letter.recognise import check_is_letter
from jtai_reports.letter.records import BodyLine, Letter, Missing, Problem
from jtai_reports.letter.sections import cut_sections, split_parts
from jtai_reports.pdf.records import Page
from jtai_reports.reference.authorities import read_authorities
from jtai_reports.reference.profile_parts import LetterPhrases
from jtai_reports.reference.profiles import read_profile
from jtai_reports.reference.readers import read_series
from jtai_reports.reference.texts import matching_key
from jtai_reports.settings import DEFAULT_PROFILE


def read_letter(
    pages: Sequence[Page], *, authorities: Path | None = None, profile: str | Path = DEFAULT_PROFILE
) -> Letter:
    """The sections, findings and details of a letter.

    Args:
        pages: the pages of the PDF, as `read_pages` gives them.
        authorities: a folder whose `authorities.csv` and `series.csv`, where there are any, add to what is known.
        profile: the name of a profile, or the folder of one of the user's own.

    Raises:
        UnreadableFileError: the pages hold no text, or are not those of a letter of the profile.
        ReferenceDataError: there is no such profile, or it cannot be used.
    """
    kind = read_profile(profile)
    headings, phrases = kind.headings, kind.phrases
    check_is_letter(pages, phrases)
    lines = _until_closing(body_lines(pages), phrases)
    parts = split_parts(build_blocks(lines, headings), phrases, headings)
    sections = tuple(cut_sections(parts.body, headings))
    template = headings.template_of(frozenset(section.kind for section in sections))
    reading = Reading(parts.front, parts.title, sections, _first_right(lines), parts.masthead)
    series = read_series(authorities, profile=profile)
    details, problems = read_details(reading, phrases, series, read_authorities(authorities))
    missing = find_missing(details, sections, template, headings, phrases)
    problems += [_not_recognised(item) for item in missing if item.reason == "not_recognised"]
    return Letter(phrases.prefix, template.name, len(pages), details, sections, tuple(missing), tuple(problems))


def _until_closing(lines: Sequence[BodyLine], phrases: LetterPhrases) -> Sequence[BodyLine]:
    """The lines before the closing ('Yours sincerely'): what follows are signatures."""
    ends = (i for i, body in enumerate(lines) if phrases.closing.fullmatch(matching_key(body.line.text)))
    return lines[: next(ends, len(lines))]


def _first_right(lines: Sequence[BodyLine]) -> float:
    """How far right text reaches on the first page, in points."""
    return max((body.right for body in lines if body.line.page == lines[0].line.page), default=0.0)


def _not_recognised(item: Missing) -> Problem:
    what = item.field.replace("_", " ")
    message = f"Not recognised in the letter: {what}."
    hint = SERIES_HINT if item.field == "series" else "Look at the PDF; correct the table by hand."
    return Problem("details", "warning", "not_recognised", message, hint)
