"""`jtai compare`: what it prints, writes and refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jtai_reports.cli import main
from jtai_reports.compare.wording import caveat, k_of_n, read_caveats
from jtai_reports.store import write_tables
from tests.small_letters import Said, Small, make_coded


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    praise, blame = Said("strength", "early_help", "police"), Said("weakness", "early_help")
    letters = [Small(f"A{i}", "cse_2016", [praise]) for i in range(12)]
    letters += [Small(f"B{i}", "da_2016", [blame], "North East") for i in range(5)]
    letters += [Small("[red]C\x1b[2J", "my [bold]series", [praise], "South East", "2022-")]
    write_tables(make_coded(letters), tmp_path)
    return tmp_path


def ask(outputs: Path, *arguments: str) -> int:
    return main(["compare", "--outputs", str(outputs), *arguments])


def test_a_question_of_ones_own(outputs: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "asked.csv"
    question = ("--by", "region", "--theme", "early_help", "--polarity", "strength", "--out", str(out))
    assert ask(outputs, *question) == 0
    shown = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "London 2016-2020 early_help strength 12 of 12 (100%, 95% interval 76% to 100%)" in lines
    assert "North East 2016-2020 early_help strength 0 of 5" in lines
    for name in ("few", "absence", "templates"):
        said = caveat(name, templates=["2016-2020", "2022-"], few=10)
        assert f"- {said}" in lines
    assert any("different series (cse_2016 12, da_2016 5, my [bold]series 1)" in line for line in lines)
    assert any("Statements were coded by: AB." in line for line in lines)
    table = pd.read_csv(out)
    assert table["k"].tolist() == [12, 0, 1]
    assert table["high"].notna().all()


def test_two_groups(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = ("--by", "region", "--theme", "early_help", "--against", "London", "North East")
    assert ask(outputs, *question) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert any("12 of 12 (100%) 0 of 5 fewer than 10 letters 0.000 0.000" in line for line in lines)
    assert any(line.startswith("- 2 contrasts were looked at") for line in lines)


def test_texts_are_shown_as_they_are(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(outputs, "--theme", "early_help") == 0
    shown = capsys.readouterr().out
    assert "my [bold]series" in shown
    assert "\x1b" not in shown


def test_agencies(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(outputs, "--by", "template", "--theme", "early_help", "--agency", "police") == 0
    shown = capsys.readouterr().out
    assert "12 of 17" in shown
    assert "Only statements about police are counted." in shown
    assert ask(outputs, "--by", "template", "--agency", "police", "--polarity", "both") == 0
    assert "0 of 17" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (("--rank",), "not ranked or scored"),
        (("--sort-by", "share"), "not ranked or scored"),
        (("--by", "authority"), "carry no grade"),
        (("--theme", "earlyhelp"), "Did you mean early_help"),
        (("--region", "Lundon"), "Did you mean London"),
        (("--series", "da_2024"), "No letter with series da_2024 has been read"),
        (("--by", "region", "--against", "London", "South East"), "two templates"),
        (("--by", "series", "--against", "cse_2016", "neglect_2017"), "0 letters are too few"),
        (("--out", "table.xlsx"), "written as CSV"),
        (("--against", "a", "b", "--polarity", "both"), "one side at a time"),
    ],
)
def test_refusals_are_one_plain_sentence_with_a_hint(
    outputs: Path, capsys: pytest.CaptureFixture[str], question: tuple[str, ...], message: str
) -> None:
    assert ask(outputs, *question) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert "Hint: " in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


def test_no_percentage_below_ten_letters() -> None:
    assert [k_of_n(3, n, 0.1, 0.9) for n in (9, 10)] == ["3 of 9", "3 of 10 (30%, 95% interval 10% to 90%)"]


def test_every_caveat_is_a_sentence() -> None:
    filled: dict[str, Any] = {"few": 10, "series": "a 1", "layer": "summary", "contrasts": 2, "coder": "AB"}
    for name in read_caveats():
        text = caveat(name, templates=["2016-2020", "2022-"], **filled)
        assert text.endswith(".")
        assert "{" not in text
