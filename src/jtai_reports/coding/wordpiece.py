"""Texts as numbers of word pieces, as BERT has them (Wu et al., 2016), with a small vocabulary."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

import regex

UNKNOWN = "[UNK]"
INSIDE = "##"  # what a piece begins with that is not the first of its word
LONGEST = 100  # letters of a word; longer ones are unknown
MARK = r"[\p{P}$+<=>^`|~]"
WORD = regex.compile(rf"{MARK}|(?:(?!{MARK})\S)+")


def make_encoder(vocabulary: Sequence[str]) -> Callable[[str], list[int]]:
    """The function that turns a text into the places of its pieces in the vocabulary.

    A word is cut into the longest pieces that the vocabulary has, from the left; where that fails, it is unknown.

    Args:
        vocabulary: the pieces, among them `UNKNOWN`.

    Example:
        >>> encode = make_encoder(["[UNK]", "plan", "##s", "."])
        >>> encode("Plans fail.")
        [1, 2, 0, 3]
    """
    place = {piece: number for number, piece in enumerate(vocabulary)}
    known: dict[str, list[int]] = {}

    def encode(text: str) -> list[int]:
        numbers: list[int] = []
        for part in text.split():
            if part not in known:
                known[part] = [number for word in WORD.findall(plain(part)) for number in pieces(word, place)]
            numbers += known[part]
        return numbers

    return encode


def plain(text: str) -> str:
    """A text in small letters, without accents and control characters.

    >>> plain("Café")
    'cafe'
    """
    apart = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Cc", "Cf") or c.isspace())


def pieces(word: str, place: dict[str, int]) -> list[int]:
    """The places of a word's pieces, or that of `UNKNOWN`."""
    found: list[int] = []
    start = 0
    while start < len(word) <= LONGEST:
        opening = INSIDE if start else ""
        ends = (end for end in range(len(word), start, -1) if opening + word[start:end] in place)
        end = next(ends, None)
        if end is None:
            return [place[UNKNOWN]]
        found.append(place[opening + word[start:end]])
        start = end
    return found or [place[UNKNOWN]]
