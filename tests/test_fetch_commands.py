"""The commands that get letters: what they print, write and return."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from jtai_reports.cli import main
from jtai_reports.reference import catalogue
from jtai_reports.reference.catalogue import CatalogueEntry, read_catalogue
from tests.conftest import SAMPLE
from tests.site import moves
from tests.site.pages import Letter, Provider
from tests.site.server import Site

LETTERS = sorted(SAMPLE.glob("*.pdf"))
TYNESIDE = "50000221"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder for letters, which knows the invented authorities."""
    folder = tmp_path / "reports"
    folder.mkdir()
    shutil.copy(SAMPLE / "authorities.csv", folder)
    return folder


@pytest.fixture
def small_catalogue(monkeypatch: pytest.MonkeyPatch) -> tuple[CatalogueEntry, ...]:
    """A catalogue of six letters, so that reading them all takes less time."""
    entries = read_catalogue()[:6]
    monkeypatch.setattr(catalogue, "read_catalogue", lambda: entries)
    return entries


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def jtai(command: str, *arguments: object, reports: Path) -> int:
    return main([command, *(str(argument) for argument in arguments), "--reports", str(reports)])


def test_fetch_one_authority(site: Site, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.letters[TYNESIDE] = LETTERS[0].read_bytes()
    assert jtai("fetch", "--authority", "south tyneside", reports=reports) == 0
    assert site.paths() == [f"/v1/file/{TYNESIDE}"]
    shown = capsys.readouterr().out
    assert f"new: {TYNESIDE} South Tyneside (2016-04-05): {reports / TYNESIDE}.pdf (another version" in shown
    assert shown.endswith("1 letters: 1 new\n")
    assert jtai("fetch", "--authority", "South Tyneside", reports=reports) == 0
    assert capsys.readouterr().out == "1 letters: 1 held\n"


def test_a_killed_fetch_leaves_no_half_letter_and_the_next_one_goes_on(site: Site, reports: Path) -> None:
    content = LETTERS[0].read_bytes()
    site.letters[TYNESIDE] = content
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    site.misbehave(f"/v1/file/{TYNESIDE}", moves.stall(content, after=20_000, seconds=30, ETag=tag))
    command = [sys.executable, "-m", "jtai_reports.cli", "fetch", "--authority", "South Tyneside"]
    partial = reports / f".{TYNESIDE}.pdf.partial"
    with subprocess.Popen([*command, "--reports", str(reports)]) as fetching:
        try:
            end = time.monotonic() + 60
            while not (partial.exists() and partial.stat().st_size == 20_000) and time.monotonic() < end:
                time.sleep(0.05)
        finally:
            fetching.kill()
    assert partial.read_bytes() == content[:20_000]
    assert list(reports.glob("*.pdf")) == []
    assert jtai("fetch", "--authority", "South Tyneside", reports=reports) == 0
    assert site.asked[-1].headers["range"] == "bytes=20000-"
    assert (reports / f"{TYNESIDE}.pdf").read_bytes() == content


def test_fetch_by_series_and_day(site: Site, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert jtai("fetch", "--series", "cse_2016", "--since", "2016-06-01", reports=reports) == 3
    wanted = [e for e in read_catalogue() if e.series == "cse_2016" and e.published.isoformat() >= "2016-06-01"]
    assert len(wanted) == 2
    assert site.paths() == [f"/v1/file/{entry.file_id}" for entry in wanted]
    assert "status 404" in capsys.readouterr().out


def test_fetch_all(site: Site, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    serve_all(site)
    assert jtai("fetch", "--all", reports=reports) == 0
    assert capsys.readouterr().out.endswith("70 letters: 70 new\n")
    assert len(list(reports.glob("*.pdf"))) == 70
    assert len(list(reports.glob("5*.json"))) == 70
    assert list(reports.glob(".*.partial*")) == []
    assert site.most_at_once == 1


def test_fetch_discover_fetches_what_the_catalogue_lacks(
    site: Site, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = read_catalogue()[0]
    site.providers = [
        Provider(known.urn, known.authority, (Letter(known.file_id),)),
        Provider("99001", "Tarnborough", (Letter("90000001", "3 June 2019"),)),
    ]
    site.letters["90000001"] = LETTERS[0].read_bytes()
    assert jtai("fetch", "--discover", reports=reports) == 0
    shown = capsys.readouterr().out
    assert "2 letters of 2 providers; 1 new to the catalogue" in shown
    assert f"/v1/file/{known.file_id}" not in site.paths()
    assert (reports / "90000001.pdf").is_file()
    assert jtai("catalogue", "--authority", "tarnborough", reports=reports) == 0
    assert "1 letters, 1 held" in capsys.readouterr().out


def test_an_odd_page_ends_with_4(site: Site, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.pages = {}
    assert jtai("fetch", "--discover", reports=reports) == 4
    shown = capsys.readouterr().err
    assert "no link to a further provider" in shown
    assert str(reports / "unexpected" / "search-0.html") in shown
    site.providers = [
        Provider("99001", "Tarnborough", (Letter("90000001", "3 June 2019"),)),
        *(Provider(str(n), "Area") for n in range(5)),
    ]
    site.letters["90000001"] = LETTERS[0].read_bytes()
    site.misbehave("/provider/44/3", moves.page(b"<html></html>"))
    assert jtai("fetch", "--discover", reports=reports) == 4
    assert (reports / "90000001.pdf").is_file()
    assert "no publication (a.publication-link)" in capsys.readouterr().out


def test_what_could_not_be_had_ends_with_3(site: Site, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.misbehave(f"/v1/file/{TYNESIDE}", moves.page(b"<html>Sorry</html>"))
    assert jtai("fetch", "--authority", "South Tyneside", reports=reports) == 3
    shown = capsys.readouterr().out
    assert f"refused: {TYNESIDE} South Tyneside" in shown
    assert "Not a PDF but a web page (starts with '<html>Sorry</htm')" in shown
    assert list(reports.glob("*.pdf")) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "No letters were asked for. Hint: Name them with"),
        (["--authority", "South Tynside"], "Did you mean South Tyneside"),
        (["--series", "front_dor"], "Did you mean front_door"),
    ],
)
def test_wrong_usage_ends_with_2(
    site: Site, reports: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert jtai("fetch", *arguments, reports=reports) == 2
    assert message in capsys.readouterr().err
    assert site.asked == []


def test_plain_http_is_wrong_usage(
    reports: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JTAI_FILES_URL", "http://files.ofsted.gov.uk")
    assert jtai("fetch", "--all", reports=reports) == 2
    assert "JTAI_FILES_URL=http://files.ofsted.gov.uk: is not an HTTPS address" in capsys.readouterr().err


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("command", [["fetch", "--all", "--discover"], ["refresh"]])
def test_a_dry_run_asks_nothing_and_writes_nothing(
    reports: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert jtai(*command, "--dry-run", reports=reports) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown.count(f"https://files.ofsted.gov.uk/v1/file/{TYNESIDE}") == 1
    assert sum("/v1/file/" in line for line in shown) == 70
    assert sum(line.startswith("https://reports.ofsted.gov.uk/search?") for line in shown) == 1
    assert [path.name for path in reports.iterdir()] == ["authorities.csv"]


@pytest.mark.usefixtures("no_network")
def test_nothing_else_touches_the_network(reports: Path, tmp_path: Path) -> None:
    assert jtai("catalogue", reports=reports) == 0
    assert jtai("adopt", LETTERS[0], reports=reports) == 0
    assert jtai("run", "--outputs", tmp_path / "out", "--workers", 1, reports=reports) == 0


def test_nobody_else_fetches_into_the_folder(site: Site, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FileLock(reports / ".fetch.lock"):
        assert jtai("fetch", "--all", reports=reports) == 2
    assert "are being fetched into it already" in capsys.readouterr().err
    assert site.asked == []


@pytest.mark.parametrize("library", ["urllib3", "bs4", "tenacity", "protego", "filelock"])
def test_without_the_extra_the_error_names_it(
    site: Site, reports: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], library: str
) -> None:
    for name in [name for name in sys.modules if name.startswith("jtai_reports.acquire")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    assert jtai("fetch", "--all", reports=reports) == 2
    shown = capsys.readouterr().err
    assert f"Fetching letters needs the library {library}." in shown
    assert "pip install 'jtai-reports[fetch]'" in shown
    assert site.asked == []


def test_what_the_web_sends_steers_no_terminal(site: Site, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.providers = [Provider("70001", "\x1b[31mRed\u202e", (Letter("90000001"),))]
    site.misbehave("/v1/file/90000001", moves.redirect("https://example.org/\x1b[2J\x9b1m"))
    assert jtai("fetch", "--discover", reports=reports) == 3
    shown = capsys.readouterr()
    assert "it was not asked" in shown.out
    assert not set("\x1b\x9b\u202e") & set(shown.out + shown.err)


def test_the_contact_is_a_setting(site: Site, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JTAI_CONTACT", "researcher@example.org")
    jtai("fetch", "--authority", "South Tyneside", reports=reports)
    assert site.asked[0].headers["user-agent"].endswith("complaints to researcher@example.org)")
    monkeypatch.setenv("JTAI_CONTACT", "a\r\nX-Evil: 1")
    assert jtai("fetch", "--authority", "South Tyneside", reports=reports) == 2


def test_refresh_says_what_is_new_changed_and_gone(
    site: Site,
    reports: Path,
    tmp_path: Path,
    small_catalogue: tuple[CatalogueEntry, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    serve_all(site)
    known = small_catalogue
    site.providers = [Provider(entry.urn, entry.authority, (Letter(entry.file_id),)) for entry in known]
    assert jtai("fetch", "--all", reports=reports) == 0
    site.providers[0] = site.providers[0]._replace(letters=())
    site.providers.append(Provider("99001", "Tarnborough", (Letter("90000001", "3 June 2019"),)))
    site.letters["90000001"] = LETTERS[0].read_bytes()
    site.letters[known[1].file_id] += b"\n% corrected\n%%EOF\n"
    del site.letters[known[2].file_id]
    capsys.readouterr()
    assert jtai("refresh", "--outputs", tmp_path / "out", reports=reports) == 0
    shown = capsys.readouterr().out
    report = shown[shown.index("New: ") :].splitlines()
    assert report[:4] == [
        "New: 1",
        "  90000001 Tarnborough (2019-06-03)",
        "Changed: 1",
        f"  {known[1].file_id} {known[1].authority} ({known[1].published})",
    ]
    assert report[4] == "Gone: 2"
    assert {line.split()[0] for line in report[5:]} == {known[0].file_id, known[2].file_id}
    assert (tmp_path / "out" / "data" / "reports.csv").is_file()
    assert jtai("refresh", "--outputs", tmp_path / "out", reports=reports) == 0
    assert "New: 0\nChanged: 0\nGone: 2" in capsys.readouterr().out


@pytest.mark.usefixtures("small_catalogue")
def test_refresh_looks_after_known_letters_when_the_listing_is_odd(
    site: Site, reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve_all(site)
    assert jtai("refresh", "--outputs", tmp_path / "out", reports=reports) == 4
    shown = capsys.readouterr().out
    assert "The listing site could not be read" in shown
    assert "6 letters: 6 new" in shown
    assert (tmp_path / "out" / "run.json").is_file()


def test_adopt_takes_a_letter_in_under_its_name(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_entry(reports, "90000001", "Quillshire", day_of(LETTERS[0]))
    mine = tmp_path / "Download (3).pdf"
    shutil.copy(LETTERS[0], mine)
    assert jtai("adopt", mine, reports=reports) == 0
    assert "by its area and date: taken in" in capsys.readouterr().out
    assert (reports / "90000001.pdf").read_bytes() == mine.read_bytes()
    record = json.loads((reports / "90000001.json").read_text())["held"]
    assert (record["source"], record["url"]) == ("adopted", "https://files.ofsted.gov.uk/v1/file/90000001")
    assert jtai("adopt", mine, reports=reports) == 0
    assert "held already" in capsys.readouterr().out


def test_adopt_keeps_another_version_beside(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_entry(reports, "90000001", "Quillshire", day_of(LETTERS[0]))
    assert jtai("adopt", LETTERS[0], reports=reports) == 0
    corrected = tmp_path / "corrected.pdf"
    corrected.write_bytes(LETTERS[0].read_bytes() + b"\n% corrected\n%%EOF\n")
    assert jtai("adopt", corrected, reports=reports) == 0
    assert "another version of a letter that is held" in capsys.readouterr().out
    assert (reports / "90000001.pdf").read_bytes() == LETTERS[0].read_bytes()
    assert [path.read_bytes() for path in (reports / "changed").iterdir()] == [corrected.read_bytes()]


def test_adopt_names_an_unknown_letter_for_its_area_and_renames_inside_the_folder(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = reports / "scan.pdf"
    shutil.copy(LETTERS[0], inside)
    assert jtai("adopt", inside, reports=reports) == 0
    assert "a letter not in the catalogue: taken in" in capsys.readouterr().out
    assert [path.name for path in reports.glob("*.pdf")] == [f"jtai-{day_of(LETTERS[0])}-quillshire.pdf"]


def test_adopt_refuses_what_is_no_letter(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = tmp_path / "notes.pdf"
    notes.write_text("Notes of a meeting")
    assert jtai("adopt", notes, LETTERS[0], tmp_path / "nowhere.pdf", reports=reports) == 3
    shown = capsys.readouterr().out
    assert "notes.pdf: Not a PDF" in shown
    assert "nowhere.pdf: The file cannot be opened" in shown
    assert jtai("adopt", notes, reports=reports) == 1


def test_real_letters_are_matched_by_their_content(
    reference: Path, reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, path in enumerate(sorted((reference / "corpus").glob("*.pdf"))[::8]):
        content = path.read_bytes()
        (tmp_path / f"{number}.pdf").write_bytes(content)
        (tmp_path / f"{number}-saved-again.pdf").write_bytes(content + b"\n%%EOF\n")
        shutil.rmtree(reports / "changed", ignore_errors=True)
        assert jtai("adopt", tmp_path / f"{number}.pdf", reports=reports) == 0
        assert f"by its checksum: taken in: {reports / path.name}" in capsys.readouterr().out
        assert jtai("adopt", tmp_path / f"{number}-saved-again.pdf", reports=reports) == 0
        assert f"by its area and date: another version of a letter that is held: {reports / 'changed' / path.stem}" in (
            capsys.readouterr().out
        )


def test_the_catalogue_knows_the_real_letters(reference: Path) -> None:
    known = {entry.file_name: entry for entry in read_catalogue()}
    files = sorted((reference / "corpus").glob("*.pdf"))
    assert len(known) == 70
    assert [p.name for p in files if known[p.name].sha256 != hashlib.sha256(p.read_bytes()).hexdigest()] == []
    assert sum(entry.sha256 is not None for entry in known.values()) == len(files) == 42
    assert all((e.sha256 is None) == (e.pages is None) == (e.first_seen is None) for e in known.values())
    assert {entry.series for entry in known.values() if entry.series is None} == set()


def test_catalogue_formats(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(LETTERS[0], reports / f"{TYNESIDE}.pdf")
    assert jtai("catalogue", "--series", "cse_2016", "--format", "json", reports=reports) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 5
    assert rows[0]["file_id"] == TYNESIDE
    assert (rows[0]["held"], rows[0]["file"], rows[0]["changed"]) == (True, f"{TYNESIDE}.pdf", False)
    assert {row["held"] for row in rows[1:]} == {False}
    assert jtai("catalogue", "--series", "cse_2016", "--held", "--format", "csv", reports=reports) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["authority"] for row in table] == ["South Tyneside"]
    assert jtai("catalogue", "--missing", reports=reports) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "69 letters, 0 held"


def test_the_catalogue_finds_a_letter_under_any_name(
    reference: Path, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(reference / "corpus" / f"{TYNESIDE}.pdf", reports / "my letter.pdf")
    assert jtai("catalogue", "--held", reports=reports) == 0
    assert "my letter.pdf" in capsys.readouterr().out


def test_a_catalogue_that_is_not_one_is_wrong_usage(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = "file_id,url,urn,authority,ons_code,published,series\n"
    for row, message in (("../../x,,,,,2020-01-01,", "is not a file id"), ("5,,,,,soon,", "cannot be read")):
        (reports / "catalogue.csv").write_text(head + row + "\n")
        assert jtai("catalogue", reports=reports) == 2
        assert f"line 2: {row.split(',')[0 if '..' in row else 5]!r} {message}" in capsys.readouterr().err


def serve_all(site: Site) -> None:
    """A letter for every entry of the catalogue; each is another file, though the invented letters are only twelve."""
    for number, entry in enumerate(read_catalogue()):
        content = LETTERS[number % len(LETTERS)].read_bytes()
        site.letters[entry.file_id] = content + f"\n% {number}\n%%EOF\n".encode()


def add_entry(reports: Path, file_id: str, authority: str, day: str) -> None:
    head = "file_id,url,urn,authority,ons_code,published,series"
    url = f"https://files.ofsted.gov.uk/v1/file/{file_id}"
    (reports / "catalogue.csv").write_text(f"{head}\n{file_id},{url},99001,{authority},,{day},\n")


def day_of(path: Path) -> str:
    truth = json.loads((SAMPLE / "truth.json").read_text("utf-8"))
    return str(truth[path.name]["letter_date"])
