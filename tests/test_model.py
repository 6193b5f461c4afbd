"""The coder `model`: what it decides, that it shows why, that its file is checked, that it can be trained anew."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jtai_reports.cli import main
from jtai_reports.coding.array_file import ModelError
from jtai_reports.coding.codebook import Codebook, read_codebook
from jtai_reports.coding.coded_files import read_coded
from jtai_reports.coding.coder import code_corpus
from jtai_reports.coding.context import describe
from jtai_reports.coding.decide import Choice, decide
from jtai_reports.coding.evidence import LONGEST, Evidence
from jtai_reports.coding.features import BLOCKS, make_blocks, tokens
from jtai_reports.coding.figures import figures
from jtai_reports.coding.model import Model, model_bytes, parse_model, read_model
from jtai_reports.coding.review import find_doubtful
from jtai_reports.coding.ridge import fit_ridge, without
from jtai_reports.coding.train import CodedStatement, calibrate, train_model
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.errors import UsageError
from jtai_reports.schema import CODINGS, STATEMENTS, check_frame
from tests.conftest import SAMPLE

KEYS = ["statement_id", "facet", "code"]


@pytest.fixture(scope="module")
def letters(sample_files: list[Path]) -> Corpus:
    return read_letters(sample_files[:4], authorities=SAMPLE)


@pytest.fixture(scope="module")
def coded(letters: Corpus) -> Corpus:
    return code_corpus(letters, others=("rules",))


@pytest.fixture(scope="module")
def model() -> Model:
    return read_model()


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return read_codebook()


def as_coded(corpus: Corpus) -> dict[str, CodedStatement]:
    """The codes of a corpus as training wants them."""
    codes: dict[tuple[str, str], list[str]] = {}
    for row in corpus.codings.sort_values("rank").itertuples():
        codes.setdefault((str(row.statement_id), str(row.facet)), []).append(str(row.code))
    pairs = zip(corpus.statements["statement_id"], corpus.statements["polarity"], strict=True)
    return {
        name: CodedStatement(polarity, *(tuple(codes.get((name, facet), [])) for facet in ("theme", "agency")))
        for name, polarity in pairs
    }


def test_it_is_the_default_and_keeps_the_tables_declaration(coded: Corpus) -> None:
    assert set(coded.statements["coder"]) == set(coded.codings["coder"]) == {"model"}
    assert set(coded.codings_other["coder"]) == {"rules"}
    check_frame(STATEMENTS, coded.statements)
    check_frame(CODINGS, coded.codings)
    assert coded.codings["score"].between(0, 1).all()
    themes = coded.codings[coded.codings["facet"] == "theme"].groupby("statement_id").size()
    assert themes.max() <= 3


def test_key_area_is_that_of_the_first_theme(coded: Corpus, codebook: Codebook) -> None:
    first = coded.codings[(coded.codings["facet"] == "theme") & (coded.codings["rank"] == 1)]
    areas = first.set_index("statement_id")["code"].map(codebook.key_area_of())
    got = coded.statements.set_index("statement_id")["key_area"].dropna()
    assert got.to_dict() == areas.to_dict()


def test_boilerplate_is_neutral_and_has_no_codes(coded: Corpus) -> None:
    quiet = coded.statements[coded.statements["section_kind"].isin(["context", "next_steps"])]
    assert len(quiet) > 0
    assert set(quiet["polarity"]) == {"neutral"}
    assert not set(quiet["statement_id"]) & set(coded.codings["statement_id"])


def test_decisions_by_hand(codebook: Codebook, model: Model) -> None:
    shares = np.zeros((1, len(model.outputs)))
    given = {"polarity:mixed": 0.6, "polarity:weakness": 0.2, "theme:early_help": 0.5, "theme:joint_working": 0.9}
    given |= {"first:early_help": 0.7, "first:joint_working": 0.2, "agency:police": 0.36, "agency:health": 0.34}
    for name, share in given.items():
        shares[0, model.outputs.index(name)] = share
    statements = pd.DataFrame({"section_kind": ["main_findings"], "text": ["This is a statement."]})
    (choice,) = decide(statements, shares, model.outputs, codebook)
    assert choice.polarity == "mixed"
    assert choice.polarity_score == pytest.approx(0.6 / 0.8)
    assert choice.themes == (("early_help", 0.5), ("joint_working", 0.9))
    assert choice.agencies == (("police", 0.36),)


def test_evidence_is_a_few_whole_words_of_the_statement(coded: Corpus) -> None:
    joined = coded.codings.merge(coded.statements[["statement_id", "text"]], on="statement_id")
    shown = joined.dropna(subset=["evidence_start"])
    assert len(shown) > 0.9 * len(joined)
    columns = ["text", "evidence_start", "evidence_end"]
    for text, start, end in shown[columns].astype({"evidence_start": int, "evidence_end": int}).to_numpy():
        span = text[start:end]
        assert span == span.strip()
        assert 1 <= len(tokens(span)) <= LONGEST
        assert set(tokens(span)) <= set(tokens(text))


def test_evidence_points_at_the_telling_words(model: Model) -> None:
    text = "On most days the police and others shared what they knew about children who go missing from home."
    police, missing = Evidence(model).find(text, ["agency:police", "theme:missing_children"])
    assert police is not None
    assert missing is not None
    assert "police" in text[slice(*police)]
    assert "missing" in text[slice(*missing)]


def test_a_letters_codes_do_not_depend_on_the_others(coded: Corpus, sample_files: list[Path]) -> None:
    for path in sample_files[:4]:
        alone = code_corpus(read_letters([path], authorities=SAMPLE))
        name = alone.reports["report_id"].iloc[0]
        together = coded.statements[coded.statements["report_id"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(together, alone.statements)
        ids = set(alone.statements["statement_id"])
        codings = coded.codings[coded.codings["statement_id"].isin(ids)].reset_index(drop=True)
        pd.testing.assert_frame_equal(codings, alone.codings)


def test_a_letter_without_findings() -> None:
    from jtai_reports.corpus import make_corpus

    nothing = code_corpus(make_corpus([]))
    assert len(nothing.statements) == len(nothing.codings) == 0
    assert len(find_doubtful(nothing)) == 0


def test_the_file_gives_back_the_same_model(model: Model) -> None:
    content = model_bytes(model)
    assert model_bytes(parse_model(content, name="m.npz")) == content
    assert len(content) < 10 * 2**20


def test_the_package_holds_terms_and_no_sentences(model: Model) -> None:
    assert max(len(term.split()) for term in model.vocabulary.words) == 2
    assert max(len(part) for part in model.vocabulary.parts) == 5


def test_damaged_and_foreign_files(tmp_path: Path, model: Model) -> None:
    content = bytearray(model_bytes(model))
    changed = model._replace(bias=model.bias + 1)
    good, bad = np.load(_kept(tmp_path / "a.npz", bytes(content))), _kept(tmp_path / "b.npz", model_bytes(changed))
    arrays = dict(np.load(bad)) | {"header": good["header"]}
    np.savez(tmp_path / "swapped.npz", **arrays)
    np.savez(tmp_path / "other.npz", x=np.arange(3))
    np.savez(tmp_path / "objects.npz", header=np.array([{"a": 1}], dtype=object))
    header = json.loads(good["header"].tobytes()) | {"format": 99}
    np.savez(tmp_path / "later.npz", header=np.frombuffer(json.dumps(header).encode(), np.uint8))
    _kept(tmp_path / "half.npz", bytes(content[: len(content) // 2]))
    _kept(tmp_path / "text.npz", b"not a model")
    for name, said in [
        ("swapped", "checksum"),
        ("other", "not a model of this toolkit"),
        ("objects", "not a model"),
        ("later", "format 99"),
        ("half", "not a model file"),
        ("text", "not a model file"),
        ("absent", "cannot be read"),
    ]:
        with pytest.raises(ModelError, match=said) as fault:
            read_model(tmp_path / f"{name}.npz")
        assert fault.value.hint


def _kept(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_model_of_other_codes_is_refused(letters: Corpus, model: Model, tmp_path: Path, codebook: Codebook) -> None:
    known = model.vocabulary
    other = model._replace(vocabulary=known._replace(codes=(*known.codes[:-1], "agency:fire_service")))
    path = _kept(tmp_path / "m.npz", model_bytes(other))
    with pytest.raises(ModelError, match="other codes"):
        code_corpus(letters, model=path)
    fewer = codebook.model_copy(update={"codes": codebook.codes[:-1]})
    assert set(code_corpus(letters, codebook=fewer).statements["coder"]) == {"rules"}


def test_leaving_out_is_the_same_as_never_having_seen() -> None:
    rng = np.random.default_rng(1)
    points, wanted = rng.normal(size=(12, 5)), rng.integers(0, 2, size=(12, 2)).astype(np.float32)
    alike = (points @ points.T + 1).astype(np.float32)
    rows = np.array([2, 3, 7])
    others = np.setdiff1d(np.arange(12), rows)
    quick = alike @ without(fit_ridge(alike, wanted, ridge=0.5), rows)
    slow = alike[:, others] @ np.linalg.solve(alike[np.ix_(others, others)] + 0.5 * np.eye(9), wanted[others])
    np.testing.assert_allclose(quick, slow, atol=1e-3)


def test_calibration_gives_the_share_that_is_right() -> None:
    values = np.repeat([[0.0], [1.0]], 1000, axis=0)
    wanted = np.concatenate([np.arange(1000) < 100, np.arange(1000) < 800]).astype(np.float32)[:, None]
    slope, shift = calibrate(values, wanted)[:, 0]
    shares = 1 / (1 + np.exp(-(np.array([0.0, 1.0]) * slope + shift)))
    np.testing.assert_allclose(shares, [0.1, 0.8], atol=0.005)


def test_figures_by_hand() -> None:
    statements = pd.DataFrame({"statement_id": ["a", "b", "c"]})
    want = {
        "a": CodedStatement("strength", ("early_help",), ("police",)),
        "b": CodedStatement("weakness", ("early_help", "joint_working"), ()),
    }
    got = [
        Choice("strength", 0.9, (("early_help", 0.9),), (("police", 0.9),)),
        Choice("strength", 0.6, (("early_help", 0.8), ("local_profile", 0.5)), (("health", 0.4),)),
        Choice("neutral", 0.9, (), ()),
    ]
    found = figures(statements, got, want)
    assert found["statements"] == 2
    assert found["polarity.accuracy"] == found["polarity.flips"] == 0.5
    assert found["theme.micro_f1"] == pytest.approx(2 * 2 / (3 + 3), abs=1e-4)
    assert found["agency.micro_f1"] == pytest.approx(2 * 1 / (2 + 1), abs=1e-4)


def test_training_again_gives_the_same_bytes_and_learns(coded: Corpus, codebook: Codebook) -> None:
    wanted = as_coded(coded)
    first, second = (train_model(coded, wanted, codebook) for _ in range(2))
    assert model_bytes(first.model) == model_bytes(second.model)
    choices = decide(coded.statements, first.left_out, first.model.outputs, codebook)
    assert figures(coded.statements, choices, wanted)["polarity.accuracy"] > 0.6


def test_too_little_to_train_on(coded: Corpus, codebook: Codebook) -> None:
    few = dict(list(as_coded(coded).items())[:10])
    with pytest.raises(UsageError, match="10 coded statements of 1 letters are too few"):
        train_model(coded, few, codebook)


def test_blocks_of_features_have_a_row_a_statement(coded: Corpus, model: Model, codebook: Codebook) -> None:
    blocks = make_blocks(describe(coded), model.vocabulary, codebook)
    assert list(blocks) == list(BLOCKS)
    shapes = {name: block.shape for name, block in blocks.items()}
    assert shapes == {name: (len(coded.statements), len(model.weights[name])) for name in BLOCKS}


def test_train_on_the_command_line(coded: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from jtai_reports.store import write_tables

    write_tables(coded, tmp_path / "o")
    rows = [
        {"file": name, "text": coded.statements.loc[place, "text"], "polarity": said.polarity}
        | {"themes": "|".join(said.themes), "agencies": "|".join(said.agencies)}
        for place, (said, name) in enumerate(zip(as_coded(coded).values(), coded.statements["report_id"], strict=True))
    ]
    pd.DataFrame([*rows, rows[0] | {"text": "Nobody wrote this."}]).to_csv(tmp_path / "mine.csv", index=False)
    options = ["--coded", str(tmp_path / "mine.csv"), "--outputs", str(tmp_path / "o")]
    assert main(["train", *options, "--out", str(tmp_path / "m.npz")]) == 0
    said = capsys.readouterr().out
    assert f"Coded statements: {len(rows)} of 4 letters; 1 rows fit no statement" in said
    assert "polarity.accuracy" in said
    assert read_model(tmp_path / "m.npz").about["statements"] == len(rows)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"polarity": "good"}, "line 2: no polarity 'good'"),
        ({"themes": "gardening"}, "line 2: the codebook has no theme 'gardening'"),
        ({"text": None}, "has no column 'text'"),
    ],
)
def test_faults_of_coded_files(
    coded: Corpus, codebook: Codebook, tmp_path: Path, row: dict[str, str | None], said: str
) -> None:
    full = {"file": "a.pdf", "text": "x", "polarity": "strength", "themes": "", "agencies": ""} | row
    kept = {name: value for name, value in full.items() if value is not None}
    pd.DataFrame([kept]).to_csv(tmp_path / "f.csv", index=False)
    with pytest.raises(UsageError, match=said):
        read_coded([tmp_path / "f.csv"], coded, codebook)


def test_what_to_look_at_first(coded: Corpus) -> None:
    doubtful = find_doubtful(coded)
    assert (doubtful["n_reasons"] > 0).all()
    assert doubtful["n_reasons"].is_monotonic_decreasing
    low = coded.statements.set_index("statement_id")["polarity_score"] < 0.6
    assert set(low[low].index) <= set(doubtful["statement_id"])
    assert doubtful["reasons"].str.contains("another coder gave").any()


def test_damaged_bytes_are_no_traceback() -> None:
    content = bytearray(model_bytes(read_model()))
    for place in range(200_000, 200_040):
        content[place] ^= 0xFF
    with pytest.raises(ModelError, match=r"own\.npz: "):
        parse_model(bytes(content), name="own.npz")
