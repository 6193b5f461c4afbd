"""Find the ruled tables on a page, and put the lines in them into the order in which they are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from jtai_reports.letter.frames import NARROWEST, THIN
from jtai_reports.letter.records import BodyLine
from jtai_reports.pdf.records import Box, Line, Page

LOWEST_ROW = 8.0  # points
ENDED = re.compile(r"[.?!][’”'\")\]]*$")  # not at a colon: what it leads into belongs to the same row
Row = tuple[Box, ...]  # its cells from left to right


class Place(NamedTuple):
    """Where in a table a line stands: which table of the page, row and column, from 0."""

    table: int
    row: int
    column: int


def find_tables(page: Page, *, after: Row | None = None) -> list[list[Row]]:
    """The ruled tables of a page from top to bottom, as rows of cells.

    A row has upright rules of one reach, and a level rule above and below. A single box is no table but a frame,
    unless it goes on with a table: `after` is the row with which the page before ended.
    """
    level = [box for box in page.boxes if box.bottom - box.top < THIN < box.x1 - box.x0]
    rows = [
        row for row in _rows(page.boxes) if _is_ruled(row[0].top, row, level) and _is_ruled(row[0].bottom, row, level)
    ]
    tables: list[list[Row]] = []
    for row in rows:
        if tables and _is_next(tables[-1][-1], row):
            tables[-1].append(row)
        else:
            tables.append([row])
    return [table for table in tables if len(table) > 1 or len(table[0]) > 1 or _is_below(after, table, tables)]


def row_of(line: Line, tables: Sequence[Sequence[Row]]) -> Row | None:
    """The table row in which a line stands; None outside tables."""
    place = place_of(line, tables)
    return tables[place.table][place.row] if place else None


def place_of(line: Line, tables: Sequence[Sequence[Row]]) -> Place | None:
    """Where in the tables of its page a line stands; None outside them."""
    middle = line.baseline - line.size / 3
    for number, table in enumerate(tables):
        for row, cells in enumerate(table):
            for column, box in enumerate(cells):
                if box.top <= middle <= box.bottom and box.x0 - THIN <= line.x0 <= box.x1:
                    return Place(number, row, column)
    return None


def in_reading_order(lines: Sequence[Line], tables: Sequence[Sequence[Row]]) -> list[Line]:
    """The lines of a page, those in a table row by row and cell by cell."""
    if not tables:
        return list(lines)

    def where(line: Line) -> tuple[float, int]:
        place = place_of(line, tables)
        return (line.baseline, -1) if place is None else (tables[place.table][place.row][0].top, place.column)

    return sorted(lines, key=where)


def join_split_rows(body: Sequence[BodyLine]) -> list[BodyLine]:
    """The lines of a letter, with every table row that goes on over a page break read cell by cell as one row."""
    joined = list(body)
    starts = [i for i, (a, b) in enumerate(pairwise(body), 1) if a.line.page != b.line.page and a.row and b.row]
    for start in starts:
        first, last = _row_before(joined, start), _row_after(joined, start)
        row = joined[first:last]
        if _goes_on(joined[first:start], joined[start:last]):
            cells = {b.column: b.frame for b in reversed(row)}  # of each column, the cell in which it starts
            same = [b._replace(frame=cells[b.column], row=row[0].row) for b in row]
            joined[first:last] = sorted(same, key=lambda b: b.column or 0)
    return joined


def _rows(boxes: Iterable[Box]) -> list[Row]:
    """Upright rules with the same ends, as rows of cells from top to bottom."""
    sides: list[list[Box]] = []
    uprights = (b for b in boxes if b.x1 - b.x0 < THIN and b.bottom - b.top >= LOWEST_ROW)
    for rule in sorted(uprights, key=lambda b: (b.top, b.bottom)):
        alike = next(
            (s for s in sides if abs(s[0].top - rule.top) < THIN and abs(s[0].bottom - rule.bottom) < THIN), None
        )
        if alike is None:
            sides.append([rule])
        elif all(abs(rule.x0 - other.x0) >= THIN for other in alike):
            alike.append(rule)
    return [_cells(s) for s in sides if max(r.x1 for r in s) - min(r.x0 for r in s) >= NARROWEST]


def _cells(sides: Sequence[Box]) -> Row:
    inside = pairwise(sorted(sides, key=lambda b: b.x0))
    return tuple(Box(left.x1, sides[0].top, right.x0, sides[0].bottom) for left, right in inside)


def _is_ruled(y: float, row: Row, level: Sequence[Box]) -> bool:
    """Whether level rules cover most of a row's width at one height."""
    x0, x1 = row[0].x0, row[-1].x1
    near = [rule for rule in level if abs((rule.top + rule.bottom) / 2 - y) < THIN]
    covered = sum(max(0.0, min(rule.x1, x1) - max(rule.x0, x0)) for rule in near)
    return covered > (x1 - x0) / 2


def _is_next(above: Row, row: Row) -> bool:
    touching = abs(row[0].top - above[0].bottom) < THIN
    return touching and row[0].x0 < above[-1].x1 and above[0].x0 < row[-1].x1


def _is_below(after: Row | None, table: Sequence[Row], tables: Sequence[Sequence[Row]]) -> bool:
    """Whether a table of one box is the first of its page and as wide as the row that ended the page before."""
    if after is None or table is not tables[0] or len(after) > 1:
        return False
    return abs(after[0].x0 - table[0][0].x0) < THIN and abs(after[0].x1 - table[0][0].x1) < THIN


def _row_before(body: Sequence[BodyLine], start: int) -> int:
    """Where the row that ends before `start` begins."""
    return next((i + 1 for i in range(start - 1, -1, -1) if body[i].row != body[start - 1].row), 0)


def _row_after(body: Sequence[BodyLine], start: int) -> int:
    """Where the row that begins at `start` ends."""
    return next((i for i in range(start, len(body)) if body[i].row != body[start].row), len(body))


def _goes_on(upper: Sequence[BodyLine], lower: Sequence[BodyLine]) -> bool:
    """Whether the row at the top of a page is the rest of the one at the foot of the page before.

    It is where its first cell is empty, or where the text of its last cell has not come to an end.
    """
    if lower[0].column != 0:
        return True
    same_columns = max(b.column or 0 for b in upper) == max(b.column or 0 for b in lower)
    return same_columns and ENDED.search(upper[-1].line.text) is None
