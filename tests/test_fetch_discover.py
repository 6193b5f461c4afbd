"""Finding letters on the listing site: all of them, or a clear fault; never an empty result for an odd page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from jtai_reports.acquire.client import Client, Manners
from jtai_reports.acquire.discover import Discovery, discover
from jtai_reports.acquire.faults import FetchError, PageError
from jtai_reports.acquire.pages import Provider as Listed
from jtai_reports.acquire.pages import read_provider_page, read_search_page
from jtai_reports.acquire.sites import read_sites
from jtai_reports.reference.catalogue import find_entry, read_all, read_catalogue
from tests.site import moves
from tests.site.pages import Letter, Provider
from tests.site.server import Site, answer

TODAY = date(2026, 12, 1)
SEARCH = "/search?q=&location=&lat=&lon=&radius=&level_1_types=3&level_2_types%5B%5D=12&start={}&rows=100"


@pytest.fixture
def client(site: Site) -> Iterator[Client]:
    site.providers = providers(257)
    client = Client(read_sites(), Manners(pause=0, sleep=lambda _: None))
    yield client
    client.close()


def providers(number: int) -> list[Provider]:
    """Invented providers; every third has a letter, every ninth two, number 12 one of the other name."""
    letters: dict[int, tuple[Letter, ...]] = {n: (Letter(str(90000000 + n)),) for n in range(0, number, 3)}
    letters |= {n: (Letter(str(91000000 + n), "2 May 2023"), *letters[n]) for n in range(0, number, 9)}
    letters[12] = (Letter("90000012", "1 June 2017", "Joint targeted area inspection of somewhere"),)
    return [Provider(str(70000 + n), f"Area {n}", letters.get(n, ())) for n in range(number)]


def found_by(client: Client, folder: Path) -> Discovery:
    return discover(client, folder, today=TODAY)


def test_all_letters_of_all_providers_on_all_pages(site: Site, client: Client, tmp_path: Path) -> None:
    found = found_by(client, tmp_path)
    assert found.n_providers == 257
    assert [path for path in site.paths() if path.startswith("/search")] == [SEARCH.format(n) for n in (0, 100, 200)]
    assert len([path for path in site.paths() if path.startswith("/provider/")]) == 257
    assert len(found.listed) == len(found.new) == 86 + 29  # a third of 257, rounded up, and a ninth
    assert found.faults == ()
    assert {entry.file_id for entry in found.listed if entry.urn == "70012"} == {"90000012"}
    first = next(entry for entry in found.new if entry.file_id == "91000009")
    assert first[:6] == (
        "91000009",
        "https://files.ofsted.gov.uk/v1/file/91000009",
        "70009",
        "Area 9",
        "",
        date(2023, 5, 2),
    )
    assert (first.series, first.sha256, first.first_seen) == (None, None, TODAY)


def test_new_letters_are_added_beside_the_letters_once(site: Site, client: Client, tmp_path: Path) -> None:
    found_by(client, tmp_path)
    beside = tmp_path / "catalogue.csv"
    before = beside.read_bytes()
    again = found_by(client, tmp_path)
    assert (len(again.listed), again.new) == (115, ())
    assert beside.read_bytes() == before
    site.providers[1] = site.providers[1]._replace(letters=(Letter("95000000", "5 June 2026"),))
    assert [entry.file_id for entry in found_by(client, tmp_path).new] == ["95000000"]
    assert len(read_all(tmp_path)) == 70 + 116
    assert find_entry("x.pdf", "Area 1", date(2026, 6, 1), entries=read_all(tmp_path)) is not None


def test_letters_that_the_site_no_longer_shows_are_gone(site: Site, client: Client, tmp_path: Path) -> None:
    known = read_catalogue()[3]
    site.providers = [*providers(3), Provider(known.urn, "As the site calls it", (Letter(known.file_id),))]
    found = found_by(client, tmp_path)
    assert known in found.listed
    assert known not in found.new
    assert len(found.gone) == 69
    site.misbehave("/provider/44/70000", moves.page(b"<html>Sorry</html>"))
    assert found_by(client, tmp_path).gone == ()


def test_the_authority_is_named_as_the_catalogue_names_it(site: Site, client: Client, tmp_path: Path) -> None:
    site.providers = [Provider("80441", "Bristol City Council", (Letter("90000001"),))]
    assert found_by(client, tmp_path).new[0][3:5] == ("Bristol", "E06000023")


def test_names_from_the_web_are_made_plain(site: Site, client: Client, tmp_path: Path) -> None:
    site.providers = [Provider("70000", "=cmd|'/c x'!A1\x1b[2J <b>Area</b>", (Letter("90000001"),))]
    assert found_by(client, tmp_path).new[0].authority == "cmd'c x'A12J bAreab"


@pytest.mark.parametrize(("number", "linked"), [(257, False), (200, True), (200, False), (100, False), (3, False)])
def test_pages_end_where_they_end(site: Site, client: Client, tmp_path: Path, number: int, linked: bool) -> None:
    site.providers, site.links_pages = providers(number), linked
    assert found_by(client, tmp_path).n_providers == number


def test_a_site_that_gives_fewer_rows_is_read_whole(site: Site, client: Client, tmp_path: Path) -> None:
    site.rows = 20
    assert found_by(client, tmp_path).n_providers == 257


def test_a_search_page_past_the_end_may_be_missing(site: Site, client: Client, tmp_path: Path) -> None:
    site.providers, site.links_pages = providers(100), False
    site.misbehave("/search", answer, moves.status(404))
    assert found_by(client, tmp_path).n_providers == 100


@pytest.mark.parametrize("broken", [0, 1, 2])
def test_a_search_page_without_providers_is_a_fault(site: Site, client: Client, tmp_path: Path, broken: int) -> None:
    odd = b"<html><p>We are making some changes</p></html>"
    site.misbehave("/search", *[answer] * broken, moves.page(odd))
    with pytest.raises(PageError, match="no link to a further provider") as stop:
        found_by(client, tmp_path)
    assert stop.value.exit_code == 4
    assert stop.value.page == tmp_path / "unexpected" / f"search-{broken * 100}.html"
    assert stop.value.page.read_bytes() == odd
    assert 'a[href*="/provider/"]' in str(stop.value)


def test_a_site_that_shows_its_first_page_again_and_again_is_a_fault(
    site: Site, client: Client, tmp_path: Path
) -> None:
    site.pages = {SEARCH.format(100): search_bytes(site), SEARCH.format(200): search_bytes(site)}
    with pytest.raises(PageError):
        found_by(client, tmp_path)


def search_bytes(site: Site) -> bytes:
    from tests.site.pages import search_page

    return search_page(site.providers, 0).encode()


def test_one_odd_provider_page_is_named_and_the_others_are_read(site: Site, client: Client, tmp_path: Path) -> None:
    odd = b"<html><h1>Area 30</h1><div class=new-timeline></div></html>"
    site.misbehave("/provider/44/70030", moves.page(odd))
    found = found_by(client, tmp_path)
    assert len(found.listed) == 114
    assert [fault.exit_code for fault in found.faults] == [4]
    assert "no publication (a.publication-link) was found" in str(found.faults[0])
    assert (tmp_path / "unexpected" / "provider-70030.html").read_bytes() == odd


def test_a_provider_page_that_cannot_be_had_is_named(site: Site, client: Client, tmp_path: Path) -> None:
    site.misbehave("/provider/44/70030", *[moves.status(500)] * 5)
    found = found_by(client, tmp_path)
    assert (len(found.listed), [fault.exit_code for fault in found.faults]) == (114, [3])


def test_when_all_provider_pages_are_odd_the_site_is_left_alone(site: Site, client: Client, tmp_path: Path) -> None:
    for provider in site.providers:
        site.misbehave(f"/provider/44/{provider.urn}", moves.page(b"<html>New and shiny</html>"))
    with pytest.raises(PageError):
        found_by(client, tmp_path)
    assert len([path for path in site.paths() if path.startswith("/provider/")]) == 3
    assert not (tmp_path / "catalogue.csv").exists()


def test_a_provider_on_another_site_is_not_asked(site: Site, client: Client, tmp_path: Path) -> None:
    page = b'<a href="https://example.org/provider/44/1">A</a><a href="/provider/44/70003">B</a>'
    site.pages = {SEARCH.format(0): page}
    site.misbehave("/search", answer, moves.status(404))
    found = found_by(client, tmp_path)
    assert [fault.exit_code for fault in found.faults] == [3]
    assert len(found.listed) == 1


def test_a_page_that_is_too_large_is_not_read(site: Site, client: Client, tmp_path: Path) -> None:
    site.misbehave("/search", moves.huge(3, chunked=True))
    with pytest.raises(FetchError, match="is larger than 2 MiB"):
        found_by(client, tmp_path)


def test_robots_txt_of_the_listing_site_counts(site: Site, client: Client, tmp_path: Path) -> None:
    site.robots = b"User-agent: *\nDisallow: /search\n"
    with pytest.raises(FetchError, match=r"robots\.txt forbids"):
        found_by(client, tmp_path)
    assert site.paths() == []


EVENT = (
    '<span class="event__title heading--sub"><a class="publication-link" href="{href}">{text}'
    '<span class="nonvisual">{hidden}</span></a>{time}</span>'
)
GOOD = {
    "href": "https://files.ofsted.gov.uk/v1/file/1",
    "text": "Letter",
    "hidden": "Joint area child protection inspection, pdf - 14 July 2017",
    "time": "",
}


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, date(2017, 7, 14)),
        ({"time": '<div class="event__metadata"><time pubdate>15 July 2017</time></div>'}, date(2017, 7, 15)),
        ({"time": '<time pubdate datetime="2017-07-16T10:00">last week</time>'}, date(2017, 7, 16)),
        ({"hidden": "JOINT TARGETED AREA INSPECTION, PDF - 3 Aug 2022"}, date(2022, 8, 3)),
        ({"hidden": "x", "text": "Joint area child protection inspection - 1 May 2020"}, date(2020, 5, 1)),
    ],
)
def test_the_date_of_a_letter(changes: dict[str, str], day: date) -> None:
    page = EVENT.format(**GOOD | changes)
    assert [p.published for p in read_provider_page(page.encode(), "https://localhost/provider/44/1")] == [day]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden": "Joint targeted area inspection, pdf"}, "no date of publication"),
        ({"href": "/letters/one.pdf"}, "has no file number"),
    ],
)
def test_a_letter_that_is_not_as_expected(changes: dict[str, str], message: str) -> None:
    page = EVENT.format(**GOOD | changes)
    with pytest.raises(PageError, match=message):
        read_provider_page(page.encode(), "https://localhost/provider/44/1")


@pytest.mark.parametrize(
    ("page", "is_empty"),
    [
        ("<ol class='timeline'></ol>", True),
        ("<ol class='timeline'><li>Nothing yet</li></ol>", True),
        ("<ol class='timeline'><li><a class='document-link' href='/v1/file/1'>Letter</a></li></ol>", False),
        ("<ol class='timeline'><span class='event__title heading--sub'>Letter</span></ol>", False),
        ("<h1>Tarnborough</h1>", False),
        ("", False),
    ],
)
def test_a_provider_without_publications_has_an_empty_timeline(page: str, is_empty: bool) -> None:
    if is_empty:
        assert read_provider_page(page.encode(), "https://localhost/provider/44/1") == []
        return
    with pytest.raises(PageError, match="no publication"):
        read_provider_page(page.encode(), "https://localhost/provider/44/1")


def test_a_page_of_nested_nonsense_is_read_in_time() -> None:
    page = "<b>" * 20_000 + EVENT.format(**GOOD)
    assert len(read_provider_page(page.encode(), "https://localhost/provider/44/1")) == 1


def test_each_event_has_its_own_date() -> None:
    times = ["<time pubdate>15 July 2017</time>", "", "<time pubdate>1 May 2023</time>"]
    page = "".join(EVENT.format(**GOOD | {"href": f"/v1/file/{n}", "time": time}) for n, time in enumerate(times))
    days = [p.published for p in read_provider_page(page.encode(), "https://localhost/provider/44/1")]
    assert days == [date(2017, 7, 15), date(2017, 7, 14), date(2023, 5, 1)]


def test_providers_are_listed_once_with_their_name() -> None:
    page = b'<a href="/provider/44/7"></a><a href="/provider/44/7">  North\n Area </a><a href="/provider/help">Help</a>'
    read = read_search_page(page, "https://localhost/search?start=0")
    assert read.providers == (Listed("7", "North Area", "https://localhost/provider/44/7"),)


def test_a_site_of_letters_elsewhere_is_a_fault(site: Site, client: Client, tmp_path: Path) -> None:
    page = EVENT.format(**GOOD | {"href": "https://example.org/v1/file/1"}).encode()
    site.misbehave("/provider/44/70030", moves.page(page))
    found = found_by(client, tmp_path)
    assert "is on another site" in str(found.faults[0])
