"""The same letters give the same bytes, whatever the order, the workers, the folder, and however a run ended."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jtai_reports import cache as cache_module
from jtai_reports import crew, reading, schema
from jtai_reports.cache import Cache
from jtai_reports.corpus import read_letters
from jtai_reports.crew import Processes
from jtai_reports.files import PART
from jtai_reports.pdf.reader import read_pages
from jtai_reports.pdf.records import Page
from jtai_reports.reading import read_many, read_one
from jtai_reports.store import write_tables
from tests.conftest import SAMPLE


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """Three letters, a copy of one of them, and two files that are none."""
    folder = tmp_path / "letters"
    folder.mkdir()
    for name in ("90000002.pdf", "90000003.pdf", "90000004.pdf", "authorities.csv"):
        shutil.copy(SAMPLE / name, folder)
    shutil.copy(SAMPLE / "90000003.pdf", folder / "a copy.pdf")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "page.pdf").write_text("<html>Not here</html>")
    return folder


def digests(folder: Path) -> dict[str, str]:
    """The checksums of all files of a folder, without the cache."""
    files = (path for path in folder.rglob("*") if path.is_file() and ".cache" not in path.parts)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def tables(letters: Path, outputs: Path, *, workers: int, seed: int = 0) -> dict[str, str]:
    """The checksums of the tables made of a folder's letters, listed in a random order."""
    files = sorted(letters.glob("*.pdf"))
    random.Random(seed).shuffle(files)
    write_tables(read_letters(files, workers=workers, authorities=letters), outputs)
    made = digests(outputs)
    assert len(made) == 2 * len(schema.TABLES)
    return made


def test_order_workers_and_folder_make_no_difference(letters: Path, tmp_path: Path) -> None:
    first = tables(letters, tmp_path / "a", workers=1)
    assert tables(letters, tmp_path / "b", workers=2, seed=1) == first
    assert tables(letters, tmp_path / "c", workers=0, seed=2) == first
    renamed = letters.rename(tmp_path / "Ordner – 'neu'")
    assert tables(renamed, tmp_path / "d", workers=0, seed=3) == first


# --- the cache ------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The content of every PDF whose text is read, in this process."""
    contents: list[bytes] = []
    read: Callable[..., list[Page]] = read_pages

    def count(content: bytes, **options: object) -> list[Page]:
        contents.append(content)
        return read(content, **options)

    monkeypatch.setattr(reading, "read_pages", count)
    return contents


def test_unchanged_letters_are_not_read_again(letters: Path, tmp_path: Path, opened: list[bytes]) -> None:
    files = list(letters.glob("*.pdf"))
    first = read_letters(files, cache=tmp_path / "cache", authorities=letters)
    assert len(opened) == 5  # three letters, a copy, and a web page; the empty file is not opened
    opened.clear()
    second = read_letters(files, cache=tmp_path / "cache", authorities=letters)
    assert opened == []
    assert write_tables(first, tmp_path / "a")
    assert write_tables(second, tmp_path / "b")
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_unchanged_letters_start_no_worker(letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [SAMPLE / "90000002.pdf", SAMPLE / "90000003.pdf"]
    read_letters(files, cache=tmp_path, authorities=letters)
    monkeypatch.setattr(crew, "ProcessPoolExecutor", None)
    assert len(read_letters(files, cache=tmp_path, authorities=letters, workers=2).reports) == 2


def test_one_changed_letter_is_read_again_alone(letters: Path, tmp_path: Path, opened: list[bytes]) -> None:
    files = list(letters.glob("*.pdf"))
    read_letters(files, cache=tmp_path / "cache", authorities=letters)
    changed = (SAMPLE / "90000005.pdf").read_bytes()
    (letters / "90000004.pdf").write_bytes(changed)
    opened.clear()
    read_letters(files, cache=tmp_path / "cache", authorities=letters)
    assert opened == [changed]


def test_what_else_decides_the_reading_makes_old_entries_useless(
    letters: Path, tmp_path: Path, opened: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def n_read(**options: object) -> int:
        opened.clear()
        read_letters([letters / "90000002.pdf"], cache=tmp_path, **options)  # type: ignore[arg-type]
        return len(opened)

    assert [n_read(authorities=letters), n_read(authorities=letters)] == [1, 0]
    assert [n_read(), n_read()] == [1, 0]
    assert [n_read(reader="pdfplumber"), n_read(reader="pdfplumber")] == [1, 0]
    with (letters / "authorities.csv").open("a") as file:
        file.write("\n")
    assert n_read(authorities=letters) == 1
    monkeypatch.setattr(cache_module, "code_version", lambda *_: "another")
    assert n_read(authorities=letters) == 1


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "old"])
def test_a_damaged_entry_is_made_anew(damage: str, letters: Path, tmp_path: Path, opened: list[bytes]) -> None:
    path, folder = letters / "90000002.pdf", tmp_path / "cache"
    before = read_letters([path], cache=folder, authorities=letters)
    (entry,) = folder.iterdir()
    content = entry.read_bytes()
    bad = {"cut": content[:-9], "changed": content.replace(b"a", b"e", 1), "empty": b"", "old": content[65:]}
    entry.write_bytes(bad[damage])
    opened.clear()
    again = read_letters([path], cache=folder, authorities=letters)
    assert len(opened) == 1
    assert again.findings.equals(before.findings)
    assert entry.read_bytes() == content


