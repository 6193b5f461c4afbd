"""Whatever comes in: damaged letters, any runs of text, any dates. Nothing crashes, and what must hold holds."""

from __future__ import annotations

import string
from collections import Counter
from datetime import date
from pathlib import Path

from benchmarks.fuzz import FAILURES, mutated, outcome, read_mutated
from hypothesis import given, settings
from hypothesis import strategies as st

from jtai_reports.errors import UnreadableFileError
from jtai_reports.letter.blocks import join_lines
from jtai_reports.letter.dates import find_date, find_span
from jtai_reports.letter.letter import read_letter
from jtai_reports.letter.numbering import without_numbers
from jtai_reports.letter.records import Block
from jtai_reports.pdf.lines import group_lines
from jtai_reports.pdf.reader import read_pages
from jtai_reports.pdf.records import Run
from tests.conftest import SAMPLE

LETTERS = [path.read_bytes() for path in sorted(SAMPLE.glob("*.pdf"))]
SHORTEST = min(LETTERS, key=len)
END = SHORTEST.rfind(b"%%EOF")
quick = settings(max_examples=60, deadline=None, derandomize=True)
words = st.text(string.ascii_letters + ".,;-’", min_size=1, max_size=12).filter(str.strip)
plain_dates = st.dates(date(2016, 1, 1), date(2030, 12, 31))


def read_whole(content: bytes) -> UnreadableFileError | None:
    """Read bytes as a letter; the fault that says why that cannot be done."""
    try:
        read_letter(read_pages(content))
    except UnreadableFileError as fault:
        return fault
    return None


def test_three_hundred_damaged_letters(tmp_path: Path) -> None:
    files = read_mutated(range(500_000, 500_300), LETTERS, tmp_path, workers=2)
    assert [(file.file_name, file.problems) for file in files if outcome(file) in FAILURES] == []
    assert len(files) == 300
    counts = Counter(outcome(file) for file in files)
    assert counts["read"] + counts["read, in doubt"] >= 100
    assert counts["damaged"] >= 50
    assert all(problem.hint for file in files if file.letter is None for problem in file.problems)


def test_damage_is_decided_by_its_number() -> None:
    assert mutated(7, LETTERS) == mutated(7, LETTERS)
    assert mutated(7, LETTERS) != mutated(8, LETTERS)


@quick
@given(st.integers(0, END))
def test_a_letter_cut_short_at_any_byte_is_refused(length: int) -> None:
    fault = read_whole(SHORTEST[:length])
    assert fault is not None
    assert fault.code in ("not_pdf", "damaged")
    assert fault.hint


@quick
@given(st.sampled_from(LETTERS), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=9))))
def test_a_letter_with_any_bytes_changed_is_read_or_refused(letter: bytes, changes: list[tuple[float, bytes]]) -> None:
    content = bytearray(letter)
    for place, new in changes:
        start = int(place * len(content))
        content[start : start + len(new)] = new
    fault = read_whole(bytes(content))
    assert fault is None or fault.hint


runs = st.lists(
    st.builds(
        Run,
        text=words,
        x0=st.integers(0, 500).map(float),
        x1=st.integers(501, 590).map(float),
        baseline=st.integers(0, 800).map(float),
        size=st.sampled_from([7.0, 9.0, 12.0, 14.0]),
        font=st.sampled_from(["Tahoma", "Tahoma-Bold", ""]),
    ),
    max_size=20,
    unique_by=lambda run: run.text,
)


@quick
@given(runs, st.randoms(use_true_random=False))
def test_lines_keep_every_character_in_any_order(drawn: list[Run], order: object) -> None:
    lines = group_lines(drawn, 1)
    kept = Counter("".join(line.text + "".join(line.marks) for line in lines).replace(" ", ""))
    assert kept == Counter("".join(run.text for run in drawn).replace(" ", ""))
    assert all("  " not in line.text and line.text == line.text.strip() for line in lines)
    distinct = len({(run.baseline, run.x0) for run in drawn}) == len(drawn)
    shuffled = list(drawn)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert not distinct or group_lines(shuffled, 1) == lines


@quick
@given(st.lists(words, max_size=8))
def test_joined_lines_hold_each_line_where_they_say(texts: list[str]) -> None:
    joined, starts = join_lines(texts)
    assert [joined[start : start + len(text)] for start, text in zip(starts, texts, strict=True)] == texts
    assert joined.replace(" ", "") == "".join(texts).replace(" ", "")


def block(text: str) -> Block:
    return Block("paragraph", text, (), ((1, 0), (2, 5)), None, 0.0)


numbered = st.builds("{}{} {}".format, st.sampled_from(["", "1.", "2.", "3", "1.1", "2.4)", "40"]), st.just(""), words)


@quick
@given(st.lists(numbered, max_size=9))
def test_numbers_leave_only_the_front_of_a_text(texts: list[str]) -> None:
    blocks = without_numbers([block(text) for text in texts])
    assert len(blocks) == len(texts)
    for before, after in zip(texts, blocks, strict=True):
        assert before.endswith(after.text)
        assert after.text == before or after.text[0] not in string.digits
        assert all(start >= 0 for _, start in after.page_offsets)


def test_a_count_from_one_leaves_and_a_lone_figure_stays() -> None:
    texts = ["1. Leaders know the area.", "2. Staff are well led.", "3. Plans are clear.", "12 Schools took part."]
    assert [b.text for b in without_numbers([block(text) for text in texts])] == [
        "Leaders know the area.",
        "Staff are well led.",
        "Plans are clear.",
        "12 Schools took part.",
    ]


@quick
@given(plain_dates, words, words)
def test_a_date_is_found_in_any_sentence(day: date, before: str, after: str) -> None:
    found = find_date(f"{before}; {day.day} {day:%B %Y}, {after}")
    assert found is not None
    assert (found.day, found.note) == (day, "")
    assert found.printed == f"{day.day} {day:%B %Y}"


DATE_WORDS = "between and to from 1 0 29 31 99 2016 2024 0000 18 February Feb June may Friday 1st - – , ."
pieces = st.sampled_from(DATE_WORDS.split())


@quick
@given(st.lists(pieces, max_size=12).map(" ".join), st.none() | plain_dates)
def test_any_text_can_be_searched_for_dates(text: str, near: date | None) -> None:
    for found in (find_date(text, near=near), *(find_span(text, near=near) or ())):
        assert found is None or found.printed in text


def test_a_span_that_ends_on_29_february_before_the_letter() -> None:
    span = find_span("between 26 and 29 February", near=date(2024, 2, 1))
    assert span is None or span[0].day <= span[1].day
