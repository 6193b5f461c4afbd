"""A JTAI letter is told from other documents by its title, not by what its text mentions."""

from __future__ import annotations

from pathlib import Path

import pytest

from jtai_reports.errors import UnreadableFileError
from jtai_reports.letter.recognise import check_is_letter
from jtai_reports.pdf.reader import read_pages
from jtai_reports.reading import read_one
from jtai_reports.reference.readers import read_phrases
from tests.bad_pdfs import written

FILLING = ["Children in the area are helped early, and staff know them well and see them often."] * 6
SIGNED = ["Yours sincerely", "A. Person"]
TITLE = "Joint targeted area inspection of Northmere"
LETTER = ["3 May 2023", "Dear Northmere Safeguarding Children Partnership", TITLE]
TOPIC = "This letter summarises the findings from the joint targeted area inspection (JTAI) of Northmere."


def seems(lines: list[str], *, bold: tuple[str, ...] = ()) -> str | None:
    """What a document of these lines is taken for; None where it is taken for a JTAI letter."""
    try:
        check_is_letter(read_pages(written([lines, FILLING], bold=bold)), read_phrases())
    except UnreadableFileError as fault:
        return fault.message.removeprefix("Not a JTAI letter; it seems to be ").rstrip(".")
    return None


JTAI = {
    "title and topic": [*LETTER, TOPIC, *FILLING, *SIGNED],
    "a body that names SEND": [*LETTER, TOPIC, "An area SEND inspection took place in May.", *FILLING, *SIGNED],
    "a body that names ILACS": [
        *LETTER,
        "Since the inspection of children's services (ILACS) in 2019, practice has changed.",
        *FILLING,
        *SIGNED,
    ],
    "a body that names the overview": [*LETTER, "An overview report will follow all of these.", *FILLING, *SIGNED],
    "no salutation": [TITLE, TOPIC, *FILLING, *SIGNED],
    "no signature": [*LETTER, TOPIC, *FILLING],
    "a slip in the salutation": ["D ear partnership", TITLE, *FILLING],
    "no title": ["Dear partnership", TOPIC, "A focused visit came before.", *FILLING, *SIGNED],
    "no title and no topic": ["Dear partnership", "The JTAI took place in May.", *FILLING, *SIGNED],
    "capitals": ["Dear partnership", TITLE.upper(), *FILLING, *SIGNED],
}


@pytest.mark.parametrize("case", JTAI)
def test_a_jtai_letter_is_read(case: str) -> None:
    assert seems(JTAI[case]) is None


def test_a_title_is_known_without_bold_type_and_with_it() -> None:
    lines = ["To all", TITLE, "An area SEND inspection took place in May.", *FILLING, *SIGNED]
    assert seems(lines) == "an area SEND inspection"
    assert seems(lines, bold=(TITLE,)) is None


OTHERS = {
    "an overview report on several JTAIs": [
        "Growing up with fear",
        "The findings of the first six joint targeted area inspections",
        "Joint targeted area inspections look at how agencies work together.",
        *FILLING,
    ],
    "a school inspection": ["School report", "Inspection of Hill Lane Primary School", *FILLING],
    "an area SEND inspection": [
        "Area SEND inspection of Northmere Local Area Partnership",
        "The joint targeted area inspection of 2019 found the same.",
        *FILLING,
    ],
    "an inspection of children's services": [
        "Dear Ms Person",
        "Focused visit to Northmere children's services",
        "This letter summarises the findings of a focused visit in May. The last joint targeted area",
        "inspection (JTAI) was in 2019.",
        *FILLING,
        *SIGNED,
    ],
    "guidance on inspecting": [
        "Joint targeted area inspection of the multi-agency response to neglect",
        "Guidance for inspectors",
        *FILLING,
    ],
    "an inspection of youth justice or probation": ["An inspection of youth offending services in Northmere", *FILLING],
    "a police inspection": ["National child protection inspection", "Northmere Police", *FILLING],
    "another document": ["Minutes of the meeting of 3 May", "The joint targeted area inspection was noted.", *FILLING],
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_documents_are_named(kind: str) -> None:
    assert seems(OTHERS[kind], bold=tuple(OTHERS[kind][:1])) == kind


def test_a_letter_about_an_ilacs_inspection_that_mentions_a_jtai(tmp_path: Path) -> None:
    lines = [
        "Dear Ms Person",
        "Inspection of Northmere local authority children's services",
        "The council took part in a joint targeted area inspection in 2018.",
    ]
    path = tmp_path / "ilacs.pdf"
    path.write_bytes(written([[*lines, *FILLING, *SIGNED]]))
    (problem,) = read_one(path).problems
    assert (problem.code, problem.hint) == ("not_jtai", "Take it out of the folder.")
    assert problem.message == "Not a JTAI letter; it seems to be an inspection of children's services."


def test_text_that_no_font_explains_is_not_legible() -> None:
    from jtai_reports.pdf.records import Line, Page

    line = Line(1, "\ue001\ue002\ufffd\ue004\ue005" * 40, 72, 500, 100, 12, "F", False)
    with pytest.raises(UnreadableFileError, match="not legible") as fault:
        check_is_letter([Page(1, 595, 842, (line,), ())], read_phrases())
    assert "OCR" in fault.value.hint
