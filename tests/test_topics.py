"""Topics: what is looked at, groups and their measures worked by hand, and the command on the sample."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jtai_reports import schema
from jtai_reports.cli import main
from jtai_reports.coding.codebook import read_codebook
from jtai_reports.coding.coder import code_corpus
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.errors import JtaiError, UsageError
from jtai_reports.explore.topic_groups import by_size, nearest
from jtai_reports.explore.topic_quality import coherence, diversity, stability
from jtai_reports.explore.topic_rules import draft_code
from jtai_reports.explore.topic_tables import topics_by, topics_by_code, typical_statements
from jtai_reports.explore.topic_text import plain_words, select_statements
from jtai_reports.explore.topic_vectors import statement_vectors
from jtai_reports.explore.topics import (
    TopicSettings,
    check_enough,
    check_settings,
    distinct_words,
    find_topics,
    terms_of,
    topic_words,
)
from jtai_reports.minilm import checked_weights, sentence_vectors
from jtai_reports.store import write_tables
from jtai_reports.transformer import Network
from tests.conftest import ROOT, SAMPLE

KINDS = ("png", "svg", "csv", "alt.txt")  # of a figure
NEVER = ("torch", "sentence-transformers", "transformers")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return code_corpus(read_letters(SAMPLE.glob("*.pdf"), authorities=SAMPLE), coder="rules", codebook=read_codebook())


@pytest.fixture(scope="module")
def outputs(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's tables with their topics beside them, made in this process."""
    folder = tmp_path_factory.mktemp("outputs")
    write_tables(corpus, folder)
    assert main(["topics", "--outputs", str(folder)]) == 0
    return folder


def statements(*rows: tuple[str, str, str | None], report: str = "r1") -> pd.DataFrame:
    made: list[dict[str, Any]] = [
        {
            "statement_id": f"s{number}",
            "finding_id": "f1",
            "report_id": report,
            "section_kind": kind,
            "ordinal": number,
            "text": text,
            "start": 0,
            "end": len(text),
            "page_start": 1,
            "page_end": 1,
            "polarity": polarity,
        }
        for number, (kind, text, polarity) in enumerate(rows, 1)
    ]
    return schema.make_frame(schema.STATEMENTS, made)


def codings(*pairs: tuple[str, str]) -> pd.DataFrame:
    rows = [{"statement_id": s, "facet": "theme", "code": c, "rank": 1, "coder": "rules"} for s, c in pairs]
    return schema.make_frame(schema.CODINGS, rows)


def test_boilerplate_leaves() -> None:
    table = statements(
        ("next_steps", "A reply is due.", "neutral"),
        ("context", "The area is hilly.", "neutral"),
        ("opening", "We came in May.", "neutral"),
        ("opening", "Buses are late.", "weakness"),
        ("opening", "Hubs exist.", "neutral"),
        ("practice_example", "She is nine.", "neutral"),
        ("strengths", "A plain fact.", "neutral"),
    )
    kept = select_statements(table, codings(("s5", "joint_working")))
    assert kept["text"].tolist() == ["A plain fact.", "Buses are late.", "Hubs exist."]


def test_without_codes_the_whole_opening_leaves() -> None:
    table = statements(("opening", "We came in May.", None), ("main_findings", "Buses are late.", None))
    assert select_statements(table, codings())["text"].tolist() == ["Buses are late."]


def test_the_area_name_is_no_word_of_a_topic() -> None:
    table = statements(("strengths", "Staff in North Ashe’s hub know the north and Ashe.", "strength"))
    assert plain_words(table, pd.Series({"r1": "North Ashe"})) == ["staff in     hub know the north and  ."]


def test_nearest_is_exact() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.8, 0.6], [0.6, 0.8]], dtype=np.float32)
    places, distances = nearest(vectors, 3)
    assert places.tolist() == [[0, 2, 3], [1, 3, 2], [2, 3, 0], [3, 2, 1]]
    assert distances[0].tolist() == pytest.approx([0, 0.2, 0.4])


def test_groups_are_numbered_by_size_and_small_ones_are_none() -> None:
    assert by_size(np.array([5, 5, 2, 2, 2, 9]), min_size=2).tolist() == [1, 1, 0, 0, 0, -1]


