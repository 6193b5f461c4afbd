"""Cut text into search terms: words without endings, and the meanings that they stand for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.reference.synonyms import read_synonyms

if TYPE_CHECKING:
    from nltk.stem.snowball import SnowballStemmer

MARKS = "\u00ad\u0300-\u036f"  # soft hyphen and accents set apart from their letter
ASKED = {"weakness": "weakness", "strength": "strength", "claim": "strength"}  # an expectation asks for neither
WORD = re.compile(rf"[^\W_]+(?:[{MARKS}]+[^\W_]*|['’ʼ‘][^\W_]+)*")
INITIALS = re.compile(r"[A-Z]{2,}s")  # GPs


class Word(NamedTuple):
    """A word in a text, `text[start:end]`: `plain` has no capitals or accents, `stem` no ending either."""

    plain: str
    stem: str
    start: int
    end: int


class Meaning(NamedTuple):
    """A word or phrase of the synonyms in a text: the number of its list, and which words it spans."""

    number: int
    first: int
    last: int


def words_of(text: str) -> list[Word]:
    """The words of a text in order. A hyphen parts words; an apostrophe inside one does not.

    >>> [(word.plain, word.stem) for word in words_of("Café-based workers’ children")]
    [('cafe', 'cafe'), ('based', 'base'), ('workers', 'worker'), ('children', 'child')]
    """
    return [Word(*_plain_and_stem(found.group()), found.start(), found.end()) for found in WORD.finditer(text)]


def meanings_of(words: Sequence[Word]) -> list[Meaning]:
    """The synonyms that stand in a text, in order; phrases are found whatever their words' endings."""
    phrases, longest = _phrases()
    stems = tuple(word.stem for word in words)
    return [
        Meaning(number, first, first + length)
        for first in range(len(stems))
        for length in range(1, min(longest.get(stems[first], 0), len(stems) - first) + 1)
        for number in phrases.get(stems[first : first + length], ())
    ]


def telling(words: Iterable[Word]) -> list[str]:
    """The stems of the words that tell passages apart: without stop words."""
    stop = _stop_stems()
    return [word.stem for word in words if word.stem not in stop]


def asked_polarity(question: str) -> str | None:
    """Which polarity the wording of a question or claim asks for, or None where it could be either.

    >>> asked_polarity("Managers did not oversee practice"), asked_polarity("Leaders should know their staff")
    ('weakness', None)
    """
    stems = [word.stem for word in words_of(question)]
    said = (name for name, phrases in _polarity_phrases() if any(_holds(stems, phrase) for phrase in phrases))
    return ASKED.get(next(said, ""))


def _holds(stems: Sequence[str], phrase: tuple[str, ...]) -> bool:
    return any(tuple(stems[at : at + len(phrase)]) == phrase for at in range(len(stems)))


@lru_cache(maxsize=100_000)
def _plain_and_stem(printed: str) -> tuple[str, str]:
    plain = "".join(_letters(printed[:-1] if INITIALS.fullmatch(printed) else printed))
    base, _, ending = plain.partition("'")
    plain = base if ending == "s" else base + ending
    form = read_synonyms().forms.get(plain)
    return plain, plain if form == plain else _stemmer().stem(form or plain)


def _letters(printed: str) -> Iterator[str]:
    for character in unicodedata.normalize("NFKD", printed).casefold():
        if character in "'’ʼ‘":
            yield "'"
        elif character.isalnum():
            yield character


def _stems(text: str) -> tuple[str, ...]:
    return tuple(word.stem for word in words_of(text))


@cache
def _phrases() -> tuple[dict[tuple[str, ...], tuple[int, ...]], dict[str, int]]:
    """The lists that each phrase stands in, and how long phrases with a given first word can be."""
    lists: dict[tuple[str, ...], set[int]] = {}
    for number, meaning in enumerate(read_synonyms().meanings):
        for phrase in meaning:
            lists.setdefault(_stems(phrase), set()).add(number)
    longest: dict[str, int] = {}
    for stems in lists:
        longest[stems[0]] = max(len(stems), longest.get(stems[0], 0))
    return {stems: tuple(sorted(numbers)) for stems, numbers in lists.items()}, longest


@cache
def _polarity_phrases() -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
    return [(name, tuple(map(_stems, phrases))) for name, phrases in read_synonyms().polarity.items()]


@cache
def _stop_stems() -> frozenset[str]:
    return frozenset(stem for word in read_synonyms().stop_words for stem in _stems(word))


@cache
def _stemmer() -> SnowballStemmer:
    from nltk.stem.snowball import SnowballStemmer  # noqa: PLC0415 - heavy

    return SnowballStemmer("english")
