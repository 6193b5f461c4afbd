"""The invented letters are read exactly as their truth says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jtai_reports.letter.records import Letter
from jtai_reports.reading import read_one
from tests.conftest import SAMPLE

NAMES = sorted(path.name for path in SAMPLE.glob("*.pdf"))
DATES = ("letter_date", "inspection_start", "inspection_end", "action_plan_due")


def read(name: str) -> Letter:
    letter = read_one(SAMPLE / name, authorities=SAMPLE).letter
    assert letter is not None
    return letter


def test_there_are_twelve_letters_with_their_truth(truth: dict[str, dict[str, Any]]) -> None:
    assert len(NAMES) == 12
    assert sorted(truth) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_details(name: str, truth: dict[str, dict[str, Any]]) -> None:
    want, details = truth[name], read(name).details
    assert details.authority == want["authority"]
    assert details.series == want["series"]
    assert details.deep_dive_theme == want["deep_dive"]
    assert list(details.inspectorates) == want["inspectorates"]
    assert details.n_addressees == want["addressees"]
    assert {field: str(getattr(details, field) or "") for field in DATES} == {
        field: want[field] or "" for field in DATES
    }


@pytest.mark.parametrize("name", NAMES)
def test_sections(name: str, truth: dict[str, dict[str, Any]]) -> None:
    letter = read(name)
    got = [(s.kind, s.heading, s.polarity, s.page_start) for s in letter.sections]
    assert got == [(s["kind"], s["heading"], s["polarity"], s["page"]) for s in truth[name]["sections"]]
    assert letter.template == truth[name]["template"]
    assert letter.n_pages == truth[name]["pages"]


@pytest.mark.parametrize("name", NAMES)
def test_findings(name: str, truth: dict[str, dict[str, Any]]) -> None:
    got = [
        (f.text, f.is_bullet, f.subheading, f.page_start, f.page_end) for s in read(name).sections for f in s.findings
    ]
    want = [
        (i["text"], i["bullet"], i["subheading"], i["page_start"], i["page_end"])
        for s in truth[name]["sections"]
        for i in s["items"]
    ]
    assert got == want


@pytest.mark.parametrize("name", NAMES)
def test_both_readers_give_the_same_letter(name: str) -> None:
    everyday = read_one(SAMPLE / name, authorities=SAMPLE)
    slow = read_one(SAMPLE / name, authorities=SAMPLE, reader="pdfplumber")
    assert slow.letter is not None
    assert plain(slow.letter) == plain(read(name))
    assert everyday.sha256 == slow.sha256


def plain(letter: Letter) -> object:
    findings = [(f.text, f.is_bullet, f.page_offsets) for s in letter.sections for f in s.findings]
    return letter.details, [(s.kind, s.heading) for s in letter.sections], findings


def test_page_offsets_point_at_the_text_of_each_page(sample_files: list[Path]) -> None:
    over = 0
    for path in sample_files:
        for section in read(path.name).sections:
            for finding in section.findings:
                starts = [start for _, start in finding.page_offsets]
                assert starts[0] == 0
                assert starts == sorted(set(starts))
                over += len(starts) > 1
                assert all(finding.text[start - 1 : start] in (" ", "-") for start in starts[1:])
    assert over >= 5
