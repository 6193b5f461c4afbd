"""Small coded corpora from compact rows, for tests of comparisons."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from jtai_reports.corpus import Corpus
from jtai_reports.schema import TABLES, make_frame


class Said(NamedTuple):
    """One statement: what it says, of what and whom, and where."""

    polarity: str
    themes: str = ""
    agencies: str = ""
    section: str = "strengths"
    key_area: str | None = None


class Small(NamedTuple):
    """One letter and its statements."""

    authority: str
    series: str | None
    said: Sequence[Said]
    region: str | None = "London"
    template: str = "2016-2020"
    inspectorates: str = "Ofsted; CQC"
    declares_none: bool = False


def make_coded(letters: Sequence[Small]) -> Corpus:
    """The tables of small letters; each statement is a finding and a section of its own, on page = its place."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for number, letter in enumerate(letters, 1):
        _add(rows, letter, number)
    return Corpus(**{name: make_frame(TABLES[name], rows[name]) for name in TABLES})


def _add(rows: dict[str, list[dict[str, Any]]], letter: Small, number: int) -> None:
    name = f"letter-{number:02d}"
    rows["reports"].append(
        {
            "report_id": name,
            "file_name": f"{name}.pdf",
            "sha256": hashlib.sha256(name.encode()).hexdigest(),
            "n_pages": 10,
            "n_findings": len(letter.said),
            "letter_date": f"2018-01-{number:02d}",
            "authority_type": "County",
            "deep_dive_theme": letter.series,
        }
        | {key: getattr(letter, key) for key in ("authority", "series", "region", "template", "inspectorates")}
    )
    if letter.declares_none:
        rows["missing"].append({"report_id": name, "field": "priority_actions", "reason": "declared_none", "page": 1})
    for place, said in enumerate(letter.said, 1):
        _add_statement(rows, said, name, place)


def _add_statement(rows: dict[str, list[dict[str, Any]]], said: Said, name: str, place: int) -> None:
    finding, text = f"{name}-f{place:03d}", f"{name} says {said.polarity} of {said.themes or 'nothing'}."
    where = {"report_id": name, "section_kind": said.section, "page_start": place, "page_end": place}
    rows["sections"].append(where | {"section_id": f"{name}-s{place:02d}", "ordinal": place})
    rows["findings"].append(
        where
        | {"finding_id": finding, "section_id": f"{name}-s{place:02d}", "ordinal": place, "is_bullet": True}
        | {"text": text, "page_offsets": f"{place}:0"}
    )
    statement = {"statement_id": f"{finding}-01", "finding_id": finding, "ordinal": 1, "start": 0, "end": len(text)}
    meaning = {"polarity": said.polarity, "key_area": said.key_area, "polarity_score": 1.0, "coder": "AB"}
    rows["statements"].append(where | statement | {"text": text} | meaning)
    for facet, codes in (("theme", said.themes), ("agency", said.agencies)):
        rows["codings"] += [
            {"statement_id": f"{finding}-01", "facet": facet, "code": code, "rank": rank, "coder": "AB"}
            for rank, code in enumerate(codes.split(), 1)
        ]