def test_stability_by_hand() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1, -1])
    same = np.array([1, 1, 1, 1, 0, 0, -1])
    split = np.array([0, 0, 1, -1, 1, 1, 1])  # topic 0: best 2 of 4; topic 1: 2 of 4
    assert stability(labels, [same, split]) == pytest.approx([0.75, 0.75])
    assert stability(labels, [np.full(7, -1)]) == [0, 0]


def test_coherence_by_hand() -> None:
    texts = ["late buses", "late buses", "late trains", "plans"]
    # late 3/4, buses 2/4, together 2/4: ln(0.5 / 0.375) / -ln(0.5) = 0.415
    assert coherence([["late", "buses"], ["buses", "trains"], ["plans"]], texts) == pytest.approx(
        [0.415, -1, 0], abs=1e-3
    )


def test_diversity_by_hand() -> None:
    assert diversity([["a", "b"], ["b", "c"]]) == 0.75


@pytest.mark.parametrize(
    ("terms", "want"),
    [
        (["abuse", "domestic", "domestic abuse", "abuse incidents", "incidents"], ["domestic abuse", "incidents"]),
        (["referrals", "referral", "timely", "timely timely"], ["referrals", "timely"]),
        ([], []),
    ],
)
def test_distinct_words(terms: list[str], want: list[str]) -> None:
    assert distinct_words(terms) == want


