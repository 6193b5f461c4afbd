"""What the tests share: where the sample and, if there are any, the real letters lie."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.site.server import Site

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "reports" / "sample"
REFERENCE = Path(os.environ.get("JTAI_REFERENCE", ROOT.parent / "shared"))


@pytest.fixture(autouse=True)
def _at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test starts where a user would: in the project's folder."""
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of the real letters and their reference; tests that need it are skipped where it is not there."""
    if not (REFERENCE / "corpus").is_dir():
        pytest.skip(f"no real letters in {REFERENCE} (set JTAI_REFERENCE to the folder that holds them)")
    return REFERENCE


@pytest.fixture(scope="session")
def sample_files() -> list[Path]:
    """The invented letters."""
    return sorted(SAMPLE.glob("*.pdf"))


@pytest.fixture(scope="session")
def truth() -> dict[str, dict[str, Any]]:
    """What the invented letters hold, by file name."""
    content: dict[str, dict[str, Any]] = json.loads((SAMPLE / "truth.json").read_text("utf-8"))
    return content


@pytest.fixture(scope="session")
def sample_outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of a run on the sample; tests only read them."""
    from jtai_reports.pipeline import run
    from jtai_reports.settings import Settings

    outputs = tmp_path_factory.mktemp("sample") / "outputs"
    with pytest.MonkeyPatch.context() as here:
        here.chdir(ROOT)
        run(Settings(SAMPLE, outputs))
    return outputs


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A web site on this machine that plays the two sites, which the settings name while the test runs."""
    with Site(tmp_path) as running:
        monkeypatch.setenv("JTAI_LISTING_URL", running.url)
        monkeypatch.setenv("JTAI_FILES_URL", running.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        yield running


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a Dask cluster of two processes on this machine, which know what the test has set."""
    from distributed import LocalCluster

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address
