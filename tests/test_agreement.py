"""Agreement: figures worked by hand and by other libraries, intervals, tables and the command."""

from __future__ import annotations

import random
from typing import Any

import krippendorff
import pandas as pd
import pytest
from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import cohen_kappa_score

from jtai_reports.compare.agreement import agreement_table, disagreements
from jtai_reports.compare.reliability import NEVER_VARIES, NO_VARIATION, Pair, masi, reliability
from jtai_reports.show.agreement import agreement_lines
from tests.coded import CODEBOOK, Given, make_coded, make_corpus

POLARITIES = ("strength", "weakness", "mixed", "neutral")
SETS = [frozenset(codes) for codes in ("", "a", "b", "ab", "bc", "abc")]


def pairs_of(*counted: tuple[object, object, int]) -> list[Pair]:
    """Pairs of values with how often each is there, spread over three letters."""
    values = [(a, b) for a, b, times in counted for _ in range(times)]
    return [Pair("xyz"[place % 3], a, b) for place, (a, b) in enumerate(values)]


def test_kappa_and_alpha_worked_by_hand() -> None:
    # Ten statements: both 's' 4, first 's' second 'w' 1, both 'w' 3, first 'w' second 's' 2.
    # Raw: (4 + 3) / 10 = 0.7.
    # Kappa: the first gives s 5, w 5; the second s 6, w 4. Chance: 0.5 * 0.6 + 0.5 * 0.4 = 0.5.
    #   (0.7 - 0.5) / (1 - 0.5) = 0.4.
    # Alpha: of 20 values 11 are s, 9 are w. Expected disagreement: 2 * 11 * 9 / (20 * 19) = 99 / 190.
    #   1 - 0.3 / (99 / 190) = 1 - 57 / 99 = 14 / 33.
    found = reliability(pairs_of(("s", "s", 4), ("s", "w", 1), ("w", "w", 3), ("w", "s", 2)))
    assert found.raw.value == pytest.approx(0.7)
    assert found.kappa.value == pytest.approx(0.4)
    assert found.alpha.value == pytest.approx(14 / 33)
    assert found.notes == ()


def test_alpha_of_sets_worked_by_hand() -> None:
    # {a} and {a}: distance 0. {a} and {a, b}: 1 - 1/2 * 2/3 = 2/3. {b} and {a, b}: 2/3. Observed: (4/3) / 3 = 4/9.
    # Values: {a} 3, {a, b} 2, {b} 1. Expected: 2 * (3*2 * 2/3 + 3*1 * 1 + 2*1 * 2/3) / (6 * 5) = 5/9.
    # So alpha is 1 - (4/9) / (5/9) = 1/5.
    a, b, ab = frozenset("a"), frozenset("b"), frozenset("ab")
    found = reliability(pairs_of((a, a, 1), (a, ab, 1), (b, ab, 1)), distance=masi)
    assert found.raw.value == pytest.approx(1 / 3)
    assert found.alpha.value == pytest.approx(1 / 5)


def test_no_themes_by_both_is_full_agreement_and_by_one_none() -> None:
    assert masi(frozenset(), frozenset()) == 0
    assert masi(frozenset(), frozenset("a")) == 1


@pytest.mark.parametrize("seed", range(5))
def test_single_values_as_scikit_learn_and_krippendorff_have_them(seed: int) -> None:
    draw = random.Random(seed)
    first = [draw.choice(POLARITIES) for _ in range(80)]
    second = [value if draw.random() < 0.6 else draw.choice(POLARITIES) for value in first]
    found = reliability([Pair("xyz"[place % 3], a, b) for place, (a, b) in enumerate(zip(first, second, strict=True))])
    numbers = [[POLARITIES.index(value) for value in values] for values in (first, second)]
    assert found.kappa.value == pytest.approx(cohen_kappa_score(first, second))
    assert found.alpha.value == pytest.approx(krippendorff.alpha(numbers, level_of_measurement="nominal"))


@pytest.mark.parametrize("seed", range(5))
def test_sets_as_nltk_has_them(seed: int) -> None:
    draw = random.Random(seed)
    first = [draw.choice(SETS) for _ in range(60)]
    second = [value if draw.random() < 0.6 else draw.choice(SETS) for value in first]
    pairs = [Pair("xyz"[place % 3], a, b) for place, (a, b) in enumerate(zip(first, second, strict=True))]
    labels = [(coder, place, value) for coder in (0, 1) for place, value in enumerate((first, second)[coder])]
    assert reliability(pairs, distance=masi).alpha.value == pytest.approx(AnnotationTask(labels, distance=masi).alpha())


