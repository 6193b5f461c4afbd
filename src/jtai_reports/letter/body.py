"""Set apart what is printed on a page but belongs to no text: page numbers, running heads, footnotes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from jtai_reports.letter.frames import find_frames, frame_of
from jtai_reports.letter.records import BodyLine
from jtai_reports.letter.tables import Row, find_tables, in_reading_order, join_split_rows, place_of, row_of
from jtai_reports.pdf.records import Box, Line, Page

EDGE = 0.12  # of the page's height: running heads stand this near to an edge
NUMBER_EDGE = 0.16  # the same for page numbers
NUMBER = re.compile(r"(page\s*)?[-–|]?\s*\d{1,3}\s*[-–|]?(\s*(of|/)\s*\d{1,3})?", re.IGNORECASE)
SMALLER = 0.9  # points: footnotes are set at least this much smaller than the text
NOTE_START = re.compile(r"[\d*†‡]")
MOST_ON_PAGE = 1_000_000  # frames, rows, or cells of a row: so that numbers of two pages differ
RUNNING = 3  # a line at the same edge of this many pages is a running head


def body_lines(pages: Sequence[Page]) -> list[BodyLine]:
    """The running text of a letter in reading order, each line with its frame and the room around it."""
    running = _running_heads(pages)
    size = body_size(pages)
    printed = [[line for line in page.lines if not _is_furniture(line, page, running)] for page in pages]
    texts = [_without_footnotes(lines, page, size) for lines, page in zip(printed, pages, strict=True)]
    lowest = max((lines[-1].baseline for lines in texts if lines), default=0.0)
    body: list[BodyLine] = []
    row: Row | None = None
    for page, lines, text in zip(pages, printed, texts, strict=True):
        floor = lines[len(text)].top - size if len(text) < len(lines) else lowest
        tables = find_tables(page, after=row)
        body += _placed(text, tables, find_frames(page), floor)
        row = row_of(text[-1], tables) if text else None
    return join_split_rows(body)


def body_size(pages: Sequence[Page]) -> float:
    """The font size of most of the letters in the document, in points."""
    counts: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            counts[line.size] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def _placed(
    lines: Sequence[Line], tables: Sequence[Sequence[Row]], frames: Sequence[Box], floor: float
) -> list[BodyLine]:
    """The lines of a page in reading order, each with the table cell or frame that it stands in."""
    body = [_in_place(line, tables, frames) for line in in_reading_order(lines, tables)]
    right: dict[int | None, float] = defaultdict(float)
    for placed in body:
        right[placed.frame] = max(right[placed.frame], placed.line.x1)
    return [placed._replace(right=right[placed.frame], floor=floor) for placed in body]


def _in_place(line: Line, tables: Sequence[Sequence[Row]], frames: Sequence[Box]) -> BodyLine:
    """A line with the numbers of its cell, row and frame, which count on from page to page."""
    first = line.page * MOST_ON_PAGE
    place = place_of(line, tables)
    if place is None:
        owner = frame_of(line, frames)
        return BodyLine(line, None if owner is None else first + owner, 0.0, 0.0)
    row = first + sum(len(table) for table in tables[: place.table]) + place.row
    return BodyLine(line, MOST_ON_PAGE * row + place.column, 0.0, 0.0, row, place.column)


def _at_edge(line: Line, page: Page, edge: float = EDGE) -> bool:
    return line.baseline < edge * page.height or line.top > (1 - edge) * page.height


def _is_furniture(line: Line, page: Page, running: frozenset[str]) -> bool:
    if not line.text:
        return True
    if _at_edge(line, page, NUMBER_EDGE) and NUMBER.fullmatch(line.text):
        return True
    return _at_edge(line, page) and _running_key(line) in running


def _running_heads(pages: Sequence[Page]) -> frozenset[str]:
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_running_key(line) for line in page.lines if line.text and _at_edge(line, page)})
    return frozenset(key for key, n in seen.items() if n >= RUNNING)


def _running_key(line: Line) -> str:
    return f"{round(line.baseline / 6)}:{re.sub(r'[0-9]+', '#', line.text)}"


def _without_footnotes(lines: Sequence[Line], page: Page, size: float) -> list[Line]:
    """Leave out the block of small lines at the foot that starts with a mark or stands under a rule."""
    for index, line in enumerate(lines):
        if not all(rest.size <= size - SMALLER for rest in lines[index:]):
            continue
        if line.mark_first or NOTE_START.match(line.text) or _under_rule(line, page):
            return list(lines[:index])
    return list(lines)


def _under_rule(line: Line, page: Page) -> bool:
    """Whether a short thin rule, such as word processors draw over footnotes, stands just above."""
    return any(
        box.bottom - box.top < 2
        and 60 < box.x1 - box.x0 < page.width / 2
        and 0 <= line.top - box.bottom < 2 * line.size
        for box in page.boxes
    )
