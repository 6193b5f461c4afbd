"""The coder `rules`: what it decides, that it shows why, and that it is the same in any order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import regex

from jtai_reports import schema
from jtai_reports.coding.codebook import Codebook, read_codebook
from jtai_reports.coding.coder import code_corpus
from jtai_reports.coding.matching import code_scores, compiled, plain_text, rule_hits
from jtai_reports.corpus import Corpus, make_corpus, read_letters
from jtai_reports.errors import UsageError
from tests.conftest import SAMPLE


@pytest.fixture(scope="module")
def letters() -> Corpus:
    return read_letters(SAMPLE.glob("*.pdf"), authorities=SAMPLE)


@pytest.fixture(scope="module")
def coded(letters: Corpus) -> Corpus:
    return code_corpus(letters, coder="rules")


def code(text: str, kind: str = "main_findings") -> Corpus:
    row = {"finding_id": "x-f001", "report_id": "x", "section_kind": kind, "text": text, "page_offsets": "1:0"}
    empty = make_corpus([])
    return code_corpus(empty._replace(findings=schema.make_frame(schema.FINDINGS, [row])), coder="rules")


def codes(corpus: Corpus, facet: str) -> list[set[str]]:
    rows = corpus.codings[corpus.codings["facet"] == facet]
    return [set(rows[rows["statement_id"] == name]["code"]) for name in corpus.statements["statement_id"]]


@pytest.mark.parametrize(
    ("text", "kind", "polarity"),
    [
        ("The timeliness of health checks.", "improvements", "weakness"),
        ("The timeliness of health checks.", "strengths", "strength"),
        ("Strong work with fathers.", "improvements", "weakness"),
        ("Partners work well together and help is prompt.", "main_findings", "strength"),
        ("There is a lack of places, and children wait too long.", "main_findings", "weakness"),
        ("Checks are not always made.", "strengths", "strength"),
        ("However, plans are not shared and delays are common.", "main_findings", "weakness"),
        ("While visits are prompt and helpful, plans are not always shared.", "main_findings", "mixed"),
        ("The partnership must ensure that checks are made.", "priority_actions", "weakness"),
        ("Partners work well together.", "context", "neutral"),
        ("Partners work well together.", "next_steps", "neutral"),
        ("This letter sets out the findings of the joint inspection by Ofsted.", "opening", "neutral"),
    ],
)
def test_polarity(text: str, kind: str, polarity: str) -> None:
    assert code(text, kind).statements["polarity"].tolist() == [polarity]


@pytest.mark.parametrize(
    ("text", "themes", "agencies"),
    [
        ("Police share information with schools the next day.", {"information_sharing"}, {"police", "education"}),
        ("Children who go missing are offered return home interviews.", {"missing_children"}, set()),
        ("The LSCB holds its members to account.", {"partnership_governance"}, {"partnership"}),
        ("School nurses receive safeguarding supervision.", {"management_oversight"}, {"health"}),
        ("Caseloads of social workers are high.", {"workforce_capacity"}, {"social_care"}),
        ("Probation officers have had training.", {"training_knowledge"}, {"probation"}),
    ],
)
def test_themes_and_agencies(text: str, themes: set[str], agencies: set[str]) -> None:
    corpus = code(text)
    assert themes <= codes(corpus, "theme")[0]
    assert codes(corpus, "agency")[0] == agencies


def test_a_partnership_gives_way_to_the_agency_that_is_meant() -> None:
    assert codes(code("Midwives take part in multi-agency meetings."), "agency") == [{"health"}]


def test_a_judgement_without_an_agency_is_about_the_one_before() -> None:
    corpus = code("Midwives ask every mother. This helps to protect babies.")
    assert codes(corpus, "agency") == [{"health"}, {"health"}]
    second = corpus.codings[(corpus.codings["facet"] == "agency") & corpus.codings["evidence_start"].isna()]
    assert len(second) == 1


def test_several_agencies_are_not_taken_over() -> None:
    assert codes(code("Midwives and head teachers meet. This helps to protect babies."), "agency")[1] == set()


def test_sections_that_settle_it_get_no_codes() -> None:
    corpus = code("Police share information with schools.", "next_steps")
    assert corpus.codings.empty
    assert corpus.statements["key_area"].isna().all()


def test_key_area_is_that_of_the_first_theme(coded: Corpus) -> None:
    first = coded.codings[(coded.codings["facet"] == "theme") & (coded.codings["rank"] == 1)]
    areas = first.set_index("statement_id")["code"].map(read_codebook().key_area_of())
    got = coded.statements.set_index("statement_id")["key_area"].dropna()
    assert got.to_dict() == areas.to_dict()


def test_tables_keep_their_declaration(coded: Corpus) -> None:
    for name, table in schema.TABLES.items():
        schema.check_frame(table, getattr(coded, name))
    assert set(coded.statements["coder"]) == {"rules"}
    assert set(coded.statements["polarity"]) == set(schema.STATEMENT_POLARITIES)


def test_evidence_lies_in_the_statement_and_is_what_the_rule_matches(coded: Corpus) -> None:
    texts = coded.statements.set_index("statement_id")["text"]
    patterns = {c.id: [rule.pattern for rule in c.rules] for c in read_codebook().codes}
    shown = coded.codings.dropna(subset=["evidence_start"])
    assert len(shown) > 0.8 * len(coded.codings)
    for row in shown.sample(60, random_state=1).to_dict("records"):
        words = plain_text(texts[row["statement_id"]])[row["evidence_start"] : row["evidence_end"]]
        assert words == words.strip() != ""
        assert any(regex.search(pattern, words, regex.IGNORECASE) for pattern in patterns[row["code"]])


def test_ranks_count_from_one_and_themes_are_three_at_most(coded: Corpus) -> None:
    for (_, facet), rows in coded.codings.groupby(["statement_id", "facet"]):
        assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
        assert facet == "agency" or len(rows) <= 3


def test_the_input_is_not_changed_and_order_makes_no_difference(letters: Corpus, coded: Corpus) -> None:
    assert letters.statements.empty
    turned = letters._replace(findings=letters.findings.iloc[::-1].reset_index(drop=True))
    again = code_corpus(turned, coder="rules")
    for name, keys in (("statements", ["statement_id"]), ("codings", ["statement_id", "facet", "rank"])):
        want, got = (getattr(c, name).sort_values(keys, ignore_index=True) for c in (coded, again))
        pd.testing.assert_frame_equal(want, got)


def test_an_empty_corpus() -> None:
    corpus = code_corpus(make_corpus([]), coder="rules")
    assert len(corpus.statements) == len(corpus.codings) == 0
    schema.check_frame(schema.CODINGS, corpus.codings)


def test_an_unknown_coder() -> None:
    with pytest.raises(UsageError, match="no coder 'oracle'"):
        code_corpus(make_corpus([]), coder="oracle")


def test_another_coder_goes_to_the_other_table(letters: Corpus, coded: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "jtai_reports.coding.coder.CODERS",
        {
            "rules": ("jtai_reports.coding.rules", "code_by_rules"),
            "twin": ("jtai_reports.coding.rules", "code_by_rules"),
        },
    )
    both = code_corpus(letters, coder="twin", others=("rules",))
    assert set(both.statements["coder"]) == {"twin"}
    pd.testing.assert_frame_equal(both.codings_other, coded.codings)


def test_hits_are_those_of_a_plain_search(coded: Corpus) -> None:
    """Trying a rule only where two words can begin it finds the same as searching every text with it."""
    codebook = read_codebook()
    texts = coded.statements["text"].tolist()[:150]
    matrix = rule_hits(texts, codebook).matrix
    rules = [rule for c in codebook.codes for rule in c.rules]
    for column, rule in enumerate(rules):
        checks = [compiled(rule.pattern), compiled(rule.near), compiled(rule.unless or r"(?!)")]
        plain = [plain_text(text) for text in texts]
        want = [
            bool(checks[0].search(t)) and (not rule.near or bool(checks[1].search(t))) and not checks[2].search(t)
            for t in plain
        ]
        assert matrix[:, column].tolist() == want, rule.pattern


@pytest.mark.parametrize(
    ("pattern", "starts"),
    [
        pytest.param("(?<=safe )house", [7, -1, -1], id="behind"),
        pytest.param("(?<!^)house", [7, 2, 5], id="not the first word"),
        pytest.param("house(?! of)", [7, 2, -1], id="not before"),
        pytest.param("house(?= of)", [-1, -1, 5], id="before"),
        pytest.param("house$", [7, 2, -1], id="the last word"),
        pytest.param(r"house\W+of our own", [-1, -1, 5], id="more words"),
    ],
)
def test_a_rule_may_look_at_what_stands_beside(pattern: str, starts: list[int]) -> None:
    row = {
        "id": "x",
        "facet": "agency",
        "label": "X",
        "definition": "X",
        "rules": ({"pattern": pattern, "weight": 0.9},),
    }
    codebook = Codebook.model_validate({"version": "1", "codes": (row,)})
    hits = rule_hits(["a safe house", "a house", "this house of our own"], codebook)
    assert hits.starts[:, 0].tolist() == starts


def test_scores_by_hand() -> None:
    """Rules of 0.8, 0.5 and 0.4 that all match: 1 - 0.2 * (1 - 0.25) * (1 - 0.1) = 0.865."""
    rules = tuple({"pattern": p, "weight": w} for p, w in (("one", 0.5), ("two", 0.8), ("three", 0.4), ("four", 0.9)))
    row = {"id": "x", "facet": "theme", "label": "X", "definition": "X", "key_area": "leadership", "rules": rules}
    codebook = Codebook.model_validate({"version": "1", "codes": (row,)})
    scores = code_scores(rule_hits(["one two three", "none"], codebook), codebook)
    assert np.allclose(scores[:, 0], [0.865, 0.0])
