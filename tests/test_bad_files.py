"""Whatever lies in the folder, each file ends in a row of problems with a hint or in a correct read."""

from __future__ import annotations

import os
import re
import signal
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.crew import Limits, Processes
from jtai_reports.letter.records import Letter, Problem
from jtai_reports.outline import file_names
from jtai_reports.pdf.streams import damaged_streams
from jtai_reports.pipeline import describe_inputs, find_letters
from jtai_reports.reading import ReadFile, read_many, read_one
from jtai_reports.settings import Settings
from jtai_reports.store import write_tables
from tests import bad_pdfs as bad
from tests.conftest import SAMPLE

GOOD = (SAMPLE / "90000002.pdf").read_bytes()
WEB_PAGE = b"\n<!DOCTYPE html>\n<html><body>The service is unavailable</body></html>"
CASES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "empty", "is empty"),
    "a web page": (lambda: WEB_PAGE, "not_pdf", "a web page"),
    "plain text": (lambda: b"Minutes of a meeting", "not_pdf", "starts with 'Minutes of a mee'"),
    "control characters": (lambda: b"\x00\x1b[31m" * 9, "not_pdf", "starts with"),
    "a word file": (lambda: b"PK\x03\x04" + b"\0" * 99, "not_pdf", "a Word file"),
    "only a head": (lambda: b"%PDF-1.7\n", "damaged", "cut short"),
    "a head and an end": (lambda: b"%PDF-1.7\n%%EOF\n", "damaged", "damaged"),
    "cut in the middle": (lambda: GOOD[: len(GOOD) // 2], "damaged", "cut short"),
    "no pages": (bad.no_pages, "no_pages", "no pages"),
    "a page tree that holds itself": (bad.cyclic_pages, "damaged", "damaged"),
    "a page tree 3000 levels deep": (partial(bad.deep_pages, 3000), "damaged", "damaged"),
    "arrays 100000 levels deep": (partial(bad.deep_arrays, 100_000), "no_text", "hardly any text"),
    "3000 pages": (partial(bad.many_pages, 3000), "too_long", "3000 pages"),
    "two thousand million pages, it says": (partial(bad.false_count, 2**31 - 1), "no_text", "hardly any text"),
    "five pages, it says": (partial(bad.false_count, 5), "damaged", "damaged"),
    "a scan": (bad.picture_only, "no_text", "scanned pictures"),
    "a password": (partial(bad.locked, GOOD, user="secret"), "password", "needs a password"),
    "an unknown lock": (bad.unknown_lock, "password", "encrypted in a way"),
    "a font without a name": (lambda: bad.one_page(bad.stream(bad.TEXT), b"<< /Type /Font >>"), "no_text", "hardly"),
}


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read_good(path: Path) -> Letter:
    letter = read_one(path, authorities=SAMPLE).letter
    assert letter is not None
    return letter


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])
def test_a_bad_file_is_a_problem_with_a_hint(case: str, reader: str, tmp_path: Path) -> None:
    make, code, words = CASES[case]
    if reader == "pdfplumber" and case in ("a page tree that holds itself", "five pages, it says"):
        pytest.skip("pdfplumber counts the pages that are there, not those that are promised")
    file = read_one(written(tmp_path, "bad.pdf", make()), reader=reader)  # type: ignore[arg-type]
    assert file.letter is None
    (problem,) = file.problems
    assert (problem.severity, problem.code) == ("error", code)
    assert words in problem.message
    assert problem.message.isprintable()
    assert problem.hint


def test_the_reason_is_not_that_of_the_file_before(tmp_path: Path) -> None:
    locked = written(tmp_path, "a.pdf", bad.locked(GOOD, user="secret"))
    assert [read_one(path).problems[0].code for path in (locked, written(tmp_path, "b.pdf", bad.no_pages()))] == [
        "password",
        "no_pages",
    ]


@pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])
def test_a_file_locked_only_against_printing_is_read(reader: str, tmp_path: Path) -> None:
    path = written(tmp_path, "locked.pdf", bad.locked(GOOD, user=""))
    assert read_one(path, reader=reader, authorities=SAMPLE).letter == read_good(SAMPLE / "90000002.pdf")  # type: ignore[arg-type]


def test_right_to_left_marks_and_unknown_characters_leave_the_text() -> None:
    from jtai_reports.pdf.lines import group_lines
    from jtai_reports.pdf.records import Run

    runs = [Run("Safe\u202eguarding\u200f \ud800is\x07 \xadgood", 72, 200, 100, 12, "Arial")]
    assert [line.text for line in group_lines(runs, 1)] == ["Safeguarding is -good"]


