"""The command line, in process: what it prints, writes and returns."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from jtai_reports import schema
from jtai_reports.cli import main
from jtai_reports.commands.adding import printable
from tests.conftest import SAMPLE

COMPARISONS = (
    "findings_by_authority", "findings_by_series", "series", "coverage_by_series", "coverage_by_region",
    "coverage_by_authority", "priority_actions", "statistical_neighbours", "prevalence_by_series",
    "prevalence_by_template", "prevalence_by_region", "prevalence_by_authority_type", "prevalence_by_inspectorates",
    "repeats", "agencies_by_theme", "praised_and_criticised", "praised_and_criticised_by_template",
    "shares_within_template", "area_profiles",
)  # fmt: skip


@pytest.fixture
def one_letter(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    shutil.copy(sorted(SAMPLE.glob("*.pdf"))[0], folder / "letter.pdf")
    shutil.copy(SAMPLE / "authorities.csv", folder)
    return folder


def run(*arguments: object) -> int:
    return main(["run", *(str(argument) for argument in arguments)])


def test_run_on_the_sample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--reports", SAMPLE, "--outputs", tmp_path / "out") == 0
    shown = capsys.readouterr()
    assert "Letters read:  12 of 12 files" in shown.out
    assert shown.err == ""
    made = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    tables = {f"data/{name}.{kind}" for name in schema.TABLES for kind in ("csv", "parquet")}
    cite = {"tables/CITE.txt", "figures/CITE.txt"}
    figures = {name for name in made - cite if name.startswith("figures/")}
    names = {name.removesuffix(".png") for name in figures if name.endswith(".png")}
    assert "figures/findings_by_authority" in names
    assert figures == {f"{name}.{kind}" for name in names for kind in ("png", "svg", "csv", "alt.txt")}
    site = {name for name in made if name.startswith("site/")}
    assert {"site/index.html", "site/letters.html", "site/assets/site.css", "site/files/jtai-findings.xlsx"} <= site
    comparisons = {f"tables/{name}.csv" for name in (*COMPARISONS, "coding_review")}
    made = {name for name in made if not name.startswith(".cache/")}
    assert made == tables | comparisons | figures | cite | site | {"jtai-findings.xlsx", "run.json"}
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["counts"]["reports"] == 12
    assert set(record["outputs"]) == made - {"run.json"}
    assert set(record["inputs"]) == {path.name for path in SAMPLE.glob("*.pdf")} | {"authorities.csv"}


def test_two_runs_give_the_same_bytes(one_letter: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run("--reports", one_letter, "--outputs", tmp_path / name) == 0
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert len(files) > 2 * len(schema.TABLES) + len(COMPARISONS)
    assert [f for f in files if (tmp_path / "a" / f).read_bytes() != (tmp_path / "b" / f).read_bytes()] == []


def test_a_part_is_made_anew_from_the_tables(
    one_letter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = tmp_path / "out"
    assert run("--reports", one_letter, "--outputs", outputs) == 0
    before = {path: path.read_bytes() for path in outputs.rglob("*") if path.is_file()}
    monkeypatch.setattr("jtai_reports.pipeline.find_files", None)  # no letter is read
    for lost in ("jtai-findings.xlsx", "tables/series.csv"):
        (outputs / lost).unlink()
    assert run("--reports", one_letter, "--outputs", outputs, "--only", "workbook", "tables") == 0
    assert {path: path.read_bytes() for path in outputs.rglob("*") if path.is_file()} == before
    (outputs / "site" / "index.html").unlink()
    assert run("--reports", one_letter, "--outputs", outputs, "--only", "site") == 0
    assert {path: path.read_bytes() for path in outputs.rglob("*") if path.is_file()} == before
    capsys.readouterr()
    assert run("--reports", one_letter, "--outputs", outputs) == 0  # the record holds, too
    assert "Nothing has changed since the last run." in capsys.readouterr().out


def test_a_part_needs_the_run_that_it_is_of(
    one_letter: Path, tmp_path: Path, sample_outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, fault in (
        (
            ["--reports", SAMPLE, "--outputs", sample_outputs, "--only", "sites"],
            "There is no part 'sites'. Hint: Parts are",
        ),
        (["--reports", SAMPLE, "--outputs", tmp_path, "--only", "site"], "no table reports.parquet. Hint: Make the"),
        (["--reports", one_letter, "--outputs", sample_outputs, "--only", "site"], "made from other letters than"),
        (
            ["--reports", SAMPLE, "--outputs", sample_outputs, "--only", "site", "--codebook", tmp_path / "mine.yaml"],
            "coded by another codebook. Hint: Name the codebook of that run",
        ),
    ):
        (tmp_path / "mine.yaml").write_text("version: 9")
        assert run(*arguments) == 2
        assert fault in capsys.readouterr().err


def test_without_letters_of_your_own_the_sample_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SAMPLE, tmp_path / "reports" / "sample")
    monkeypatch.chdir(tmp_path)
    assert run() == 0
    assert "invented" in capsys.readouterr().out
    shutil.copy(sorted(SAMPLE.glob("*.pdf"))[0], tmp_path / "reports" / "own.PDF")
    assert run() == 0
    assert "Reading 1 files in reports\n" in capsys.readouterr().out


def test_a_missing_folder_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--reports", tmp_path / "nowhere", "--outputs", tmp_path / "out") == 2
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert "there is no such folder. Hint:" in shown
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert run("--reports", tmp_path / "empty", "--outputs", tmp_path / "out") == 1
    assert "holds no PDF files. Hint:" in capsys.readouterr().err


def test_a_text_file_renamed_is_a_problem_row(
    one_letter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (one_letter / "notes.pdf").write_text("Notes of a meeting")
    assert run("--reports", one_letter, "--outputs", tmp_path / "out") == 0
    assert "1 files not read" in capsys.readouterr().out
    problems = (tmp_path / "out" / "data" / "problems.csv").read_text("utf-8-sig")
    assert "notes.pdf,,read,error,not_pdf,Not a PDF (starts with 'Notes of a meeti').,Download it again." in problems


def test_nothing_readable_ends_with_1_and_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.pdf").write_text("\x1b[31mNotes")
    assert run("--reports", tmp_path, "--outputs", tmp_path / "out") == 1
    shown = capsys.readouterr().err
    assert "none of 1 files could be read. notes.pdf: Not a PDF" in shown
    assert "\x1b" not in shown
    assert (tmp_path / "out" / "data" / "problems.csv").is_file()


def test_outputs_that_cannot_be_written(one_letter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert run("--reports", one_letter, "--outputs", tmp_path / "file") == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["run", "--reader", "other"], ["fly"]])
def test_wrong_arguments_end_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: jtai" in capsys.readouterr().err


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, shown in ((["--version"], "jtai 0.1.0"), (["run", "--help"], "exit codes")):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 0
        assert shown in capsys.readouterr().out


def test_nothing_steers_the_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec\nd") == "a�[2Jb�c\nd"
