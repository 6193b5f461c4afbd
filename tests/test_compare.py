"""Comparisons, by hand-made tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jtai_reports.compare.findings import findings_by_authority, findings_by_series
from jtai_reports.corpus import Corpus
from jtai_reports.schema import TABLES, make_frame
from jtai_reports.show.plots import Words, plot_findings_by_authority

LETTERS = [  # authority, date, series, template, strengths, improvements, priority, declares none
    ("Ashvale", "2016-05-01", "cse_2016", "2016-2020", 3, 2, 0, False),
    ("Birch Moor", "2016-06-01", "cse_2016", "2016-2020", 1, 4, 1, True),
    ("Corrie", "2023-02-01", "front_door", "2022-", 0, 2, 2, False),
]


@pytest.fixture
def corpus() -> Corpus:
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in TABLES}
    for authority, day, series, template, *counts, none in LETTERS:
        name = f"jtai-{day}"
        rows["reports"].append(
            {"report_id": name, "authority": authority, "letter_date": day, "series": series, "template": template}
        )
        for kind, n in zip(("strengths", "improvements", "priority_actions"), counts, strict=True):
            rows["findings"] += [{"report_id": name, "section_kind": kind}] * int(str(n))
        if none:
            rows["missing"].append({"report_id": name, "field": "priority_actions", "reason": "declared_none"})
    for frame in rows["findings"]:
        frame["is_bullet"] = True
    return Corpus(**{name: make_frame(TABLES[name], rows[name]) for name in TABLES})


def test_findings_by_authority_counts_what_is_printed(corpus: Corpus) -> None:
    table = findings_by_authority(corpus).set_index("authority")
    assert table["strengths"].tolist() == [3, 1, pd.NA]
    assert table["improvements"].tolist() == [2, 4, 2]
    assert table["priority_actions"].tolist() == [0, 0, 2]
    assert table["no_priority_declared"].tolist() == [False, True, False]


def test_findings_by_series(corpus: Corpus) -> None:
    table = findings_by_series(findings_by_authority(corpus)).set_index("series")
    assert table["n"].to_dict() == {"cse_2016": 2, "front_door": 1}
    assert table[["strengths_median", "strengths_min", "strengths_max"]].iloc[0].tolist() == [2.0, 1, 3]
    assert table["with_priority_action"].tolist() == [0, 1]


def test_comparing_leaves_the_tables_alone(corpus: Corpus) -> None:
    before = corpus.findings.copy(deep=True)
    plot_findings_by_authority(findings_by_authority(corpus))
    pd.testing.assert_frame_equal(corpus.findings, before)


def test_the_figure_shows_each_letter_once_and_says_n(corpus: Corpus) -> None:
    words = Words({}, {}, {"cse_2016": "First series"})
    chart = plot_findings_by_authority(findings_by_authority(corpus), words=words)
    old, new = chart.figure.axes
    assert [label.get_text() for label in old.get_yticklabels()] == ["Ashvale, 2016", "Birch Moor, 2016"]
    assert old.get_title(loc="left") == "Letters of 2016-2020 (n = 2)"
    assert [text.get_text() for text in old.texts] == ["First series (n = 2)"]
    (lacking,) = (line for line in new.lines if line.get_marker() == "x")
    assert np.asarray(lacking.get_ydata()).tolist() == [new.get_yticks()[0]]
    assert len(chart.table) == 3


def test_the_figure_in_words(corpus: Corpus) -> None:
    alt = plot_findings_by_authority(findings_by_authority(corpus)).alt_text
    assert "Letters of 2016-2020 (n = 2): 1 to 3 (median 2) strengths and 2 to 4 (median 3) areas to improve" in alt
    assert "1 of 1 have a priority action" in alt
    assert "no measure of performance" in alt


def test_one_template_makes_one_panel(corpus: Corpus) -> None:
    table = findings_by_authority(corpus)
    assert len(plot_findings_by_authority(table[table["template"] == "2022-"]).figure.axes) == 1
