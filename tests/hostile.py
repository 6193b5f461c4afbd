"""Invented letters whose text tries to run: as HTML, as a formula of a spreadsheet, as a command of a terminal."""

from __future__ import annotations

from jtai_reports.corpus import Corpus
from jtai_reports.schema import TABLES, make_frame
from tests.small_letters import Said, Small, make_coded

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(2)>'
FORMULA = '=HYPERLINK("http://example.org","open")'
TEXT = f"{FORMULA} {SCRIPT} {IMAGE} & more than sixty letters of it, to be quoted."
QUOTED = f"Partners {SCRIPT} {IMAGE} keep the promises that they have made to children."
AREA = f"Ashvale {SCRIPT}"
SAID = (
    Said("strength", "joint_working", "police", section="strengths", key_area="collaboration"),
    Said("weakness", "early_help", "health", section="improvements", key_area="collaboration"),
    Said("weakness", "early_help", "health", section="priority_actions", key_area="collaboration"),
)


def make_hostile() -> Corpus:
    """Two coded letters of the series cse_2016 that are hostile wherever a letter's own words can stand."""
    corpus = make_coded([Small(AREA, "cse_2016", SAID), Small("Bramford", "cse_2016", SAID)])
    texts = [TEXT if number % 2 else QUOTED for number in range(len(corpus.statements))]
    problem = {"file_name": f"{IMAGE}.pdf", "stage": "read", "severity": "error", "code": "not_pdf"}
    correction = {"id": "letter-01", "field": "region", "reason": SCRIPT, "name": "AB", "state": "gone"}
    return corpus._replace(
        reports=corpus.reports.assign(source_url=["javascript:alert(3)", "https://example.org/2"], published=None),
        sections=corpus.sections.assign(heading=IMAGE),
        findings=corpus.findings.assign(text=texts, subheading=SCRIPT),
        statements=corpus.statements.assign(text=texts, end=[len(text) for text in texts]),
        problems=make_frame(TABLES["problems"], [problem | {"message": FORMULA, "hint": SCRIPT}]),
        corrections=make_frame(TABLES["corrections"], [correction]),
    )
