"""Statements as vectors: TF-IDF with SVD, MiniLM, or a model of sentence-transformers by name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from jtai_reports.errors import UsageError
from jtai_reports.explore.topic_text import TOKEN, stop_words

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float32]

DIMENSIONS = 100
DECIMALS = 5  # sums of floats differ in the last digits from machine to machine: vectors are rounded


def statement_vectors(texts: Sequence[str], *, embedding: str = "lsa", seed: int = 1) -> Array:
    """One vector of length 1 for each text, or of length 0 where the text has no word that counts.

    Args:
        texts: the statements.
        embedding: `lsa` (TF-IDF and SVD, no model), `minilm` (extra `minilm`), or the name of a model that
            sentence-transformers can load.
        seed: of the SVD; the other embeddings have none.

    Returns:
        float32, shape (number of texts, size of the embedding).

    Raises:
        UsageError: what the embedding needs is not installed.
    """
    import numpy as np  # noqa: PLC0415 - heavy

    vectors = _LOOKED_UP[embedding](texts, seed) if embedding in _LOOKED_UP else _named(texts, embedding)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    rounded: Array = np.round(scaled, DECIMALS).astype(np.float32)
    return rounded


def term_matrix(texts: Sequence[str]) -> Any:  # noqa: ANN401 - scipy has no types
    """TF-IDF of the words and pairs of words that two statements or more have: a sparse matrix, a row a text."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - heavy

    vectorizer = TfidfVectorizer(
        stop_words=list(stop_words()), token_pattern=TOKEN, ngram_range=(1, 2), min_df=2, max_df=0.5, sublinear_tf=True
    )
    return vectorizer.fit_transform(texts)


def _lsa(texts: Sequence[str], seed: int) -> Array:
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415 - heavy

    terms = term_matrix(texts)
    dimensions = min(DIMENSIONS, min(terms.shape) - 1)
    vectors: Array = TruncatedSVD(dimensions, random_state=seed).fit_transform(terms)
    return vectors


def _minilm(texts: Sequence[str], _: int) -> Array:
    from jtai_reports.minilm import minilm_vectors  # noqa: PLC0415 - optional

    return minilm_vectors(texts)


def _named(texts: Sequence[str], name: str) -> Array:
    if find_spec("sentence_transformers") is None:
        raise UsageError(
            f"The embedding {name!r} needs sentence-transformers, which is not installed.",
            hint="Use 'lsa' (no model) or 'minilm', or install sentence-transformers yourself.",
        )
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - never installed by this project

    vectors: Array = SentenceTransformer(name).encode(list(texts), show_progress_bar=False)
    return vectors


_LOOKED_UP = {"lsa": _lsa, "minilm": _minilm}
