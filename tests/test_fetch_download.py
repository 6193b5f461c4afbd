"""Downloading letters from a site that misbehaves: nothing lost, nothing overwritten, no half file under a name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from jtai_reports.acquire.client import Client, Manners
from jtai_reports.acquire.download import Outcome, download, download_all
from jtai_reports.acquire.holdings import Holdings
from jtai_reports.acquire.sites import read_sites
from jtai_reports.commands.letters import check_letter
from jtai_reports.errors import UsageError
from jtai_reports.reference.catalogue import CatalogueEntry
from tests.conftest import SAMPLE
from tests.site import moves
from tests.site.server import Site

ID = "50000221"
PATH = f"/v1/file/{ID}"
LETTER = (SAMPLE / "90000001.pdf").read_bytes()
OTHER = (SAMPLE / "90000002.pdf").read_bytes()
HTML = b"<!doctype html><title>Sorry</title><p>Something went wrong.</p>"


class Fetcher:
    """Downloads letters from the site without waiting; `slept` holds the waits that there would have been."""

    def __init__(self, folder: Path, manners: Manners) -> None:
        self.slept: list[float] = []
        self.holdings = Holdings(folder)
        self.client = Client(read_sites(), manners._replace(sleep=self.slept.append))

    def get(self, file_id: str = ID) -> Outcome:
        return download(entry(file_id), self.client, self.holdings, check=check_letter)

    def files(self) -> list[str]:
        """Everything in the folder, hidden files too."""
        return sorted(p.relative_to(self.holdings.folder).as_posix() for p in self.holdings.folder.rglob("*.*"))


def entry(file_id: str) -> CatalogueEntry:
    return CatalogueEntry(file_id, "", "1", "Tarnborough", "X1", date(2017, 7, 14))


@pytest.fixture
def fetcher(site: Site, tmp_path: Path) -> Iterator[Fetcher]:
    site.letters[ID] = LETTER
    fetcher = make(tmp_path)
    yield fetcher
    fetcher.client.close()


def make(tmp_path: Path, **changes: float) -> Fetcher:
    folder = tmp_path / "reports"
    folder.mkdir(exist_ok=True)
    return Fetcher(folder, Manners(pause=0)._replace(**changes))  # type: ignore[arg-type]


def test_a_letter_comes_with_its_record(site: Site, fetcher: Fetcher) -> None:
    outcome = fetcher.get()
    assert outcome.what == "new"
    assert fetcher.files() == [f"{ID}.json", f"{ID}.pdf"]
    assert fetcher.holdings.path(ID).read_bytes() == LETTER
    held = json.loads((fetcher.holdings.folder / f"{ID}.json").read_text())["held"]
    assert held["url"] == f"{site.url}{PATH}"
    assert held["sha256"] == hashlib.sha256(LETTER).hexdigest()
    assert held["size"] == len(LETTER)
    assert held["etag"] == f'"{held["sha256"][:16]}"'
    assert held["last_modified"] == "Fri, 14 Jul 2017 09:00:00 GMT"
    assert held["time"].startswith("20")


def test_a_version_that_the_catalogue_does_not_know_is_said(fetcher: Fetcher) -> None:
    known = entry(ID)._replace(sha256="0" * 64)
    outcome = download(known, fetcher.client, fetcher.holdings, check=check_letter)
    assert (outcome.what, "another version than the catalogue's" in outcome.note) == ("new", True)


def test_the_site_is_told_who_asks_and_robots_txt_is_read_first(site: Site, fetcher: Fetcher) -> None:
    fetcher.get()
    assert [asked.path for asked in site.asked] == ["/robots.txt", PATH]
    assert all(asked.headers["user-agent"].startswith("jtai-reports/") for asked in site.asked)
    assert all("complaints to" in asked.headers["user-agent"] for asked in site.asked)


def test_a_letter_that_is_held_is_asked_for_only_if_it_has_changed(site: Site, fetcher: Fetcher) -> None:
    fetcher.get()
    before = fetcher.holdings.path(ID).stat().st_mtime_ns
    assert fetcher.get().what == "held"
    assert "if-none-match" in site.asked[-1].headers
    assert fetcher.holdings.path(ID).stat().st_mtime_ns == before


def test_a_letter_put_there_by_hand_gets_a_record(site: Site, fetcher: Fetcher) -> None:
    fetcher.holdings.path(ID).write_bytes(LETTER)
    assert fetcher.get().what == "held"
    assert "if-none-match" not in site.asked[-1].headers
    assert fetcher.get().what == "held"
    assert "if-none-match" in site.asked[-1].headers


def test_a_changed_letter_is_kept_beside_the_old_one(site: Site, fetcher: Fetcher) -> None:
    fetcher.get()
    site.letters[ID] = OTHER
    outcome = fetcher.get()
    beside = fetcher.holdings.folder / "changed" / f"{ID}-{hashlib.sha256(OTHER).hexdigest()[:8]}.pdf"
    assert outcome.what == "changed"
    assert str(beside) in outcome.note
    assert fetcher.holdings.path(ID).read_bytes() == LETTER
    assert beside.read_bytes() == OTHER
    n_bytes = len(site.asked)
    again = fetcher.get()
    assert (again.what, str(beside) in again.note) == ("held", True)
    assert len(site.asked) == n_bytes + 1
    site.letters[ID] = LETTER
    assert fetcher.get().what == "held"


def test_a_deleted_changed_version_is_fetched_again(site: Site, fetcher: Fetcher) -> None:
    fetcher.get()
    site.letters[ID] = OTHER
    fetcher.get()
    for path in (fetcher.holdings.folder / "changed").iterdir():
        path.unlink()
    assert fetcher.get().what == "changed"


@pytest.mark.parametrize("bad", [HTML, b"", b"%PDF-1.7 not really", LETTER[: len(LETTER) // 2], LETTER[:-60]])
def test_what_is_no_letter_replaces_nothing(site: Site, fetcher: Fetcher, bad: bytes) -> None:
    site.misbehave(PATH, moves.page(bad, Content_Type="application/pdf"))
    assert fetcher.get().what == "refused"
    assert fetcher.files() == []
    fetcher.get()
    before = fetcher.files()
    site.misbehave(PATH, moves.page(bad))
    outcome = fetcher.get()
    assert outcome.what == "refused"
    assert "stays as it is" in outcome.note
    assert fetcher.files() == before
    assert fetcher.holdings.path(ID).read_bytes() == LETTER


@pytest.mark.parametrize("bad", [HTML, b""])
def test_a_file_that_is_no_letter_gives_way_and_is_set_aside(fetcher: Fetcher, bad: bytes) -> None:
    fetcher.holdings.path(ID).write_bytes(bad)
    assert fetcher.get().what == "mended"
    assert fetcher.holdings.path(ID).read_bytes() == LETTER
    aside = f"{ID}.pdf.{hashlib.sha256(bad).hexdigest()[:8]}.bad"
    assert (fetcher.holdings.folder / aside).read_bytes() == bad


def test_a_cut_connection_is_gone_on_with(site: Site, fetcher: Fetcher) -> None:
    tag = f'"{hashlib.sha256(LETTER).hexdigest()[:16]}"'
    site.misbehave(PATH, moves.cut(LETTER, 2000, ETag=tag))
    assert fetcher.get().what == "new"
    assert site.asked[-1].headers["range"] == "bytes=2000-"
    assert site.asked[-1].headers["if-range"] == tag
    assert fetcher.holdings.path(ID).read_bytes() == LETTER
    assert fetcher.files() == [f"{ID}.json", f"{ID}.pdf"]


def test_a_later_run_goes_on_with_what_an_earlier_one_left(site: Site, tmp_path: Path) -> None:
    site.letters[ID] = LETTER
    tag = f'"{hashlib.sha256(LETTER).hexdigest()[:16]}"'
    site.misbehave(PATH, *[moves.cut(LETTER, 3000, ETag=tag)])
    first = make(tmp_path, attempts=1)
    assert first.get().what == "failed"
    assert first.files() == [f".{ID}.pdf.partial", f".{ID}.pdf.partial.json"]
    assert make(tmp_path).get().what == "new"
    assert site.asked[-1].headers["range"] == "bytes=3000-"
    assert first.holdings.path(ID).read_bytes() == LETTER


def test_halves_of_two_versions_are_never_joined(site: Site, fetcher: Fetcher) -> None:
    site.misbehave(PATH, moves.cut(OTHER, 2000, ETag='"of-another-version"'))
    assert fetcher.get().what == "new"
    assert site.asked[-1].headers["if-range"] == '"of-another-version"'
    assert fetcher.holdings.path(ID).read_bytes() == LETTER


def test_without_a_version_a_cut_download_begins_anew(site: Site, fetcher: Fetcher) -> None:
    site.misbehave(PATH, moves.cut(LETTER, 2000), moves.cut(LETTER, 2000, ETag='W/"weak"'))
    assert fetcher.get().what == "new"
    assert not any("range" in asked.headers for asked in site.asked)
    assert fetcher.holdings.path(ID).read_bytes() == LETTER


def test_a_wrong_part_is_not_taken(site: Site, fetcher: Fetcher) -> None:
    tag = f'"{hashlib.sha256(LETTER).hexdigest()[:16]}"'
    told = f"bytes 0-99/{len(LETTER)}"
    wrong = moves.status(206, LETTER[:100], ETag=tag, Content_Range=told)
    short = f"bytes 2000-2099/{len(LETTER)}"
    little = moves.status(206, LETTER[2000:2100], ETag=tag, Content_Range=short)
    site.misbehave(PATH, wrong, moves.cut(LETTER, 2000, ETag=tag), wrong, moves.cut(LETTER, 2000, ETag=tag), little)
    patient = Fetcher(fetcher.holdings.folder, Manners(pause=0, attempts=9))
    assert patient.get().what == "new"
    assert site.asked[-1].headers["range"] == "bytes=2100-"
    assert patient.holdings.path(ID).read_bytes() == LETTER


def test_a_body_that_ends_early_without_a_length_is_no_letter(site: Site, fetcher: Fetcher) -> None:
    site.misbehave(PATH, moves.open_end(LETTER[:-40]), moves.open_end(LETTER))
    assert fetcher.get().what == "refused"
    assert fetcher.get().what == "new"


def test_the_site_says_how_long_to_wait(site: Site, fetcher: Fetcher) -> None:
    site.misbehave(PATH, moves.status(429, Retry_After="7"), moves.status(503, Retry_After="11"))
    assert fetcher.get().what == "new"
    assert fetcher.slept == [7.0, 11.0]


def test_too_long_a_wait_is_a_failure(site: Site, fetcher: Fetcher) -> None:
    site.misbehave(PATH, moves.status(429, Retry_After="86400"))
    outcome = fetcher.get()
    assert (outcome.what, "asks to wait for 86400 seconds" in outcome.note) == ("failed", True)
    assert fetcher.slept == []


def test_errors_of_the_site_are_waited_out_longer_each_time(site: Site, fetcher: Fetcher) -> None:
    site.misbehave(PATH, *[moves.status(500)] * 4)
    assert fetcher.get().what == "new"
    assert all(0.5 * 2**n <= wait <= 1.5 * 2**n for n, wait in enumerate(fetcher.slept))
    assert len(fetcher.slept) == 4
    site.misbehave(PATH, *[moves.status(502)] * 5)
    assert fetcher.get().what == "failed"
    assert len(fetcher.slept) == 8


def test_after_five_failures_in_a_row_the_site_is_left_alone(site: Site, fetcher: Fetcher) -> None:
    ids = [str(number) for number in range(1, 9)]
    for file_id in ids:
        site.misbehave(f"/v1/file/{file_id}", *[moves.status(500)] * 5)
    outcomes = list(download_all([entry(i) for i in ids], fetcher.client, fetcher.holdings, check=check_letter))
    assert [outcome.what for outcome in outcomes] == ["failed"] * 5 + ["not asked"] * 3
    assert len(site.paths()) == 25


def test_letters_that_are_not_there_say_so_and_do_not_stop_the_others(site: Site, fetcher: Fetcher) -> None:
    ids = [*(str(number) for number in range(1, 8)), ID]
    outcomes = list(download_all([entry(i) for i in ids], fetcher.client, fetcher.holdings, check=check_letter))
    assert [outcome.what for outcome in outcomes] == ["missing"] * 7 + ["new"]
    del site.letters[ID]
    assert fetcher.get().what == "gone"
    assert fetcher.holdings.path(ID).read_bytes() == LETTER


@pytest.mark.parametrize("head", [False, True])
def test_a_body_that_drips_is_cut_off(site: Site, tmp_path: Path, head: bool) -> None:
    site.misbehave(PATH, *[moves.drip(20, head=head)] * 5)
    slow = make(tmp_path, limit=0.4)
    outcome = slow.get()
    assert (outcome.what, "took more than 0.4 seconds" in outcome.note) == ("failed", True)
    assert len(site.paths()) == 2
    assert f"{ID}.pdf" not in slow.files()


def test_a_site_that_falls_silent_is_given_up(site: Site, tmp_path: Path) -> None:
    site.misbehave(PATH, *[moves.silence(1)] * 5)
    outcome = make(tmp_path, silence=0.2).get()
    assert (outcome.what, "was silent for 0.2 seconds" in outcome.note) == ("failed", True)
    assert len(site.paths()) == 2


@pytest.mark.parametrize(
    "to", ["https://example.org/v1/file/1", "http://localhost/v1/file/1", "https://localhost:1/x", "file:///etc/passwd"]
)
def test_a_redirect_to_another_site_is_refused(site: Site, fetcher: Fetcher, to: str) -> None:
    site.misbehave(PATH, moves.redirect(to))
    outcome = fetcher.get()
    assert (outcome.what, "it was not asked" in outcome.note) == ("failed", True)
    assert site.paths() == [PATH]
    assert fetcher.files() == []


def test_a_redirect_inside_the_sites_is_followed(site: Site, fetcher: Fetcher) -> None:
    site.letters["2"] = LETTER
    site.misbehave(PATH, moves.redirect("/v1/file/2", 301))
    assert fetcher.get().what == "new"
    site.misbehave("/v1/file/3", *[moves.redirect("/v1/file/3")] * 9)
    assert "leads on and on" in fetcher.get("3").note
    assert site.paths().count("/v1/file/3") == 6


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_three_gigabytes_is_cut(site: Site, fetcher: Fetcher, chunked: bool) -> None:
    site.misbehave(PATH, moves.huge(3 * 1024, chunked=chunked))
    before = peak_mebibytes()
    outcome = fetcher.get()
    assert (outcome.what, "is larger than 20 MiB" in outcome.note) == ("failed", True)
    assert fetcher.files() == []
    assert peak_mebibytes() - before < 100


def test_a_gzip_bomb_is_cut(site: Site, fetcher: Fetcher) -> None:
    site.misbehave(PATH, moves.bomb(2000))
    before = peak_mebibytes()
    outcome = fetcher.get()
    assert (outcome.what, "is larger than 20 MiB" in outcome.note) == ("failed", True)
    assert fetcher.files() == []
    assert peak_mebibytes() - before < 100


def test_what_robots_txt_forbids_is_not_asked_for(site: Site, fetcher: Fetcher) -> None:
    site.robots = b"User-agent: *\nDisallow: /v1/file/\n"
    outcome = fetcher.get()
    assert (outcome.what, "robots.txt forbids" in outcome.note) == ("failed", True)
    assert site.paths() == []


def test_a_site_without_robots_txt_forbids_nothing(site: Site, fetcher: Fetcher) -> None:
    site.robots = None
    assert fetcher.get().what == "new"


def test_a_site_that_cannot_say_what_it_forbids_is_not_asked(site: Site, fetcher: Fetcher) -> None:
    site.misbehave("/robots.txt", *[moves.status(500)] * 5)
    outcome = fetcher.get()
    assert (outcome.what, "robots.txt is not known" in outcome.note) == ("failed", True)
    assert fetcher.get().what == "failed"
    assert [asked.path for asked in site.asked] == ["/robots.txt"] * 5


def test_there_is_a_pause_between_requests_and_the_site_may_ask_for_a_longer_one(site: Site, tmp_path: Path) -> None:
    site.letters[ID] = LETTER
    polite = make(tmp_path, pause=2.0)
    polite.get()
    polite.get()
    assert [round(wait) for wait in polite.slept] == [2, 2]
    site.robots = b"User-agent: *\nCrawl-delay: 9\n"
    slower = make(tmp_path, pause=2.0)
    slower.get()
    slower.get()
    assert [round(wait) for wait in slower.slept] == [2, 9]


def test_a_full_disk_is_said_and_not_taken_for_a_broken_connection(site: Site, fetcher: Fetcher) -> None:
    fetcher.holdings.part(ID).mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        fetcher.get()
    assert site.paths() == [PATH]


def test_only_one_request_is_under_way(site: Site, fetcher: Fetcher) -> None:
    ids = [str(number) for number in range(1, 21)]
    site.letters |= {file_id: LETTER + b"\n%" + file_id.encode() for file_id in ids}
    outcomes = list(download_all([entry(i) for i in ids], fetcher.client, fetcher.holdings, check=check_letter))
    assert {outcome.what for outcome in outcomes} == {"new"}
    assert site.most_at_once == 1


def test_a_site_with_a_certificate_of_its_own_is_not_trusted(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    outcome = make(tmp_path).get()
    assert (outcome.what, "is not safe" in outcome.note) == ("failed", True)
    assert site.asked == []


def test_certificates_that_cannot_be_read_are_wrong_usage(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(UsageError, match=r"SSL_CERT_FILE=.*none\.pem: cannot be read"):
        make(tmp_path)
    assert site.asked == []


@pytest.mark.parametrize("url", ["http://localhost:1", "localhost", "https://user:word@localhost", "https://[oops"])
def test_the_settings_take_https_addresses_only(url: str) -> None:
    with pytest.raises(UsageError, match="is not an HTTPS address"):
        read_sites({"JTAI_FILES_URL": url})


def test_the_settings_may_hold_more_of_an_address() -> None:
    given = {"JTAI_FILES_URL": "https://localhost:8443/v1/file/", "JTAI_LISTING_URL": "https://localhost:8443/search"}
    sites = read_sites(given)
    assert sites.letter("7") == "https://localhost:8443/v1/file/7"
    assert sites.search_page(100).startswith("https://localhost:8443/search?q=&location=")
    assert sites.search_page(100).endswith("level_2_types%5B%5D=12&start=100&rows=100")


def peak_mebibytes() -> float:
    resource = pytest.importorskip("resource", reason="memory is measured on Unix only")
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
