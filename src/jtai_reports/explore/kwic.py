"""Show a term in its context, one line an occurrence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from jtai_reports.errors import UsageError
from jtai_reports.explore.passages import make_passages
from jtai_reports.explore.terms import words_of

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

    Spans = Callable[[str], Iterator[tuple[int, int]]]

COLUMNS = [
    "file_name",
    "report_id",
    "authority",
    "finding_id",
    "statement_id",
    "section_kind",
    "page",
    "polarity",
    "left",
    "match",
    "right",
]


def kwic(corpus: Corpus, term: str, *, window: int = 60, stems: bool = False, regex: bool = False) -> pd.DataFrame:
    """Every occurrence of a word or phrase, with what stands before and after it.

    Args:
        corpus: as for `search`.
        term: a word or phrase. Whole words are found; capitals, accents, hyphens and kinds of quotation mark make no
            difference.
        window: how many characters of the finding to show on each side.
        stems: find every form of the words: 'assess' also finds 'assesses' and 'assessing'.
        regex: read the term as a regular expression, within one sentence; capitals make no difference.

    Returns:
        One row an occurrence, in the order of the letters: file_name, report_id, authority, finding_id,
        statement_id, section_kind, page, polarity, left, match, right.

    Raises:
        UsageError: the term holds no word, or is no regular expression.

    Example:
        >>> import jtai_reports as jtai
        >>> corpus = jtai.read_letters(["reports/sample/90000001.pdf"])
        >>> lines = kwic(corpus, "child", stems=True)
        >>> set(lines["match"].str.lower()) <= {"child", "children", "child’s", "children’s"}
        True
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    find = _pattern_spans(term) if regex else _word_spans(term, stems=stems)
    passages = make_passages(corpus)
    findings = dict(zip(corpus.findings["finding_id"], corpus.findings["text"], strict=True))
    rows: list[tuple[int, str, str, str]] = []
    columns = passages[["finding_id", "start", "text"]]
    for place, (finding_id, begin, text) in enumerate(columns.itertuples(index=False)):
        whole = findings[finding_id]
        for start, end in find(text):
            left, right = whole[: begin + start], whole[begin + end :]
            rows.append((place, left[max(len(left) - window, 0) :], text[start:end], right[:window]))
    places = pd.DataFrame(rows, columns=["place", "left", "match", "right"]).set_index("place")
    places = places.astype("str")
    return places.join(passages)[COLUMNS].reset_index(drop=True)


def _word_spans(term: str, *, stems: bool) -> Spans:
    kind = "stem" if stems else "plain"
    wanted = [getattr(word, kind) for word in words_of(term)]
    if not wanted:
        raise UsageError(f"{term!r} holds no word.", hint="Look for a word or phrase, such as 'strategy meeting'.")
    return partial(_find_words, wanted=wanted, kind=kind)


def _find_words(text: str, *, wanted: list[str], kind: str) -> Iterator[tuple[int, int]]:
    words = words_of(text)
    forms = [getattr(word, kind) for word in words]
    for first in range(len(words) - len(wanted) + 1):
        if forms[first : first + len(wanted)] == wanted:
            yield words[first].start, words[first + len(wanted) - 1].end


def _pattern_spans(pattern: str) -> Spans:
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except re.error as wrong:
        hint = "Leave out --regex to look for the words as they stand."
        raise UsageError(f"{pattern!r} is no regular expression ({wrong}).", hint=hint) from wrong
    return partial(_find_pattern, compiled)


def _find_pattern(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in pattern.finditer(text) if found.group())
