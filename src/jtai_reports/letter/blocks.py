"""Join printed lines into blocks: headings, paragraphs, and bullets with their sub-bullets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from jtai_reports.letter.numbering import starts_numbered, without_numbers
from jtai_reports.letter.records import Block, BodyLine
from jtai_reports.pdf.records import Line
from jtai_reports.reference.profile_parts import Headings

SOLID = re.compile(r"[\ue000-\uf8ff•◼■▪●⚫⬛►▶➢✓✔∎◆⯀]\s*")
HOLLOW = re.compile(r"[-–—−‒◦○▫□⁃‣∙·]\s+|o\s+(?=[A-Za-z])")
GLYPHS_INSIDE = re.compile("[\ue000-\uf8ff•◼■▪●\f]")
ENDED = re.compile(r"[.?!:;][’”'\")\]]*$")
PARAGRAPH_GAP = 1.22  # of the usual distance between baselines: more than this starts a new block
LARGER = 1.1  # of the usual font size: a known heading in larger print needs no bold type
INDENT = 6.0  # points: a left edge further in than this is another level
SAME_EDGE = 3.0  # points
SUSPENDED = re.compile(r"(and|or|to|nor)\b")


class Growing(NamedTuple):
    """A block while its lines are gathered."""

    kind: str
    lines: list[BodyLine]
    glyph_x0: float
    text_x0: float | None  # left edge of the text behind a bullet, once it is known


def build_blocks(lines: Sequence[BodyLine], headings: Headings) -> list[Block]:
    """The blocks of a letter in reading order, joined over page breaks."""
    pitch = line_pitch(lines)
    margins = _page_margins(lines)
    body_size = _usual_size(lines)
    blocks: list[Growing] = []
    for before, line in zip([None, *lines], lines, strict=False):
        if before is not None and _goes_on(blocks[-1], before, line, pitch, margins, headings):
            _append(blocks, line)
        else:
            blocks.append(_started(line, body_size, headings))
    finished = (_finished(block, margins) for block in blocks)
    return without_numbers([block for block in finished if block.text])  # a glyph alone is no bullet


def line_pitch(lines: Sequence[BodyLine]) -> float:
    """The usual distance between the baselines of one paragraph, in points."""
    steps = [b.line.baseline - a.line.baseline for a, b in pairwise(lines) if a.line.page == b.line.page]
    sizes = [a.line.size for a in lines]
    usual = [step for step in steps if 0 < step < 1.5 * median(sizes)] if sizes else []
    return median(usual) if usual else 1.25 * (median(sizes) if sizes else 12.0)


def bullet_level(text: str) -> int:
    """0 for a line without a bullet glyph, 1 for a solid one, 2 for a dash or a hollow one.

    >>> [bullet_level(text) for text in ("No bullet", "◼ A bullet", "− A sub-bullet")]
    [0, 1, 2]
    """
    if SOLID.match(text):
        return 1
    return 2 if HOLLOW.match(text) else 0


def join_lines(texts: Sequence[str]) -> tuple[str, list[int]]:
    """Lines as one text, and where each line starts in it. A hyphen at a line's end is a real one.

    >>> join_lines(["multi-", "agency and short-", "and long-term work"])[0]
    'multi-agency and short- and long-term work'
    """
    joined, starts = "", []
    for text in texts:
        if joined and not (re.search(r"\w-$", joined) and not SUSPENDED.match(text)):
            joined += " "
        starts.append(len(joined))
        joined += text
    return joined, starts


def _page_margins(lines: Sequence[BodyLine]) -> dict[tuple[int, int | None], float]:
    margins: dict[tuple[int, int | None], float] = {}
    for body in lines:
        key = (body.line.page, body.frame)
        margins[key] = min(margins.get(key, body.line.x0), body.line.x0)
    return margins


def _usual_size(lines: Sequence[BodyLine]) -> float:
    counts: Counter[float] = Counter()
    for body in lines:
        counts[body.line.size] += len(body.line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def _started(body: BodyLine, body_size: float, headings: Headings) -> Growing:
    level = bullet_level(body.line.text)
    larger = body.line.size > LARGER * body_size and headings.kind_of(body.line.text) is not None
    kind = "bullet" if level else "heading" if body.line.bold or larger else "paragraph"
    return Growing(kind, [body], body.line.x0, None)


def _append(blocks: list[Growing], body: BodyLine) -> None:
    block = blocks[-1]
    block.lines.append(body)
    if block.kind == "bullet" and block.text_x0 is None and not bullet_level(body.line.text):
        blocks[-1] = block._replace(text_x0=body.line.x0)


def _goes_on(
    block: Growing,
    before: BodyLine,
    body: BodyLine,
    pitch: float,
    margins: dict[tuple[int, int | None], float],
    headings: Headings,
) -> bool:
    """Whether a line belongs to the block before it."""
    line = body.line
    if line.page != before.line.page:
        return _goes_on_over_page(block, before, body, pitch, margins)
    if body.frame != before.frame:
        return False
    level = bullet_level(line.text)
    if level:
        return _is_sub_bullet(block, line, level)
    if (block.kind == "heading") != line.bold:
        return line.bold and block.kind != "heading" and _is_emphasis(before, body, pitch)
    gap = line.baseline - before.line.baseline
    wide = gap > PARAGRAPH_GAP * max(pitch, 1.2 * line.size) or gap <= 0
    if block.kind == "heading":
        return not wide and line.size == before.line.size and not _is_complete_heading(block, line, headings)
    if block.kind == "bullet":
        return _in_bullet(block, line, wide)
    return not wide and not (starts_numbered(line.text) and line.x0 < before.line.x0 - INDENT)


def _is_complete_heading(block: Growing, line: Line, headings: Headings) -> bool:
    text = join_lines([b.line.text for b in block.lines])[0]
    alone = headings.kind_of(text) is not None and headings.kind_of(f"{text} {line.text}") is None
    return alone or headings.kind_of(line.text) is not None


def _is_emphasis(before: BodyLine, body: BodyLine, pitch: float) -> bool:
    """A wholly bold line in the middle of a paragraph: no gap before it, and the one before is full."""
    close = body.line.baseline - before.line.baseline < 1.1 * pitch
    return close and not ENDED.search(before.line.text) and not has_room(before, body)


def _is_sub_bullet(block: Growing, line: Line, level: int) -> bool:
    if block.kind != "bullet":
        return False
    own = bullet_level(block.lines[0].line.text)
    deeper = line.x0 > block.glyph_x0 + INDENT
    if own == 1 and level == 2:
        return True
    ended = block.lines[-1].line.text.rstrip()
    leads_in = any(body.line.text.rstrip().endswith(":") for body in block.lines) or not ENDED.search(ended)
    return deeper and leads_in


def _in_bullet(block: Growing, line: Line, wide: bool) -> bool:
    """A bullet's text hangs behind its glyph; a second paragraph at that indent still belongs to it."""
    if block.text_x0 is None:
        return not wide
    behind = line.x0 > block.glyph_x0 + INDENT
    return (
        behind
        if wide
        else behind or block.text_x0 <= block.glyph_x0 + SAME_EDGE or not ENDED.search(block.lines[-1].line.text)
    )


