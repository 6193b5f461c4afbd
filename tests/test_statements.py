"""Findings are cut into sentences that lie exactly in their text."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtai_reports import schema
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.statements import sentence_spans, split_statements
from tests.conftest import SAMPLE

SENTENCES = {
    "plain": ["Partners meet weekly.", "Is it enough?", "Yes!"],
    "latin": ["Some services, e.g. counselling, are scarce.", "Others, i.e. School nurses, are not."],
    "etc lower": ["Toys, books etc. are there.", "Good."],
    "etc upper": ["There are toys, books etc.", "Children like them."],
    "title": ["St. Anne’s is close.", "Dr. Able refers children early."],
    "no as a word": ["The answer is no.", "They went on."],
    "no as number": ["Plan no. 5 is new.", "See para. 3."],
    "month": ["They met on 3 Nov. 2018 in York.", "It helped."],
    "decimals": ["Demand rose by 3.5% in 2018.", "12 schools answered."],
    "curly quotes": ["A parent said: ‘They listen.’", "Others agreed."],
    "double quotes": ["A parent said: “They listen.”", "Others agreed."],
    "quoted question": ["‘Is she safe?’ asked the nurse.", "Nobody knew."],
    "brackets": ["Plans exist (see above).", "Few are used."],
    "stop in brackets": ["Plans exist (some are old.)", "Few are used."],
    "whole in brackets": ["(Two were lost.)", "Few are used."],
    "ellipsis": ["They waited … and waited.", "Nobody came."],
    "semicolons": ["Aims are: more nurses; fewer delays; and better plans.", "None is met."],
    "numbered": ["1. Plans are late.", "2. Checks are few."],
    "no stop": ["Plans are late.", "Checks are few"],
    "initials": ["It is led by the OSCB.", "It works."],
    "noun phrase": ["The timeliness of medical checks."],
}


def finding(text: str, pages: str = "1:0") -> pd.DataFrame:
    row = {"finding_id": "x-f001", "report_id": "x", "section_kind": "strengths", "text": text, "page_offsets": pages}
    return schema.make_frame(schema.FINDINGS, [row])


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_letters(SAMPLE.glob("*.pdf"), authorities=SAMPLE)


@pytest.mark.parametrize("sentences", SENTENCES.values(), ids=SENTENCES)
def test_sentences(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


def test_statements_lie_in_their_finding(corpus: Corpus) -> None:
    statements = schema.check_frame(schema.STATEMENTS, split_statements(corpus.findings))
    joined = statements.merge(corpus.findings, on="finding_id", validate="many_to_one", suffixes=("", "_of"))
    assert len(joined) == len(statements)
    for text, whole, start, end in joined[["text", "text_of", "start", "end"]].itertuples(index=False):
        assert text == whole[start:end]
    assert (joined["page_start"] >= joined["page_start_of"]).all()
    assert (joined["page_end"] <= joined["page_end_of"]).all()


def test_every_letter_and_digit_of_a_finding_is_in_one_statement(corpus: Corpus) -> None:
    def letters(texts: pd.Series) -> str:
        return "".join(c for c in "".join(texts) if c.isalnum())

    assert letters(split_statements(corpus.findings)["text"]) == letters(corpus.findings["text"])


def test_pages_follow_the_offsets() -> None:
    #        page 3: 'One is. Two ' page 4: 'goes on. Three is.'
    statements = split_statements(finding("One is. Two goes on. Three is.", "3:0; 4:12"))
    assert statements["text"].tolist() == ["One is.", "Two goes on.", "Three is."]
    assert statements["page_start"].tolist() == [3, 3, 4]
    assert statements["page_end"].tolist() == [3, 4, 4]


def test_names_and_missing_codes() -> None:
    statements = split_statements(finding("One is. Two is."))
    assert statements["statement_id"].tolist() == ["x-f001-01", "x-f001-02"]
    assert statements[["polarity", "polarity_score", "key_area", "coder"]].isna().all(axis=None)


def test_no_findings_no_statements() -> None:
    empty = split_statements(schema.make_frame(schema.FINDINGS, []))
    assert list(empty.columns) == [column.name for column in schema.STATEMENTS.columns]
    assert len(empty) == 0


@given(st.text(alphabet="aB1 .?!’)(;\u2026", max_size=60))
def test_spans_are_ordered_and_cover_what_is_printed(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert "".join(text[start:end] for start, end in spans).replace(" ", "") == text.replace(" ", "")