def test_what_is_drawn_nowhere_is_left_out() -> None:
    from jtai_reports.pdf.lines import group_lines
    from jtai_reports.pdf.records import Run

    nan, inf = float("nan"), float("inf")
    places = [(nan, 10, 10, 12), (10, inf, 10, 12), (10, 20, -inf, 12), (10, 20, 10, nan), (10, 20, 10, -1)]
    lost = [Run("lost", *place, "Arial") for place in places]
    assert [line.text for line in group_lines([*lost, Run("found", 72, 100, 100, 12, "")], 1)] == ["found"]


def test_a_letter_whose_fonts_have_no_names_is_read(tmp_path: Path) -> None:
    """Without names nothing is bold: headings may go unrecognised, but the text is there."""
    nameless = re.sub(rb"/(BaseFont|FontName) /[A-Za-z0-9+-]+", lambda m: b" " * len(m[0]), GOOD)
    file = read_one(written(tmp_path, "nameless.pdf", nameless), authorities=SAMPLE)
    assert nameless != GOOD
    assert file.letter is not None
    assert file.letter.details.letter_date == read_good(SAMPLE / "90000002.pdf").details.letter_date


def test_a_damaged_part_is_said(tmp_path: Path) -> None:
    at = [match.end() for match in re.finditer(rb"stream\r?\n", GOOD)][-2] + 300
    hurt = GOOD[:at] + bytes([GOOD[at] ^ 1]) + GOOD[at + 1 :]
    problems = read_one(written(tmp_path, "hurt.pdf", hurt), authorities=SAMPLE).problems
    assert damaged_streams(GOOD) == (0, 6)
    assert damaged_streams(hurt) == (1, 6)
    assert "damaged_part" in [problem.code for problem in problems]


def test_an_empty_page_in_the_middle_is_said(tmp_path: Path) -> None:
    import pikepdf

    with pikepdf.open(SAMPLE / "90000002.pdf") as pdf:
        pdf.pages.insert(1, pikepdf.Page(pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Page))))
        pdf.pages[1].mediabox = pikepdf.Rectangle(0, 0, 595, 842)
        pdf.save(tmp_path / "gap.pdf")
    problems = [p for p in read_one(tmp_path / "gap.pdf", authorities=SAMPLE).problems if p.stage == "read"]
    assert [(p.code, p.severity, p.message) for p in problems] == [
        ("page_without_text", "warning", "Page 2 holds no text.")
    ]


def test_things_named_pdf_that_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "loop.pdf").symlink_to(tmp_path / "loop.pdf")
    (tmp_path / "nothing.pdf").symlink_to(tmp_path / "not there")
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "device.pdf").symlink_to("/dev/zero")
    found = find_letters(tmp_path)
    problems = read_letters(found.files).problems.set_index("file_name")["message"].to_dict()
    assert problems == {
        "device.pdf": "This is not an ordinary file.",
        "folder.pdf": "This is a folder, not a file.",
        "loop.pdf": "The file cannot be opened (Too many levels of symbolic links).",
        "nothing.pdf": "The file cannot be opened (No such file or directory).",
        "pipe.pdf": "This is not an ordinary file.",
    }


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    path = written(tmp_path, "secret.pdf", GOOD)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert read_one(path).problems == (
        Problem("read", "error", "unreadable", "The file cannot be opened (Permission denied).", "May you read it?"),
    )


def test_a_file_far_too_large(tmp_path: Path) -> None:
    with (tmp_path / "large.pdf").open("wb") as file:
        file.truncate(201 * 2**20)
    assert [p.code for p in read_one(tmp_path / "large.pdf").problems] == ["too_large"]


def test_a_file_that_vanishes_during_the_run(tmp_path: Path) -> None:
    paths = [written(tmp_path, name, GOOD + name.encode()) for name in ("a.pdf", "b.pdf", "c.pdf")]

    def read(path: Path) -> ReadFile:
        paths[1].unlink(missing_ok=True)
        return read_one(path)

    files = read_many(paths, read)
    assert [file.letter is not None for file in files] == [True, False, True]
    assert files[1].problems[0].code == "unreadable"


def test_a_fault_of_the_program_costs_one_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise AttributeError("no such thing")

    monkeypatch.setattr("jtai_reports.reading.read_letter", stumble)
    (problem,) = read_one(written(tmp_path, "odd.pdf", GOOD)).problems
    assert problem.code == "not_understood"
    assert "AttributeError: no such thing" in problem.message


ODD_NAMES = [
    "with space.pdf",
    'it\'s "quoted".pdf',
    "Aëlmere – ‘Ward’.PDF",
    "a\u202efdp.pdf",
    "=1+1.pdf",
    "new\nline.pdf",
]


