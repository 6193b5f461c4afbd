"""Read what a letter says about itself: dates, area, theme, inspectorates, who must answer by when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from jtai_reports.letter.addressees import count_addressees
from jtai_reports.letter.dates import PrintedDate, find_date, find_span
from jtai_reports.letter.records import Block, Details, Problem, Section
from jtai_reports.pdf.records import Line
from jtai_reports.reference.authorities import Authority, Found, Gazetteer
from jtai_reports.reference.profile_parts import LetterPhrases
from jtai_reports.reference.series import Series
from jtai_reports.reference.texts import matching_key

SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z‘“'\"])")
SERIES_HINT = "Add a row for the series to series.csv in the folder of the letters."
AREA_IN_TITLE = re.compile(r".*\b(?:in|of)\s+(?:the\s+)?([A-Z].*)")


class Reading(NamedTuple):
    """The parts of a letter that its details are read from."""

    front: tuple[Block, ...]
    title: str
    sections: tuple[Section, ...]
    right: float  # how far right text reaches on the first page, in points
    masthead: tuple[Block, ...] = ()  # lines of facts under the title

    def text_of(self, *kinds: str) -> str:
        """The text of all sections of the kinds."""
        return "\n".join(f.text for s in self.sections if s.kind in kinds for f in s.findings)


def read_details(
    reading: Reading, phrases: LetterPhrases, series: Sequence[Series], gazetteer: Gazetteer
) -> tuple[Details, list[Problem]]:
    """A letter's details, and a problem for each one that was expected and not understood."""
    dates = _dates(reading, phrases)
    days = {field: printed.day if printed else None for field, printed in dates.items()}
    day = days["letter_date"] or days["inspection_end"]
    theme, named_series = read_theme(reading, day, phrases, series)
    found, area_problem = read_area(reading, day, gazetteer, phrases)
    details = Details(
        letter_date=days["letter_date"],
        inspection_start=days["inspection_start"],
        inspection_end=days["inspection_end"],
        previous_inspection=days["previous_inspection"],
        action_plan_due=days["action_plan_due"],
        **_area_columns(found),
        deep_dive_theme=theme,
        series=named_series,
        inspectorates=_inspectorates(reading.text_of(*phrases.inspectorates_in), phrases),
        date_notes=tuple(f"{field}: {p.note}, printed {p.printed!r}" for field, p in dates.items() if p and p.note),
        principal_authority=_principal(reading.text_of("next_steps"), phrases),
        safeguarding_body=_safeguarding_body(reading, phrases),
        n_addressees=_addressees(reading, phrases),
        outcome=_outcome(reading.text_of(*phrases.outcomes_in), phrases),
    )
    return details, [*area_problem, *_series_problem(details, day), *_date_problems(dates)]


def _dates(reading: Reading, phrases: LetterPhrases) -> dict[str, PrintedDate | None]:
    """The dates that a letter prints, by the name of their column."""
    dated = _letter_date(_front_lines(reading))
    day = dated[1].day if dated else None
    facts = phrases.masthead
    told = _fact(reading, facts.inspection) if facts else reading.text_of("opening")
    first, last = find_span(told, near=day) or (None, None)
    before = find_span(_fact(reading, facts.previous)) if facts else None
    return {
        "letter_date": dated[1] if dated else None,
        "inspection_start": first,
        "inspection_end": last,
        "previous_inspection": before[1] if before else None,
        "action_plan_due": _deadline(reading.text_of("next_steps"), day),
    }


def _fact(reading: Reading, pattern: re.Pattern[str]) -> str:
    """The line under the title that matches a pattern; '' where there is none."""
    return next((b.text for b in reading.masthead if pattern.fullmatch(matching_key(b.text))), "")


def _front_lines(reading: Reading) -> list[Line]:
    return [line for block in reading.front for line in block.lines]


def _addressees(reading: Reading, phrases: LetterPhrases) -> int | None:
    lines = _front_lines(reading)
    dated = _letter_date(lines)
    return count_addressees(lines[dated[0] + 1 :] if dated else lines, reading.right, phrases) or None


def _outcome(text: str, phrases: LetterPhrases) -> str | None:
    """The first of the profile's outcomes that a text states."""
    key = matching_key(text)
    return next((outcome.name for outcome in phrases.outcomes if outcome.pattern.search(key)), None)


def _letter_date(lines: Sequence[Line]) -> tuple[int, PrintedDate] | None:
    for index, line in enumerate(lines):
        found = find_date(line.text)
        if found is not None:
            return index, found
    return None


def _area_columns(found: Authority | str | None) -> dict[str, str | None]:
    if isinstance(found, Authority):
        return {
            "authority": found.name,
            "ons_code": found.ons_code,
            "region": found.region,
            "authority_type": found.authority_type,
        }
    return {"authority": found}


