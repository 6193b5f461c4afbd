"""k of n letters, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from jtai_reports.coding.codebook import read_codebook
from jtai_reports.compare.agencies import agencies_by_theme
from jtai_reports.compare.both_sides import both_sides, praised_and_criticised
from jtai_reports.compare.letters import select_letters
from jtai_reports.compare.mentions import mentions, only_about
from jtai_reports.compare.prevalence import prevalence
from jtai_reports.compare.priorities import priority_actions
from jtai_reports.compare.tables import comparison_tables
from jtai_reports.corpus import Corpus
from jtai_reports.errors import ComparisonError
from tests.small_letters import Said, Small, make_coded

NEW = "2022-"


@pytest.fixture
def corpus() -> Corpus:
    return make_coded(
        [
            Small(
                "Ashvale",
                "cse_2016",
                [
                    Said("strength", "early_help training_knowledge", "police", key_area="collaboration"),
                    Said("strength", "early_help", "health", key_area="collaboration"),
                    Said("weakness", "early_help", "police", "practice_example"),
                    Said("neutral", "missing_children", "police", "context"),
                    Said("weakness", "missing_children", "police", "next_steps"),
                ],
            ),
            Small("Birch Moor", "cse_2016", [Said("mixed", "early_help", "police", "opening")], "North East"),
            Small(
                "Corrie",
                "front_door",
                [
                    Said("strength", "early_help", "police", "headline_findings"),
                    Said("strength", "early_help", "", "main_findings"),
                    Said("weakness", "early_help", "health", "main_findings"),
                    Said("weakness", "joint_working", "police", "priority_actions"),
                ],
                template=NEW,
            ),
            Small("Dunmere", None, [], None, NEW),
        ]
    )


def k_of(table: pd.DataFrame, **row: str) -> tuple[int, int]:
    for column, value in row.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return int(table["k"].iloc[0]), int(table["n"].iloc[0])


def test_letters_are_counted_once_on_each_side(corpus: Corpus) -> None:
    table = prevalence(corpus)
    assert k_of(table, series="cse_2016", code="early_help", polarity="strength") == (2, 2)
    assert k_of(table, series="cse_2016", code="early_help", polarity="weakness") == (1, 2)  # the mixed one
    assert k_of(table, series="front_door", code="early_help", polarity="strength") == (1, 1)  # in both layers
    assert k_of(table, series="not known", code="early_help", polarity="strength") == (0, 1)


def test_practice_examples_context_and_next_steps_do_not_count(corpus: Corpus) -> None:
    assert prevalence(corpus).query("code == 'missing_children'")["k"].sum() == 0


def test_every_code_of_the_codebook_has_its_rows(corpus: Corpus) -> None:
    table = prevalence(corpus)
    codes = {f: [c.id for c in read_codebook().facet(f)] for f in ("theme", "agency", "key_area")}
    n = sum(len(names) for names in codes.values())
    assert list(table.columns) == [
        "series", "template", "facet", "code", "polarity", "k", "n", "share", "low", "high",
    ]  # fmt: skip
    assert table.groupby("series").size().to_dict() == {"cse_2016": 2 * n, "front_door": 2 * n, "not known": 2 * n}
    assert table[["share", "low", "high"]].notna().all(axis=None)
    assert table.loc[(table["series"] == "cse_2016") & (table["polarity"] == "strength"), "code"].tolist() == [
        code for names in codes.values() for code in names
    ]


def test_templates_stay_apart_in_every_grouping(corpus: Corpus) -> None:
    table = prevalence(corpus, by="region", codes={"theme": ["early_help"]}).query("polarity == 'strength'")
    found = table[["region", "template", "k", "n"]].to_numpy().tolist()
    assert found == [
        ["London", "2016-2020", 1, 1],
        ["London", "2022-", 1, 1],
        ["North East", "2016-2020", 1, 1],
        ["not known", "2022-", 0, 1],
    ]
    assert list(prevalence(corpus, by="template").columns[:3]) == ["template", "facet", "code"]


def test_key_areas_are_those_of_the_statements(corpus: Corpus) -> None:
    table = prevalence(corpus, by="template", codes={"key_area": ["collaboration"]})
    assert k_of(table, template="2016-2020", polarity="strength") == (1, 2)


@pytest.mark.parametrize(("layer", "strength", "weakness"), [("summary", 1, 0), ("main", 1, 1), ("both", 1, 1)])
def test_layers_of_the_newer_template(corpus: Corpus, layer: str, strength: int, weakness: int) -> None:
    table = prevalence(corpus, layer=layer, codes={"theme": ["early_help"]})  # type: ignore[arg-type]
    assert table.query("series == 'front_door'")["k"].tolist() == [strength, weakness]
    assert table.query("series == 'cse_2016'")["k"].tolist() == [2, 1]  # one layer, always counted


def test_agencies_by_theme(corpus: Corpus) -> None:
    table = agencies_by_theme(corpus)
    old = {"template": "2016-2020", "code": "early_help"}
    assert k_of(table, agency="police", polarity="strength", **old) == (2, 2)
    assert k_of(table, agency="health", polarity="strength", **old) == (1, 2)
    assert k_of(table, agency="police", polarity="weakness", **old) == (1, 2)
    assert k_of(table, agency="police", polarity="strength", template=NEW, code="early_help") == (1, 2)
    assert k_of(table, agency="police", polarity="weakness", template=NEW, code="early_help") == (0, 2)
    assert set(table["facet"]) == {"theme"}


def test_only_about_an_agency_keeps_n(corpus: Corpus) -> None:
    table = prevalence(only_about(corpus, agency="health"), codes={"theme": ["early_help"]})
    assert table.query("polarity == 'strength'")["k"].tolist() == [1, 0, 0]
    assert table.query("polarity == 'strength'")["n"].tolist() == [2, 1, 1]


def test_praised_and_criticised(corpus: Corpus) -> None:
    table = praised_and_criticised(corpus, codes={"theme": ["early_help", "joint_working"]})
    assert table[["authority", "code", "only_mixed", "strength_page", "weakness_page"]].to_numpy().tolist() == [
        ["Birch Moor", "early_help", True, 1, 1],
        ["Corrie", "early_help", False, 1, 3],
    ]
    assert table["strength"].iloc[1] == "letter-03 says strength of early_help."
    counted = both_sides(corpus, by="template", codes={"theme": ["early_help"]})
    assert counted[["template", "polarity", "k", "n"]].to_numpy().tolist() == [
        ["2016-2020", "both", 1, 2],
        ["2022-", "both", 1, 2],
    ]


def test_priority_actions_are_verbatim_and_without_declared_none(corpus: Corpus) -> None:
    said = [Said("neutral", section="priority_actions")]
    table = priority_actions(make_coded([Small("Elm", "da_2016", said, declares_none=True)]))
    assert table.empty
    table = priority_actions(corpus)
    shown = ["authority", "text", "page_start", "themes", "agencies"]
    assert table[shown].to_numpy().tolist() == [
        ["Corrie", "letter-03 says weakness of joint_working.", 4, "joint_working", "police"]
    ]


def test_letters_that_nobody_coded_are_refused(corpus: Corpus) -> None:
    bare = corpus._replace(statements=corpus.statements.assign(polarity=pd.array([None] * 10, dtype="str")))
    with pytest.raises(ComparisonError, match="not coded: 10 statements have no polarity"):
        prevalence(bare)
    with pytest.raises(ComparisonError, match="not coded: 10 findings have no statements"):
        prevalence(corpus._replace(statements=corpus.statements.iloc[:0]))
    assert "prevalence_by_series" not in comparison_tables(bare)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "score"}, "carry no grade"),
        ({"by": "authority"}, "carry no grade"),
        ({"by": "year"}, "another subject"),
        ({"by": "regions"}, "Did you mean region"),
        ({"layer": "all"}, "There is no layer 'all'"),
        ({"codes": {"theme": ["missing_child"]}}, "Did you mean missing_children"),
        ({"codes": {"topic": ["x"]}}, "There is no facet 'topic'"),
        ({"by": "agency", "codes": {"agency": ["police"]}}, "Name a theme"),
    ],
)
def test_questions_that_are_refused(corpus: Corpus, options: dict[str, object], message: str) -> None:
    with pytest.raises(ComparisonError) as fault:
        prevalence(corpus, **options)  # type: ignore[arg-type]
    assert message in str(fault.value)


def test_letters_are_chosen_by_name(corpus: Corpus) -> None:
    chosen = select_letters(corpus, region=["London", "North East"], template="2016-2020")
    assert chosen.reports["authority"].tolist() == ["Ashvale", "Birch Moor"]
    assert chosen.statements["report_id"].unique().tolist() == ["letter-01", "letter-02"]
    assert len(chosen.codings) == 13  # 3 + 2 + 2 + 2 + 2 of Ashvale, 2 of Birch Moor
    with pytest.raises(ComparisonError, match="Did you mean North East"):
        select_letters(corpus, region="Nort East")
    with pytest.raises(ComparisonError, match="No letter with series da_2024 has been read"):
        select_letters(corpus, series="da_2024")


def test_comparing_leaves_the_tables_alone_and_is_repeatable(corpus: Corpus) -> None:
    before = {name: frame.copy(deep=True) for name, frame in corpus._asdict().items()}
    first, second = comparison_tables(corpus), comparison_tables(corpus)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(getattr(corpus, name), frame)
    assert list(first) == list(second)
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, second[name])


def test_a_mixed_statement_has_a_row_on_each_side(corpus: Corpus) -> None:
    said = mentions(corpus)
    assert said[said["report_id"] == "letter-02"]["polarity"].tolist() == [
        "strength",
        "strength",
        "weakness",
        "weakness",
    ]
    assert sorted(set(said["layer"])) == ["main", "single", "summary"]
