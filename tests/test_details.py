"""What a letter says about itself, where its print needs interpretation."""

from __future__ import annotations

from datetime import date

import pytest

from jtai_reports.letter.dates import find_date, find_span
from jtai_reports.letter.details import Reading, read_area, read_details
from jtai_reports.letter.missing import declares_none
from jtai_reports.letter.records import Block, Finding, Section
from jtai_reports.pdf.records import Line
from jtai_reports.reference.authorities import Authority, read_authorities
from jtai_reports.reference.readers import read_headings, read_phrases, read_series

TITLE = "Joint targeted area inspection of the multi-agency response to abuse and neglect in {}"
LETTER_DAY = date(2018, 2, 9)


def a_line(text: str) -> Line:
    return Line(1, text, 71.0, 300.0, 100.0, 12.0, "Helvetica", bold=False)


def a_reading(*, day: str, opening: str, next_steps: str, title: str = "") -> Reading:
    front = (Block("paragraph", day, (a_line(day),), ((1, 0),), None, 0.0),)
    sections = tuple(
        Section(heading, kind, None, 1, 1, (Finding(text, False, None, ((1, 0),), ()),))
        for heading, kind, text in ((None, "opening", opening), ("Next steps", "next_steps", next_steps))
    )
    return Reading(front, title or TITLE.format("Derby"), sections, 524.0)


def test_dates_keep_what_was_printed_and_why_it_needed_reading() -> None:
    reading = a_reading(
        day="9 February 2018",
        opening="Between 11 December and 15 December, Ofsted and the Care Quality Commission visited Derby.",
        next_steps="Send the statement by Friday 18 May 18.",
    )
    details, problems = read_details(reading, read_phrases(), read_series(), read_authorities())
    assert (details.inspection_start, details.inspection_end) == (date(2017, 12, 11), date(2017, 12, 15))
    assert details.action_plan_due == date(2018, 5, 18)
    assert details.date_notes == (
        "inspection_start: year taken from the letter's date, printed '11 December and 15 December'",
        "inspection_end: year taken from the letter's date, printed '11 December and 15 December'",
        "action_plan_due: year printed with two digits, printed 'Friday 18 May 18'",
    )
    assert [p.code for p in problems if p.code.startswith("date")] == []


def test_a_weekday_that_does_not_fit_is_a_warning() -> None:
    reading = a_reading(
        day="9 February 2018",
        opening="Between 15 and 19 January 2018, Ofsted visited Derby.",
        next_steps="Send the statement by Friday 17 May 2018.",  # a Thursday
    )
    details, problems = read_details(reading, read_phrases(), read_series(), read_authorities())
    assert details.action_plan_due == date(2018, 5, 17)
    assert [p.message for p in problems if p.code == "date_doubtful"] == [
        "The action plan due is printed as 'Friday 17 May 2018': 17 May 2018 was a Thursday."
    ]


@pytest.mark.parametrize(
    ("text", "first", "last", "note"),
    [
        ("Between 27 February and 3 March 2017", "2017-02-27", "2017-03-03", ""),
        ("from 12-16 June 2017", "2017-06-12", "2017-06-16", ""),
        ("on 4 to 8 December", "2017-12-04", "2017-12-08", "year taken from the letter's date"),
        (
            "Between 30 December and 3 January 2018",
            "2017-12-30",
            "2018-01-03",
            "year of the first day taken from the last day's",
        ),
        ("between Monday 5 and Friday 9 February 2018", "2018-02-05", "2018-02-09", ""),
    ],
)
def test_spans_of_days(text: str, first: str, last: str, note: str) -> None:
    found = find_span(text, near=LETTER_DAY)
    assert found is not None
    assert [printed.day.isoformat() for printed in found] == [first, last]
    assert found[0].note == note


@pytest.mark.parametrize("text", ["31 February 2018", "the 40 children of May", "in 2018", ""])
def test_what_is_no_date(text: str) -> None:
    assert find_date(text) is None


def test_every_authority_is_found_in_a_title_that_names_it() -> None:
    gazetteer = read_authorities()
    day = date(2024, 5, 1)
    living = [authority for authority in gazetteer.authorities if authority.existed(day)]
    assert len(living) == 153
    for form in ("{}", "{} Council", "the London Borough of {}"):
        for authority in living:
            found, problems = read_area(
                Reading((), TITLE.format(form.format(authority.name)), (), 500.0), day, gazetteer, read_phrases()
            )
            assert isinstance(found, Authority)
            assert (found.name, problems) == (authority.name, [])


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("There are no areas for priority action.", True),
        ("Inspectors identified no areas for priority action in Derby.", True),
        ("We did not find any area that calls for priority action.", True),
        ("No matter calling for priority action came to light in this inspection.", True),
        ("None.", True),
        ("There is no shared plan. Partners should make one by June.", False),
        ("There is no oversight of children who wait.", False),
        ("No child should wait; managers must read each contact on the day it comes in.", False),
    ],
)
def test_a_section_may_declare_that_there_is_nothing(text: str, none: bool) -> None:
    finding = Finding(text, True, None, ((1, 0),), ())
    section = Section("Areas for priority action", "priority_actions", None, 1, 1, (finding,))
    assert declares_none(section, read_headings()) is none
