"""Statements as numbers: blocks of features that a linear model can weigh, the same in training and in use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from jtai_reports.coding.context import NONE, Context
from jtai_reports.coding.matching import GIVEN_FROM, RuleHits, code_scores, plain_text, rule_hits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook

Matrix = Any  # scipy's sparse matrices have no types
Terms = dict[str, int]
WORD = re.compile(r"\w[\w'-]*")
POINTS_BACK = re.compile(
    r"(?:they|this|these|it|their|such|he|she|his|her|those|both|its|as a result|for example|in addition|staff|"
    r"practitioners)\b",
    re.IGNORECASE,
)
PARTS = (3, 4, 5)  # letters in a part of a word
LEAST = 3  # statements that a word, pair or part must stand in to be used
SIDE_NAMES = ("other", "strengths", "improvements")
# how much each block counts beside the others: chosen by cross-validation over letters
BLOCKS = {
    "words": 0.5,
    "parts": 0.5,
    "words_strengths": 0.3,
    "words_improvements": 0.3,
    "words_other": 0.3,
    "before": 0.15,
    "after": 0.15,
    "around": 0.4,
    "place": 0.7,
    "rules": 1.0,
    "scores": 1.0,
    "scores_around": 1.0,
    "agencies_around": 0.7,
}


class Vocabulary(NamedTuple):
    """What columns there are: words and pairs, parts of words, marks of place, rules and codes.

    `idf` and `parts_idf` say how telling each term is: the rarer, the more.
    """

    words: Terms
    idf: NDArray[np.float32]
    parts: Terms
    parts_idf: NDArray[np.float32]
    place: Terms
    rules: tuple[str, ...]
    codes: tuple[str, ...]


class Spoken(NamedTuple):
    """Texts as numbered words: `words` are the distinct ones, `ids` has the numbers of each text in order."""

    words: list[str]
    ids: list[list[int]]


def tokens(text: str) -> list[str]:
    """The words of a text in small letters.

    >>> tokens("Partners’ well-run hub")
    ["partners'", 'well-run', 'hub']
    """
    return WORD.findall(plain_text(text).lower())


def speak(texts: Sequence[str]) -> Spoken:
    """Number the words of texts."""
    known: Terms = {}
    ids = [[known.setdefault(word, len(known)) for word in tokens(text)] for text in texts]
    return Spoken(list(known), ids)


def learn_vocabulary(context: Context, codebook: Codebook) -> Vocabulary:
    """The vocabulary of a set of statements: terms that stand in at least `LEAST` of them, in the alphabet's order."""
    spoken = speak(context.texts)
    words, idf = _kept(_word_terms(spoken), len(context.texts))
    grams = [parts_of(word) for word in spoken.words]
    parts, parts_idf = _kept(({gram for i in ids for gram in grams[i]} for ids in spoken.ids), len(context.texts))
    place = {mark: n for n, mark in enumerate(sorted({mark for marks in context.place for mark in marks}))}
    return Vocabulary(words, idf, parts, parts_idf, place, rule_names(codebook), code_names(codebook))


def make_blocks(context: Context, vocabulary: Vocabulary, codebook: Codebook) -> dict[str, Matrix]:
    """The blocks of features of statements: name -> matrix with one row a statement. See `BLOCKS`."""
    spoken = speak(context.texts)
    counts = _count_words(spoken, vocabulary.words)
    beside = _Beside(context)
    words = _weighed(counts, vocabulary.idf)
    blocks = {"words": words, "parts": _weighed(_count_parts(spoken, vocabulary.parts), vocabulary.parts_idf)}
    for number, name in enumerate(SIDE_NAMES):
        blocks[f"words_{name}"] = sparse.csr_matrix(sparse.diags((context.side == number).astype(np.float32)) @ words)
    blocks |= {"before": sparse.csr_matrix(beside.before @ words), "after": sparse.csr_matrix(beside.after @ words)}
    blocks["around"] = _weighed(beside.others @ counts, vocabulary.idf)
    blocks["place"] = _marks(context.place, vocabulary.place)
    hits = rule_hits(context.texts, codebook)
    scores = code_scores(hits, codebook).astype(np.float32)
    blocks["rules"] = sparse.csr_matrix(_rule_columns(hits, vocabulary.rules))
    blocks["scores"] = sparse.csr_matrix(scores)
    blocks["scores_around"] = sparse.csr_matrix(np.hstack(beside.of(scores)))
    blocks["agencies_around"] = sparse.csr_matrix(_agencies_around(context, beside, scores, codebook))
    for block in blocks.values():
        block.sort_indices()
    return {name: blocks[name] for name in BLOCKS}


def rule_names(codebook: Codebook) -> tuple[str, ...]:
    """The names of the codebook's rules, as in `RuleHits`."""
    return rule_hits([], codebook).names


def code_names(codebook: Codebook) -> tuple[str, ...]:
    """The codebook's codes as 'facet:code', in order."""
    return tuple(f"{code.facet}:{code.id}" for code in codebook.codes)


