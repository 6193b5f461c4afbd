"""Passages are found by their words and meanings, terms in their context, claims with what speaks for and against."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from benchmarks.search import coded, first_hits, letters

from jtai_reports import schema
from jtai_reports.cli import main
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.errors import ReferenceDataError, UsageError
from jtai_reports.explore.kwic import kwic
from jtai_reports.explore.passages import make_passages
from jtai_reports.explore.search import make_index, search
from jtai_reports.explore.terms import asked_polarity, meanings_of, telling, words_of
from jtai_reports.explore.trace import Claim, read_claims, trace
from jtai_reports.reference.synonyms import make_synonyms, read_synonyms
from jtai_reports.store import write_tables
from tests.conftest import SAMPLE

FINDINGS = [
    ("a", "strengths", "Partners share a clear vision. Nurses attend every meeting."),
    ("a", "improvements", "Return home interviews are not always done. Some are late. Return home interviews matter."),
    ("b", "strengths", "The café‑based ‘drop-in’ helps teenagers [bold]a lot[/bold]."),
    ("b", "improvements", "The timeliness of RHIs. Supervision is weak."),
    ("b", "context", "There are twelve schools."),
]
CODES = {
    "a-f001-01": ("strength", "strategic_leadership"),
    "a-f001-02": ("strength", "joint_working"),
    "a-f002-01": ("weakness", "missing_children"),
    "a-f002-02": ("weakness", "missing_children"),
    "b-f003-01": ("strength", "specialist_support"),
    "b-f004-02": ("weakness", "management_oversight"),
}


def frame(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    return schema.make_frame(schema.TABLES[name], rows)


def make(*, with_codes: bool) -> Corpus:
    reports: list[dict[str, object]] = [
        {"report_id": "a", "file_name": "a.pdf", "authority": "Northam", "series": "cse_2016"},
        {"report_id": "b", "file_name": "b.pdf", "authority": "Isle of Wherry", "series": "front_door"},
    ]
    findings: list[dict[str, object]] = []
    sections: list[dict[str, object]] = []
    for number, (letter, kind, text) in enumerate(FINDINGS, 1):
        place: dict[str, object] = {"report_id": letter, "section_kind": kind, "section_id": f"s{number}"}
        sections.append({**place, "heading": kind.capitalize()})
        findings.append({**place, "finding_id": f"{letter}-f{number:03d}", "text": text, "page_offsets": "2:0; 3:31"})
    tables = {name: frame(name, []) for name in schema.TABLES}
    tables |= {"reports": frame("reports", reports)}
    tables |= {"sections": frame("sections", sections), "findings": frame("findings", findings)}
    corpus = Corpus(**tables)
    if not with_codes:
        return corpus
    from jtai_reports.statements import split_statements

    statements = split_statements(corpus.findings)
    polarity = statements["statement_id"].map(lambda name: CODES.get(name, ("neutral", ""))[0]).astype("str")
    rows: list[dict[str, object]] = [
        {"statement_id": name, "facet": "theme", "code": code, "rank": 1, "coder": "rules"}
        for name, (_, code) in CODES.items()
    ]
    return corpus._replace(statements=statements.assign(polarity=polarity), codings=frame("codings", rows))


@pytest.fixture(scope="module")
def plain() -> Corpus:
    return make(with_codes=False)


@pytest.fixture(scope="module")
def coded_corpus() -> Corpus:
    return make(with_codes=True)


@pytest.fixture(scope="module")
def sample() -> Corpus:
    return read_letters(SAMPLE.glob("*.pdf"), authorities=SAMPLE)


# Terms


@pytest.mark.parametrize(
    ("text", "plain_words"),
    [
        ("Multi‑agency café", ["multi", "agency", "cafe"]),
        ("Children’s children's", ["children", "children"]),
        ("résumé re\u0301sume\u0301", ["resume", "resume"]),
        ("GPs LSCBs", ["gp", "lscb"]),
        ("co\u00adordinate ‘MASH’", ["coordinate", "mash"]),
        ("", []),
    ],
)
def test_words_are_normalised(text: str, plain_words: list[str]) -> None:
    assert [word.plain for word in words_of(text)] == plain_words


def test_words_lie_in_their_text() -> None:
    text = "The ‘café‑based’ workers’ children’s plan"
    printed = [text[word.start : word.end] for word in words_of(text)]
    assert printed == ["The", "café", "based", "workers", "children’s", "plan"]


def test_a_missing_child_is_no_missed_sign() -> None:
    assert telling(words_of("missing missed")) == ["missing", "miss"]


def test_phrases_are_found_whatever_their_endings() -> None:
    (phrase,) = [m for m in meanings_of(words_of("No return home interview")) if m.last - m.first == 3]
    assert phrase.first == 1
    assert phrase.number in {m.number for m in meanings_of(words_of("RHIs"))}


@pytest.mark.parametrize(
    ("question", "polarity"),
    [
        ("Plans were not shared", "weakness"),
        ("Social workers wait too long", "weakness"),
        ("Work is good", "strength"),
        ("Leaders are involved", "strength"),
        ("Leaders should know their staff well", None),
        ("return home interviews", None),
    ],
)
def test_the_wording_asks_for_a_polarity(question: str, polarity: str | None) -> None:
    assert asked_polarity(question) == polarity


def test_stop_words_are_words() -> None:
    """YAML reads a bare `no` as false."""
    assert {"no", "on", "not"} <= read_synonyms().stop_words
    content = {"stop_words": [False], "forms": {"a": "b"}, "polarity": {"weakness": ["not"]}, "synonyms": []}
    with pytest.raises(ReferenceDataError, match=r"no field 'synonyms'; not a text in stop_words: False"):
        make_synonyms(content)


# Search


def test_the_best_statement_of_each_finding(coded_corpus: Corpus) -> None:
    found = search(coded_corpus, "return home interviews not done")
    first = found.iloc[0]
    assert first["statement_id"] == "a-f002-01"
    assert (first["file_name"], first["page"], first["polarity"], first["themes"]) == (
        "a.pdf",
        2,
        "weakness",
        "missing_children",
    )
    assert found["finding_id"].is_unique
    assert found["score"].is_monotonic_decreasing
    assert found["rank"].tolist() == list(range(1, len(found) + 1))


def test_the_abbreviation_is_found_by_its_meaning(plain: Corpus) -> None:
    assert "b-f004-01" in search(plain, "return home interviews").loc[:, "statement_id"].tolist()


def test_matches_are_where_the_words_lie(plain: Corpus) -> None:
    row = search(plain, "CAFE BASED").iloc[0]
    spans = [tuple(map(int, match.split(":"))) for match in row["matches"].split("; ")]
    assert [row["text"][start:end] for start, end in spans] == ["café", "based"]


def test_a_statement_without_a_matching_word_is_not_found(plain: Corpus) -> None:
    """Its finding holds the word; it does not."""
    assert search(plain, "vision")["statement_id"].tolist() == ["a-f001-01"]
    assert search(plain, "zebra").empty


def test_polarity_comes_from_the_section_where_nothing_is_coded(plain: Corpus) -> None:
    found = search(plain, "interviews supervision schools vision", limit=9)
    said = dict(zip(found["finding_id"], found["polarity"].fillna("none"), strict=True))
    assert said == {"a-f001": "strength", "a-f002": "weakness", "b-f004": "weakness", "b-f005": "none"}
    assert set(found["polarity_from"].dropna()) == {"section"}


@pytest.mark.parametrize(
    ("filters", "letters_found"),
    [
        ({"series": "front_door"}, {"b"}),
        ({"authority": "isle of wherry"}, {"b"}),
        ({"authority": ["Northam", "Isle of Wherry"]}, {"a", "b"}),
        ({"polarity": "strength"}, {"a", "b"}),
        ({"theme": "missing_children"}, {"a"}),
        ({"theme": "missing_children", "series": "front_door"}, set()),
    ],
)
def test_filters(coded_corpus: Corpus, filters: dict[str, str], letters_found: set[str]) -> None:
    found = search(coded_corpus, "interviews supervision teenagers vision", **filters)  # type: ignore[arg-type]
    assert set(found["report_id"]) == letters_found
    if "polarity" in filters:
        assert set(found["polarity"]) == {"strength"}


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"series": "frontdoor"}, "no series 'frontdoor'.*nearest are: front_door"),
        ({"authority": "Northham"}, "nearest are: Northam"),
        ({"polarity": "weak"}, "nearest are: weakness"),
        ({"theme": "missing"}, "nearest are: missing_children"),
    ],
)
def test_unknown_filters_name_the_nearest(coded_corpus: Corpus, filters: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        search(coded_corpus, "interviews", **filters)  # type: ignore[arg-type]


def test_a_theme_needs_codes(plain: Corpus) -> None:
    with pytest.raises(UsageError, match="not coded yet"):
        search(plain, "interviews", theme="missing_children")


@pytest.mark.parametrize("query", ["", "the of", "?!"])
def test_a_query_needs_a_telling_word(plain: Corpus, query: str) -> None:
    with pytest.raises(UsageError, match="holds no word"):
        search(plain, query)


def test_wording_leads_to_the_side_it_asks_for() -> None:
    """The same words in two sections: only the polarity of the question differs."""
    corpus = make(with_codes=False)
    texts = ["Records of plans.", "Records of plans."]
    findings = corpus.findings.iloc[:2].assign(text=pd.Series(texts, dtype="str"), page_offsets="1:0")
    corpus = corpus._replace(findings=findings)
    assert search(corpus, "poor records of plans")["section_kind"].tolist() == ["improvements", "strengths"]
    assert search(corpus, "good records of plans")["section_kind"].tolist() == ["strengths", "improvements"]


def test_search_leaves_its_tables_alone(coded_corpus: Corpus) -> None:
    before = [table.copy() for table in coded_corpus]
    search(coded_corpus, "interviews")
    for table, copy in zip(coded_corpus, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def test_the_order_of_the_files_makes_no_difference(sample: Corpus) -> None:
    again = read_letters(sorted(SAMPLE.glob("*.pdf"), reverse=True), authorities=SAMPLE)
    query = "training of staff in schools and health"
    pd.testing.assert_frame_equal(search(sample, query), search(again, query))


def test_an_empty_corpus_holds_nothing() -> None:
    empty = Corpus(**{name: frame(name, []) for name in schema.TABLES})
    assert search(empty, "interviews").empty
    assert kwic(empty, "interviews").empty


def test_every_statement_is_a_passage(sample: Corpus) -> None:
    index = make_index(sample)
    assert len(index.passages) == len(make_passages(sample))
    assert index.passages["statement_id"].is_unique


# Keyword in context


def test_kwic_shows_both_sides(plain: Corpus) -> None:
    lines = kwic(plain, "return home interviews", window=12)
    assert lines[["page", "left", "match", "right"]].to_numpy().tolist() == [
        [2, "", "Return home interviews", " are not alw"],
        [3, "e are late. ", "Return home interviews", " matter."],
    ]
    assert lines["statement_id"].tolist() == ["a-f002-01", "a-f002-03"]


@pytest.mark.parametrize(
    ("term", "options", "matches"),
    [
        ("drop in", {}, ["drop-in"]),
        ("CAFE", {}, ["café"]),
        ("interview", {}, []),
        ("interview", {"stems": True}, ["interviews", "interviews"]),
        (r"super\w+|nurses", {"regex": True}, ["Nurses", "Supervision"]),
        (r"x*", {"regex": True}, []),
    ],
)
def test_kwic_terms(plain: Corpus, term: str, options: dict[str, bool], matches: list[str]) -> None:
    assert kwic(plain, term, **options)["match"].tolist() == matches


@pytest.mark.parametrize(("term", "regex"), [("?", False), ("(", True)])
def test_kwic_faults(plain: Corpus, term: str, regex: bool) -> None:
    with pytest.raises(UsageError, match=r"holds no word|no regular expression"):
        kwic(plain, term, regex=regex)


# Claims


def test_claims_are_traced_to_both_sides(coded_corpus: Corpus) -> None:
    claims = [Claim("X1", "Interviews and supervision work, and partners share a vision", "strength")]
    found = trace(coded_corpus, claims)
    sides = {relation: set(rows["statement_id"]) for relation, rows in found.groupby("relation") if relation != "open"}
    assert "a-f001-01" in sides["supporting"]
    assert {"a-f002-01", "b-f004-02"} <= sides["contrary"]
    turned = trace(coded_corpus, [claims[0]._replace(polarity="weakness")])
    assert set(turned.loc[turned["relation"] == "supporting", "statement_id"]) == sides["contrary"]
    wanted = trace(coded_corpus, [claims[0]._replace(polarity="expectation")])
    assert set(wanted.loc[wanted["relation"] == "by absence", "statement_id"]) == sides["contrary"]


def test_a_claim_that_nothing_speaks_of_has_a_row(coded_corpus: Corpus) -> None:
    found = trace(coded_corpus, ["Zebras are striped.", "Supervision is weak."])
    assert found.loc[found["claim"] == "Zebras are striped.", "relation"].tolist() == ["none"]
    assert found["rank"].isna().tolist() == [True] + [False] * (len(found) - 1)


def test_faults_in_a_file_of_claims_are_listed_by_row(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "claim_id,claim,polarity\nA,Plans are late,weakness\nB,,strength\nC,of the,\nD,Plans are good,bad\nA,Other,\n",
        encoding="utf-8",
    )
    with pytest.raises(UsageError) as fault:
        read_claims(path)
    for part in ("row 3: there is no claim", "row 4: the claim 'of the'", "row 5: the polarity 'bad'", "row 6: the cl"):
        assert part in str(fault.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"text\nPlans\n", "no column 'claim'"), (b"claim\n", "holds no claims"), (b"claim\n\xff\n", "not UTF-8")],
)
def test_unusable_files_of_claims(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "claims.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        read_claims(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_claims(tmp_path / "none.csv")


def test_a_claim_is_taken_once(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("\ufeffclaim\nPlans are late\nPlans, too\n".replace("Plans, too", '"Plans, too"'), encoding="utf-8")
    assert read_claims(path) == [Claim("row 2", "Plans are late"), Claim("row 3", "Plans, too")]


# Commands


@pytest.fixture(scope="module")
def outputs(sample: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outputs")
    write_tables(sample, folder)
    return folder


def test_search_prints_json(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "training of staff", "--json", "--limit", "2", "--outputs", str(outputs)]) == 0
    found = json.loads(capsys.readouterr().out)
    wanted = {"file_name", "report_id", "finding_id", "statement_id", "text", "page", "polarity", "score"}
    assert len(found) == 2
    assert all(wanted <= set(row) for row in found)
    assert isinstance(found[0]["page"], int)
    assert main(["search", "zebra", "--json", "--outputs", str(outputs)]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_search_prints_letter_page_and_text(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "training of staff", "--limit", "1", "--outputs", str(outputs)]) == 0
    shown = capsys.readouterr().out
    assert ", p. " in shown
    assert "\x1b" not in shown


def test_what_stands_in_a_letter_does_not_steer_the_terminal(
    plain: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("jtai_reports.store.load", lambda _: plain)
    assert main(["search", "teenagers", "--outputs", str(tmp_path)]) == 0
    assert "[bold]a lot[/bold]" in capsys.readouterr().out


def test_search_says_what_is_wrong(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "staff", "--series", "none", "--outputs", str(outputs)]) == 2
    assert "There is no series 'none'" in capsys.readouterr().err


def test_kwic_aligns_and_writes(outputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "lines.csv"
    options = ["--window", "20", "--out", str(out), "--outputs", str(outputs)]
    assert main(["kwic", "children", *options]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if " p. " in line]
    table = pd.read_csv(out)
    assert len(lines) == len(table) > 10
    assert {line[45:53].lower() for line in lines} <= {"children"}


def test_trace_writes_a_table(outputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claims, out = tmp_path / "claims.csv", tmp_path / "traced.csv"
    claims.write_text("claim_id,claim\nT1,Staff are well trained.\n", encoding="utf-8")
    assert main(["trace", str(claims), "--limit", "1", "--out", str(out), "--outputs", str(outputs)]) == 0
    assert "T1 (strength): Staff are well trained." in capsys.readouterr().out
    assert "supporting" in set(pd.read_csv(out)["relation"])


# Real letters


@pytest.mark.parametrize("with_codes", [False, True], ids=["not coded", "coded"])
def test_claims_find_their_passages(reference: Path, with_codes: bool) -> None:
    claims = pd.read_csv(reference / "benchmark" / "claims.csv", dtype=str)
    corpus = letters(reference, sorted(claims["file"].unique()))
    ranks = first_hits(coded(corpus, reference) if with_codes else corpus, claims)
    assert (ranks <= 10).mean() >= 0.85
    assert (ranks <= 3).mean() >= 0.60
