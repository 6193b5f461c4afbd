"""What the PDF readers hand upwards: lines of text and drawn boxes, page by page."""

from __future__ import annotations

from typing import NamedTuple


class Run(NamedTuple):
    """Characters drawn in one go: one font, one size, one baseline.

    Positions are in points from the page's top left corner.
    """

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    font: str


class Line(NamedTuple):
    """One printed line. Positions are in points from the page's top left corner.

    Footnote marks (small raised digits) are not part of `text`; they are kept in `marks`.
    """

    page: int
    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    font: str
    bold: bool
    marks: tuple[str, ...] = ()
    mark_first: bool = False

    @property
    def top(self) -> float:
        """Upper edge of the line, in points from the top of the page."""
        return self.baseline - self.size

    @property
    def bottom(self) -> float:
        """Lower edge of the line, in points from the top of the page."""
        return self.baseline + 0.25 * self.size


class Box(NamedTuple):
    """A rectangle, or the reach of ruled lines, drawn on a page, in points from its top left corner."""

    x0: float
    top: float
    x1: float
    bottom: float


class Page(NamedTuple):
    """One page: its number (from 1), size in points, lines from top to bottom, drawn boxes."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]