def test_odd_names(tmp_path: Path) -> None:
    """Names are kept as they are; only bytes that are no UTF-8 are spelled out."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, name in enumerate(ODD_NAMES):
        written(folder, name, b"no pdf %d" % number)
    (folder / os.fsdecode(b"caf\xe9.pdf")).write_bytes(GOOD)
    letters = find_letters(folder)
    assert set(describe_inputs(Settings(), letters)["inputs"]) == {*ODD_NAMES, "caf\\xe9.pdf"}
    corpus = read_letters(letters.files, authorities=SAMPLE)
    write_tables(corpus, tmp_path / "out")
    assert corpus.reports["file_name"].tolist() == ["caf\\xe9.pdf"]
    import pandas as pd

    problems = pd.read_parquet(tmp_path / "out" / "data" / "problems.parquet")
    assert set(problems.loc[problems["severity"] == "error", "file_name"]) == set(ODD_NAMES)
    assert "'=1+1.pdf,," in (tmp_path / "out" / "data" / "problems.csv").read_text("utf-8-sig")


def test_files_of_one_name_in_two_folders(tmp_path: Path) -> None:
    for folder, source in (("a", "90000002.pdf"), ("b", "90000003.pdf")):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, "letter.pdf", (SAMPLE / source).read_bytes())
        written(tmp_path / folder, "empty.pdf", b"")
    corpus = read_letters(tmp_path.rglob("*.pdf"), authorities=SAMPLE)
    assert sorted(corpus.reports["file_name"]) == ["a/letter.pdf", "b/letter.pdf"]
    assert corpus.reports["report_id"].is_unique
    assert corpus.problems["file_name"].tolist() == ["a/empty.pdf", "b/empty.pdf"]
    assert file_names([]) == {}


# --- limits: a file that hangs, eats memory or kills its worker -----------------------------------------------


def misbehave(path: Path) -> ReadFile:
    """Do what the file's name says; it runs in a worker."""
    if path.stem == "hang":
        re.match(r"(a+)+$", "a" * 60 + "b")  # holds the interpreter for years: no thread can stop it
    if path.stem == "eat":
        _ = bytearray(2**33)
    if path.stem == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    return read_one(path)


def test_files_that_hang_eat_or_kill_are_cut_off_and_their_neighbours_read(tmp_path: Path) -> None:
    names = ["1.pdf", "die.pdf", "eat.pdf", "hang.pdf", "2.pdf"]
    paths = [written(tmp_path, name, GOOD + name.encode()) for name in names]
    seen: list[str] = []
    files = read_many(paths, misbehave, crew=Processes(2), limits=Limits(2, 512), on_read=seen.append)
    assert [file.file_name for file in files] == names
    assert sorted(seen) == sorted(names)
    assert [file.letter is not None for file in files] == [True, False, False, False, True]
    for file in files[1:4]:
        (problem,) = file.problems
        assert problem.code == "cut_off"
        assert "2 seconds or 512 MiB" in problem.message
        assert problem.hint
        assert file.sha256


def test_bombs_are_cut_off(tmp_path: Path) -> None:
    """Files that unpack to gigabytes: in the page, packed twice, in the objects."""
    written(tmp_path, "page.pdf", bad.bomb(1))
    written(tmp_path, "twice.pdf", bad.bomb(2, filters=b"/FlateDecode /FlateDecode"))
    written(tmp_path, "objects.pdf", bad.bomb_in_objects())
    written(tmp_path, "letter.pdf", GOOD)
    corpus = read_letters(tmp_path.glob("*.pdf"), workers=2, limits=Limits(20, 400), authorities=SAMPLE)
    assert corpus.reports["file_name"].tolist() == ["letter.pdf"]
    errors = corpus.problems[corpus.problems["severity"] == "error"].set_index("file_name")["code"].to_dict()
    assert set(errors) == {"page.pdf", "twice.pdf", "objects.pdf"}
    assert set(errors.values()) <= {"cut_off", "damaged", "no_text"}


def test_a_zip_is_no_pdf(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "zip.pdf", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert "ZIP" in read_one(tmp_path / "zip.pdf").problems[0].message


def test_all_of_them_at_once_make_tables(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, (make, _, _) in CASES.items():
        written(folder, f"{name}.pdf", make())
    written(folder, "letter.pdf", GOOD)
    written(folder, "letter (1).pdf", GOOD)
    corpus: Corpus = read_letters(folder.glob("*.pdf"), authorities=SAMPLE, workers=2)
    write_tables(corpus, tmp_path / "out")
    errors = corpus.problems[corpus.problems["severity"] == "error"]
    assert len(corpus.reports) == 1
    assert len(corpus.reports) + len(errors) == len(CASES) + 2
    codes = errors.set_index("file_name")["code"].to_dict()
    assert codes == {f"{name}.pdf": code for name, (_, code, _) in CASES.items()} | {"letter.pdf": "duplicate"}
    assert errors["hint"].notna().all()
