"""Count the people to whom a letter is addressed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jtai_reports.letter.blocks import INDENT
from jtai_reports.pdf.records import Line
from jtai_reports.reference.profile_parts import LetterPhrases

WORD = re.compile(r"[^\W\d_][\w’'-]*")
GOES_ON = re.compile(r"[a-z(&]")
LEADS_ON = re.compile(r"([,&]|\b(and|of|for|the|in))$")


def count_addressees(lines: Sequence[Line], right: float, phrases: LetterPhrases) -> int:
    """How many people an address block names, by name or by post, one or two on a line, or one over several lines.

    Args:
        lines: the lines of the address block.
        right: how far right text reaches on the page, in points.
        phrases: the words that tell people, posts and bodies apart.
    """
    if not lines:
        return 0
    margin = min(line.x0 for line in lines)
    starts = sum(
        before is None or not _goes_on(before, line, margin, right, phrases)
        for before, line in zip([None, *lines], lines, strict=False)
    )
    return starts + sum(_further_on_line(line.text, phrases) for line in lines)


def starts_with_person(text: str, phrases: LetterPhrases) -> bool:
    """Whether a line starts with what looks like a person's name rather than a post or a body."""
    if phrases.honorifics.match(text):
        return True
    name = []
    for match in WORD.finditer(text.split(",", maxsplit=1)[0]):
        word = match[0]
        if not word[0].isupper() or word in phrases.bodies or word in phrases.posts or _is_post_nominal(word):
            break
        name.append(word)
    if not 2 <= len(name) <= 4:
        return False
    rest = text[text.index(name[-1]) + len(name[-1]) :].strip()
    following = WORD.match(rest)
    return rest.startswith((",", "-", "–")) or (
        following is not None and (following[0] in phrases.posts or _is_post_nominal(following[0]))
    )


def _is_post_nominal(word: str) -> bool:
    """Letters after a name, such as QPM or CBE."""
    return len(word) >= 2 and word.isupper()


def _goes_on(before: Line, line: Line, margin: float, right: float, phrases: LetterPhrases) -> bool:
    """Whether a line goes on with the addressee above it: indented, or wrapped and not a person's name."""
    if line.x0 > margin + INDENT and line.x0 > before.x0 - 1:
        return True
    if GOES_ON.match(line.text):
        return True
    if starts_with_person(line.text, phrases):
        return False
    if LEADS_ON.search(before.text.rstrip()):
        return True
    only_body = all(word in phrases.bodies for word in WORD.findall(line.text))
    return only_body or _is_full(before, line, right)


def _is_full(before: Line, line: Line, right: float) -> bool:
    word = line.text.split(" ", 1)[0]
    width = (line.x1 - line.x0) / max(len(line.text), 1)
    return before.x1 + width * (len(word) + 1) > right - 2 * width


def _further_on_line(text: str, phrases: LetterPhrases) -> int:
    """People named on a line after the first: behind a semicolon, or with a title of their own."""
    first, *others = text.split(";")
    return sum(starts_with_person(part.strip(), phrases) for part in others) + sum(
        _further_titles(part, phrases) for part in (first, *others)
    )


def _further_titles(text: str, phrases: LetterPhrases) -> int:
    """Titles such as Ms or Dr inside a text that do not go on with a name or post before them."""
    text = text.strip()
    titles = (m for m in phrases.honorifics.finditer(text) if m.start() > 0)
    apart = (m for m in titles if not re.search(r"(,|\band|Chief|Detective)$", text[: m.start()].rstrip()))
    return sum(re.match(r"\.?\s+[A-Z]", text[m.end() :]) is not None for m in apart)
