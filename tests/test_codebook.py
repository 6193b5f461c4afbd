"""The codebook: the rules keep to its examples, all faults come at once, and files lose nothing."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from jtai_reports.cli import main
from jtai_reports.coding.codebook import Code, Codebook, CodebookError, Rule, make_codebook, read_codebook
from jtai_reports.coding.codebook_files import as_csv, as_yaml, write_codebook
from jtai_reports.coding.matching import GIVEN_FROM, code_scores, rule_hits
from jtai_reports.errors import UsageError
from jtai_reports.reference.readers import data_text
from jtai_reports.schema import KEY_AREAS, STATEMENT_POLARITIES

CODES = read_codebook().codes
WITH_RULES = [code for code in CODES if code.rules]


def content(**changes: object) -> dict[str, Any]:
    """A small codebook that is right, with some parts replaced."""
    plain = {"definition": "What it is.", "label": "Label"}
    right: dict[str, Any] = {
        "version": "7",
        "polarities": [{"id": name} | plain for name in STATEMENT_POLARITIES],
        "key_areas": [{"id": name} | plain for name in KEY_AREAS],
        "themes": [{"id": "bullying", "key_area": "understanding"} | plain],
        "agencies": [{"id": "police"} | plain],
    }
    return right | changes


def theme(**changes: object) -> dict[str, Any]:
    return {"id": "bullying", "label": "Bullying", "definition": "It.", "key_area": "understanding"} | changes


def faults(**changes: object) -> list[str]:
    with pytest.raises(CodebookError) as caught:
        make_codebook(content(**changes), name="mine.yaml")
    assert caught.value.exit_code == 2
    assert caught.value.message.startswith("mine.yaml: the codebook has ")
    return re.findall(r"^  - (.*)\.$", caught.value.message, re.MULTILINE)


def test_the_codes_of_the_guidance_are_there() -> None:
    codebook = read_codebook()
    counts = {facet: len(codebook.facet(facet)) for facet in ("polarity", "key_area", "theme", "agency")}
    assert counts == {"polarity": 4, "key_area": 3, "theme": 21, "agency": 8}
    areas = list(codebook.key_area_of().values())
    assert {area: areas.count(area) for area in KEY_AREAS} == {"understanding": 6, "collaboration": 9, "leadership": 6}


@pytest.mark.parametrize("code", WITH_RULES, ids=lambda code: f"{code.facet}-{code.id}")
def test_rules_keep_to_the_examples(code: Code) -> None:
    assert code.positive
    assert code.negative
    alone = Codebook(version="1", codes=(code,))
    scores = code_scores(rule_hits([*code.positive, *code.negative], alone), alone)[:, 0]
    assert (scores[: len(code.positive)] >= GIVEN_FROM).all()
    assert (scores[len(code.positive) :] < GIVEN_FROM).all()


@pytest.mark.parametrize(
    ("text", "code", "given"),
    [
        ("Diversion from court is offered to every child.", "diversity_inclusion", False),
        ("Records show the diverse needs of children.", "diversity_inclusion", True),
        ("It is late.", "commissioning_resources", False),
        ("Money was spent on IT.", "commissioning_resources", True),
        ("The mental capacity of the mother was in doubt.", "workforce_capacity", False),
        ("The team has no spare capacity in the winter.", "workforce_capacity", True),
        ("Much information was missing from the form.", "missing_children", False),
        ("Children who go missing from care are looked for.", "missing_children", True),
        ("The police and crime commissioner had a copy.", "commissioning_resources", False),
    ],
)
def test_traps(text: str, code: str, given: bool) -> None:
    codebook = read_codebook()
    scores = code_scores(rule_hits([text], codebook), codebook)[0]
    place = next(place for place, other in enumerate(codebook.codes) if other.id == code)
    assert (scores[place] >= GIVEN_FROM) == given


def test_right_content_makes_a_codebook() -> None:
    codebook = make_codebook(content(), name="mine.yaml")
    assert codebook.version == "7"
    assert codebook.key_area_of() == {"bullying": "understanding"}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"themes": [theme(), theme()]}, "theme 'bullying': the id is there 2 times"),
        (
            {"themes": [theme(key_area="wellbeing")]},
            "theme 'bullying': the key area is 'wellbeing'; it must be one of understanding, collaboration, leadership",
        ),
        (
            {"themes": [theme(rules=[{"pattern": "bull(y"}])]},
            "theme 'bullying': rule 1: pattern 'bull(y' is no regular expression (missing ) at position 6)",
        ),
        (
            {"themes": [{k: v for k, v in theme().items() if k != "definition"}]},
            "theme 'bullying': 'definition' is missing",
        ),
        ({"themes": [theme(colour="red")]}, "theme 'bullying': there is no field 'colour'"),
        ({"themes": [theme(label=3)]}, "theme 'bullying': 'label': input should be a valid string, not 3"),
        (
            {"themes": [theme(rules=[{"pattern": "bully"}, {"pattern": "x", "weight": 2.0}])]},
            "theme 'bullying': 'rules', number 2, number 'weight': input should be less than or equal to 1, not 2.0",
        ),
        (
            {"themes": [theme(rules=[{"pattern": "bully", "weight": 0.9}], positive=["They fight."])]},
            "theme 'bullying': the rules miss the example 'They fight.' (score 0.00, needed 0.5)",
        ),
        (
            {"themes": [theme(rules=[{"pattern": "bully", "weight": 0.9}], negative=["A bully-free word."])]},
            "theme 'bullying': the rules give the code to the counter-example 'A bully-free word.' (score 0.90)",
        ),
        (
            {"themes": [theme(id="Bully ing")]},
            "theme 'Bully ing': 'id' must be small letters, digits and '_', not 'Bully ing'",
        ),
        ({"themes": "bullying"}, "'themes' must be a list of codes"),
        (
            {"themes": ["bullying"]},
            "themes, code 1: the code: input should be a valid dictionary or instance of Code, not 'bullying'",
        ),
        ({"topics": []}, "there is no field 'topics'"),
        ({"version": 1.1}, "'version' must be a text, such as version: \"1.0\""),
        ({"themes": [theme(sections={"praise": 0.5})]}, "theme 'bullying': there is no section kind 'praise'"),
        (
            {"polarities": [theme(id="strength", key_area=None)]},
            "the ids of the polarity codes must be strength, weakness, mixed, neutral",
        ),
    ],
)
def test_faults(changes: dict[str, Any], fault: str) -> None:
    assert [text[: len(fault)] for text in faults(**changes)] == [fault]


def test_all_faults_come_at_once() -> None:
    wrong = [theme(key_area="x"), theme(id="two", rules=[{"pattern": "("}]), theme(id="three", label="")]
    assert len(faults(themes=wrong, version="", topics=1)) == 5


@pytest.mark.parametrize("ending", ["yaml", "csv", "qdc"])
def test_files_lose_nothing(ending: str, tmp_path: Path) -> None:
    path = write_codebook(read_codebook(), tmp_path / f"codes.{ending}")
    assert read_codebook(path) == read_codebook()


@pytest.mark.parametrize("ending", ["yaml", "csv", "qdc"])
def test_odd_texts_survive(ending: str, tmp_path: Path) -> None:
    rule = Rule(pattern=r"=cmd|'x\"\{y ", weight=0.25, near=r"\bcafé\b", unless="#no: yes")
    odd = theme(
        definition="-2 is “less”.\nSecond line: über; 'quoted'",
        includes=["no", "=1+1", "'@x", "a, b: c # d"],
        excludes=["5"],
    )
    codebook = make_codebook(content(themes=[odd]), name="x")
    codes = tuple(
        code.model_copy(update={"rules": (rule,)}) if code.id == "bullying" else code for code in codebook.codes
    )
    codebook = codebook.model_copy(update={"codes": codes})
    assert read_codebook(write_codebook(codebook, tmp_path / f"odd.{ending}")) == codebook


def test_the_shipped_file_is_as_the_toolkit_writes_it() -> None:
    assert data_text("codebook.yaml") == as_yaml(read_codebook())


def test_no_cell_is_a_formula() -> None:
    codebook = make_codebook(content(themes=[theme(definition="=HYPERLINK(1)")]), name="x")
    rows = list(csv.reader(as_csv(codebook).removeprefix("\ufeff").splitlines()))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_what_a_file_lacks_comes_from_the_package(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "version: mine\nthemes:\n  - {id: bullying, label: B, definition: D, key_area: leadership}\n", "utf-8"
    )
    codebook = read_codebook(path)
    assert [code.id for code in codebook.facet("theme")] == ["bullying"]
    assert codebook.facet("agency") == read_codebook().facet("agency")


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("a.yaml", "themes: [", "it is no YAML"),
        ("a.yaml", "- 1", "it must hold 'version' and lists of codes"),
        ("a.csv", "name,meaning\nx,y\n", "there is no column 'facet'"),
        ("a.csv", "facet,id,label,definition,rules\ntheme,x,X,Y,{pattern: [}\n", "row 2: rules cannot be read"),
        ("a.csv", "facet,id,label,definition\nmood,x,X,Y\n", "there is no field 'facet mood'"),
        ("a.csv", "", "it has no codes"),
    ],
)
def test_files_that_are_something_else(name: str, text: str, part: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(CodebookError, match=re.escape(part)):
        read_codebook(tmp_path / name)


def test_unknown_endings_and_absent_files(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"")
    with pytest.raises(UsageError, match="cannot have this ending"):
        read_codebook(tmp_path / "a.docx")
    with pytest.raises(UsageError, match="cannot be read"):
        read_codebook(tmp_path / "none.csv")


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codebook"]) == 0
    assert "Themes (21)" in capsys.readouterr().out
    path = tmp_path / "codes.csv"
    assert main(["codebook", "--out", str(path)]) == 0
    path.write_text(path.read_text("utf-8-sig").replace(",understanding,", ",wellbeing,"), "utf-8")
    assert main(["codebook", "--codebook", str(path)]) == 2
    assert capsys.readouterr().err.count("the key area is 'wellbeing'") == 6
