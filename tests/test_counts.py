"""Counts of letters: by hand, without texts, and the same from parts as from the whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from jtai_reports.coding.codebook import read_codebook
from jtai_reports.coding.coder import code_corpus
from jtai_reports.compare.areas import area_profiles
from jtai_reports.compare.both_sides import both_sides
from jtai_reports.compare.counts import COLUMNS, Counts, count, stacked
from jtai_reports.compare.differences import differences, differences_within_series
from jtai_reports.compare.letters import of_letters, select_letters
from jtai_reports.compare.prevalence import prevalence
from jtai_reports.compare.shares import shares
from jtai_reports.compare.tables import Tables, comparison_tables, counted_tables, listed_tables
from jtai_reports.compare.wording import caveats_of
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.errors import ComparisonError
from jtai_reports.settings import CompareSettings
from jtai_reports.store import load
from tests.small_letters import Said, Small, make_coded

NEW = "2022-"
FEW = CompareSettings(min_letters=2, draws=50)
FAST = CompareSettings(draws=50)
LISTED = ("priority_actions", "praised_and_criticised")


@pytest.fixture
def small() -> Corpus:
    """Three letters: one of each template, and one without a statement between them."""
    return make_coded(
        [
            Small(
                "Corrie",
                "da_2016",
                [
                    Said("strength", "early_help joint_working", "police health"),
                    Said("mixed", "early_help", "police", "improvements", "collaboration"),
                    Said("neutral", "missing_children", "", "context"),
                ],
            ),
            Small("Ashvale", "da_2016", [], declares_none=True),
            Small(
                "Birch Moor",
                "front_door",
                [
                    Said("strength", "early_help", "", "strengths"),
                    Said("strength", "early_help", "", "main_findings"),
                    Said("strength", "early_help own_code", "", "main_findings"),
                    Said("weakness", "", "police", "priority_actions"),
                ],
                template=NEW,
            ),
        ]
    )


def rows(table: pd.DataFrame) -> list[str]:
    """The rows of a table in short."""
    return [" ".join(str(cell) for cell in row) for row in table.itertuples(index=False)]


def in_parts(corpus: Corpus, sizes: Sequence[int]) -> list[Corpus]:
    """Consecutive letters, so many at a time; the rest last."""
    ids, ends = corpus.reports["report_id"], [0]
    for size in sizes:
        ends.append(ends[-1] + size)
    pairs = zip(ends, [*ends[1:], len(ids)], strict=True)
    return [of_letters(corpus, ids.iloc[start:end]) for start, end in pairs]


def check_parts(corpus: Corpus, parts: Sequence[Corpus]) -> None:
    """Assert that the counts and tables of the parts are those of the whole, byte by byte."""
    counts, whole = stacked(count(part) for part in parts), count(corpus)
    for name, table in whole._asdict().items():
        pd.testing.assert_frame_equal(getattr(counts, name), table, obj=name)
    expected = as_csv(comparison_tables(corpus, settings=FAST))
    listed = [listed_tables(part) for part in parts]
    below = {name: pd.concat([tables[name] for tables in listed if name in tables]) for name in LISTED}
    found = as_csv(counted_tables(counts, settings=FAST) | below)
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


def as_csv(tables: Tables) -> dict[str, str]:
    return {name: table.to_csv(index=False) for name, table in tables.items()}


def test_counts_by_hand(small: Corpus) -> None:
    counts = count(small)
    assert rows(counts.said) == [
        "letter-01 single agency health strength 1",
        "letter-01 single agency police strength 2",
        "letter-01 single agency police weakness 1",  # the mixed one is on both sides
        "letter-01 single key_area collaboration strength 1",
        "letter-01 single key_area collaboration weakness 1",
        "letter-01 single theme early_help strength 2",
        "letter-01 single theme early_help weakness 1",
        "letter-01 single theme joint_working strength 1",
        "letter-03 main theme early_help strength 2",
        "letter-03 main theme own_code strength 1",
        "letter-03 summary agency police weakness 1",
        "letter-03 summary theme early_help strength 1",
    ]
    assert rows(counts.judged) == ["letter-01 single 2", "letter-03 main 2", "letter-03 summary 2"]
    assert rows(counts.agencies) == [
        "letter-01 single health theme early_help strength",
        "letter-01 single health theme joint_working strength",
        "letter-01 single police key_area collaboration strength",
        "letter-01 single police key_area collaboration weakness",
        "letter-01 single police theme early_help strength",
        "letter-01 single police theme early_help weakness",
        "letter-01 single police theme joint_working strength",
    ]
    assert rows(counts.codes) == [
        "letter-01 agency health",
        "letter-01 agency police",
        "letter-01 theme early_help",
        "letter-01 theme joint_working",
        "letter-01 theme missing_children",  # also of statements that judge nothing
        "letter-03 agency police",
        "letter-03 theme early_help",
        "letter-03 theme own_code",
    ]
    assert rows(counts.coders) == ["letter-01 AB", "letter-03 AB"]


def test_letters_by_hand(small: Corpus) -> None:
    table = count(small).letters
    shown = ["report_id", "strengths", "improvements", "priority_actions", "no_priority_declared", "statements"]
    assert rows(table[shown]) == [
        "letter-01 1 1 0 False 3",
        "letter-02 <NA> <NA> 0 True 0",
        "letter-03 1 <NA> 1 False 4",
    ]
    assert table[["findings", "uncoded"]].to_numpy().tolist() == [[3, 0], [0, 0], [4, 0]]


def test_counting_reads_the_columns_that_it_declares_and_no_others(small: Corpus, sample_outputs: Path) -> None:
    texts = {"text", "heading", "subheading", "evidence_start", "evidence_end", "page_offsets"}
    assert not texts & {column for columns in COLUMNS.values() for column in columns}
    for corpus in (small, load(sample_outputs)):
        bare = {name: pd.DataFrame() for name in Corpus._fields}
        bare |= {name: getattr(corpus, name)[list(columns)] for name, columns in COLUMNS.items()}
        for table, expected in zip(count(Corpus(**bare)), count(corpus), strict=True):
            pd.testing.assert_frame_equal(table, expected)


@pytest.mark.parametrize("sizes", [(1,), (2,), (1, 1)])
def test_parts_of_small_letters(small: Corpus, sizes: Sequence[int]) -> None:
    check_parts(small, in_parts(small, sizes))


@pytest.mark.parametrize("sizes", [(5,), (1, 7, 2)])
def test_parts_of_the_sample(sample_outputs: Path, sizes: Sequence[int]) -> None:
    corpus = load(sample_outputs)
    check_parts(corpus, in_parts(corpus, sizes))


def test_parts_of_real_letters(reference: Path) -> None:
    corpus = code_corpus(read_letters((reference / "corpus").glob("*.pdf")), codebook=read_codebook(None))
    check_parts(corpus, in_parts(corpus, (13, 13, 13)))


def test_tables_come_in_their_order_and_profiles_can_stay_out(sample_outputs: Path) -> None:
    corpus = load(sample_outputs)
    names = list(comparison_tables(corpus, settings=FAST))
    short = counted_tables(count(corpus), settings=FAST, profiles=False)
    assert set(names) - set(short) == {"area_profiles", *LISTED}
    assert names[0] == "findings_by_authority"
    assert names[-2:] == ["shares_within_template", "area_profiles"]


def test_a_question_is_answered_alike_from_counts(sample_outputs: Path) -> None:
    corpus = load(sample_outputs)
    counts = count(corpus)
    chosen: tuple[Corpus, Counts] = (select_letters(corpus, template=NEW), select_letters(counts, template=NEW))
    groups = ("front_door", "syv_2023")
    for letters, same in ((corpus, counts), chosen):
        for by in ("agency", "deep_dive_theme"):
            pd.testing.assert_frame_equal(prevalence(letters, by=by), prevalence(same, by=by))
        pd.testing.assert_frame_equal(both_sides(letters, layer="main"), both_sides(same, layer="main"))
        summary = area_profiles(same, layer="summary")
        pd.testing.assert_frame_equal(area_profiles(letters, layer="summary"), summary)
        table = prevalence(same)
        assert caveats_of(letters, table, by="region") == caveats_of(same, table, by="region")
    tables = [
        (
            shares(letters, layer="summary", settings=FEW),
            differences(letters, by="series", groups=groups, settings=FEW),
        )
        for letters in chosen
    ]
    for first, second in zip(*tables, strict=True):
        pd.testing.assert_frame_equal(first, second)


def test_differences_within_series_from_counts() -> None:
    said = [Said("strength", "early_help")]
    letters = [Small("Salford", "da_2016", said), Small("Leeds", "da_2016", [Said("neutral")], "North East")]
    corpus = make_coded(letters)
    asked = {"by": "region", "groups": ("London", "North East"), "settings": CompareSettings(min_letters=1)}
    table = differences_within_series(count(corpus), **asked, codes={"theme": ["early_help"]})  # type: ignore[arg-type]
    assert table[["k_first", "n_first", "k_second", "n_second", "difference"]].to_numpy().tolist() == [
        [1, 1, 0, 1, 1.0],
        [0, 1, 0, 1, 0.0],
    ]


def test_a_part_that_nobody_coded_is_counted_and_then_refused(small: Corpus) -> None:
    bare = small._replace(statements=small.statements.assign(polarity=pd.array([None] * 7, dtype="str")))
    parts = in_parts(bare, (2,))
    counts = stacked([count(parts[0]), count(in_parts(small, (2,))[1])])
    with pytest.raises(ComparisonError, match="not coded: 3 statements have no polarity"):
        prevalence(counts)
    assert "prevalence_by_series" not in counted_tables(counts)
    assert prevalence(select_letters(counts, template=NEW), by="template")["n"].unique().tolist() == [1]


def test_counting_changes_nothing(small: Corpus) -> None:
    before = {name: table.copy(deep=True) for name, table in small._asdict().items()}
    counts = count(small)
    stacked([counts])
    counted_tables(counts)
    for name, table in before.items():
        pd.testing.assert_frame_equal(getattr(small, name), table)
    for name, table in count(small)._asdict().items():
        pd.testing.assert_frame_equal(getattr(counts, name), table)
