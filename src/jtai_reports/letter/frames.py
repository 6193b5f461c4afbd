"""Find the frames on a page: boxes that are drawn around a case study or practice study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jtai_reports.pdf.records import Box, Line, Page

THIN = 3.0  # points: a drawn rectangle narrower than this is a rule
TOUCHING = 12.0  # points: pieces of a frame's side nearer than this are one side
LOWEST, NARROWEST = 24.0, 150.0  # points: a frame is at least so high and so wide
WHOLE_PAGE = 0.9  # of the page's height: a higher box is a background or a page border


def find_frames(page: Page) -> list[Box]:
    """The frames of a page from top to bottom, none inside another.

    A frame is drawn either as one rectangle or as two upright rules with the same ends.
    """
    drawn = [box for box in page.boxes if box.x1 - box.x0 >= NARROWEST and box.bottom - box.top >= LOWEST]
    candidates = [*drawn, *_between_sides(page.boxes)]
    fitting = [box for box in candidates if box.bottom - box.top >= LOWEST and not _is_page(box, page)]
    return _outermost(sorted(fitting, key=lambda b: (b.top, -b.bottom)))


def frame_of(line: Line, frames: Sequence[Box]) -> int | None:
    """The index of the frame that a line stands in."""
    middle = line.baseline - line.size / 3
    for index, box in enumerate(frames):
        if box.top <= middle <= box.bottom and box.x0 - THIN <= line.x0 <= box.x1:
            return index
    return None


def _is_page(box: Box, page: Page) -> bool:
    return box.bottom - box.top > WHOLE_PAGE * page.height


def _between_sides(boxes: Iterable[Box]) -> list[Box]:
    sides = _joined_sides(sorted((b for b in boxes if b.x1 - b.x0 < THIN < b.bottom - b.top), key=lambda b: b.top))
    frames = []
    for left in sides:
        partners = [s for s in sides if s.x0 - left.x0 >= NARROWEST and _same_reach(left, s)]
        if partners:
            right = max(partners, key=lambda s: s.x0)
            frames.append(Box(left.x0, left.top, right.x1, left.bottom))
    return frames


def _joined_sides(pieces: Iterable[Box]) -> list[Box]:
    sides: list[Box] = []
    for piece in pieces:
        for index, side in enumerate(sides):
            if abs(side.x0 - piece.x0) < THIN and piece.top - side.bottom < TOUCHING:
                sides[index] = side._replace(bottom=max(side.bottom, piece.bottom))
                break
        else:
            sides.append(piece)
    return sides


def _same_reach(one: Box, other: Box) -> bool:
    return abs(one.top - other.top) < TOUCHING and abs(one.bottom - other.bottom) < TOUCHING


def _outermost(boxes: Iterable[Box]) -> list[Box]:
    kept: list[Box] = []
    for box in boxes:
        if not any(k.top - 1 <= box.top and box.bottom <= k.bottom + 1 for k in kept):
            kept.append(box)
    return kept
