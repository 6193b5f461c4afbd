"""What changed between two runs: letters, findings, codes and figures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jtai_reports.cli import main
from jtai_reports.compare.changes import COLUMNS, changes, moved_figures
from jtai_reports.corpus import Corpus
from tests.small_letters import Said, Small, make_coded

SAID = [Said("strength", "early_help", "police"), Said("weakness", "thresholds", "health", section="improvements")]


def corpus(*names: str) -> Corpus:
    return make_coded([Small(name, "cse_2016", SAID) for name in names])


def rows(found: pd.DataFrame) -> list[list[Any]]:
    return [[None if pd.isna(cell) else cell for cell in row] for row in found.to_numpy().tolist()]


def with_texts(made: Corpus, texts: dict[str, str]) -> Corpus:
    def new(table: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
        return table.assign(text=names.map(texts).fillna(table["text"]))

    findings, statements = made.findings, made.statements
    return made._replace(
        findings=new(findings, findings["finding_id"]), statements=new(statements, statements["finding_id"])
    )


def test_the_same_tables_have_not_changed() -> None:
    found = changes(corpus("Ashvale", "Bramford"), corpus("Ashvale", "Bramford"))
    assert found.empty
    assert tuple(found.columns) == COLUMNS


def test_letters_added_gone_and_changed() -> None:
    old, new = corpus("Ashvale", "Bramford"), corpus("Ashvale", "Bramford", "Corley")
    assert rows(changes(old, new)) == [["letter", "added", "letter-03", "letter-03", None, None, None]]
    assert rows(changes(new, old)) == [["letter", "gone", "letter-03", "letter-03", None, None, None]]
    moved = old._replace(reports=old.reports.assign(region=pd.array(["Wales", None], dtype="str")))
    assert rows(changes(old, moved)) == [
        ["letter", "changed", "letter-01", "letter-01", "region", "London", "Wales"],
        ["letter", "changed", "letter-02", "letter-02", "region", "London", None],
    ]


def test_findings_are_the_same_by_their_text_whatever_their_number() -> None:
    made = corpus("Ashvale")
    old = with_texts(made, {"letter-01-f001": "Visits are timely.", "letter-01-f002": "Plans are late and thin."})
    renumbered = old._replace(
        findings=old.findings.assign(finding_id=["letter-01-f004", "letter-01-f009"], ordinal=[4, 9])
    )
    assert changes(old, renumbered).empty
    new = with_texts(made, {"letter-01-f001": "Visits are timely.", "letter-01-f002": "Plans are late and very thin."})
    assert rows(changes(old, new)) == [
        [
            *("finding", "changed", "letter-01", "letter-01-f002", "text"),
            *("Plans are late and thin.", "Plans are late and very thin."),
        ]
    ]
    other = with_texts(made, {"letter-01-f001": "Visits are timely.", "letter-01-f002": "The board met."})
    assert rows(changes(old, other)) == [
        ["finding", "gone", "letter-01", "letter-01-f002", None, "Plans are late and thin.", None],
        ["finding", "added", "letter-01", "letter-01-f002", None, None, "The board met."],
    ]


def test_codes_of_the_same_statement() -> None:
    old = corpus("Ashvale")
    codings = old.codings.assign(code=old.codings["code"].replace("early_help", "joint_working"))
    new = old._replace(
        statements=old.statements.assign(polarity=["mixed", "weakness"]), codings=codings[codings["code"] != "health"]
    )
    assert rows(changes(old, new)) == [
        ["code", "changed", "letter-01", "letter-01-f001-01", "polarity", "strength", "mixed"],
        ["code", "changed", "letter-01", "letter-01-f001-01", "theme", "early_help", "joint_working"],
        ["code", "changed", "letter-01", "letter-01-f002-01", "agency", "health", None],
    ]


def test_figures_that_moved() -> None:
    def table(*counts: tuple[str, int, int]) -> pd.DataFrame:
        return pd.DataFrame([{"series": s, "code": "early_help", "k": k, "n": n, "share": k / n} for s, k, n in counts])

    old = table(("a", 1, 4), ("b", 2, 4), ("c", 0, 3), ("d", 1, 1))
    found = moved_figures("by_series", old, table(("a", 1, 4), ("b", 3, 5), ("e", 1, 2), ("f", 0, 2)))
    assert rows(found) == [
        ["figure", "changed", None, "by_series: b, early_help", "k of n", "2 of 4", "3 of 5"],
        ["figure", "gone", None, "by_series: d, early_help", "k of n", "1 of 1", None],
        ["figure", "added", None, "by_series: e, early_help", "k of n", None, "1 of 2"],
    ]


@pytest.fixture
def two_runs(sample_outputs: Path, tmp_path: Path) -> tuple[str, str]:
    """A run, and the same with a region, a theme's count and an unprintable character changed."""
    new = tmp_path / "new"
    for folder in ("data", "tables"):
        shutil.copytree(sample_outputs / folder, new / folder)
    reports = pd.read_parquet(new / "data" / "reports.parquet")
    reports["region"] = reports["region"].mask(reports.index == 0, "Else\x1b[2Jwhere")
    reports.to_parquet(new / "data" / "reports.parquet")
    table = pd.read_csv(new / "tables" / "prevalence_by_series.csv")
    table["k"] = table["k"].mask(table.index == 0, 99)
    table.to_csv(new / "tables" / "prevalence_by_series.csv", index=False)
    return str(sample_outputs), str(new)


def test_the_command_for_a_person(two_runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *two_runs]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Letters: 1 changed"
    assert lines[1].startswith("  changed jtai-")
    assert lines[1].endswith("-> Else\ufffd[2Jwhere")
    assert lines[2] == "Figures: 1 changed"
    assert lines[3].startswith("  changed prevalence_by_series: ")
    assert main(["diff", two_runs[0], two_runs[0]]) == 0
    assert capsys.readouterr().out == "Nothing has changed.\n"


def test_the_command_for_a_program(
    two_runs: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "changes.csv"
    assert main(["diff", *two_runs, "--json", "--out", str(out)]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["what"], row["field"]) for row in found] == [("letter", "region"), ("figure", "k of n")]
    assert found[0]["new"] == "Else\x1b[2Jwhere"
    assert pd.read_csv(out)["what"].tolist() == ["letter", "figure"]


def test_outputs_that_are_none(sample_outputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(tmp_path), str(sample_outputs)]) == 2
    assert "no table" in capsys.readouterr().err


def test_outputs_of_before_there_were_corrections(sample_outputs: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_outputs / "data", tmp_path / "data")
    (tmp_path / "data" / "corrections.parquet").unlink()
    assert main(["diff", str(tmp_path), str(sample_outputs)]) == 0
