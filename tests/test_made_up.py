"""Findings made up of other findings' statements, for the training of the student."""

from collections import Counter
from itertools import pairwise

import numpy as np

from jtai_reports.coding.token_layout import Laid
from jtai_reports.minilm import SEPARATOR
from made_up import LONGEST, made_up, worn

FINDINGS = [
    Laid((101, 7, 102, 11, 12, 13, 21, 22, SEPARATOR), ((3, 6), (6, 8)), (40, 41)),
    Laid((101, 8, 9, 102, 31, SEPARATOR), ((4, 5),), (50,)),
]
HEADINGS = {(101, 7, 102), (101, 8, 9, 102)}


def _statements(findings: list[Laid]) -> list[tuple[int, ...]]:
    return [finding.tokens[start:end] for finding in findings for start, end in finding.spans]


def test_every_statement_is_used_once_with_rows_that_count_from_zero() -> None:
    for seed in range(20):
        made = made_up(FINDINGS, np.random.default_rng(seed))

        assert Counter(map(len, _statements(made))) == {3: 1, 2: 1, 1: 1}
        assert [row for finding in made for row in finding.rows] == [0, 1, 2]


def test_statements_stand_one_behind_the_other_below_a_heading_that_there_is() -> None:
    for finding in made_up(FINDINGS * 10, np.random.default_rng(0)):
        ends = [finding.spans[0][0], *(end for _, end in finding.spans)]

        assert finding.tokens[: ends[0]] in HEADINGS
        assert list(pairwise(ends)) == list(finding.spans)
        assert finding.tokens[ends[-1] :] == (SEPARATOR,)


def test_long_statements_are_kept_whole_and_findings_within_what_the_student_reads() -> None:
    long = Laid((101, 7, 102, *range(1000, 1128), SEPARATOR), ((3, 131),), (0,))

    made = made_up([long] * 50, np.random.default_rng(0))

    assert max(len(finding.tokens) for finding in made) == 3 + 3 * 128 + 1 <= LONGEST
    assert [len(statement) for statement in _statements(made)] == [128] * 50


def test_about_half_of_the_statements_have_some_tokens_exchanged_for_the_letters_own() -> None:
    random, statement = np.random.default_rng(0), (1, 2, 3, 4, 5, 6, 7, 8, 9, 10) * 5

    drawn = [worn(statement, np.array([99]), random) for _ in range(1000)]
    changed = [sum(token == 99 for token in tokens) for tokens in drawn]

    assert 450 < sum(number > 0 for number in changed) < 550
    assert 5 < np.mean([number for number in changed if number]) < 7  # 50 tokens, 0.12 of them
    assert all(token in (99, own) for tokens in drawn for token, own in zip(tokens, statement, strict=True))
