"""A module imports only from lower floors, and what the command line imports first is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "jtai_reports"
FLOORS = {
    "errors": 0,
    "files": 0.1,
    "schema": 0,
    "settings": 0,
    "versions": 0,
    "reference": 1,
    "acquire": 1.5,
    "pdf": 2,
    "letter": 3,
    "crew": 0.2,
    "cluster": 0.3,
    "reading": 3.1,
    "outline": 3.15,
    "cache": 3.2,
    "corpus": 3.3,
    "store": 3.4,
    "transformer": 0.9,
    "minilm": 1,
    "statements": 4,
    "coding": 4.1,
    "corrections": 4.15,
    "explore": 4.2,
    "compare": 5,
    "show": 6,
    "making": 6.1,
    "shards": 6.2,
    "pipeline": 7,
    "lab": 7.05,
    "commands": 7.1,
    "cli": 7.2,
    "__init__": 7.3,
}
HEAVY = (
    "bertopic",
    "sklearn",
    "umap",
    "pandas",
    "pypdfium2",
    "pdfplumber",
    "matplotlib",
    "seaborn",
    "pandera",
    "pyarrow",
    "yaml",
    "rich",
    "nltk",
    "bm25s",
    "jinja2",
    "xlsxwriter",
)
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(module: str) -> str:
    return module.removeprefix("jtai_reports").lstrip(".").split(".")[0] or "__init__"


def imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            names += [
                f"{node.module}.{a.name}" if node.module == "jtai_reports" else str(node.module) for a in node.names
            ]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return [name for name in names if name.startswith("jtai_reports")]


def test_every_room_has_a_floor() -> None:
    rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES}
    assert rooms == set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for name in imported(path):
        below = room(name)
        assert below == own or FLOORS[below] < FLOORS[own], f"{own} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < 400


def test_the_package_and_its_help_import_nothing_heavy() -> None:
    code = f"import sys, jtai_reports.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
