"""Invented letters, statements and codebook for the tests of coding sheets and agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from jtai_reports.coding.codebook import Code, Codebook
from jtai_reports.coding.coder_codes import CoderCodes
from jtai_reports.corpus import Corpus
from jtai_reports.schema import KEY_AREAS, STATEMENT_POLARITIES, TABLES, make_frame

THEMES = {"early_help": "collaboration", "joint_working": "collaboration", "quality_assurance": "leadership"}
CODEBOOK = Codebook(
    version="9",
    codes=(
        *(
            Code(facet="polarity", id=name, label=name, definition=f"What {name} means")
            for name in STATEMENT_POLARITIES
        ),
        *(Code(facet="key_area", id=name, label=name, definition=f"What {name} means") for name in KEY_AREAS),
        *(
            Code(facet="theme", id=name, label=name, definition=f"About {name}", key_area=area, includes=("visits",))
            for name, area in THEMES.items()
        ),
        *(Code(facet="agency", id=name, label=name, definition=f"The {name}") for name in ("police", "health")),
    ),
)
Given = tuple[str, str, Sequence[str], Sequence[str]]  # statement_id, polarity, themes, agencies


def make_corpus(
    *,
    letters: int = 4,
    kinds: Sequence[str] = ("strengths", "improvements"),
    each: int = 5,
    first: str = "Visits are kept",
) -> Corpus:
    """A corpus of letters with one finding a kind of section and some statements in each."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for letter in range(letters):
        name = f"jtai-{letter}"
        series = "da_2016" if letter % 2 else "front_door"
        rows["reports"].append(
            {
                "report_id": name,
                "authority": f"Ashvale {letter}",
                "letter_date": f"2023-02-0{letter + 1}",
                "series": series,
            }
        )
        for kind in kinds:
            texts = [f"{first} {kind} {number}." for number in range(each)]
            place = {"report_id": name, "section_kind": kind, "section_id": f"{name}-{kind}", "page_start": 2}
            place |= {"finding_id": f"{name}-{kind}-f1", "page_end": 3}
            rows["sections"].append(place | {"heading": kind.title()})
            rows["findings"].append(place | {"text": " ".join(texts), "is_bullet": True})
            rows["statements"] += [place | row for row in _statements(str(place["finding_id"]), texts)]
    return Corpus(**{name: make_frame(TABLES[name], table) for name, table in rows.items()})


def _statements(finding: str, texts: Sequence[str]) -> list[dict[str, Any]]:
    rows, start = [], 0
    for number, text in enumerate(texts, 1):
        place = {"start": start, "end": start + len(text), "ordinal": number}
        rows.append(place | {"statement_id": f"{finding}-{number:02d}", "text": text})
        start += len(text) + 1
    return rows


def make_coded(coder: str, given: Sequence[Given], *, notes: dict[str, str] | None = None) -> CoderCodes:
    """What a coder gave, from (statement, polarity, themes, agencies)."""
    codes = [
        (name, facet, code, rank)
        for name, polarity, themes, agencies in given
        for facet, several in (("polarity", [polarity]), ("theme", themes), ("agency", agencies))
        for rank, code in enumerate(several, 1)
    ]
    return CoderCodes(coder, pd.DataFrame(codes, columns=["statement_id", "facet", "code", "rank"]), notes or {})
