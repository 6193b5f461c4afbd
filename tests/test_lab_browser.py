"""JupyterLab in a real browser: the notebook runs, and a drop-down redraws its table and its figure."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT, SAMPLE

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOTEBOOK = "04-compare-authorities.ipynb"
TOKEN = "a-token-for-this-test"  # noqa: S105 - of a server that lives as long as the test
PATIENCE = 120_000  # milliseconds, on a busy machine
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
SHOTS = os.environ.get("JTAI_SCREENSHOTS")  # a folder to keep pictures in, for people to look at

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here: apt-get install chromium")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab as `jtai lab` starts it, on a copy of the notebooks, with no settings of the user's own."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", home / "notebooks", ignore=shutil.ignore_patterns(".*"))
    (home / "reports").mkdir()
    shutil.copytree(SAMPLE, home / "reports" / "sample")
    folders = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jtai_reports.cli", "lab", "--no-browser", "--port", str(port)]
    settings = os.environ | folders | {"JUPYTER_TOKEN": TOKEN, "IPYTHONDIR": str(home / "ipython")}
    (home / "config").mkdir()
    (home / "config" / "jupyter_server_config.json").write_text('{"ServerApp": {"allow_root": true}}')
    with (home / "log").open("w") as log:
        running = subprocess.Popen(command, cwd=home, env=settings, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token={TOKEN}", running, home / "log")
        yield f"http://127.0.0.1:{port}/lab/workspaces/test/tree/{NOTEBOOK}?token={TOKEN}"
    finally:
        running.terminate()
        running.wait(60)


@pytest.fixture
def page() -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()


def test_a_drop_down_redraws_table_and_figure(lab: str, page: Page) -> None:
    from playwright.sync_api import expect

    elsewhere: list[str] = []
    page.on("request", lambda request: _note_elsewhere(request.url, elsewhere))
    page.goto(lab)
    page.add_locator_handler(page.locator(".jp-Dialog .jp-mod-accept").first, lambda button: button.click())
    page.get_by_text(re.compile(r"Python 3 \(ipykernel\) \| Idle")).wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    cell = page.locator(".jp-CodeCell").filter(has_text="jtai.plot_prevalence(counted)")
    figure = cell.locator(".jp-RenderedImage img")
    figure.wait_for()
    page.wait_for_function("image => image.naturalWidth > 100", arg=figure.element_handle())
    caption = cell.locator(".jtai-caption")
    expect(caption).to_contain_text("risk identification", ignore_case=True, timeout=PATIENCE)  # after the figure
    assert cell.locator(".jtai-table tbody tr").count() > 5
    drawn = figure.get_attribute("src") or ""
    _keep(page, "before")
    cell.locator(".widget-dropdown select").first.select_option(label="Missing children")
    expect(figure).not_to_have_attribute("src", drawn, timeout=PATIENCE)
    expect(caption).to_contain_text("missing children", ignore_case=True, timeout=PATIENCE)
    expect(caption).not_to_contain_text("risk identification", ignore_case=True)
    drawn = figure.get_attribute("src") or ""
    cell.locator(".widget-dropdown select").nth(2).select_option(label="London")
    cell.locator(".jtai-caption", has_text="n = 1 letters").wait_for()
    expect(figure).not_to_have_attribute("src", drawn, timeout=PATIENCE)
    _keep(page, "after")
    assert page.locator(".jp-OutputArea-output[data-mime-type*='error']").count() == 0
    assert elsewhere == []


def _note_elsewhere(url: str, elsewhere: list[str]) -> None:
    if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
        elsewhere.append(url)


def _wait_for(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        assert running.poll() is None, log.read_text("utf-8")
        try:
            with urlopen(url):  # noqa: S310 - this machine's own
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text("utf-8"))


def _keep(page: Page, name: str) -> None:
    if SHOTS:
        page.locator(".jp-CodeCell").filter(has_text="jtai.plot_prevalence(counted)").scroll_into_view_if_needed()
        page.screenshot(path=Path(SHOTS) / f"{name}.png")
