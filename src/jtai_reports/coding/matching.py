"""Match the rules of a codebook against texts, and say how strongly they speak for each code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import regex

from jtai_reports.reference.readers import QUOTES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook, Rule

NO_HIT = -1
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
    """Match every rule of a codebook against every text. Needs about 1 ms of CPU for a sentence.

    Example:
        >>> from jtai_reports.coding.codebook import read_codebook
        >>> hits = rule_hits(["Children go missing from care."], read_codebook())
        >>> hits.matrix.shape == (1, len(hits.names))
        True
    """
    plain = [plain_text(text) for text in texts]
    rules = [(number, code, rule) for code in codebook.codes for number, rule in enumerate(code.rules, 1)]
    place = {(code.facet, code.id): index for index, code in enumerate(codebook.codes)}
    starts = np.full((len(plain), len(rules)), NO_HIT, dtype=np.int32)
    ends = starts.copy()
    for column, (_, _, rule) in enumerate(rules):
        for row, start, end in _matches(rule, plain):
            starts[row, column], ends[row, column] = start, end
    return RuleHits(
        names=tuple(f"{code.facet}:{code.id}:{number}" for number, code, _ in rules),
        code_of=np.array([place[code.facet, code.id] for _, code, _ in rules], dtype=np.int32),
        weights=np.array([rule.weight for _, _, rule in rules], dtype=np.float64),
        starts=starts,
        ends=ends,
    )


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
    """A rule's pattern, made to match in any case.

    Raises:
        regex.error: it is no regular expression; `pos` says where.
    """
    return regex.compile(pattern, regex.IGNORECASE)


def _matches(rule: Rule, texts: Sequence[str]) -> list[tuple[int, int, int]]:
    search = compiled(rule.pattern).search
    near = compiled(rule.near).search if rule.near else None
    unless = compiled(rule.unless).search if rule.unless else None
    found = []
    for row, text in enumerate(texts):
        match = search(text)
        if match and (near is None or near(text)) and (unless is None or not unless(text)):
            found.append((row, *match.span()))
    return found
