"""A test for each oddity that real letters were seen to have, on small invented pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pytest

from jtai_reports.letter.letter import read_letter
from jtai_reports.letter.records import Finding, Letter, Section
from jtai_reports.pdf.lines import group_lines
from jtai_reports.pdf.records import Box, Line, Page, Run

PITCH = 14.5
DATED = ("3 May 2019",)
TITLE = "Joint targeted area inspection of the multi-agency response to neglect in Northmere"
OPENING = (
    "Between 4 March and 8 March 2019, Ofsted, the Care Quality Commission and others looked",
    "at how agencies in Northmere work together. It was a ‘deep dive’ into neglect.",
)
FULL = "Workers who know families well see children at home, at school and wherever else they"  # fills its line


class Set(NamedTuple):
    """One printed line: its text, and how it is set."""

    text: str
    x: float = 72.0
    size: float = 12.0
    bold: bool = False
    gap: float = PITCH
    marks: tuple[str, ...] = ()


Part = list[Set]


def para(*texts: str, x: float = 72.0, size: float = 12.0, gap: float = 24.0) -> Part:
    return [Set(text, x, size, False, PITCH if n else gap) for n, text in enumerate(texts)]


def heading(*texts: str, size: float = 12.0, x: float = 72.0) -> Part:
    return [Set(text, x, size, True, PITCH if n else 26.0) for n, text in enumerate(texts)]


def bullet(*texts: str, glyph: str = "◼", x: float = 72.0) -> Part:
    return [Set(f"{glyph} {texts[0]}", x, gap=22.0), *(Set(text, x + 18) for text in texts[1:])]


def page(number: int, *parts: Part, boxes: Sequence[Box] = (), foot: Part | None = None, top: float = 70.0) -> Page:
    lines, y = [], top
    for item in [item for part in parts for item in part]:
        y += item.gap
        lines.append(_line(item, number, y))
    y = 780.0
    for item in foot or []:
        lines.append(_line(item, number, y))
        y += item.size * 1.2
    return Page(number, 595, 842, tuple(lines), tuple(boxes))


def _line(item: Set, number: int, y: float) -> Line:
    x1 = min(item.x + 5.3 * len(item.text), 524.0)
    font = "Tahoma-Bold" if item.bold else "Tahoma"
    return Line(number, item.text, item.x, x1, y, item.size, font, item.bold, item.marks, bool(item.marks))


def front(
    *, dated: Sequence[str] = DATED, title: Sequence[str] = (TITLE,), opening: Sequence[str] = OPENING
) -> list[Part]:
    return [
        para(*dated),
        para("Sam Rowe, Director of Children’s Services, Northmere Council"),
        para("Dear local partnership"),
        heading(*title),
        para(*opening),
    ]


def letter(*pages: Sequence[Part], boxes: Sequence[Box] = (), feet: Sequence[Part] = ()) -> Letter:
    """The pages of one letter: the first starts with the front, the boxes are those of the second page."""
    made = []
    for n, parts in enumerate(pages, 1):
        foot = feet[n - 1] if n <= len(feet) else None
        made.append(page(n, *parts, boxes=boxes if n == 2 else (), foot=foot))
    return read_letter(made)


def kinds(read: Letter) -> list[str]:
    return [section.kind for section in read.sections]


def section(read: Letter, kind: str) -> Section:
    (found,) = (s for s in read.sections if s.kind == kind)
    return found


def texts(read: Letter, kind: str) -> list[str]:
    return [finding.text for finding in section(read, kind).findings]


def only(read: Letter, kind: str) -> Finding:
    (finding,) = section(read, kind).findings
    return finding


STRENGTHS = [heading("Key strengths"), bullet("Leaders know the area well.")]
NEXT = [heading("Next steps"), para("The council should send a written statement by 9 August 2019.")]


# --- findings and their bullets -------------------------------------------------------------------------------


def test_letter_without_any_bullet_glyph() -> None:
    read = letter([*front(), heading("Key strengths"), para("Leaders know the area well."), para("Staff are trained.")])
    assert texts(read, "strengths") == ["Leaders know the area well.", "Staff are trained."]
    assert not any(finding.is_bullet for finding in section(read, "strengths").findings)


def test_numbered_paragraphs() -> None:
    paragraphs = [para(f"{n}. {text}") for n, text in enumerate(("One is good.", "Two is good.", "Three is good."), 1)]
    read = letter([*front(), heading("Key strengths"), *paragraphs])
    assert texts(read, "strengths") == ["One is good.", "Two is good.", "Three is good."]


def test_sub_bullets_belong_to_their_bullet() -> None:
    sub = [bullet(text, glyph="−", x=100) for text in ("plans that are late", "visits that are missed.")]
    read = letter([*front(), heading("Key strengths"), bullet("Managers look for:"), *sub, bullet("Staff stay.")])
    assert texts(read, "strengths") == ["Managers look for: plans that are late visits that are missed.", "Staff stay."]


def test_lead_in_paragraph_before_the_bullets_is_a_row_of_its_own() -> None:
    lead = para("Much of the work is good. Inspectors saw it in every agency that they visited there:")
    read = letter([*front(), heading("Key strengths"), lead, bullet("Leaders know the area well.")])
    assert [(f.text[:9], f.is_bullet) for f in section(read, "strengths").findings] == [
        ("Much of t", False),
        ("Leaders k", True),
    ]


def test_short_lead_in_with_fragments_is_one_row() -> None:
    read = letter([*front(), heading("Key strengths"), para("Partners have:"), bullet("a plan"), bullet("a budget.")])
    assert texts(read, "strengths") == ["Partners have: a plan a budget."]


@pytest.mark.parametrize("glyph", ["\uf06e", "◼", "■", "•", "\uf0b7"])
def test_bullet_glyphs_are_one_thing(glyph: str) -> None:
    finding = only(letter([*front(), heading("Key strengths"), bullet("Staff stay.", glyph=glyph)]), "strengths")
    assert (finding.text, finding.is_bullet) == ("Staff stay.", True)


def test_bullet_glyph_with_nothing_behind_it_is_no_finding() -> None:
    read = letter([*front(), heading("Key strengths"), bullet(""), bullet("Staff stay.")])
    assert texts(read, "strengths") == ["Staff stay."]


# --- sections -------------------------------------------------------------------------------------------------


def test_sections_in_another_order_and_sections_absent() -> None:
    priority = [heading("Area for priority action"), bullet("The front door must be made safe.")]
    improve = [heading("Areas for improvement"), bullet("Plans are late.")]
    read = letter([*front(), *priority, *improve, *STRENGTHS, *NEXT])
    assert kinds(read) == ["opening", "priority_actions", "improvements", "strengths", "next_steps"]
    assert {m.field: m.reason for m in read.missing}["practice_example"] == "absent"


def test_declared_none_is_not_missing() -> None:
    none = [heading("Areas for priority action"), bullet("There are no areas for priority action.")]
    read = letter([*front(), *STRENGTHS, *none, *NEXT])
    assert {m.field: m.reason for m in read.missing}["priority_actions"] == "declared_none"


@pytest.mark.parametrize("printed", ["KEY STRENGTHS", "Key strengths.", "Strengths:", "key strengths"])
def test_headings_in_any_case_number_and_with_a_stop(printed: str) -> None:
    assert "strengths" in kinds(letter([*front(), heading(printed), bullet("Staff stay.")]))


def test_heading_in_the_singular() -> None:
    assert "strengths" in kinds(letter([*front(), heading("Key strength"), bullet("Staff stay.")]))


def test_heading_over_two_lines() -> None:
    read = letter([*front(), heading("Case study: highly effective", "practice"), para("A child was heard."), *NEXT])
    assert section(read, "practice_example").heading == "Case study: highly effective practice"
    assert section(read, "practice_example").polarity == "strength"


def test_sub_heading_like_a_section_heading() -> None:
    read = letter([*front(), *STRENGTHS, heading("Leadership and management"), bullet("Staff stay."), *NEXT])
    assert kinds(read) == ["opening", "strengths", "next_steps"]
    assert [f.subheading for f in section(read, "strengths").findings] == [None, "Leadership and management"]


@pytest.mark.parametrize("size", [11.0, 12.0, 14.0])
def test_headings_of_any_size(size: float) -> None:
    read = letter([*front(), heading("Key strengths", size=size), bullet("Staff stay."), *NEXT])
    assert kinds(read) == ["opening", "strengths", "next_steps"]


FRAME = Box(66, 90, 530, 200)
STUDY = [
    [Set("Practice study: strength", 78, bold=True, gap=36.0)],
    [Set("A worker saw a child each week and wrote down what the child said.", 78, gap=22.0)],
]


def test_practice_study_in_the_middle_of_main_findings() -> None:
    first = [*front(), heading("Main findings"), para("Partners meet each week.")]
    read = letter(first, [*STUDY, para("Health staff share what they know.", gap=90.0), *NEXT], boxes=[FRAME])
    assert kinds(read)[1:] == ["main_findings", "practice_example", "main_findings", "next_steps"]
    assert [s.heading for s in read.sections if s.kind == "main_findings"] == ["Main findings", "Main findings"]
    assert [f.text for f in read.sections[3].findings] == ["Health staff share what they know."]


def test_several_boxes_on_a_page() -> None:
    lower = [Set("Practice study: area for improvement", 78, bold=True, gap=110.0)]
    lower += [Set("A plan was late, and nobody asked why it was late.", 78, gap=22.0)]
    boxes = [FRAME, Box(66, 210, 530, 320)]
    read = letter([*front(), heading("Main findings"), para("Partners meet.")], [*STUDY, lower, *NEXT], boxes=boxes)
    assert [(s.kind, s.polarity) for s in read.sections[2:4]] == [
        ("practice_example", "strength"),
        ("practice_example", "weakness"),
    ]


def test_box_over_a_page_break() -> None:
    pages = [
        page(1, *front(), heading("Main findings"), para("Partners meet.")),
        page(2, para("They share."), *STUDY, boxes=[Box(66, 110, 530, 780)]),
        page(3, [Set("The child is safe now and goes to school.", 78, gap=30.0)], *NEXT, boxes=[Box(66, 66, 530, 120)]),
    ]
    read = read_letter(pages)
    assert kinds(read)[1:] == ["main_findings", "practice_example", "next_steps"]
    assert [f.text for f in section(read, "practice_example").findings][
        -1
    ] == "The child is safe now and goes to school."


def test_smaller_case_study_without_a_frame() -> None:
    study = [heading("Case study: effective practice", x=90), para("A child was heard.", x=90, size=11)]
    read = letter([*front(), heading("Main findings"), para("Partners meet."), *study, para("Staff stay."), *NEXT])
    assert kinds(read)[1:] == ["main_findings", "practice_example", "main_findings", "next_steps"]


# --- pages and footnotes --------------------------------------------------------------------------------------


def over(first: Part, second: Part, *, foot: Part | None = None) -> Letter:
    """A letter whose second page ends with one piece, and whose third starts with another."""
    drop = [first[0]._replace(gap=700 - PITCH * (len(first) - 1)), *first[1:]]
    pages = [
        page(1, *front(), heading("Main findings"), para("Partners meet.")),
        page(2, drop, foot=foot),
        page(3, second, *NEXT),
    ]
    return read_letter(pages)


def test_paragraph_over_a_page_break() -> None:
    read = over(para(FULL), para("are. They listen to them."))
    finding = section(read, "main_findings").findings[1]
    assert finding.text == f"{FULL} are. They listen to them."
    assert finding.page_offsets == ((2, 0), (3, len(FULL) + 1))


def test_paragraph_over_a_page_break_after_a_full_stop() -> None:
    ended = FULL[:-4] + "all."
    read = over(para(FULL, ended), para("They listen to them."))
    assert section(read, "main_findings").findings[1].text == f"{FULL} {ended} They listen to them."


def test_bullet_over_a_page_break_after_a_full_stop() -> None:
    first, second = bullet(FULL, FULL[:-4] + "all."), [Set("They listen.", 90, gap=10.0)]
    read = over(first, second)
    assert section(read, "main_findings").findings[1].text == f"{FULL} {FULL[:-4]}all. They listen."


def test_footnote_between_the_halves_of_a_paragraph() -> None:
    note = [Set("A hub is a team of several agencies.", size=8.0, marks=("2",))]
    read = over(para(FULL), para("are. They listen to them."), foot=note)
    assert [f.text for f in section(read, "main_findings").findings] == [
        "Partners meet.",
        f"{FULL} are. They listen to them.",
    ]


def test_footnote_between_two_paragraphs_of_next_steps() -> None:
    steps = [heading("Next steps"), para("The council should write a plan by 9 August 2019.")]
    note = [Set("A plan is a written statement.", size=8.0, marks=("1",))]
    read = letter([*front(), *steps], [para("Others will help with it.")], feet=[note])
    assert texts(read, "next_steps") == [
        "The council should write a plan by 9 August 2019.",
        "Others will help with it.",
    ]


def test_footnote_marks_glued_to_words() -> None:
    runs = [
        Run("Leaders of all agencies.", 72, 190, 100, 12, "Tahoma"),
        Run("2", 190, 194, 96, 7, "Tahoma"),
        Run(" They meet.", 194, 250, 100, 12, "Tahoma"),
    ]
    (line,) = group_lines(runs, 1)
    assert (line.text, line.marks, line.mark_first) == ("Leaders of all agencies. They meet.", ("2",), False)


def test_last_page_with_nothing_but_its_number() -> None:
    read = read_letter([page(1, *front(), *STRENGTHS, *NEXT), page(2, foot=[Set("2", 300)])])
    assert (read.n_pages, texts(read, "next_steps")[-1][-12:]) == (2, "August 2019.")


def test_page_numbers_are_no_text() -> None:
    first = page(1, *front(), *STRENGTHS, foot=[Set("Page 1 of 2", 300, size=12)])
    read = read_letter([first, page(2, bullet("Staff stay."), *NEXT, foot=[Set("2", 300)])])
    assert texts(read, "strengths") == ["Leaders know the area well.", "Staff stay."]


# --- who, where, when -----------------------------------------------------------------------------------------


def addressees(*lines: Set) -> int | None:
    parts = [para(*DATED), [lines[0]._replace(gap=24.0), *lines[1:]], para("Dear local partnership"), heading(TITLE)]
    return read_letter([page(1, *parts, para(*OPENING), *STRENGTHS, *NEXT)]).details.n_addressees


def test_addressee_line_that_wraps() -> None:
    wide = "Sam Rowe, Director of Children’s Services and Deputy Chief Executive, Northmere County"
    assert addressees(Set(wide), Set("Council", 72), Set("Alex Hart, Chief Constable, Northmere Police")) == 2


def test_two_addressees_on_one_line() -> None:
    assert addressees(Set("Mr Sam Rowe, Director, Northmere Council; Ms Alex Hart, Chief Constable")) == 2


def test_signature_grid_is_no_text() -> None:
    signed = [para("Yours sincerely"), para("Ofsted Care Quality Commission"), para("Jo Field Kim Lane")]
    read = letter([*front(), *STRENGTHS, *NEXT, *signed])
    assert texts(read, "next_steps") == ["The council should send a written statement by 9 August 2019."]


def dates(*opening: str, dated: str = "3 May 2019") -> tuple[date | None, date | None, date | None]:
    details = letter([*front(dated=[dated], opening=opening), *STRENGTHS, *NEXT]).details
    return details.letter_date, details.inspection_start, details.inspection_end


def test_inspection_dates_without_a_year() -> None:
    assert dates("Between 4 March and 8 March, Ofsted came to see the ‘deep dive’ into neglect.") == (
        date(2019, 5, 3),
        date(2019, 3, 4),
        date(2019, 3, 8),
    )


def test_inspection_in_december_of_a_letter_of_january() -> None:
    assert dates("From 3 to 7 December, Ofsted came.", dated="18 January 2019")[1:] == (
        date(2018, 12, 3),
        date(2018, 12, 7),
    )


def test_year_of_two_digits() -> None:
    assert dates("Between 12 November 18 and 16 November 18, Ofsted came.", dated="11 January 2019")[1:] == (
        date(2018, 11, 12),
        date(2018, 11, 16),
    )


def test_weekday_that_does_not_fit() -> None:
    due = [heading("Next steps"), para("The council should send a written statement by Friday 9 August 2018.")]
    read = letter([*front(), *STRENGTHS, *due])
    assert read.details.action_plan_due == date(2018, 8, 9)  # a Thursday
    assert any("Friday 9 August 2018" in problem.message for problem in read.problems)


def test_no_deadline_at_all() -> None:
    steps = [heading("Next steps"), para("The council should send a written statement in good time.")]
    read = letter([*front(), *STRENGTHS, *steps])
    assert read.details.action_plan_due is None
    assert {m.field: m.reason for m in read.missing}["action_plan_due"] == "absent"


def test_title_of_four_lines() -> None:
    title = ["Joint targeted area inspection of the", "multi-agency response to", "neglect in", "Bristol"]
    read = letter([*front(title=title), *STRENGTHS, *NEXT])
    assert read.details.authority == "Bristol"
    assert texts(read, "opening") == [" ".join(OPENING)]


def test_area_only_in_the_topic_sentence() -> None:
    opening = ["Between 4 March and 8 March 2019, Ofsted looked at neglect in Bristol."]
    read = letter([*front(title=["Joint targeted area inspection"], opening=opening), *STRENGTHS, *NEXT])
    assert read.details.authority == "Bristol"


# --- characters -----------------------------------------------------------------------------------------------


def test_line_end_hyphens_are_real() -> None:
    finding = only(letter([*front(), heading("Key strengths"), bullet("The multi-", "agency hub works.")]), "strengths")
    assert finding.text == "The multi-agency hub works."


def test_typos_stay_as_printed_and_a_slip_in_dear_is_known() -> None:
    parts = front()
    parts[2] = para("D ear local partnership")
    read = letter([*parts, heading("Key strengths"), bullet("Muti-agency work is good."), *NEXT])
    assert texts(read, "strengths") == ["Muti-agency work is good."]
    assert read.details.n_addressees == 1


def test_quotes_of_both_kinds_are_kept() -> None:
    finding = only(letter([*front(), heading("Key strengths"), bullet("The 'hub' is a ‘hub’.")]), "strengths")
    assert finding.text == "The 'hub' is a ‘hub’."
