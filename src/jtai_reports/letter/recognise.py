"""Tell the letters of a profile from other documents, by the title and not by what the text mentions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from jtai_reports.errors import UnreadableFileError
from jtai_reports.pdf.records import Line, Page
from jtai_reports.reference.profile_parts import LetterPhrases
from jtai_reports.reference.texts import matching_key

FIRST_PAGES = 2  # the title stands on one of these
FEWEST_CHARACTERS = 80  # a page: less is a stamp or a page number on a picture
LEAST_LEGIBLE = 0.6  # share of characters that are plain (ASCII) letters, digits and marks
TITLE_GAP = 1.6  # of the font size: a title stands so far below the line before it


def check_is_letter(pages: Sequence[Page], phrases: LetterPhrases) -> None:
    """Raise where the pages have no text or belong to another kind of document.

    Raises:
        UnreadableFileError: its code is `no_text`, `no_legible_text`, or that of the profile (`not_jtai`).
    """
    _check_has_text(pages)
    lines = [line for page in pages[:FIRST_PAGES] for line in page.lines if line.text]
    text = matching_key(" ".join(line.text for line in lines))
    mentioned = any(pattern.search(text) for pattern in phrases.is_letter)
    own = mentioned and _is_addressed(pages, phrases)
    other = kind_of_document(text, phrases)
    if own and (other is None or _has_title(lines, phrases) or phrases.topic.search(text)):
        return
    seems = other or "another document"
    raise UnreadableFileError(
        f"Not {phrases.name}; it seems to be {seems}.", code=phrases.refusal, hint="Take it out of the folder."
    )


def kind_of_document(text: str, phrases: LetterPhrases) -> str | None:
    """What a text names first of the other kinds of document, or None."""
    places = [(match.start(), kind.name) for kind in phrases.other_inspections if (match := kind.pattern.search(text))]
    return min(places)[1] if places else None


def _check_has_text(pages: Sequence[Page]) -> None:
    text = "".join(line.text for page in pages for line in page.lines).replace(" ", "")
    if len(text) < FEWEST_CHARACTERS * min(len(pages), FIRST_PAGES):
        raise UnreadableFileError(
            "The pages hold hardly any text; they may be scanned pictures.",
            code="no_text",
            hint="Run OCR on the file first (for example with ocrmypdf).",
        )
    if len(text.encode("ascii", "ignore")) < LEAST_LEGIBLE * len(text):
        raise UnreadableFileError(
            "The text is not legible: the file's fonts do not say which letters they draw.",
            code="no_legible_text",
            hint="Run OCR on the file anew (for example with ocrmypdf --force-ocr).",
        )


def _is_addressed(pages: Sequence[Page], phrases: LetterPhrases) -> bool:
    """Whether the document is a letter: it greets somebody, or is signed; where letters do neither, any is."""
    return phrases.salutation is None or any(
        phrases.salutation.match(key) or phrases.closing.fullmatch(key)
        for page in pages
        for key in (matching_key(line.text) for line in page.lines)
    )


def _has_title(lines: Sequence[Line], phrases: LetterPhrases) -> bool:
    """Whether a line that stands as a title (bold, apart, or under the salutation) starts as the letters' titles do."""
    return any(phrases.title_start.match(matching_key(line.text)) for line in _standing_out(lines, phrases))


def _standing_out(lines: Sequence[Line], phrases: LetterPhrases) -> Iterator[Line]:
    yield from lines[:1]
    for before, line in pairwise(lines):
        apart = before.page != line.page or line.baseline - before.baseline > TITLE_GAP * line.size
        greeted = phrases.salutation is not None and phrases.salutation.match(matching_key(before.text))
        if line.bold or apart or greeted:
            yield line
