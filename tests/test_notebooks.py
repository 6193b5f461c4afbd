"""Every notebook runs from top to bottom on the invented letters, and is stored as a person should find it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from jtai_reports.cli import main
from jtai_reports.errors import UsageError
from jtai_reports.lab.export import NotebookError, execute, html_copy, parameter_names, write_copies
from jtai_reports.lab.study import new_study, read_study
from tests.conftest import ROOT, SAMPLE

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STUDY = ROOT / "src" / "jtai_reports" / "lab" / "new_study" / "analysis.ipynb"
MOST_LINES = 12  # of a code cell


def cells(path: Path, kind: str = "code") -> list[dict[str, Any]]:
    content = json.loads(path.read_text("utf-8"))
    return [cell for cell in content["cells"] if cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the notebooks share: the first of them finds no tables in it and reads the letters."""
    return tmp_path_factory.mktemp("outputs")


def test_they_are_numbered() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == [f"{number:02d}" for number in range(8)]


@pytest.mark.parametrize("path", [*NOTEBOOKS, STUDY], ids=lambda path: path.stem)
def test_stored_without_outputs_and_easy_to_read(path: Path) -> None:
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells(path))
    tags = [cell["metadata"].get("tags", []) for cell in cells(path)]
    assert sum("parameters" in own for own in tags) == 1
    assert "parameters" in tags[0]
    assert max(len(source(cell).splitlines()) for cell in cells(path)) <= MOST_LINES
    assert len(cells(path, "markdown")) >= len(cells(path)) / 2  # it tells what it does


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_on_the_sample(path: Path, outputs: Path) -> None:
    notebook = execute(path, parameters={"OUTPUTS": str(outputs), "REPORTS": str(ROOT / "reports")})
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in shown if output.get("name") == "stderr"] == []  # no warnings
    tables = [html for output in shown if "jtai-table" in (html := output.get("data", {}).get("text/html", ""))]
    assert tables
    for table in tables:
        assert re.search(r"<caption>[^<]+\(n = \d+ [^<]+\)</caption>", table)
    copy = html_copy(notebook)
    assert "<script" not in copy
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", copy)
    assert str(outputs) not in copy


def test_a_copy_holds_the_figure_with_its_words(outputs: Path) -> None:
    parameters = {"OUTPUTS": str(outputs), "REPORTS": str(ROOT / "reports")}
    written = list(write_copies(NOTEBOOKS[4:5], outputs / "notebooks", parameters=parameters))
    assert written == [outputs / "notebooks" / "04-compare-authorities.html"]
    copy = written[0].read_text("utf-8")
    assert "data:image/png;base64," in copy
    assert 'alt="Identifying risk: letters that praise and letters that criticise, by region.' in copy
    assert "Shown for theme = Identifying risk, series = all, region = all." in copy


def test_a_fault_in_a_notebook_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "faulty.ipynb"
    content = json.loads(NOTEBOOKS[0].read_text("utf-8"))
    content["cells"] = content["cells"][:1] + [cell for cell in content["cells"] if "parameters" in str(cell)][:1]
    extra = 'import jtai_reports as jtai\njtai.load("nowhere")'
    content["cells"].append(cells(NOTEBOOKS[0])[1] | {"source": extra, "id": "x"})
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(NotebookError, match=r"faulty\.ipynb: a cell stopped with UsageError: nowhere/data: no table"):
        execute(path)


def test_a_user_error_is_shown_without_traceback() -> None:
    fault = UsageError("There is no such thing.", hint="Look again.")
    assert fault._render_traceback_() == ["There is no such thing.", "Hint: Look again."]


@pytest.mark.parametrize(("name", "text", "fault"), [("a", None, "cannot be read"), ("b", "no JSON", "is no notebook")])
def test_what_is_no_notebook_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str | None, fault: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, "utf-8")
    assert main(["notebooks", str(tmp_path / name), "--outputs", str(tmp_path / "outputs")]) == 2
    assert f"{name}: {fault}" in capsys.readouterr().err


def test_a_notebook_that_stops_does_not_keep_others_from_being_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, said in (("1", "1 / 0"), ("2", "print('well')")):
        cell = cells(NOTEBOOKS[0])[1] | {"source": said}
        content = json.loads(NOTEBOOKS[0].read_text("utf-8")) | {"cells": [cell]}
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(content), "utf-8")
    paths = [str(path) for path in sorted(tmp_path.glob("*.ipynb"))]
    assert main(["notebooks", *paths, "--outputs", str(tmp_path / "outputs")]) == 1
    assert "1.ipynb: a cell stopped with ZeroDivisionError" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "outputs" / "notebooks").iterdir()] == ["2.html"]


def test_parameters_must_be_there(tmp_path: Path) -> None:
    assert parameter_names(NOTEBOOKS[2]) == ["OUTPUTS", "REPORTS", "QUESTION", "TERM"]
    path = tmp_path / "bare.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
    with pytest.raises(UsageError, match="no cell with the tag 'parameters'"):
        execute(path, parameters={"OUTPUTS": "x"})


def test_a_study_has_all_it_needs_and_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my-study"
    assert main(["new-study", str(folder), "--reports", str(SAMPLE)]) == 0
    assert "copies of 12 letters" in capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == [
        *("README.md", "analysis.ipynb", "outputs", "reports", "study.yaml"),
    ]
    notebook = execute(folder / "analysis.ipynb")
    assert (folder / "outputs" / "run.json").is_file()
    assert any("12 of 12 files" in str(cell.get("outputs")) for cell in notebook.cells)
    assert len(list(ROOT.joinpath("outputs").glob("my-study*"))) == 0


def test_a_study_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("dear")
    assert main(["new-study", str(tmp_path / "mine"), "--reports", str(SAMPLE)]) == 2
    assert "is there already, and is left as it is" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("report: here", "there is no setting 'report'"),
        ("sheets: AB.xlsx", "sheets must be a list of file names"),
        ("reports: [a]", "reports must be a text"),
        ("- a\n- b", "holds no settings"),
        ("a: b: c", "line 1: is no YAML"),
    ],
)
def test_faults_in_the_settings_of_a_study(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=re.escape(fault)):
        read_study(path)


def test_settings_are_named_from_the_study(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "s", letters=SAMPLE).folder
    (folder / "study.yaml").write_text("outputs: made\ncodebook: own.yaml\nsheets: [AB.csv]\n", "utf-8")
    settings = read_study(folder / "study.yaml")
    assert settings.reports == folder / "reports"
    assert settings.outputs == folder / "made"
    assert settings.codebook == folder / "own.yaml"
    assert settings.sheets == (folder / "AB.csv",)


def test_lab_says_what_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", str(tmp_path / "none")]) == 2
    assert "there is no such folder" in capsys.readouterr().err


def test_lab_opens_the_folder_on_this_machine_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    monkeypatch.setattr("jtai_reports.commands.lab.start", told.append)
    assert main(["lab", str(tmp_path), "--no-browser", "--port", "4711"]) == 0
    assert f"--ServerApp.root_dir={tmp_path}" in told[0]
    assert {"--ServerApp.ip=127.0.0.1", "--no-browser", "--ServerApp.port=4711"} <= set(told[0])


def test_letters_of_the_sample_are_the_ones_beside_the_claims(tmp_path: Path) -> None:
    shutil.copy(ROOT / "notebooks" / "claims-sample.csv", tmp_path)
    files = {line.split(",")[-3] for line in (tmp_path / "claims-sample.csv").read_text("utf-8").splitlines()[1:]}
    assert files == {"90000004", "90000009"}
