"""Find topics in statements, beyond the codebook, and say how far each can be trusted."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from statistics import fmean
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from jtai_reports.corpus import Corpus
from jtai_reports.errors import JtaiError, UsageError
from jtai_reports.explore.topic_groups import dense_groups, layout, nearest, word_groups
from jtai_reports.explore.topic_quality import coherence, diversity, stability
from jtai_reports.explore.topic_tables import Grouping, Measured, topic_statements_table, topics_table
from jtai_reports.explore.topic_text import TOKEN, plain_words, select_statements, stop_words
from jtai_reports.explore.topic_vectors import statement_vectors, term_matrix
from jtai_reports.statements import split_statements

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from bertopic import BERTopic

    Array = npt.NDArray[np.float32]
    Labels = npt.NDArray[np.int64]

FEWEST = 300  # statements; below, groups are made of chance
SMALLEST = 10  # statements in a topic
SHARE = 150  # a topic has at least one in so many statements
NMF_SHARE = 150  # NMF: one topic for so many statements
FEWEST_RUNS = 6  # one, and five others to hold it against
STABLE_FROM = 0.6
TERMS = 30  # looked at for a topic's words
WORDS = 10
END = "|"  # after each statement, since BERTopic joins those of a topic and pairs of words would span two
NEEDED = ("bertopic", "umap", "hdbscan", "sklearn")
HINT = "Install it with 'uv sync --extra topics' or: pip install 'jtai-reports[topics]'."


class TopicSettings(NamedTuple):
    """What finding topics can be told.

    `embedding` is `lsa`, `minilm` or the name of a sentence-transformers model. `min_size` is the fewest statements
    of a topic (None: one in 150 statements, at least 10). `n_topics` is for the method `nmf`. Stability comes of
    `runs` runs with the seeds from `seed` on. `selection` is how HDBSCAN cuts its tree: `eom` or `leaf`.
    """

    embedding: str = "lsa"
    method: Literal["bertopic", "nmf"] = "bertopic"
    min_size: int | None = None
    n_topics: int | None = None
    seed: int = 1
    runs: int = FEWEST_RUNS
    selection: Literal["eom", "leaf"] = "eom"


class Topics(NamedTuple):
    """Topics and what belongs to them.

    `topics` and `topic_statements` are the tables of the data dictionary. `stability` and `coherence` are means over
    topics, `diversity` is of all topics' words together. `model` is the BERTopic with the topics' words.
    """

    topics: pd.DataFrame
    topic_statements: pd.DataFrame
    stability: float
    coherence: float
    diversity: float
    settings: TopicSettings
    model: BERTopic


class Inputs(NamedTuple):
    """The statements looked at: their rows, their words, their vectors and nearest neighbours."""

    statements: pd.DataFrame
    texts: list[str]
    vectors: Array
    known: tuple[Any, Any]


def find_topics(
    corpus: Corpus,
    *,
    settings: TopicSettings = TopicSettings(),  # noqa: B008 - immutable
    on_run: Callable[[int], None] | None = None,
) -> Topics:
    """Find topics in the statements of a corpus, without boilerplate.

    The same letters and settings give the same tables, whatever the order of the files.

    Args:
        corpus: the tables of a run; statements that are not coded are cut from the findings.
        settings: see `TopicSettings`.
        on_run: called with the number of each run that is done, for showing progress.

    Raises:
        UsageError: the extra `topics` is not installed, or a setting cannot be used.
        JtaiError: there are fewer than 300 statements, or no topic of the size asked for.

    Example:
        >>> import jtai_reports as jtai
        >>> found = find_topics(jtai.load("outputs"))  # doctest: +SKIP
        >>> found.topics[["topic", "label", "k_letters", "stability"]]  # doctest: +SKIP
    """
    return topics_of(prepare(corpus, settings), corpus, settings=settings, on_run=on_run)


def prepare(corpus: Corpus, settings: TopicSettings) -> Inputs:
    """The statements to look at, their words and their vectors.

    Raises:
        UsageError: the extra `topics` is not installed, or a setting cannot be used.
        JtaiError: there are fewer than 300 statements.
    """
    check_settings(settings)
    statements = corpus.statements if len(corpus.statements) else split_statements(corpus.findings)
    chosen = select_statements(statements, corpus.codings)
    check_enough(len(chosen), len(corpus.reports))
    texts = plain_words(chosen, corpus.reports.set_index("report_id")["authority"])
    vectors = _single(statement_vectors, texts, embedding=settings.embedding, seed=settings.seed)
    return Inputs(chosen, texts, vectors, _single(nearest, vectors))


def topics_of(
    inputs: Inputs, corpus: Corpus, *, settings: TopicSettings, on_run: Callable[[int], None] | None = None
) -> Topics:
    """Find topics in what `prepare` gave: the second half of `find_topics`."""
    size = settings.min_size or default_min_size(len(inputs.texts))
    labels = []
    for number, run in enumerate(group_runs(inputs, settings, min_size=size), 1):
        labels.append(run)
        if on_run:
            on_run(number)
    if labels[0].max(initial=-1) < 0:
        raise JtaiError(f"No topic of {size} statements or more was found.", hint="Try a smaller --min-size.")
    return _explained(corpus, inputs, labels, settings)


def check_settings(settings: TopicSettings) -> None:
    """Raise a UsageError if the extra is not there or a setting cannot be used."""
    lacking = [name for name in NEEDED if find_spec(name) is None]
    if lacking:
        raise UsageError(f"Topics need the package {lacking[0]}, which is not installed.", hint=HINT)
    if settings.runs < FEWEST_RUNS:
        raise UsageError(f"Stability needs at least {FEWEST_RUNS} runs, not {settings.runs}.")
    if settings.min_size is not None and settings.min_size < 2:
        raise UsageError(f"A topic needs at least 2 statements, not {settings.min_size}.")


def check_enough(n_statements: int, n_letters: int) -> None:
    """Raise a JtaiError if there are too few statements to find topics in."""
    if n_statements < FEWEST:
        raise JtaiError(
            f"{n_statements} statements of {n_letters} letters are too few for topics: at least {FEWEST} are needed.",
            hint="Read more letters, or look for words with 'jtai search' and 'jtai kwic'.",
        )


def default_min_size(n_statements: int) -> int:
    """The fewest statements of a topic where none is asked for.

    >>> default_min_size(400), default_min_size(7000)
    (10, 46)
    """
    return max(SMALLEST, n_statements // SHARE)


def group_runs(inputs: Inputs, settings: TopicSettings, *, min_size: int) -> Any:  # noqa: ANN401 - an iterator
    """The topic of each statement in each run, one run after the other."""
    seeds = range(settings.seed, settings.seed + settings.runs)
    if settings.method == "nmf":
        terms = term_matrix(inputs.texts)
        n_topics = settings.n_topics or max(2, len(inputs.texts) // NMF_SHARE)
        yield from (_single(word_groups, terms, n_topics=n_topics, min_size=min_size, seed=seed) for seed in seeds)
    else:
        for seed in seeds:
            places = _single(layout, inputs.vectors, inputs.known, seed=seed)
            yield _single(dense_groups, places, min_size=min_size, selection=settings.selection)


def topic_words(texts: Sequence[str], labels: Labels, vectors: Array) -> BERTopic:
    """A BERTopic with the words (c-TF-IDF) of groups that are already known."""
    from bertopic import BERTopic  # noqa: PLC0415 - takes 20 seconds
    from bertopic.backend import BaseEmbedder  # noqa: PLC0415
    from bertopic.cluster import BaseCluster  # noqa: PLC0415
    from bertopic.dimensionality import BaseDimensionalityReduction  # noqa: PLC0415
    from bertopic.vectorizers import ClassTfidfTransformer  # noqa: PLC0415
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415

    terms = CountVectorizer(stop_words=list(stop_words()), token_pattern=TOKEN, ngram_range=(1, 2)).build_analyzer()
    counted = CountVectorizer(analyzer=lambda joined: [t for text in joined.split(END) for t in terms(text)], min_df=1)
    model = BERTopic(
        language="multilingual",  # 'english' would take the hyphens out of words
        embedding_model=BaseEmbedder(),
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=BaseCluster(),
        vectorizer_model=counted,
        ctfidf_model=ClassTfidfTransformer(),
        top_n_words=TERMS,
    )
    model.fit([text + END for text in texts], embeddings=vectors, y=labels.tolist())
    return model


def terms_of(model: BERTopic, labels: Labels) -> list[list[str]]:
    """The terms of each group, most telling first; BERTopic numbers groups of one size in an order of its own."""
    theirs = dict(zip(labels.tolist(), model.topics_, strict=True))
    return [[term for term, _ in model.get_topic(theirs[own]) if term] for own in range(max(theirs) + 1)]


def distinct_words(terms: Sequence[str], *, most: int = WORDS) -> list[str]:
    """Terms in order, each word once: a pair takes the place of its single words, and keeps other pairs of them out.

    >>> distinct_words(["interviews", "home", "return home", "home interviews", "missing"])
    ['interviews', 'return home', 'missing']
    """
    chosen: list[str] = []
    for term in terms:
        words = _stems(term)
        pairs = {stem for other in chosen if " " in other for stem in _stems(other)}
        singles = [place for place, other in enumerate(chosen) if " " not in other and _stems(other) <= words]
        if words & pairs or (len(words) == 1 and singles):
            continue
        if singles:
            chosen[singles[0]] = term
            chosen = [other for place, other in enumerate(chosen) if place not in singles[1:]]
        else:
            chosen.append(term)
    return chosen[:most]


def _explained(corpus: Corpus, inputs: Inputs, labels: Sequence[Labels], settings: TopicSettings) -> Topics:
    """Everything that is said of the topics of the first run."""
    main = labels[0]
    model = _single(topic_words, inputs.texts, main, inputs.vectors)
    terms = terms_of(model, main)
    single = [[term for term in topic if " " not in term][:WORDS] for topic in terms]
    measured = Measured(
        words=[distinct_words(topic) for topic in terms],
        stability=stability(main, labels[1:]),
        coherence=coherence(single, inputs.texts),
        stable_from=STABLE_FROM,
    )
    places = _single(layout, inputs.vectors, inputs.known, seed=settings.seed, dimensions=2)
    rows = topic_statements_table(inputs.statements, Grouping(main, inputs.vectors, places))
    return Topics(
        topics=topics_table(rows, measured, corpus.reports, corpus.codings),
        topic_statements=rows,
        stability=fmean(measured.stability),
        coherence=fmean(measured.coherence),
        diversity=diversity(single),
        settings=settings,
        model=model,
    )


def _single(function: Callable[..., Any], *inputs: Any, **options: Any) -> Any:  # noqa: ANN401 - passed through
    """Call a function with one thread, since the order of sums changes their last digits, and without the warnings.

    They are the libraries' own and say nothing to a user: of Tensorflow that is not there, of seeds that slow down.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - used here only

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*inputs, **options)


def _stems(term: str) -> set[str]:
    from nltk.stem.snowball import SnowballStemmer  # noqa: PLC0415 - heavy

    stemmer = SnowballStemmer("english")
    return {stemmer.stem(word) for word in term.split()}
