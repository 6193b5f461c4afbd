"""What a letter is made of, from the smallest part to the whole."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from jtai_reports.pdf.records import Line

BlockKind = Literal["paragraph", "bullet", "heading"]


class BodyLine(NamedTuple):
    """A line of the letter's running text, with the frame (drawn box) that it stands in, if any."""

    line: Line
    frame: int | None
    right: float  # how far to the right lines on this page, in this frame, reach
    floor: float  # how far down text may go on this page (baseline of the last possible line)
    row: int | None = None  # the table row that it stands in, if any; its frame is then its cell
    column: int | None = None  # of the table, from 0


class Block(NamedTuple):
    """A heading, a paragraph, or a bullet with its sub-bullets, over as many pages as it takes."""

    kind: BlockKind
    text: str
    lines: tuple[Line, ...]
    page_offsets: tuple[tuple[int, int], ...]  # (page, where that page's text starts)
    frame: int | None
    margin: float  # left edge in points from the page's own left margin
    column: int | None = None  # of the table that it stands in, from 0; its frame is then its cell

    @property
    def page_start(self) -> int:
        """The page on which the block starts."""
        return self.page_offsets[0][0]

    @property
    def page_end(self) -> int:
        """The page on which the block ends."""
        return self.page_offsets[-1][0]

    @property
    def size(self) -> float:
        """The font size of its first line, in points."""
        return self.lines[0].size


class Finding(NamedTuple):
    """One bullet or paragraph of a section."""

    text: str
    is_bullet: bool
    subheading: str | None
    page_offsets: tuple[tuple[int, int], ...]
    lines: tuple[Line, ...]

    @property
    def page_start(self) -> int:
        """The page on which the finding starts."""
        return self.page_offsets[0][0]

    @property
    def page_end(self) -> int:
        """The page on which the finding ends."""
        return self.page_offsets[-1][0]


class Section(NamedTuple):
    """A part of the letter under one heading; the opening has none."""

    heading: str | None
    kind: str
    polarity: str | None
    page_start: int
    page_end: int
    findings: tuple[Finding, ...]
    heading_lines: tuple[Line, ...] = ()


class Problem(NamedTuple):
    """Something that was not read or not understood, in words for the person who runs the tool."""

    stage: str
    severity: Literal["error", "warning"]
    code: str
    message: str
    hint: str = ""


class Details(NamedTuple):
    """What a letter says about itself. None where it says nothing, or nothing that was understood."""

    authority: str | None = None
    ons_code: str | None = None
    region: str | None = None
    authority_type: str | None = None
    deep_dive_theme: str | None = None
    series: str | None = None
    inspectorates: tuple[str, ...] = ()
    letter_date: date | None = None
    inspection_start: date | None = None
    inspection_end: date | None = None
    action_plan_due: date | None = None
    date_notes: tuple[str, ...] = ()  # one for each date that needed interpretation, with its printed text
    principal_authority: str | None = None
    safeguarding_body: str | None = None
    n_addressees: int | None = None
    previous_inspection: date | None = None
    outcome: str | None = None


class Missing(NamedTuple):
    """A detail or section that a letter lacks, and why."""

    field: str
    reason: Literal["absent", "declared_none", "not_recognised"]
    page: int | None = None


class Letter(NamedTuple):
    """One letter, read whole; `prefix` is what its report_id begins with."""

    prefix: str
    template: str
    n_pages: int
    details: Details
    sections: tuple[Section, ...]
    missing: tuple[Missing, ...]
    problems: tuple[Problem, ...]
