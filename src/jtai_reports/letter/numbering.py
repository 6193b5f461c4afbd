"""Recognise numbered paragraphs, so that the numbers stay out of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jtai_reports.letter.records import Block

NUMBERED = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,3})[.)]?\s+(?=[A-Z‘“'\"(])")
FEWEST = 3  # so many numbers in a row make a numbered letter


def without_numbers(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without their paragraph numbers, where the letter numbers its paragraphs.

    A number counts only as part of a run 1, 2, 3 or 1.1, 1.2, 1.3: a paragraph may well start with a figure.
    """
    numbers = [_number(block) for block in blocks]
    counted = _in_runs(numbers)
    return [_stripped(block) if index in counted else block for index, block in enumerate(blocks)]


def starts_numbered(text: str) -> bool:
    """Whether a line starts as a numbered paragraph does."""
    return NUMBERED.match(text) is not None


def _number(block: Block) -> tuple[int, ...] | None:
    match = NUMBERED.match(block.text)
    return tuple(int(part) for part in match[1].split(".")) if match else None


def _in_runs(numbers: Sequence[tuple[int, ...] | None]) -> set[int]:
    run: list[int] = []
    counted: set[int] = set()
    for index, number in enumerate(numbers):
        if number is None:
            continue
        before = numbers[run[-1]] if run else None
        if before is None or not _follows(before, number):
            run = []
        run.append(index)
        if len(run) >= FEWEST:
            counted.update(run)
    return counted


def _follows(before: tuple[int, ...], number: tuple[int, ...]) -> bool:
    """Whether a number is the next one at some level: 3 after 2, 2.1 after 2 or after 1.4."""
    if number[:-1] == before[: len(number) - 1] and len(number) <= len(before):
        return number[-1] == before[len(number) - 1] + 1
    if number[:-1] == before:
        return number[-1] == 1
    return number[-1] == 1 and len(number) > 1 and _follows(before, number[:-1])


def _stripped(block: Block) -> Block:
    match = NUMBERED.match(block.text)
    cut = match.end() if match else 0
    offsets = tuple((page, max(start - cut, 0)) for page, start in block.page_offsets)
    return block._replace(text=block.text[cut:], page_offsets=offsets)
