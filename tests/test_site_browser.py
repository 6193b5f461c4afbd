"""The site in a real Chromium: found, filtered, sorted, opened, read by keyboard, and without barriers (axe-core)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="Playwright is not installed (uv sync)")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, sync_playwright

from jtai_reports.store import load
from tests.hostile import make_hostile
from tests.test_site import publish

CHROMIUM = os.environ.get("JTAI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
KINDS = (
    *("index.html", "letters.html", "themes.html", "regions.html", "figures.html", "methods.html", "downloads.html"),
    *("letters/*.html", "areas/*.html", "themes/*.html", "regions/*.html"),
)
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (apt-get install chromium, or set JTAI_CHROMIUM)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test where it asks for anything that is no file, or where a script of it fails."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)  # axe is put into the page
    shown = context.new_page()
    faults: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("file:", "data:")):
            faults.append(request.url)

    shown.on("request", note)
    shown.on("pageerror", lambda fault: faults.append(str(fault)))
    shown.on("dialog", lambda dialog: faults.append(f"dialog {dialog.message}"))
    yield shown
    context.close()
    assert faults == []


def address(site: Path, pattern: str) -> str:
    return sorted(site.glob(pattern))[0].resolve().as_uri()


def first_column(page: Page) -> list[str]:
    return page.locator("table.sortable tbody tr:visible th").all_inner_texts()


def test_find_filter_sort_open_and_follow(sample_outputs: Path, page: Page) -> None:
    reports = load(sample_outputs).reports
    page.goto(address(sample_outputs / "site", "index.html"))
    page.get_by_role("navigation").get_by_role("link", name="Letters").click()
    assert page.get_by_role("status").inner_text() == "12 of 12 rows shown"

    name = str(reports["authority"].iloc[3])
    page.get_by_role("searchbox").fill(name.upper())
    assert name in first_column(page)
    assert len(first_column(page)) < 12
    page.get_by_role("searchbox").fill("")

    for label, order in (("ascending", False), ("descending", True)):
        page.get_by_role("button", name="Findings").click()
        counts = [int(n) for n in page.locator("table.sortable tbody tr td:nth-child(7)").all_inner_texts()]
        assert counts == sorted(reports["n_findings"].tolist(), reverse=order)
        assert page.get_by_role("columnheader", name="Findings").get_attribute("aria-sort") == label

    page.get_by_role("link", name=name).click()
    assert page.get_by_role("heading", level=1).inner_text().startswith(name)
    assert page.locator(".finding").count() == reports["n_findings"].iloc[3]
    page.get_by_role("link", name="The area on one page").click()
    quote = page.locator("blockquote").first
    said = quote.locator("p").inner_text()
    quote.get_by_role("link").click()
    assert said in page.locator(".finding:target").inner_text()


def test_a_page_link_leads_to_that_page_of_the_published_pdf(browser: Browser, tmp_path: Path) -> None:
    """Followed as far as the request that the click makes; nothing is fetched."""
    site = publish(make_hostile(), tmp_path)
    context = browser.new_context()
    shown = context.new_page()
    context.route(lambda url: url.startswith("https:"), lambda route: route.abort())
    shown.goto(address(site, "letters/letter-02.html"))
    link = shown.locator(".finding .place a").nth(1)
    assert link.get_attribute("href") == "https://example.org/2#page=2"
    with shown.expect_request(lambda request: request.url.startswith("https://example.org/2")):
        link.click()
    context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_barrier(kind: str, sample_outputs: Path, page: Page) -> None:
    page.goto(address(sample_outputs / "site", kind))
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    found = Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(("width", "zoom"), [(1280, 1.0), (400, 1.0), (640, 2.0)], ids=["wide", "narrow", "200 %"])
def test_no_page_scrolls_sideways(width: int, zoom: float, sample_outputs: Path, browser: Browser) -> None:
    """At 200% zoom a window of 1280 dots is 640 wide, with twice the dots for each."""
    context = browser.new_context(viewport={"width": width, "height": 800}, device_scale_factor=zoom)
    shown = context.new_page()
    for kind in KINDS:
        shown.goto(address(sample_outputs / "site", kind))
        beyond = shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, kind
    context.close()


def test_everything_is_reached_and_used_by_keyboard_alone(sample_outputs: Path, page: Page) -> None:
    page.goto(address(sample_outputs / "site", "letters.html"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.textContent"))
        if reached[-1] == "BUTTON Area":
            break
    assert "INPUT " in reached
    assert any(text.startswith("DIV") for text in reached)  # the table, to be scrolled with the arrow keys
    page.keyboard.press("Enter")
    assert first_column(page) == sorted(first_column(page), key=str.casefold)
    page.keyboard.press("Space")
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    assert page.evaluate("document.activeElement.textContent") == "Area"  # the focus stays


def test_nothing_hostile_runs(page: Page, tmp_path: Path) -> None:
    """Without the policy of the pages, too: escaping alone must do."""
    site = publish(make_hostile(), tmp_path)
    for path in sorted(site.rglob("*.html")):
        page.goto(path.resolve().as_uri())
    page.goto(address(site, "letters.html"))
    page.get_by_role("searchbox").fill("<script>")
    page.get_by_role("button", name="Area").click()
    assert page.get_by_role("status").inner_text() == "1 of 2 rows shown"


def test_without_scripts_the_tables_stand(sample_outputs: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(address(sample_outputs / "site", "letters.html"))
    assert shown.locator("table tbody tr").count() == 12
    assert shown.get_by_role("button").count() == 0
    context.close()


def test_printed_pages_have_no_menu_and_keep_findings_whole(sample_outputs: Path, page: Page) -> None:
    page.emulate_media(media="print")
    page.goto(address(sample_outputs / "site", "letters.html"))
    assert not page.get_by_role("navigation").is_visible()
    assert not page.get_by_role("searchbox").is_visible()
    page.goto(address(sample_outputs / "site", "letters/*.html"))
    finding = page.locator(".finding").first
    assert finding.evaluate("part => getComputedStyle(part).breakInside") == "avoid"
