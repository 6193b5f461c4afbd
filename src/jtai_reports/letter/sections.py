"""Cut the blocks of a letter into sections, and each section into findings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from jtai_reports.letter.blocks import ENDED, join_lines
from jtai_reports.letter.records import Block, Finding, Section
from jtai_reports.pdf.records import Line
from jtai_reports.reference.profile_parts import Headings, LetterPhrases
from jtai_reports.reference.texts import matching_key


class Parts(NamedTuple):
    """A letter's blocks: what stands before the text, its title, the lines of facts under it, and the text."""

    front: tuple[Block, ...]
    title: str
    body: tuple[Block, ...]
    masthead: tuple[Block, ...] = ()


def split_parts(blocks: Sequence[Block], phrases: LetterPhrases, headings: Headings) -> Parts:
    """Set the address block, the title and the facts under it apart from the text."""
    start, title = _title(blocks, phrases, headings)
    front = blocks[: _salutation(blocks[:start], phrases)] if phrases.salutation else ()
    body = next((i for i in range(start, len(blocks)) if not _is_fact(blocks[i], phrases)), len(blocks))
    return Parts(tuple(front), title, tuple(blocks[body:]), tuple(blocks[start:body]))


def _is_fact(block: Block, phrases: LetterPhrases) -> bool:
    """Whether a block under the title only says when the inspection was, or the one before it."""
    facts = phrases.masthead
    key = matching_key(block.text)
    return facts is not None and any(p.fullmatch(key) for p in (facts.inspection, facts.previous))


def cut_sections(blocks: Sequence[Block], headings: Headings) -> list[Section]:
    """The sections of a letter in order; one that goes on after a practice example is a new one."""
    cutter = _Cutter(headings, has_bullets=any(b.kind == "bullet" for b in blocks))
    for index, block in enumerate(blocks):
        cutter.take(block, blocks[index + 1] if index + 1 < len(blocks) else None)
    return [_section(open_, headings) for open_ in cutter.sections if open_.blocks or open_.heading]


def _title(blocks: Sequence[Block], phrases: LetterPhrases, headings: Headings) -> tuple[int, str]:
    """Index of the first block after the title, and the title; (0, '') where there is none."""
    for index, block in enumerate(blocks):
        key = matching_key(block.text)
        if phrases.title_start.match(key) and (block.kind == "heading" or not ENDED.search(key)):
            return index + 1, block.text
        if block.kind == "heading" and headings.kind_of(block.text):
            break
    return (_salutation(blocks, phrases) + 1 if phrases.salutation else 0), ""


def _salutation(blocks: Sequence[Block], phrases: LetterPhrases) -> int:
    greets = phrases.salutation
    found = (i for i, b in enumerate(blocks) if greets is not None and greets.match(matching_key(b.text)))
    return next(found, len(blocks))


class _Open(NamedTuple):
    heading: str | None
    kind: str
    page: int
    blocks: list[tuple[Block, str | None]]  # with the sub-heading that each stands under
    heading_lines: tuple[Line, ...] = ()


