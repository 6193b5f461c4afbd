"""Find the statements that say what a question or claim says, best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.errors import UsageError
from jtai_reports.explore.passages import INNER, filter_mask, make_passages
from jtai_reports.explore.terms import Word, asked_polarity, meanings_of, telling, words_of

if TYPE_CHECKING:
    import bm25s
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from jtai_reports.corpus import Corpus

    Scores = NDArray[np.float64]

Names = str | Sequence[str] | None

# How the parts of a score weigh: chosen on one half of the claims, confirmed on the other (docs/search.md).
SYNONYM = 0.9  # a word's meaning, where the word itself counts 1
FINDING, HEADING = 0.5, 0.2  # the finding around a statement and its headings, where the statement counts 1
CODED, SECTION = 0.10, 0.15  # more for the polarity asked for, less for the other: as coded, and by the section
THEMES, BEST = 0.5, 40  # more for the themes that the best so many statements have
OTHER_SIDE = {"strength": "weakness", "weakness": "strength"}


class Query(NamedTuple):
    """A question in search terms; `polarity` is the one that its wording asks for, if any."""

    stems: tuple[str, ...]
    meanings: tuple[int, ...]
    polarity: str | None


class Index(NamedTuple):
    """A corpus made ready for searching: `passages` has a row a statement, `themes` its themes as a unit vector."""

    passages: pd.DataFrame
    statements: Field
    findings: Field
    headings: Field
    finding_of: NDArray[np.intp]
    themes: Scores


class Field(NamedTuple):
    """One kind of text, indexed by the words and the meanings in it; None where it has none at all."""

    words: bm25s.BM25 | None
    meanings: bm25s.BM25 | None

    def scores(self, query: Query, size: int) -> Scores:
        """How well each of so many texts matches."""
        words = _bm25_scores(self.words, query.stems, size)
        return words + SYNONYM * _bm25_scores(self.meanings, [str(number) for number in query.meanings], size)


def search(
    corpus: Corpus | Index,
    query: str,
    *,
    polarity: Names = None,
    series: Names = None,
    authority: Names = None,
    theme: Names = None,
    limit: int = 10,
) -> pd.DataFrame:
    """The statements that match a question best, at most one of each finding.

    Words count whatever their ending; synonyms count a little less (`reference/data/synonyms.yaml`); the finding
    around a statement and its headings help. A question that is worded as a weakness lists weaknesses first, one
    worded as a strength strengths.

    Args:
        corpus: the tables `reports`, `sections`, `findings`, `statements` and `codings` are used, or an `Index` of
            them, which `make_index` makes for many searches.
        query: a question, claim or some words.
        polarity: only these: strength, weakness, mixed, neutral. A statement that is not coded has the polarity of
            its section.
        series: only letters of these series.
        authority: only letters about these local authorities.
        theme: only statements with one of these themes.
        limit: how many statements at most.

    Returns:
        One row a statement, best first: rank, score (comparable within one search only), file_name, report_id,
        authority, series, finding_id, statement_id, section_kind, page, polarity, polarity_from ('coding' or
        'section'), themes, agencies (joined by '; '), text, and matches: 'start:end' of each matching word.

    Raises:
        UsageError: the query holds no word to search for, or a filter names what is not there.

    Example:
        >>> import jtai_reports as jtai
        >>> corpus = jtai.read_letters(["reports/sample/90000001.pdf"])
        >>> found = search(corpus, "training of staff", limit=3)
        >>> found["rank"].tolist()
        [1, 2, 3]
    """
    index = corpus if isinstance(corpus, Index) else make_index(corpus)
    asked = read_query(query)
    mask = filter_mask(index.passages, polarity=polarity, series=series, authority=authority, theme=theme)
    return ranked(index, asked, mask, limit=limit)


def make_index(corpus: Corpus) -> Index:
    """The corpus made ready for searching: about a second for 10,000 statements.

    Args:
        corpus: as for `search`. Where the table `statements` is empty, the findings are cut here.
    """
    import numpy as np  # noqa: PLC0415 - heavy
    import pandas as pd  # noqa: PLC0415

    passages = make_passages(corpus)
    findings = passages[["finding_id", "headings"]].drop_duplicates("finding_id")
    finding_of = np.asarray(pd.Index(findings["finding_id"]).get_indexer(passages["finding_id"]), dtype=np.intp)
    words = [words_of(text) for text in passages["text"]]
    whole: list[list[str]] = [[] for _ in range(len(findings))]
    meanings: list[list[str]] = [[] for _ in range(len(findings))]
    terms = [(telling(part), [str(meaning.number) for meaning in meanings_of(part)]) for part in words]
    for place, (stems, numbers) in zip(finding_of, terms, strict=True):
        whole[place] += stems
        meanings[place] += numbers
    return Index(
        passages,
        Field(_bm25([stems for stems, _ in terms]), _bm25([numbers for _, numbers in terms])),
        Field(_bm25(whole), _bm25(meanings)),
        Field(_bm25([telling(words_of(text)) for text in findings["headings"]]), None),
        finding_of,
        _theme_vectors(passages["themes"]),
    )


def read_query(query: str) -> Query:
    """A question in search terms.

    Raises:
        UsageError: it holds nothing to search for.
    """
    words = words_of(query)
    stems = tuple(dict.fromkeys(telling(words)))
    meanings = tuple(dict.fromkeys(meaning.number for meaning in meanings_of(words)))
    if not stems:
        hint = "Search for words such as 'return home interviews late'."
        raise UsageError(f"{query!r} holds no word that tells one passage from another.", hint=hint)
    return Query(stems, meanings, asked_polarity(query))


def ranked(index: Index, query: Query, mask: NDArray[np.bool_], *, limit: int) -> pd.DataFrame:
    """The best statements among those that the mask lets through: see `search`."""
    import numpy as np  # noqa: PLC0415 - heavy

    scores = np.where(mask, _scores(index, query), 0.0)
    scores = np.round(_with_themes(index, scores), 4)
    rows = _one_a_finding(np.argsort(-scores, kind="stable"), scores, index.finding_of, limit)
    found = index.passages.iloc[rows].reset_index(drop=True)
    found.insert(0, "rank", range(1, len(found) + 1))
    found.insert(1, "score", scores[rows])
    found["matches"] = [_matches(words_of(text), query) for text in found["text"]]
    return found.drop(columns=INNER)


def _scores(index: Index, query: Query) -> Scores:
    size = len(index.passages)
    findings = int(index.finding_of.max(initial=-1)) + 1
    around = FINDING * index.findings.scores(query, findings) + HEADING * index.headings.scores(query, findings)
    words = index.statements.scores(query, size)
    # A passage must itself say something of what is asked; its finding alone is not enough.
    scores = (words + around[index.finding_of]) * (words > 0)
    if query.polarity is None:
        return scores
    coded = index.passages["polarity"].where(index.passages["polarity_from"] == "coding")
    return (
        scores * _leaning(coded, query.polarity, CODED) * _leaning(index.passages["leaning"], query.polarity, SECTION)
    )


def _leaning(said: pd.Series[str], asked: str, weight: float) -> Scores:
    """More than 1 where the polarity is the one asked for, less where it is the other side's."""
    import numpy as np  # noqa: PLC0415 - heavy

    same, other = said.eq(asked).to_numpy(dtype=float), said.eq(OTHER_SIDE[asked]).to_numpy(dtype=float)
    return np.asarray(1 + weight * (same - other), dtype=float)


