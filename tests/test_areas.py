"""The profile of an area, partial pooling, neighbours, series in order, coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jtai_reports.compare.areas import area_profiles, area_quotes, neighbours
from jtai_reports.compare.coverage import coverage_by_authority, coverage_by_region, coverage_by_series
from jtai_reports.compare.pooling import likeness, pooled, shrink
from jtai_reports.compare.prevalence import prevalence
from jtai_reports.compare.series import prevalence_of_repeats, prevalence_over_time, series_in_order
from jtai_reports.corpus import Corpus
from jtai_reports.errors import ComparisonError
from tests.small_letters import Said, Small, make_coded

EARLY = {"theme": ["early_help"]}


@pytest.fixture
def corpus() -> Corpus:
    praise, blame = Said("strength", "early_help"), Said("weakness", "early_help")
    other = Said("strength", "joint_working")
    return make_coded(
        [
            Small("Salford", "da_2016", [praise, praise, praise, other], "North West"),
            Small("Rochdale", "da_2016", [praise, blame, other, other], "North West"),
            Small("Medway", "da_2018", [blame, other], "South East"),
            Small("Leeds", "da_2024", [Said("mixed", "early_help", "police", "main_findings")], None, "2022-"),
        ]
    )


def test_likeness_by_hand() -> None:
    # two groups: letters of 4 and 4 with 1 and 3 of interest, and 6 and 2 with 3 and 1 (both 1/2, as their mean)
    # between = (4 x .25^2 x 2 + 0) / (4 - 2) = .25; within = (.75 + .75 + 1.5 + .5) / (16 - 4) = .29167
    # so letters differ less than chance would have them differ
    y, n, group = np.array([1.0, 3, 3, 1]), np.array([4.0, 4, 6, 2]), np.array([0, 0, 1, 1])
    assert likeness(y, n, group) == 0
    # all of one letter and none of the other: statements of a letter are all alike
    assert likeness(np.array([4.0, 0]), np.array([4.0, 4]), np.array([0, 0])) == pytest.approx(1)
    assert likeness(np.array([4.0]), np.array([4.0]), np.array([0])) == 0


def test_likeness_against_the_analysis_of_variance_of_scipy() -> None:
    y, size = [2, 9, 5, 12], 20
    letters = [[1] * k + [0] * (size - k) for k in y]
    f = stats.f_oneway(*letters).statistic
    found = likeness(np.array(y, float), np.full(4, float(size)), np.zeros(4, int))
    assert found == pytest.approx((f - 1) / (f - 1 + size))


def test_shrinking_is_the_mean_of_the_posterior() -> None:
    share, weight = shrink(6, 20, mean=0.1, alike=0.05)
    spread = (1 - 0.05) / 0.05
    p = np.linspace(0, 1, 200_001)
    posterior = stats.binom.pmf(6, 20, p) * stats.beta.pdf(p, 0.1 * spread, 0.9 * spread)
    assert share == pytest.approx(float((p * posterior)[1:].sum() / posterior[1:].sum()), rel=1e-4)
    assert weight == pytest.approx(20 / 39)
    assert shrink(6, 20, mean=0.1, alike=0) == (0.1, 0)
    assert shrink(6, 20, mean=0.1, alike=1) == pytest.approx((0.3, 1))
    assert shrink(0, 0, mean=0.1, alike=0.5) == (0.1, 0)


def test_pooled_by_hand() -> None:
    counts = pd.DataFrame({"group": ["a", "a", "b"], "statements": [4, 0, 1], "judged": [8, 8, 4]})
    # between = (8 x .25^2 x 2) / (3 - 2) = 1; within = (2 + 0 + .75) / (20 - 3) = .16176
    # size = (20 - 128/16 - 16/4) / 1 = 8; likeness = .83824 / (1 + 7 x .16176) = .39310
    # weight = 8 x .3931 / (1 + 7 x .3931) = .83824; shrunk = .25 + .83824 x (.5 - .25) = .45956
    table = pooled(counts)
    assert table["likeness"].iloc[0] == pytest.approx(0.39310, abs=1e-5)
    assert table["shrunk"].tolist()[:2] == pytest.approx([0.45956, 0.04044], abs=1e-5)
    assert table["series_share"].tolist() == [0.25, 0.25, 0.25]
    assert pd.isna(table["shrunk"].iloc[2])  # alone in its series


def test_profile_by_hand(corpus: Corpus) -> None:
    table = area_profiles(corpus, codes=EARLY)
    salford = table.query("authority == 'Salford' and polarity == 'strength'")
    shown = ["layer", "said", "statements", "judged", "raw", "series_share", "letters"]
    assert salford[shown].to_numpy().tolist() == [["single", "praised", 3, 4, 0.75, 0.5, 2]]
    assert salford["shrunk"].between(0.5, 0.75, inclusive="neither").all()
    assert table.query("authority in ('Rochdale', 'Leeds')")["said"].tolist() == ["both"] * 4
    medway = table.query("authority == 'Medway'")
    assert medway["mentioned"].tolist() == [False, True]
    assert medway["shrunk"].isna().all()


def test_the_summary_of_a_letter_may_be_silent(corpus: Corpus) -> None:
    leeds = area_profiles(corpus, layer="summary", codes=EARLY).query("authority == 'Leeds'")
    assert leeds["judged"].tolist() == [0, 0]
    assert leeds["raw"].isna().all()
    assert leeds["mentioned"].all()
    with pytest.raises(ComparisonError, match="twice"):
        area_profiles(corpus, layer="both")


def test_quotes_carry_text_and_page(corpus: Corpus) -> None:
    table = area_quotes(corpus, "Rochdale", codes=EARLY)
    assert table[["polarity", "page_start", "file_name", "text"]].to_numpy().tolist() == [
        ["strength", 1, "letter-02.pdf", "letter-02 says strength of early_help."],
        ["weakness", 2, "letter-02.pdf", "letter-02 says weakness of early_help."],
    ]
    with pytest.raises(ComparisonError, match="Did you mean Rochdale"):
        area_quotes(corpus, "Rochdal")


def test_neighbours_are_those_of_the_reference_data(corpus: Corpus) -> None:
    table = neighbours(corpus, "Salford")
    assert table["nearness"].tolist() == list(range(1, 11))
    read = table[table["report_id"].notna()]
    assert read[["neighbour", "series", "same_series"]].to_numpy().tolist() == [
        ["Rochdale", "da_2016", True],
        ["Leeds", "da_2024", False],
    ]
    assert neighbours(make_coded([Small("Nowhere", None, [])]), "Nowhere").empty


def test_series_stand_in_order_with_one_break(corpus: Corpus) -> None:
    table = series_in_order(corpus)
    assert table["place"].tolist() == list(range(1, len(table) + 1))
    assert table.loc[table["break_before"], "template"].tolist() == ["2022-"]
    before = table.index[table["break_before"]][0]
    assert set(table["template"][:before]) == {"2016-2020"}
    assert set(table["template"][before:]) == {"2022-"}
    assert table.set_index("series")["read"][["da_2016", "da_2018", "cse_2016"]].tolist() == [2, 1, 0]


def test_repeats_are_compared_as_repeats(corpus: Corpus) -> None:
    series = series_in_order(corpus)
    table = prevalence_of_repeats(prevalence(corpus, codes=EARLY), series).query("polarity == 'weakness'")
    shown = ["repeats", "repeat", "series", "template", "k", "n"]
    assert table[shown].to_numpy().tolist() == [
        ["domestic_abuse", 1, "da_2016", "2016-2020", 1, 2],
        ["domestic_abuse", 2, "da_2018", "2016-2020", 1, 1],
        ["domestic_abuse", 3, "da_2024", "2022-", 1, 1],
    ]


def test_time_keeps_letters_of_no_series() -> None:
    corpus = make_coded([Small("Ash", None, []), Small("Birch", "da_2018", [])])
    table = prevalence_over_time(prevalence(corpus, codes=EARLY), series_in_order(corpus))
    assert table["series"].tolist() == ["da_2018", "da_2018", "not known", "not known"]
    assert table["place"].isna().tolist() == [False, False, True, True]


def test_coverage_counts_what_is_read_and_what_is_not(corpus: Corpus) -> None:
    by_series = coverage_by_series(corpus).set_index("series")
    assert by_series.loc[["da_2016"], ["published", "read"]].to_numpy().tolist() == [[6, 2]]
    assert by_series["read"].sum() == 4
    assert by_series["read_not_in_catalogue"].sum() == 4  # invented: no date of publication
    by_region = coverage_by_region(corpus).set_index(["region", "template"])
    assert by_region.loc[("East Midlands", "2022-"), "read"] == 0
    assert by_region.loc[("North West", "2016-2020"), "read"] == 2
    assert by_region.loc[("not known", "2022-"), "read"] == 1
    authorities = coverage_by_authority(corpus)
    assert authorities["report_id"].notna().sum() == 4
    assert authorities.loc[authorities["authority"] == "Bristol", "report_id"].isna().all()


def test_an_area_with_two_letters_is_one_authority_of_its_region() -> None:
    one, two = (
        [Small("Salford", series, [], "North West") for series in names]
        for names in (["da_2016"], ["da_2016", "da_2018"])
    )
    tables = [coverage_by_region(make_coded(letters)).set_index(["region", "template"]) for letters in (one, two)]
    assert [table.loc[("North West", "2016-2020"), "read"] for table in tables] == [1, 2]
    assert tables[0][["authorities", "catalogue"]].equals(tables[1][["authorities", "catalogue"]])