@pytest.mark.parametrize(
    ("pairs", "kappa", "note"),
    [
        (pairs_of(("s", "s", 6)), None, NO_VARIATION),
        (pairs_of((False, False, 6)), None, NO_VARIATION),
        (pairs_of(("s", "s", 5), ("s", "w", 1)), 0.0, NEVER_VARIES),
    ],
)
def test_without_variation_kappa_is_undefined_or_says_so(pairs: list[Pair], kappa: float | None, note: str) -> None:
    found = reliability(pairs)
    assert found.kappa.value == kappa
    assert note in found.notes
    if kappa is None:
        assert found.alpha.value is None


def test_intervals_draw_whole_letters() -> None:
    # One letter agrees throughout, the other never: a draw of two letters gives 1, 1/2 or 0 with 1/4, 1/2, 1/4.
    pairs = [Pair("a", "s", "s")] * 20 + [Pair("b", "s", "w")] * 20
    raw = reliability(pairs).raw
    assert (raw.value, raw.low, raw.high) == (0.5, 0.0, 1.0)


def test_intervals_are_seeded_and_one_letter_has_none() -> None:
    draw = random.Random(1)
    pairs = [Pair(draw.choice("abcdef"), draw.choice("sw"), draw.choice("sw")) for _ in range(60)]
    assert reliability(pairs) == reliability(pairs)
    assert reliability(pairs).kappa.low != reliability(pairs, seed=2).kappa.low
    alone = reliability([pair._replace(group="a") for pair in pairs])
    assert alone.raw.low is None
    assert alone.notes == ("one letter only: no intervals",)


IDS = [f"jtai-{letter}-strengths-f1-0{number}" for letter in range(2) for number in (1, 2)]
AB: list[Given] = [
    (IDS[0], "strength", ["early_help"], ["police"]),
    (IDS[1], "weakness", ["joint_working", "early_help"], []),
    (IDS[2], "neutral", [], []),
    (IDS[3], "mixed", ["quality_assurance"], ["health"]),
]
CD: list[Given] = [
    (IDS[0], "strength", ["early_help"], ["police"]),
    (IDS[1], "mixed", ["early_help"], []),
    (IDS[2], "neutral", [], []),
]


@pytest.fixture
def statements() -> pd.DataFrame:
    return make_corpus().statements


def test_the_table_counts_only_what_both_have_coded(statements: pd.DataFrame) -> None:
    table = agreement_table([make_coded("AB", AB), make_coded("CD", CD)], [], statements=statements, codebook=CODEBOOK)
    records = table.assign(code=table["code"].fillna("")).to_dict("records")
    rows: dict[tuple[str, str], dict[Any, Any]] = {(row["facet"], row["code"]): row for row in records}
    assert set(table["n"]) == {3}
    assert set(table["letters"]) == {2}
    assert table["code"].isna().sum() == 4
    assert [rows[("theme", "early_help")][name] for name in ("n_a", "n_b", "n_both")] == [2, 2, 2]
    assert [rows[("theme", "joint_working")][name] for name in ("n_a", "n_b", "n_both")] == [1, 0, 0]
    assert rows[("polarity", "")]["raw"] == pytest.approx(2 / 3, abs=1e-6)
    assert rows[("theme", "")]["raw"] == pytest.approx(2 / 3, abs=1e-6)
    assert rows[("key_area", "")]["kappa"] == 1
    # Themes: {e}{e}, {j, e}{e}, {}{}: distances 0, 2/3, 0; observed 2/9. Values: {e} 3, {} 2, {j, e} 1.
    # Expected: 2 * (3*2 * 1 + 3*1 * 2/3 + 2*1 * 1) / (6 * 5) = 2/3. Alpha: 1 - (2/9) / (2/3) = 2/3.
    assert rows[("theme", "")]["alpha"] == pytest.approx(2 / 3, abs=1e-6)
    assert pd.isna(rows[("theme", "")]["kappa"])
    assert "single values" in rows[("theme", "")]["note"]
    unused = rows["theme", "quality_assurance"]
    assert unused["raw"] == 1
    assert pd.isna(unused["kappa"])
    assert pd.isna(unused["alpha"])
    assert unused["note"] == NO_VARIATION