def _goes_on_over_page(
    block: Growing, before: BodyLine, body: BodyLine, pitch: float, margins: dict[tuple[int, int | None], float]
) -> bool:
    if (before.frame is None) != (body.frame is None):
        return False
    in_table = before.row is not None and body.row is not None
    if in_table and (before.row, before.column) != (body.row, body.column):
        return False
    level = bullet_level(body.line.text)
    if level:
        return level == 2 and _is_sub_bullet(block, body.line, level)
    if (block.kind == "heading") != body.line.bold or block.kind == "heading":
        return False
    if starts_numbered(body.line.text) and starts_numbered(block.lines[0].line.text):
        return False
    if block.kind == "bullet":
        return _bullet_over_page(block, before, body, margins)
    if not ENDED.search(before.line.text):
        return True
    return not (before.line.text.rstrip().endswith(":") or has_room(before, body) or _line_fits_below(before, pitch))


def _line_fits_below(before: BodyLine, pitch: float) -> bool:
    """Whether one more line would have fitted on the page: a paragraph that goes on would have used it."""
    return before.line.baseline + pitch <= before.floor + 1


def _bullet_over_page(
    block: Growing, before: BodyLine, body: BodyLine, margins: dict[tuple[int, int | None], float]
) -> bool:
    """Go on where the line hangs behind the glyph, seen from the left margin of each page."""
    if not ENDED.search(before.line.text):
        return True
    hanging = (block.text_x0 or block.glyph_x0) - block.glyph_x0
    if hanging < INDENT:
        return not has_room(before, body)
    if abs(body.line.x0 - (block.text_x0 or 0)) < SAME_EDGE:
        return True
    margin = margins[(body.line.page, body.frame)]
    return abs(body.line.x0 - margin - hanging) < SAME_EDGE


def has_room(before: BodyLine, body: BodyLine) -> bool:
    """Whether the next line's first word would still have fitted on the line before: so it ended there."""
    word = body.line.text.split(" ", 1)[0]
    width = (body.line.x1 - body.line.x0) / max(len(body.line.text), 1)
    return before.line.x1 + width * (len(word) + 1) < before.right


def _finished(block: Growing, margins: dict[tuple[int, int | None], float]) -> Block:
    texts = [_without_glyph(body.line.text, block.kind) for body in block.lines]
    text, starts = join_lines(texts)
    pages: dict[int, int] = {}
    for body, start in zip(block.lines, starts, strict=True):
        pages.setdefault(body.line.page, start)
    first = block.lines[0]
    return Block(
        kind=block.kind,  # type: ignore[arg-type]
        text=text,
        lines=tuple(body.line for body in block.lines),
        page_offsets=tuple(pages.items()),
        frame=first.frame,
        margin=first.line.x0 - margins[(first.line.page, None)] if (first.line.page, None) in margins else 0.0,
        column=first.column,
    )


def _without_glyph(text: str, kind: str) -> str:
    if kind == "bullet":
        text = (
            SOLID.sub("", text, count=1)
            if SOLID.match(text)
            else HOLLOW.sub("", text, count=1)
            if HOLLOW.match(text)
            else text
        )
    return re.sub(r"\s+", " ", GLYPHS_INSIDE.sub(" ", text)).strip()