def _with_themes(index: Index, scores: Scores) -> Scores:
    """Scores raised for what is about the same themes as the best statements."""
    import numpy as np  # noqa: PLC0415 - heavy

    best = np.argsort(-scores, kind="stable")[:BEST]
    about = scores[best] @ index.themes[best]
    length = np.sqrt(about @ about)
    return scores * (1 + THEMES * (index.themes @ about) / length) if length else scores


def _one_a_finding(order: Iterable[np.intp], scores: Scores, finding_of: NDArray[np.intp], limit: int) -> list[int]:
    rows: dict[int, int] = {}
    for row in order:
        if len(rows) == limit or scores[row] <= 0:
            break
        rows.setdefault(int(finding_of[row]), int(row))
    return list(rows.values())


def _matches(words: Sequence[Word], query: Query) -> str:
    """Where the words lie that match a query: 'start:end' of each, joined by '; '."""
    hit = {place for place, word in enumerate(words) if word.stem in query.stems}
    for meaning in meanings_of(words):
        if meaning.number in query.meanings:
            hit |= set(range(meaning.first, meaning.last))
    return "; ".join(f"{words[place].start}:{words[place].end}" for place in sorted(hit))


def _theme_vectors(themes: pd.Series[str]) -> Scores:
    """A row a statement, a column a theme: the first theme counts 1, the second 1/2 and so on; length 1."""
    import numpy as np  # noqa: PLC0415 - heavy

    lists = [codes.split("; ") if codes else [] for codes in themes]
    columns = {code: column for column, code in enumerate(sorted({code for codes in lists for code in codes}))}
    vectors = np.zeros((len(lists), len(columns)))
    for row, codes in enumerate(lists):
        for rank, code in enumerate(codes, 1):
            vectors[row, columns[code]] = 1 / rank
    lengths = np.sqrt((vectors**2).sum(axis=1, keepdims=True))
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=float)


def _bm25(texts: Sequence[Sequence[str]]) -> bm25s.BM25 | None:
    import bm25s  # noqa: PLC0415 - heavy

    if not any(texts):
        return None
    field = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
    field.index([list(text) for text in texts], show_progress=False)
    return field


def _bm25_scores(field: bm25s.BM25 | None, terms: Sequence[str], size: int) -> Scores:
    import numpy as np  # noqa: PLC0415 - heavy

    known = [term for term in terms if field is not None and term in field.vocab_dict]
    if field is None or not known:
        return np.zeros(size)
    return np.asarray(field.get_scores(known), dtype=float)
