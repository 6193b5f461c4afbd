"""Invented passages with their codes, as a corpus to train on beside the real letters.

A file holds passages in the register of the letters, written and coded for the purpose. A passage is a finding:

    @ section_kind | heading
    sentence || polarity | theme;theme | agency;agency

with s, w, m, n for the polarity and '-' for no code. The passages of a file that speak as one template does count as
one letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, product
from pathlib import Path
from typing import Any, NamedTuple

from jtai_reports import schema
from jtai_reports.coding.train import CodedStatement
from jtai_reports.corpus import Corpus

POLARITIES = {"s": "strength", "w": "weakness", "m": "mixed", "n": "neutral"}
BULLETS = {"strengths", "improvements", "priority_actions"}
LATER = {"context", "headline_findings", "main_findings"}, {"strengths", "what needs to improve?"}  # kinds, headings
TEMPLATES = "2016-2020", "2022-"
FOR_BETTER = ("improvement", "priority")  # words in the headings of practice examples


class Passage(NamedTuple):
    """One finding: its section, and sentences with their codes."""

    kind: str
    heading: str
    coded: list[tuple[str, CodedStatement]]


def read_invented(folder: Path) -> tuple[Corpus, dict[str, CodedStatement]]:
    """The passages of a folder's text files as tables, and the codes by statement_id."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in schema.TABLES}
    coded: dict[str, CodedStatement] = {}
    files = {path: list(read_passages(path)) for path in sorted(folder.glob("*.txt"))}
    for (path, passages), template in product(files.items(), TEMPLATES):
        name = f"invented-{path.stem}-{template}"
        rows["reports"].append({"report_id": name, "file_name": path.name, "template": template})
        of_template = (passage for passage in passages if _template(passage) == template)
        for number, passage in enumerate(of_template, 1):
            coded |= _add(rows, name, number, passage)
    frames = {name: schema.make_frame(schema.TABLES[name], table) for name, table in rows.items()}
    return Corpus(**frames), coded


def read_passages(path: Path) -> Iterator[Passage]:
    """The passages of a file.

    Raises:
        ValueError: a line is neither a heading nor a coded sentence.
    """
    passage: Passage | None = None
    for number, line in zip(count(1), path.read_text("utf-8").splitlines(), strict=False):
        if line.startswith("@"):
            if passage and passage.coded:
                yield passage
            kind, _, heading = line[1:].partition("|")
            passage = Passage(kind.strip(), heading.strip(), [])
        elif line.strip():
            if passage is None or line.count("||") != 1:
                raise ValueError(f"{path}, line {number}: neither a heading nor a coded sentence.")
            passage.coded.append(_coded(line))
    if passage and passage.coded:
        yield passage


def _coded(line: str) -> tuple[str, CodedStatement]:
    text, _, codes = line.partition("||")
    polarity, themes, agencies = (part.strip() for part in codes.split("|"))
    return text.strip(), CodedStatement(POLARITIES[polarity], _listed(themes), _listed(agencies))


def _listed(codes: str) -> tuple[str, ...]:
    return () if codes in {"", "-"} else tuple(dict.fromkeys(code.strip() for code in codes.split(";")))


def _template(passage: Passage) -> str:
    kinds, headings = LATER
    return TEMPLATES[passage.kind in kinds or passage.heading.lower() in headings]


def _add(
    rows: dict[str, list[dict[str, Any]]], report_id: str, number: int, passage: Passage
) -> Iterator[tuple[str, CodedStatement]]:
    place = {"report_id": report_id, "section_kind": passage.kind}
    section, finding = f"{report_id}-s{number:03d}", f"{report_id}-f{number:03d}"
    rows["sections"].append(
        place
        | {"section_id": section, "ordinal": number, "heading": passage.heading, "polarity": _polarity(passage)}
        | {"page_start": 1, "page_end": 1}
    )
    text = " ".join(text for text, _ in passage.coded)
    rows["findings"].append(
        place
        | {"section_id": section, "finding_id": finding, "ordinal": number, "is_bullet": passage.kind in BULLETS}
        | {"text": text, "page_start": 1, "page_end": 1, "page_offsets": "1:0"}
    )
    start = 0
    for ordinal, (said, codes) in enumerate(passage.coded, 1):
        name = f"{finding}-{ordinal:02d}"
        rows["statements"].append(
            place
            | {"statement_id": name, "finding_id": finding, "ordinal": ordinal, "text": said}
            | {"start": start, "end": start + len(said), "page_start": 1, "page_end": 1}
        )
        start += len(said) + 1
        yield name, codes


def _polarity(passage: Passage) -> str | None:
    if passage.kind != "practice_example":
        return None
    return "weakness" if any(word in passage.heading.lower() for word in FOR_BETTER) else "strength"