def test_groups_of_one_size_keep_their_words() -> None:
    texts = [word for word in ("buses", "trains", "trams", "ferries", "bicycles") for _ in range(3)]
    labels = np.repeat([3, 1, 4, 0, 2], 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        terms = terms_of(topic_words(texts, labels, np.ones((15, 2), dtype=np.float32)), labels)
    assert terms == [["ferries"], ["trains"], ["bicycles"], ["buses"], ["trams"]]


def small_topics() -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = [("T01", "s1", "a"), ("T01", "s2", "a"), ("T01", "s3", "b"), ("T02", "s4", "c"), ("T00", "s5", "b")]
    found = pd.DataFrame(rows, columns=["topic", "statement_id", "report_id"])
    reports = pd.DataFrame(
        {
            "report_id": ["a", "b", "c", "d"],
            "series": ["late", "early", "early", "late"],
            "letter_date": ["2020-01-01", "2016-01-01", "2016-02-01", "2020-02-01"],
        }
    )
    return found, reports


def test_topics_by_series_counts_letters() -> None:
    table = topics_by(*small_topics(), by="series")
    counted = {(t, s): (k, n, m) for t, s, k, n, _, m in table.itertuples(index=False)}
    assert counted[("T01", "early")] == (1, 2, 1)
    assert counted[("T01", "late")] == (1, 2, 2)
    assert counted[("T02", "late")] == (0, 2, 0)
    assert table["series"].tolist()[:2] == ["early", "late"]


def test_topics_by_code_counts_statements() -> None:
    table = topics_by_code(
        small_topics()[0], codings(("s1", "early_help"), ("s1", "joint_working"), ("s2", "early_help"))
    )
    counted = {(t, c): (k, n) for t, c, k, n, _ in table.itertuples(index=False)}
    assert counted[("T01", "early_help")] == (2, 3)
    assert counted[("T01", "joint_working")] == (1, 3)
    assert counted[("T01", "no theme")] == (1, 3)
    assert topics_by_code(small_topics()[0], codings()).empty


def test_too_few_statements_are_refused() -> None:
    with pytest.raises(JtaiError, match=r"299 statements of 4 letters are too few.*300"):
        check_enough(299, 4)
    check_enough(300, 4)


@pytest.mark.parametrize(
    ("settings", "said"),
    [(TopicSettings(runs=2), "at least 6 runs"), (TopicSettings(min_size=1), "at least 2 statements")],
)
def test_settings_that_cannot_be_used(settings: TopicSettings, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_settings(settings)


def test_a_model_that_is_not_there() -> None:
    with pytest.raises(UsageError, match=r"needs sentence-transformers.*'lsa'"):
        statement_vectors(["one", "two"], embedding="some-model")


def test_a_letter_alone_is_refused(corpus: Corpus) -> None:
    first = corpus.reports["report_id"].iloc[0]
    alone = corpus._replace(statements=corpus.statements[corpus.statements["report_id"] == first])
    with pytest.raises(JtaiError, match="too few"):
        find_topics(alone)


def test_every_statement_looked_at_is_in_the_table(outputs: Path, corpus: Corpus) -> None:
    topics, rows = (pd.read_parquet(outputs / "data" / f"{name}.parquet") for name in ("topics", "topic_statements"))
    looked_at = select_statements(corpus.statements, corpus.codings)
    assert sorted(rows["statement_id"]) == sorted(looked_at["statement_id"])
    assert topics["n_statements"].sum() == len(looked_at)
    assert topics["topic"].iloc[-1] == "T00"
    sizes = topics["n_statements"].tolist()[:-1]
    assert len(sizes) >= 2
    assert sizes == sorted(sizes, reverse=True)
    assert topics["n_letters"].unique().tolist() == [12]
    assert topics["stability"].dropna().between(0, 1).all()
    polarities = topics[["n_strength", "n_weakness", "n_mixed", "n_neutral", "n_uncoded"]].sum(axis=1)
    assert (polarities == topics["n_statements"]).all()


def test_typical_statements_do_not_repeat_themselves(outputs: Path) -> None:
    rows = pd.read_parquet(outputs / "data" / "topic_statements.parquet")
    for topic, own in rows.groupby("topic"):
        first = typical_statements(own, str(topic))
        assert first["text"].nunique() == min(5, own["text"].nunique())
        assert first["rank"].tolist() == list(range(1, len(first) + 1))


def test_what_is_written(outputs: Path) -> None:
    made = {str(path.relative_to(outputs)) for path in outputs.rglob("*topic*")}
    figures = {f"figures/topics_{name}.{kind}" for name in ("by_series", "by_code", "map") for kind in KINDS}
    cross = {f"tables/topics_{name}.csv" for name in ("by_series", "by_template", "by_theme", "typical_statements")}
    tables = {f"data/{name}.{kind}" for name in ("topics", "topic_statements") for kind in ("csv", "parquet")}
    assert made == figures | cross | tables | {"topics.json"}
    assert json.loads((outputs / "topics.json").read_text())["settings"]["runs"] == 6
    assert "hollow" in (outputs / "figures" / "topics_by_series.alt.txt").read_text().lower()


def test_another_process_and_another_order_give_the_same_bytes(outputs: Path, corpus: Corpus, tmp_path: Path) -> None:
    turned = corpus._replace(
        **{name: getattr(corpus, name).iloc[::-1] for name in ("reports", "statements", "codings")}
    )
    write_tables(turned, tmp_path)
    code = f"from jtai_reports.cli import main; raise SystemExit(main(['topics', '--outputs', {str(tmp_path)!r}]))"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT)
    for path in sorted(outputs.rglob("*topic*")):
        if path.suffix in {".csv", ".parquet", ".json", ".txt"}:
            other = tmp_path / path.relative_to(outputs)
            assert digest(path) == digest(other), path.name


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_nmf_gives_the_topics_asked_for(corpus: Corpus) -> None:
    found = find_topics(corpus, settings=TopicSettings(method="nmf", n_topics=4))
    assert found.topics["topic"].tolist() == ["T01", "T02", "T03", "T04", "T00"]


def test_show_prints_words_and_statements(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["topics", "--show", "T01", "--outputs", str(outputs)]) == 0
    shown = capsys.readouterr().out
    assert "words: " in shown
    assert shown.count(", page ") == 5
    assert main(["topics", "--show", "T99", "--outputs", str(outputs)]) == 2
    assert "no topic 'T99'" in capsys.readouterr().err


def test_as_code_writes_a_codebook_that_reads(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = outputs / "own.yaml"
    arguments = ["topics", "--as-code", "T01", "missing_transport", "--key-area", "leadership", "--out", str(out)]
    assert main([*arguments, "--outputs", str(outputs)]) == 0
    assert "It is a draft" in capsys.readouterr().out
    drafted = read_codebook(out).facet("theme")[-1]
    assert (drafted.id, drafted.key_area) == ("missing_transport", "leadership")
    assert len(drafted.rules) >= 1


def test_a_drafts_weights_are_the_shares_of_statements() -> None:
    topics = pd.DataFrame(
        {"topic": ["T01", "T00"], "label": ["late buses", "none"], "words": ["late buses; school", None]}
    )
    texts = ["Late buses.", "Late school buses.", "No buses.", "A school.", "A school gate.", "The school."]
    rows = pd.DataFrame({"topic": ["T01", "T01", "T01", "T00", "T00", "T00"], "text": texts})
    draft = draft_code(topics, rows, read_codebook(), topic="T01", code="transport", key_area="leadership")
    # 'late (one word) buses' stands in 2 statements, both of the topic; 'school' in 4, one of them of the topic
    assert [rule.weight for rule in draft.code.rules] == [1.0, 0.25]
    assert (draft.hits, draft.size, draft.others) == (2, 3, 0)
    with pytest.raises(JtaiError, match="there already"):
        draft_code(topics, rows, read_codebook(), topic="T01", code="early_help", key_area="leadership")
    with pytest.raises(UsageError, match="no topic 'T07'"):
        draft_code(topics, rows, read_codebook(), topic="T07", code="x", key_area="leadership")


def test_topics_without_tables_are_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["topics", "--show", "T01", "--outputs", str(tmp_path)]) == 2
    assert "Find topics first" in capsys.readouterr().err


def test_nothing_asks_for_torch() -> None:
    command = ["uv", "export", "--quiet", "--offline", "--no-hashes", "--no-header", "--no-annotate", "--all-extras"]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("uv is not there, or cannot resolve without the network")
    names = {line.split("==")[0].strip() for line in shown.splitlines()}
    assert "bertopic" in names
    assert names & set(NEVER) == set()


def tiny_network() -> Network:
    """Two dimensions, one layer that adds nothing: vectors are the normed sums of word and place."""
    two = np.eye(2, dtype=np.float32)
    zero, one = np.zeros(2, dtype=np.float32), np.ones(2, dtype=np.float32)
    layer = "encoder.layer.0"
    weights = {
        "embeddings.word_embeddings.weight": np.array([[3, 1], [0, 5]], dtype=np.float32),
        "embeddings.position_embeddings.weight": np.zeros((4, 2), dtype=np.float32),
        "embeddings.token_type_embeddings.weight": np.zeros((1, 2), dtype=np.float32),
    }
    for name in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
        weights |= {f"{layer}.{name}.weight": two * 0, f"{layer}.{name}.bias": zero}
    for name in ("intermediate.dense", "output.dense"):
        weights |= {f"{layer}.{name}.weight": two * 0, f"{layer}.{name}.bias": zero}
    for name in ("embeddings.LayerNorm", f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"):
        weights |= {f"{name}.weight": one, f"{name}.bias": np.array([0, 1], dtype=np.float32)}
    return Network(weights, layers=1, heads=1)


def test_the_forward_pass_by_hand() -> None:
    # word 0: (3, 1) -> norm (1, -1) + (0, 1) = (1, 0) -> twice: norm of (1, 0) is (1, -1) again -> (1, 0)
    # word 1: (0, 5) -> (-1, 1) + (0, 1) = (-1, 2) -> norm (-1, 1) + (0, 1) = (-1, 2), and again
    vectors = sentence_vectors([[0], [1], [0, 0], [0, 1]], tiny_network())
    root5 = 5**0.5
    assert vectors[0].tolist() == pytest.approx([1, 0], abs=1e-6)
    assert vectors[1].tolist() == pytest.approx([-1 / root5, 2 / root5], abs=1e-6)
    assert vectors[2].tolist() == pytest.approx([1, 0], abs=1e-6)
    assert vectors[3].tolist() == pytest.approx([0, 1], abs=1e-6)  # the mean of (1, 0) and (-1, 2) is (0, 1)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    with pytest.raises(UsageError, match="checksum differs"):
        checked_weights(path)
    path.write_bytes(b"weights")
    with pytest.raises(UsageError, match="checksum differs"):
        checked_weights(path)
    assert checked_weights(path, hashlib.sha256(b"weights").hexdigest()) == b"weights"