def test_a_letter_that_changes_while_it_is_read_is_kept_under_what_was_read(letters: Path, tmp_path: Path) -> None:
    path, kept_in = letters / "90000002.pdf", Cache(tmp_path / "cache", "v" * 64)
    file = read_one(path, authorities=letters)
    kept_in.put(file)
    path.write_bytes((letters / "90000003.pdf").read_bytes())
    assert kept_in.get(path) is None
    path.write_bytes((SAMPLE / "90000002.pdf").read_bytes())
    assert kept_in.get(path) == file


# --- runs that are killed -------------------------------------------------------------------------------------


def start_run(letters: Path, outputs: Path, *, workers: int = 2) -> subprocess.Popen[bytes]:
    command = ["run", "--reports", str(letters), "--outputs", str(outputs), "--workers", str(workers)]
    return subprocess.Popen([sys.executable, "-m", "jtai_reports.cli", *command], stdout=subprocess.DEVNULL)


def when(there: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait until something is there, or the process has ended."""
    while not there() and process.poll() is None:
        time.sleep(0.002)


KILLED_AT_RENAME = """
import os, signal, sys
from pathlib import Path
left, rename = int(sys.argv[1]), Path.replace
def replace(part, target):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(part, target)
Path.replace = replace
from jtai_reports.cli import main
main(sys.argv[2:])
"""


def test_a_run_killed_at_any_moment_is_made_good_by_the_next(letters: Path, tmp_path: Path) -> None:
    """Killed while the letters are read, and before the ninth table has its name."""
    assert start_run(letters, tmp_path / "whole").wait() == 0
    want, outputs = digests(tmp_path / "whole"), tmp_path / "out"
    assert "run.json" in want
    reading_letters = start_run(letters, outputs)
    when(lambda: any(outputs.glob(".cache/*.json")), reading_letters)
    reading_letters.kill()
    reading_letters.wait()
    for folder in ("data", "tables", "figures", "site"):  # where the signal came late
        shutil.rmtree(outputs / folder, ignore_errors=True)
    for name in ("jtai-findings.xlsx", "run.json"):
        (outputs / name).unlink(missing_ok=True)
    command = [sys.executable, "-c", KILLED_AT_RENAME, "9", "run", "--workers", "2"]
    command += ["--reports", str(letters), "--outputs", str(outputs)]
    assert subprocess.run(command, stdout=subprocess.DEVNULL).returncode == -signal.SIGKILL
    assert len(list(outputs.rglob(f".*{PART}"))) >= 1
    whole = {name: digest for name, digest in digests(outputs).items() if not name.endswith(PART)}
    assert len(whole) == 8
    assert whole.items() <= want.items()
    assert start_run(letters, outputs).wait() == 0
    assert digests(outputs) == want
    assert list(outputs.rglob(f".*{PART}")) == []


def die_once(path: Path) -> reading.ReadFile:
    """Kill this worker at the first letter that any worker reads, and never again."""
    mark = path.parent / "died"
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return read_one(path, authorities=SAMPLE)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_a_worker_that_is_killed_costs_no_letter(letters: Path) -> None:
    files = [letters / f"9000000{n}.pdf" for n in (2, 3, 4)]
    read = read_many(files, die_once, crew=Processes(2))
    assert (letters / "died").exists()
    assert [file.letter is not None for file in read] == [True, True, True]
    assert read == [read_one(path, authorities=SAMPLE) for path in files]


def test_workers_end_with_the_run(letters: Path, tmp_path: Path) -> None:
    process = start_run(letters, tmp_path / "out")
    when(lambda: any((tmp_path / "out").glob(".cache/*.json")), process)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        process.wait()
        pytest.skip("this system does not list a process's children")
    workers = [Path("/proc") / pid for pid in children.read_text().split()]
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while any(is_alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [worker for worker in workers if is_alive(worker)] == []


def is_alive(process: Path) -> bool:
    try:
        return (process / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_script_without_a_main_part_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        f"import jtai_reports as jtai\njtai.read_letters([{str(SAMPLE / '90000001.pdf')!r}], workers=2)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "Worker processes cannot start. Hint: In a script of your own" in done.stderr.splitlines()[-1]