def read_area(
    reading: Reading, day: date | None, gazetteer: Gazetteer, phrases: LetterPhrases
) -> tuple[Authority | str | None, list[Problem]]:
    """The local authority: from the title, else the topic sentence, else whom the letter names most."""
    opening = reading.text_of("opening")
    in_title = gazetteer.find(reading.title, day)
    if in_title:  # '... response to neglect in THE AREA'
        return in_title[-1].authority, []
    in_opening = gazetteer.find(opening, day)
    if in_opening:
        return _most_named(in_opening), []
    printed = _printed_area(phrases.title_end.sub("", reading.title).strip())
    nearly = gazetteer.nearest(printed, day) if printed else None
    if nearly is not None:
        note = f"Area read as {nearly.authority.name!r}; the letter prints {printed!r}."
        return nearly.authority, [Problem("details", "warning", "area_spelling", note, "Check the area's name.")]
    everything = " ".join([*(b.text for b in reading.front), *(f.text for s in reading.sections for f in s.findings)])
    named = gazetteer.find(everything, day)
    if named and not printed:
        return _most_named(named), []
    message = f"The area {printed!r} is not in the list of authorities." if printed else "The letter names no area."
    hint = "Add a row to authorities.csv in the folder of the letters."
    return printed, [Problem("details", "warning", "area_unknown", message, hint)]


def _most_named(named: Sequence[Found]) -> Authority:
    counts = Counter(found.authority.name for found in named)
    best = max(counts.values())
    return next(found.authority for found in named if counts[found.authority.name] == best)


def _printed_area(title: str) -> str | None:
    match = AREA_IN_TITLE.match(title.replace("’s ", " "))
    if match is None:
        return None
    name = re.sub(
        r"\b((Metropolitan|City|County|District|Borough|London|Royal)\s+)*Council$", "", match[1].rstrip(". ")
    )
    return re.sub(r"^(London|Royal) Borough of ", "", name).strip() or None


def read_theme(
    reading: Reading, day: date | None, phrases: LetterPhrases, series: Sequence[Series]
) -> tuple[str | None, str | None]:
    """Deep dive theme and series: by the sentence that names the theme, among the series of that time."""
    current = [s for s in series if day is not None and s.covers(day)]
    texts = _theme_texts(reading, phrases)
    for text in texts:
        named = _earliest(current, text)
        if named is not None:
            return named.deep_dive_theme, named.series
    if len(current) == 1 and not texts:
        return current[0].deep_dive_theme, current[0].series
    for text in texts:
        named = _earliest(series, text)
        if named is not None:
            return named.deep_dive_theme, None
    return None, None


def _theme_texts(reading: Reading, phrases: LetterPhrases) -> list[str]:
    sentences = SENTENCE_END.split(reading.text_of("opening"))
    telling = [s for pattern in phrases.theme_sentences for s in sentences if pattern.search(matching_key(s))]
    return [matching_key(text) for text in (*telling, reading.title, *sentences) if text]


def _earliest(series: Sequence[Series], text: str) -> Series | None:
    """The series whose theme the text names first."""
    places = [(match.start(), s) for s in series if (match := s.theme_pattern.search(text))]
    return min(places, key=lambda place: place[0])[1] if places else None


def _inspectorates(told: str, phrases: LetterPhrases) -> tuple[str, ...]:
    text = matching_key(told)
    return tuple(known.name for known in phrases.inspectorates if known.pattern.search(text))


def _deadline(next_steps: str, day: date | None) -> PrintedDate | None:
    """The last date in Next steps that stands behind 'by' or 'before'."""
    found = None
    for match in re.finditer(r"\b(by|before|no later than|on or before)\s+(?=\w+ ?\w* )", next_steps, re.IGNORECASE):
        place = next_steps[match.end() : match.end() + 40]
        read = find_date(place, near=day)
        if read is not None and place.find(read.printed) < 12:
            found = read
    return found


def _principal(next_steps: str, phrases: LetterPhrases) -> str | None:
    for pattern in phrases.principal_authority:
        for sentence in SENTENCE_END.split(next_steps):
            match = pattern.search(matching_key(sentence))
            if match is not None:
                return re.sub(r"^[Tt]he ", "", str(match["name"])).strip(" ,")
    return None


def _safeguarding_body(reading: Reading, phrases: LetterPhrases) -> str | None:
    """The name or initials that the letter uses most for its safeguarding board or partnership."""
    text = " ".join(f.text for s in reading.sections for f in s.findings)
    for pattern in phrases.safeguarding_body:
        counts: Counter[str] = Counter(re.findall(rf"\b{pattern.pattern}\b", text))
        if counts:
            return max(counts, key=lambda name: (counts[name], name))
    return None


def _series_problem(details: Details, day: date | None) -> list[Problem]:
    if details.series or not details.deep_dive_theme:
        return []
    message = f"No known series of {day} has the theme {details.deep_dive_theme!r}."
    return [Problem("details", "warning", "series_unknown", message, SERIES_HINT)]


def _date_problems(dates: Mapping[str, PrintedDate | None]) -> Iterator[Problem]:
    """A warning for each date that contradicts itself: the weekday and the day of the month do not fit."""
    for field, printed in dates.items():
        if printed and printed.contradicts:
            message = f"The {field.replace('_', ' ')} is printed as {printed.printed!r}: {printed.note}."
            yield Problem("details", "warning", "date_doubtful", message, "Read it in the letter.")