class _Cutter:
    """Reads blocks in order and keeps the section, the sub-heading and the practice example in force."""

    def __init__(self, headings: Headings, *, has_bullets: bool) -> None:
        self.headings = headings
        self.has_bullets = has_bullets
        self.sections: list[_Open] = []
        self.subheading: str | None = None
        self.example: Block | None = None  # the heading of the practice example being read
        self.interrupted: tuple[_Open, str | None] | None = None
        self.columns: dict[int, str] = {}  # the headings over the columns of the table being read
        self.labels: int | None = None  # the column that says what the rest of each row is about
        self.label: Block | None = None  # what it says of the row being read

    def take(self, block: Block, after: Block | None) -> None:
        """Put one block where it belongs."""
        if not self.sections:
            self._open(None, "opening", block)
        if self.example is not None and self._left_example(block):
            self._resume(block)
        if block.column is None:
            self._leave_table()
        if block.kind == "heading":
            self._heading(block, after)
        elif block.column is not None and block.column == self.labels:
            self._label(block)
        else:
            self.sections[-1].blocks.append((block, self._subheading_of(block)))

    def _leave_table(self) -> None:
        if self.label is not None:
            self.subheading = None
        self.columns, self.labels, self.label = {}, None, None

    def _label(self, block: Block) -> None:
        """Keep what a row is about: the sub-heading of its other cells."""
        same = self.label is not None and self.label.frame == block.frame
        self.subheading = f"{self.subheading} {block.text}" if same else block.text
        self.label = block

    def _subheading_of(self, block: Block) -> str | None:
        return self.subheading if block.column is None else self.columns.get(block.column, self.subheading)

    def _open(self, heading: str | None, kind: str, block: Block) -> None:
        self.sections.append(_Open(heading, kind, block.page_start, [], block.lines if heading else ()))
        self.subheading = None

    def _heading(self, block: Block, after: Block | None) -> None:
        kind = self.headings.kind_of(block.text)
        if block.column is not None and self._heads_column(block, block.column, kind):
            return
        if kind is not None and kind == self.sections[-1].kind and not self.sections[-1].blocks:
            kind = None  # a second heading right under the first says more about the same section
        if kind == "practice_example":
            if self.example is None:
                self.interrupted = (self.sections[-1], self.subheading)
            self._open(block.text, kind, block)
            self.example = block
        elif kind is not None:
            self._open(block.text, kind, block)
            self.example = self.interrupted = None
        elif self._is_section_of_its_own(block, after):
            self._open(block.text, "other", block)
            self.example = self.interrupted = None
        else:
            self.subheading = block.text

    def _heads_column(self, block: Block, column: int, kind: str | None) -> bool:
        """Whether a heading inside a table only names a column, or repeats the heading of its section."""
        if self.headings.labels_rows(block.text):
            self.labels = column
        elif kind is None:
            self.columns[column] = block.text
        else:
            return kind == self.sections[-1].kind
        return True

    def _is_section_of_its_own(self, block: Block, after: Block | None) -> bool:
        """An unknown heading that names a body, over paragraphs, after a section of bullets."""
        over_prose = after is not None and after.kind == "paragraph"
        named = self.headings.body_names.search(block.text) is not None
        after_bullets = self.sections[-1].kind in self.headings.bulleted and self.has_bullets
        return (
            self.example is None
            and over_prose
            and named
            and (after_bullets or self.sections[-1].kind in self.headings.prose)
        )

    def _left_example(self, block: Block) -> bool:
        """Whether a block stands outside the practice example: outside its frame, or back at the margin."""
        example = self.example
        if example is None or (block.kind == "heading" and self.headings.kind_of(block.text)):
            return False
        if example.frame is not None:
            return block.frame is None
        inside = [b for b, _ in self.sections[-1].blocks]
        if not inside or self.interrupted is None or not self.interrupted[0].blocks:
            return False
        outside = self.interrupted[0].blocks[-1][0]
        apart = abs(example.margin - outside.margin) > 4 or inside[0].size != outside.size
        return apart and abs(block.margin - outside.margin) <= 1 and block.size == outside.size

    def _resume(self, block: Block) -> None:
        self.example = None
        if self.interrupted is not None:
            before, subheading = self.interrupted
            self.sections.append(_Open(before.heading, before.kind, block.page_start, []))
            self.subheading = subheading
            self.interrupted = None


def _section(open_: _Open, headings: Headings) -> Section:
    findings = tuple(_findings(open_.blocks))
    polarity = headings.polarity_of(open_.heading or "") if open_.kind == "practice_example" else None
    last = findings[-1].page_end if findings else open_.page
    heading = open_.heading.strip() if open_.heading else None
    return Section(heading, open_.kind, polarity, open_.page, last, findings, open_.heading_lines)


def _findings(blocks: Sequence[tuple[Block, str | None]]) -> list[Finding]:
    findings: list[Finding] = []
    leading = False
    cell: int | None = None
    for block, subheading in blocks:
        in_same_cell = block.column is not None and block.frame == cell
        if in_same_cell or (leading and block.kind == "bullet"):
            findings[-1] = _merged(findings[-1], block)
            continue
        cell = None
        if _is_note(block):
            continue
        findings.append(Finding(block.text, block.kind == "bullet", subheading, block.page_offsets, block.lines))
        leading = _leads_into_fragments(block, blocks)
        cell = block.frame if block.column is not None else None
    return findings


def _is_note(block: Block) -> bool:
    """A note under a practice example ('*Name changed')."""
    return re.match(r"[*†‡]\s?\w", block.text) is not None


def _leads_into_fragments(block: Block, blocks: Sequence[tuple[Block, str | None]]) -> bool:
    """A short lead-in line ending in ':' whose bullets are fragments of its sentence."""
    if block.kind != "paragraph" or not block.text.rstrip().endswith(":"):
        return False
    index = next(i for i, (b, _) in enumerate(blocks) if b is block)
    after = blocks[index + 1][0] if index + 1 < len(blocks) else None
    if after is None or after.kind != "bullet":
        return False
    one_sentence = len(re.findall(r"[.?!]\s+[A-Z‘“]", block.text)) == 0
    return after.text[:1].islower() or (one_sentence and len(block.text.split()) <= 12)


def _merged(finding: Finding, block: Block) -> Finding:
    text, starts = join_lines([finding.text, block.text])
    known = {page for page, _ in finding.page_offsets}
    later = tuple((page, starts[1] + at) for page, at in block.page_offsets if page not in known)
    return finding._replace(text=text, page_offsets=finding.page_offsets + later, lines=finding.lines + block.lines)
