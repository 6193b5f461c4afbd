"""Dates as letters print them."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ],
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
WEEKDAY = rf"(?:(?P<weekday>{'|'.join(WEEKDAYS)}),?\s+)?"
DAY = r"(?P<day>\d{1,2})\s*(?:st|nd|rd|th)?"
DATE = re.compile(
    rf"{WEEKDAY}\b{DAY}(?:\s+of)?\s+(?P<month>{MONTH})\b\.?,?(?:\s+(?P<year>\d{{4}}|\d{{2}}(?!\d|\s*(?:and|to|-))))?",
    re.IGNORECASE,
)
SPAN = re.compile(
    rf"{WEEKDAY}(?P<day1>\d{{1,2}})\s*(?:st|nd|rd|th)?(?:\s+(?P<month1>{MONTH})(?:\s+(?P<year1>\d{{4}}|\d{{2}}))?)?"
    rf"\s*(?:and|to|until|-|–|—)\s*(?:(?:{'|'.join(WEEKDAYS)}),?\s+)?"
    rf"(?P<day2>\d{{1,2}})\s*(?:st|nd|rd|th)?\s+(?P<month2>{MONTH})(?:,?\s+(?P<year2>\d{{4}}|\d{{2}}(?=[,.;]|$)))?",
    re.IGNORECASE,
)
TWO_DIGITS = "year printed with two digits"
FROM_LETTER = "year taken from the letter's date"


class PrintedDate(NamedTuple):
    """A date, the words that print it, and what had to be assumed to read it ('' for nothing)."""

    day: date
    printed: str
    note: str = ""
    contradicts: bool = False  # whether the printed weekday is not that of the printed day


def find_date(text: str, *, near: date | None = None) -> PrintedDate | None:
    """The first date in a text. A year that is not printed is taken from `near`.

    >>> find_date("by Friday 18 April 2023")
    PrintedDate(day=datetime.date(2023, 4, 18), printed='Friday 18 April 2023',
        note='18 April 2023 was a Tuesday', contradicts=True)
    """
    for match in DATE.finditer(text):
        found = _read(match, near)
        if found is not None:
            return found
    return None


def find_span(text: str, *, near: date | None = None) -> tuple[PrintedDate, PrintedDate] | None:
    """The first pair 'between A and B' or 'A to B' of dates in a text; years not printed are taken from `near`.

    >>> first, last = find_span("Between 27 February and 3 March 2017")
    >>> first.day.isoformat(), last.day.isoformat()
    ('2017-02-27', '2017-03-03')
    """
    for match in SPAN.finditer(text):
        note = ""
        year2 = match["year2"] or match["year1"]
        if year2 is None:
            if near is None:
                continue
            year2, note = str(near.year), FROM_LETTER
        elif len(year2) == 2:
            note = TWO_DIGITS
        last = _made(match["day2"], match["month2"], year2)
        first = _made(match["day1"], match["month1"] or match["month2"], match["year1"] or year2)
        if first is None or last is None:
            continue
        if first > last and not match["year1"]:
            first = _made(match["day1"], match["month1"] or match["month2"], str(last.year - 1)) or first
            note = note or "year of the first day taken from the last day's"
        if note == FROM_LETTER and near is not None and last > near:
            first, last = _year_before(first), _year_before(last)
        return PrintedDate(first, match[0], note), PrintedDate(last, match[0], note)
    return None


def _read(match: re.Match[str], near: date | None) -> PrintedDate | None:
    year, note = match["year"], ""
    if year is None:
        if near is None:
            return None
        year, note = str(near.year), FROM_LETTER
    elif len(year) == 2:
        note = TWO_DIGITS
    day = _made(match["day"], match["month"], year)
    if day is None:
        return None
    weekday = (match["weekday"] or "").lower()
    if weekday and weekday != WEEKDAYS[day.weekday()]:
        note = f"{day.day} {day:%B %Y} was a {WEEKDAYS[day.weekday()].title()}"
        return PrintedDate(day, match[0].strip(), note, contradicts=True)
    return PrintedDate(day, match[0].strip(), note)


def _year_before(day: date) -> date:
    """The same day a year earlier; 28 February for a 29th that is not there."""
    return date(day.year - 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def _made(day: str, month: str, year: str) -> date | None:
    """The date, if there is one; a year of two digits is one of this century."""
    try:
        return date(2000 + int(year) if len(year) == 2 else int(year), MONTHS[month.lower()], int(day))
    except ValueError:
        return None
