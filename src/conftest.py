"""Examples in docstrings that read `outputs` find the tables of the invented letters there, whoever runs them."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `reports/` and `outputs/` as they are after the first `jtai run`."""
    from jtai_reports import Settings, run  # noqa: PLC0415 - heavy

    home = tmp_path_factory.mktemp("home")
    (home / "reports").symlink_to(ROOT / "reports", target_is_directory=True)
    run(Settings(reports=ROOT / "reports" / "sample", outputs=home / "outputs"))
    return home


@pytest.fixture(autouse=True)
def _in_a_project(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    test = getattr(request.node, "dtest", None)
    if isinstance(test, doctest.DocTest):
        told = any("outputs" in example.source or "show_finding" in example.source for example in test.examples)
        monkeypatch.chdir(request.getfixturevalue("sample_run") if told else ROOT)