class _Beside:
    """Matrices that take one row a statement to those of the statements beside it in its finding."""

    def __init__(self, context: Context) -> None:
        self.before, self.after = _taken(context.before), _taken(context.after)
        n = len(context.finding)
        size = (n, int(context.finding.max(initial=-1)) + 1)
        of = sparse.csr_matrix((np.ones(n, np.float32), (np.arange(n), context.finding)), shape=size)
        self.others = sparse.csr_matrix(of @ of.T - sparse.identity(n, dtype=np.float32))
        self.others.eliminate_zeros()
        self.n_others = np.maximum(np.asarray(self.others.sum(axis=1)), 1)

    def of(self, values: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """The mean over the other statements of the finding, and the values of the ones before and after."""
        return [self.others @ values / self.n_others, self.before @ values, self.after @ values]


def _agencies_around(
    context: Context, beside: _Beside, scores: NDArray[np.float32], codebook: Codebook
) -> NDArray[np.float32]:
    """For statements in which the rules see no agency: the agencies before, after and around them."""
    is_agency = np.array([code.facet == "agency" for code in codebook.codes], dtype=bool)
    own = scores[:, is_agency]
    silent = (own.max(axis=1, initial=0.0) < GIVEN_FROM)[:, None]
    carried = np.zeros_like(own)
    for row, previous in enumerate(context.before):
        if previous != NONE:
            carried[row] = carried[previous] if silent[previous] else own[previous]
    points_back = np.array([bool(POINTS_BACK.match(text)) for text in context.texts], dtype=bool)[:, None]
    heading = _scores_of_distinct(context.subheadings, codebook)[:, is_agency]
    sides = context.side[:, None] == np.arange(len(SIDE_NAMES))
    parts = [carried, *beside.of(own), carried * points_back, heading, np.ones_like(silent), points_back, sides]
    return np.hstack([np.where(silent, part, 0).astype(np.float32) for part in parts])


def _scores_of_distinct(texts: Sequence[str], codebook: Codebook) -> NDArray[np.float32]:
    """The scores of texts of which many are the same."""
    distinct = sorted(set(texts))
    scores = code_scores(rule_hits(distinct, codebook), codebook).astype(np.float32)
    return scores[np.searchsorted(distinct, texts).astype(np.intp)] if distinct else scores


def _taken(rows: NDArray[np.intp]) -> Matrix:
    there = np.flatnonzero(rows != NONE)
    return sparse.csr_matrix((np.ones(len(there), np.float32), (there, rows[there])), shape=(len(rows), len(rows)))


def _rule_columns(hits: RuleHits, names: Sequence[str]) -> NDArray[np.float32]:
    """The rules that the vocabulary knows; one that the codebook has lost matches nowhere."""
    known = {name: column for column, name in enumerate(hits.names)}
    matrix = np.zeros((len(hits.starts), len(names)), dtype=np.float32)
    pairs = [(to, known[name]) for to, name in enumerate(names) if name in known]
    if pairs:
        to, of = (list(columns) for columns in zip(*pairs, strict=True))
        matrix[:, to] = hits.matrix[:, of]
    return matrix


def _marks(place: Sequence[Sequence[str]], known: Mapping[str, int]) -> Matrix:
    return _counted([[known[mark] for mark in marks if mark in known] for marks in place], len(known))


def _word_terms(spoken: Spoken) -> Iterable[set[str]]:
    for ids in spoken.ids:
        words = [spoken.words[i] for i in ids]
        yield {*words, *(f"{a} {b}" for a, b in pairwise(words))}


def _count_words(spoken: Spoken, terms: Terms) -> Matrix:
    single = [terms.get(word, NONE) for word in spoken.words]
    pairs: dict[tuple[int, int], int] = {}
    rows = []
    for ids in spoken.ids:
        row = [single[i] for i in ids]
        for pair in pairwise(ids):
            if pair not in pairs:
                pairs[pair] = terms.get(f"{spoken.words[pair[0]]} {spoken.words[pair[1]]}", NONE)
            row.append(pairs[pair])
        rows.append([column for column in row if column != NONE])
    return _counted(rows, len(terms))


def _count_parts(spoken: Spoken, terms: Terms) -> Matrix:
    grams = _counted([[terms[g] for g in parts_of(word) if g in terms] for word in spoken.words], len(terms))
    return sparse.csr_matrix(_counted(spoken.ids, len(spoken.words)) @ grams)


def parts_of(word: str) -> list[str]:
    """The parts of a word, with its edges as spaces.

    >>> parts_of("GP")
    [' GP', 'GP ', ' GP ']
    """
    padded = f" {word} "
    return [padded[i : i + n] for n in PARTS for i in range(max(len(padded) - n + 1, 0))]


def _counted(rows: Sequence[Sequence[int]], width: int) -> Matrix:
    ends = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.fromiter((column for row in rows for column in row), dtype=np.int32, count=int(ends[-1]))
    matrix = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(rows), width))
    matrix.sum_duplicates()
    return matrix


def _weighed(counts: Matrix, idf: NDArray[np.float32]) -> Matrix:
    """Counts damped, weighed by how telling each term is, and every row of length 1."""
    weighed = sparse.csr_matrix(counts, dtype=np.float32, copy=True)
    weighed.sort_indices()  # sums in one order, so that the other letters cannot change a last digit
    weighed.data = (1 + np.log(weighed.data)) * idf[weighed.indices]
    rows = np.repeat(np.arange(weighed.shape[0]), np.diff(weighed.indptr))
    lengths = np.sqrt(np.bincount(rows, weights=weighed.data.astype(float) ** 2, minlength=weighed.shape[0]))
    weighed.data = (weighed.data / lengths[rows]).astype(np.float32)
    return weighed


def _kept(texts: Iterable[set[str]], n_texts: int) -> tuple[Terms, NDArray[np.float32]]:
    counts: dict[str, int] = {}
    for terms in texts:
        for term in terms:
            counts[term] = counts.get(term, 0) + 1
    kept = sorted(term for term, count in counts.items() if count >= min(LEAST, n_texts))
    idf = np.array([np.log((1 + n_texts) / (1 + counts[term])) + 1 for term in kept], dtype=np.float32)
    return {term: n for n, term in enumerate(kept)}, idf
