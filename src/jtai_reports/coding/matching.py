"""Match the rules of a codebook against texts, and say how strongly they speak for each code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import regex

from jtai_reports.reference.readers import QUOTES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook

NO_HIT = -1
Patterns = tuple[str, str | None, str | None]  # of a rule: its own, what must be near, what must not
WORD = regex.compile(r"\w+")
GIVEN_FROM = 0.5  # a code is given from this score on


class RuleHits(NamedTuple):
    """Which rule matches which text, and where.

    `names` are the rules in the codebook's order, as 'facet:code:number'; `code_of` says for each rule which
    of the codebook's codes it belongs to. `starts` and `ends` have one row a text and one column a rule, with the
    first match's span in characters; -1 where the rule does not match.
    """

    names: tuple[str, ...]
    code_of: NDArray[np.int32]
    weights: NDArray[np.float64]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]

    @property
    def matrix(self) -> NDArray[np.float32]:
        """One row a text, one column a rule: 1 where it matches, else 0."""
        return (self.starts > NO_HIT).astype(np.float32)


def rule_hits(texts: Sequence[str], codebook: Codebook) -> RuleHits:
    """Match every rule of a codebook against every text. A match begins where a word begins.

    Example:
        >>> from jtai_reports.coding.codebook import read_codebook
        >>> hits = rule_hits(["Children go missing from care."], read_codebook())
        >>> hits.matrix.shape == (1, len(hits.names))
        True
    """
    rules = [
        (number, place, rule) for place, code in enumerate(codebook.codes) for number, rule in enumerate(code.rules, 1)
    ]
    starts, ends = _spans(tuple(texts), tuple((rule.pattern, rule.near, rule.unless) for _, _, rule in rules))
    codes = codebook.codes
    return RuleHits(
        names=tuple(f"{codes[place].facet}:{codes[place].id}:{number}" for number, place, _ in rules),
        code_of=np.array([place for _, place, _ in rules], dtype=np.int32),
        weights=np.array([rule.weight for _, _, rule in rules], dtype=np.float64),
        starts=starts,
        ends=ends,
    )


@lru_cache(maxsize=2)  # statements and subheadings: a coder and the one that is kept beside it ask for the same
def _spans(texts: tuple[str, ...], rules: tuple[Patterns, ...]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Where each rule (column) first matches in each text (row), and where that ends."""
    index = _Index([plain_text(text) for text in texts])
    starts = np.full((len(texts), len(rules)), NO_HIT, dtype=np.int32)
    ends = starts.copy()
    for column, rule in enumerate(rules):
        for row, start, end in index.matches(*rule):
            starts[row, column], ends[row, column] = start, end
    starts.flags.writeable = ends.flags.writeable = False  # they are shared
    return starts, ends


def forget_matches() -> None:
    """Free what `rule_hits` keeps for a coder that asks again: some hundred MiB for hundreds of letters."""
    _spans.cache_clear()


def code_scores(hits: RuleHits, codebook: Codebook) -> NDArray[np.float64]:
    """How strongly the rules speak for each code: one row a text, one column a code of the codebook, 0 to 1.

    The strongest rule counts in full, the next by half, the third by a quarter, and so on:
    score = 1 - (1 - w1)(1 - w2/2)(1 - w3/4)...
    """
    scores = np.zeros((len(hits.starts), len(codebook.codes)))
    present = (hits.starts > NO_HIT) * hits.weights
    for column in range(len(codebook.codes)):
        own = -np.sort(-present[:, hits.code_of == column], axis=1)
        scores[:, column] = 1 - np.prod(1 - own * 0.5 ** np.arange(own.shape[1]), axis=1)
    return scores


def plain_text(text: str) -> str:
    """A text as rules see it: straight quotes and plain hyphens, every character in its place."""
    return text.translate(QUOTES)


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Any:  # noqa: ANN401 - regex has no public type for it
    """A rule's pattern, made to match in any case, from the start of a word on.

    Raises:
        regex.error: it is no regular expression; `pos` says where.
    """
    regex.compile(pattern)  # alone first, so that a fault's place is counted from the pattern's start
    return regex.compile(rf"\b(?=\w)(?:{pattern})", regex.IGNORECASE)


class _Index:
    """Texts, and where each pair of words begins in them: a rule is tried only where a pair stands that can begin it.

    Some 450 rules against 10,000 sentences take 7 s of CPU when each is searched in each, 1.3 s this way. A place
    is one number, which sorts faster than two: row times `width`, and where in the text.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.width = max(map(len, texts), default=0) + 1
        self.places: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))  # by word, then pair
        for row, text in enumerate(texts):
            spans = [found.span() for found in WORD.finditer(text)]
            for (start, end), (_, end_of_next) in zip_longest(spans, spans[1:], fillvalue=(0, len(text))):
                self.places[text[start:end]][text[start:end_of_next]].append(row * self.width + start)
        self.stems: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))  # by one letter, then two
        for word in self.places:
            self.stems[word[:1]][word[:2]].append(word)

    def matches(self, pattern: str, near: str | None, unless: str | None) -> Iterator[tuple[int, int, int]]:
        """The row and span of the first match in each text that a rule counts in."""
        match = compiled(pattern).match
        is_near = compiled(near).search if near else None
        is_barred = compiled(unless).search if unless else None
        done = NO_HIT
        for place in self._places_to_try(compiled(pattern)):
            row, start = divmod(place, self.width)
            if row == done:
                continue
            text = self.texts[row]
            found = match(text, start)
            if found:
                done = row
                if (is_near is None or is_near(text)) and (is_barred is None or not is_barred(text)):
                    yield row, start, found.end()

    def _places_to_try(self, pattern: Any) -> list[int]:  # noqa: ANN401 - regex has no public type for it
        if "(?<" in pattern.pattern:  # what it looks back at is not in the words that begin it
            return sorted(place for pairs in self.places.values() for places in pairs.values() for place in places)
        begins = pattern.match
        stems = (stems for letter, stems in self.stems.items() if begins(letter, partial=True))
        lists = (words for known in stems for stem, words in known.items() if begins(stem, partial=True))
        pairs = (self.places[word] for words in lists for word in words if begins(word, partial=True))
        likely = (places for known in pairs for pair, places in known.items() if begins(pair, partial=True))
        return sorted(chain.from_iterable(likely))