def test_people_come_before_the_machine_and_three_people_together_first(statements: pd.DataFrame) -> None:
    people = [make_coded(name, CD) for name in ("AB", "CD", "EF")]
    table = agreement_table(people, [make_coded("model", AB)], statements=statements, codebook=CODEBOOK)
    order = list(dict.fromkeys(zip(table["coder_a"], table["coder_b"].fillna(""), strict=True)))
    machine = [("AB", "model"), ("CD", "model"), ("EF", "model")]
    assert order == [("AB; CD; EF", ""), ("AB", "CD"), ("AB", "EF"), ("CD", "EF"), *machine]
    together = table[table["coder_b"].isna()]
    assert together["kappa"].isna().all()
    assert together.loc[(together["facet"] == "polarity") & together["code"].isna(), "alpha"].tolist() == [1]


@pytest.mark.parametrize("seed", range(3))
def test_three_coders_with_gaps_as_krippendorff_has_them(seed: int) -> None:
    draw = random.Random(seed)
    corpus = make_corpus(letters=4)
    truth = {name: draw.choice(POLARITIES) for name in corpus.statements["statement_id"]}
    people, numbers = [], []
    for coder in ("AB", "CD", "EF"):
        given = {
            n: p if draw.random() < 0.6 else draw.choice(POLARITIES) for n, p in truth.items() if draw.random() < 0.8
        }
        people.append(make_coded(coder, [(name, polarity, [], []) for name, polarity in given.items()]))
        numbers.append([POLARITIES.index(given[name]) if name in given else float("nan") for name in truth])
    table = agreement_table(people, [], statements=corpus.statements, codebook=CODEBOOK)
    together = table[table["coder_b"].isna() & (table["facet"] == "polarity") & table["code"].isna()]
    assert together["alpha"].item() == pytest.approx(
        krippendorff.alpha(numbers, level_of_measurement="nominal"), abs=1e-6
    )


def test_coders_without_a_statement_in_common(statements: pd.DataFrame) -> None:
    people = [make_coded("AB", AB[:1]), make_coded("CD", CD[1:])]
    table = agreement_table(people, [], statements=statements, codebook=CODEBOOK)
    assert table["n"].tolist() == [0, 0, 0, 0]
    assert set(table["note"]) == {"no statement coded by both"}


def test_disagreements_are_listed_with_text_and_notes(statements: pd.DataFrame) -> None:
    people = [make_coded("AB", AB, notes={IDS[1]: "=hard"}), make_coded("CD", CD)]
    table = disagreements(people, [], statements=statements, codebook=CODEBOOK)
    assert table[["facet", "statement_id", "codes_a", "codes_b"]].to_numpy().tolist() == [
        ["polarity", IDS[1], "weakness", "mixed"],
        ["theme", IDS[1], "early_help; joint_working", "early_help"],
    ]
    assert table["text"].tolist() == ["Visits are kept strengths 1."] * 2
    assert table["note_a"].tolist() == ["=hard"] * 2
    assert table["note_b"].isna().all()


def test_the_table_in_lines(statements: pd.DataFrame) -> None:
    table = agreement_table([make_coded("AB", AB), make_coded("CD", CD)], [], statements=statements, codebook=CODEBOOK)
    lines = agreement_lines(table)
    assert lines[0] == "AB and CD: 3 statements of 2 letters coded by both"
    shown = {line.split()[0]: line.split() for line in lines[2:] if line}
    assert shown["early_help"][1:6] == ["3", "2", "2", "2", "1.00"]
    assert shown["quality_assurance"][1:5] == ["3", "0", "0", "0"]
    assert shown["quality_assurance"][-3:-1] == ["-", "-"]
    assert any(NO_VARIATION in line for line in lines)


def test_the_figures_leave_their_inputs_alone(statements: pd.DataFrame) -> None:
    coded = make_coded("AB", AB)
    before = coded.codes.copy(deep=True)
    agreement_table([coded, make_coded("CD", CD)], [], statements=statements, codebook=CODEBOOK)
    pd.testing.assert_frame_equal(coded.codes, before)
