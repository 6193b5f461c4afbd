"""Findings made up of other findings' statements, for the training of the student."""

from itertools import pairwise

import numpy as np
import pytest

import made_up as module
from jtai_reports.coding.token_layout import Laid
from jtai_reports.minilm import SEPARATOR
from made_up import LONGEST, made_up, worn

FINDINGS = [
    Laid((101, 7, 102, 11, 12, 13, 21, 22, SEPARATOR), ((3, 6), (6, 8)), (40, 41)),
    Laid((101, 8, 9, 102, 31, SEPARATOR), ((4, 5),), (50,)),
]
HEADINGS = {(101, 7, 102), (101, 8, 9, 102)}
STATEMENTS = [(11, 12, 13), (21, 22), (31,)]


def _statements(findings: list[Laid]) -> list[tuple[int, ...]]:
    return [finding.tokens[start:end] for finding in findings for start, end in finding.spans]


def test_every_statement_is_used_once_in_any_order_with_rows_that_count_from_zero(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "WORN", 0)
    orders = set()
    for seed in range(50):
        made = made_up(FINDINGS, np.random.default_rng(seed))
        orders.add(tuple(_statements(made)))

        assert [row for finding in made for row in finding.rows] == [0, 1, 2]

    assert {tuple(sorted(order)) for order in orders} == {tuple(STATEMENTS)}
    assert len(orders) == 6


def test_one_to_four_statements_stand_one_behind_the_other_below_any_heading() -> None:
    headings, sizes = set(), set()
    for finding in made_up(FINDINGS * 30, np.random.default_rng(0)):
        ends = [finding.spans[0][0], *(end for _, end in finding.spans)]
        headings.add(finding.tokens[: ends[0]])
        sizes.add(len(finding.spans))

        assert list(pairwise(ends)) == list(finding.spans)
        assert finding.tokens[ends[-1] :] == (SEPARATOR,)

    assert (headings, sizes) == (HEADINGS, {1, 2, 3, 4})


def test_long_statements_are_kept_whole_and_findings_within_what_the_student_reads() -> None:
    long = Laid((101, 7, 102, *range(1000, 1128), SEPARATOR), ((3, 131),), (0,))

    made = made_up([long] * 50, np.random.default_rng(0))

    assert max(len(finding.tokens) for finding in made) == 3 + 3 * 128 + 1 <= LONGEST
    assert [len(statement) for statement in _statements(made)] == [128] * 50


def test_tokens_are_exchanged_for_those_of_statements_and_not_of_headings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORN", 1)
    monkeypatch.setattr(module, "CHANGED", 1)

    made = _statements(made_up(FINDINGS * 30, np.random.default_rng(0)))

    assert {token for statement in made for token in statement} == {11, 12, 13, 21, 22, 31}
    assert not set(STATEMENTS[:2]) >= {statement for statement in made if len(statement) > 1}


def test_about_half_of_the_statements_have_some_tokens_exchanged() -> None:
    random, statement = np.random.default_rng(0), (1, 2, 3, 4, 5, 6, 7, 8, 9, 10) * 5

    drawn = [worn(statement, np.array([99]), random) for _ in range(1000)]
    changed = [sum(token == 99 for token in tokens) for tokens in drawn]

    assert 450 < sum(number > 0 for number in changed) < 550
    assert 5 < np.mean([number for number in changed if number]) < 7  # 50 tokens, 0.12 of them
    assert all(token in (99, own) for tokens in drawn for token, own in zip(tokens, statement, strict=True))
