"""Two groups of letters beside one another, and when they may not be."""

from __future__ import annotations

import pytest
from scipy import stats

from jtai_reports.compare.differences import differences, differences_within_series
from jtai_reports.compare.letters import select_letters
from jtai_reports.compare.shares import shares
from jtai_reports.corpus import Corpus
from jtai_reports.errors import ComparisonError
from jtai_reports.settings import CompareSettings
from tests.small_letters import Said, Small, make_coded

CODES = {"theme": ["early_help", "joint_working"], "agency": ["police"]}


@pytest.fixture
def corpus() -> Corpus:
    """In London 5 of 5 letters praise early help, in the North East 1 of 5; two letters are of the new template."""
    praise, other = [Said("strength", "early_help")], [Said("weakness", "joint_working", "police")]
    letters = [Small(f"A{i}", "cse_2016", praise + other) for i in range(5)]
    letters += [Small(f"B{i}", "cse_2016", praise if i == 0 else other, "North East") for i in range(5)]
    return make_coded([*letters, *(Small(f"C{i}", "front_door", praise, "South East", "2022-") for i in range(2))])


def test_differences_by_hand(corpus: Corpus) -> None:
    table = differences(corpus, by="region", groups=("London", "North East"), codes=CODES)
    row = table.iloc[0]
    assert row[["code", "polarity", "k_first", "n_first", "k_second", "n_second"]].tolist() == [
        "early_help", "strength", 5, 5, 1, 5,
    ]  # fmt: skip
    assert row["difference"] == pytest.approx(0.8)
    # of C(10, 6) = 210 ways, 5 of 5 in one of the two groups: 2 x C(5, 1) = 10
    assert row["p_value"] == pytest.approx(10 / 210)
    # Wilson for 5 of 5: .5655 to 1, for 1 of 5: .0362 to .6245; .8 - sqrt((1 - .5655)^2 + (.6245 - .2)^2)
    # and .8 + sqrt(0 + (.2 - .0362)^2)
    assert (row["low"], row["high"]) == pytest.approx((0.1926, 0.9638), abs=2e-4)
    assert table["contrasts"].tolist() == [6] * 6


def test_p_is_corrected_for_all_contrasts(corpus: Corpus) -> None:
    table = differences(corpus, by="region", groups=("London", "North East"), codes=CODES)
    # joint working and police: 5 of 5 against 4 of 5, p = 1; three rows nobody mentions, p = 1
    assert sorted(table["p_value"].round(4).tolist()) == [0.0476, 1, 1, 1, 1, 1]
    assert table["p_adjusted"].iloc[0] == pytest.approx(6 * 10 / 210)  # the smallest of six
    assert table["p_adjusted"].tolist() == pytest.approx(stats.false_discovery_control(table["p_value"]))


def test_the_other_way_round_the_difference_turns(corpus: Corpus) -> None:
    one = differences(corpus, by="region", groups=("London", "North East"), codes=CODES).iloc[0]
    other = differences(corpus, by="region", groups=("North East", "London"), codes=CODES).iloc[0]
    assert (one["low"], one["high"]) == pytest.approx((-other["high"], -other["low"]))
    assert one["p_value"] == pytest.approx(other["p_value"])


@pytest.mark.parametrize(
    ("by", "groups", "message"),
    [
        ("region", ("London", "South East"), "two templates"),
        ("region", ("London", "Londn"), "Did you mean London"),
        ("region", ("London", "West Midlands"), "West Midlands: 0 letters are too few; at least 5"),
        ("template", ("2016-2020", "2022-"), "print different things"),
        ("rank", ("1", "2"), "carry no grade"),
    ],
)
def test_differences_that_are_refused(corpus: Corpus, by: str, groups: tuple[str, str], message: str) -> None:
    with pytest.raises(ComparisonError) as fault:
        differences(corpus, by=by, groups=groups)
    assert message in str(fault.value)
    assert fault.value.hint
    assert fault.value.exit_code == 2


def test_the_minimum_is_a_setting(corpus: Corpus) -> None:
    with pytest.raises(ComparisonError, match="5 letters are too few; at least 6"):
        differences(corpus, by="region", groups=("London", "North East"), settings=CompareSettings(min_letters=6))


def test_shares_by_hand(corpus: Corpus) -> None:
    table = shares(select_letters(corpus, template="2016-2020"), codes=CODES)
    shown = ["layer", "code", "polarity", "statements", "judged", "k", "n", "share"]
    assert table[shown].to_numpy().tolist()[0] == ["single", "early_help", "strength", 6, 15, 6, 10, 0.4]
    assert table[shown].to_numpy().tolist()[3] == ["single", "joint_working", "weakness", 9, 15, 9, 10, 0.6]
    assert (table["low"] <= table["share"]).all()
    assert (table["share"] <= table["high"]).all()


def test_a_mixed_statement_is_judged_once_and_counts_on_both_sides() -> None:
    said = [Said("mixed", "early_help"), Said("strength", "joint_working"), Said("neutral", "early_help")]
    table = shares(make_coded([Small(f"A{i}", "cse_2016", said) for i in range(5)]), codes={"theme": ["early_help"]})
    assert table["share"].tolist() == [0.5, 0.5]
    assert table["judged"].tolist() == [10, 10]


def test_shares_that_are_refused(corpus: Corpus) -> None:
    with pytest.raises(ComparisonError, match="two templates"):
        shares(corpus)
    with pytest.raises(ComparisonError, match="twice"):
        shares(corpus, layer="both")
    with pytest.raises(ComparisonError, match="2 letters are too few"):
        shares(select_letters(corpus, template="2022-"))
    silent = make_coded([Small(f"A{i}", "cse_2016", [Said("neutral")]) for i in range(5)])
    with pytest.raises(ComparisonError, match="judge nothing"):
        shares(silent)


def test_within_series_the_subject_is_set_aside() -> None:
    # the series decides what is said: every letter of da_2016, none of cse_2016; London has more of da_2016
    praise = [Said("strength", "early_help")]
    counts = {("London", "da_2016"): 4, ("London", "cse_2016"): 1, ("South East", "da_2016"): 1}
    counts |= {("South East", "cse_2016"): 4, ("South East", "neglect_2017"): 2}
    letters = [
        Small(f"{region} {series} {i}", series, praise if series == "da_2016" else [], region)
        for (region, series), n in counts.items()
        for i in range(n)
    ]
    question = {"by": "region", "groups": ("London", "South East"), "codes": {"theme": ["early_help"]}}
    corpus = make_coded(letters)
    crude = differences(corpus, **question).iloc[0]  # type: ignore[arg-type]
    within = differences_within_series(corpus, **question).iloc[0]  # type: ignore[arg-type]
    assert crude["difference"] == pytest.approx(4 / 5 - 1 / 7)
    assert within[["k_first", "n_first", "k_second", "n_second"]].tolist() == [4, 5, 1, 5]  # without neglect_2017
    assert within[["difference", "p_value"]].tolist() == [0, 1]


def test_groups_that_do_not_meet_in_a_series_are_refused(corpus: Corpus) -> None:
    old = select_letters(corpus, template="2016-2020")
    with pytest.raises(ComparisonError, match="compared with itself"):
        differences_within_series(old, by="region", groups=("London", "London"))
    few = CompareSettings(min_letters=6)
    with pytest.raises(ComparisonError, match="London in series that both have: 5 letters are too few"):
        differences_within_series(old, by="region", groups=("London", "North East"), settings=few)
