"""Cut findings into statements: one sentence each, with its place in the finding and its pages."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache
from typing import TYPE_CHECKING, Any

from jtai_reports.reference.sentences import read_abbreviations
from jtai_reports.schema import STATEMENTS, make_frame

if TYPE_CHECKING:
    import pandas as pd
    from nltk.tokenize.punkt import PunktSentenceTokenizer

Span = tuple[int, int]
NUMBER_ONLY = re.compile(r"\W*(\d{1,2}|[a-z]|[ivx]{1,4})\W*", re.IGNORECASE)
GOES_ON = re.compile(r"[a-z,;:)\]]")


def split_statements(findings: pd.DataFrame) -> pd.DataFrame:
    """Cut each finding into its sentences.

    Args:
        findings: the table `findings`; it is not changed.

    Returns:
        The table `statements`, in the order of the findings: `text` is `finding.text[start:end]`;
        `polarity`, `polarity_score`, `key_area` and `coder` are missing until the statements are coded.

    Example:
        >>> from jtai_reports import read_letters
        >>> corpus = read_letters(["reports/sample/90000001.pdf"])
        >>> statements = split_statements(corpus.findings)
        >>> len(statements) > len(corpus.findings)
        True
    """
    columns = ["finding_id", "report_id", "section_kind", "text", "page_offsets"]
    rows: list[dict[str, Any]] = []
    for finding_id, report_id, kind, text, pages in findings[columns].itertuples(index=False):
        place = {"finding_id": finding_id, "report_id": report_id, "section_kind": kind}
        rows += [place | row for row in _rows(finding_id, text, pages)]
    return make_frame(STATEMENTS, rows)


def sentence_spans(text: str) -> list[Span]:
    """Where each sentence of a text starts and ends (half open), without the space around it.

    >>> sentence_spans("Partners meet weekly. They share minutes, e.g. by e-mail.")
    [(0, 21), (22, 57)]
    """
    spans: list[Span] = []
    for start, end in _tokenizer().span_tokenize(text):
        if spans and _belongs(text[slice(*spans[-1])], text[start:end]):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [_trimmed(text, span) for span in spans]


def _rows(finding_id: str, text: str, page_offsets: str) -> list[dict[str, Any]]:
    pages = [tuple(int(part) for part in pair.split(":")) for pair in page_offsets.split("; ")]
    numbers, offsets = [page for page, _ in pages], [offset for _, offset in pages]
    return [
        {
            "statement_id": f"{finding_id}-{ordinal:02d}",
            "ordinal": ordinal,
            "text": text[start:end],
            "start": start,
            "end": end,
            "page_start": numbers[max(bisect_right(offsets, start) - 1, 0)],
            "page_end": numbers[max(bisect_left(offsets, end) - 1, 0)],
        }
        for ordinal, (start, end) in enumerate(sentence_spans(text), 1)
    ]


def _belongs(before: str, piece: str) -> bool:
    """Whether a piece is no sentence of its own but goes on from the one before."""
    if piece[0].isdigit() and _last_word(before) in read_abbreviations().before_numbers:
        return True
    return bool(GOES_ON.match(piece) or NUMBER_ONLY.fullmatch(before)) or not any(map(str.isalnum, piece))


def _last_word(text: str) -> str:
    return text.rsplit(maxsplit=1)[-1].strip(".(‘“").lower()


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


@cache
def _tokenizer() -> PunktSentenceTokenizer:
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer  # noqa: PLC0415 - heavy

    parameters = PunktParameters()
    parameters.abbrev_types = set(read_abbreviations().anywhere)
    return PunktSentenceTokenizer(parameters)
