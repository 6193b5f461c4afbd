"""The student of the coder `model`: its words, its file, its layers, and what it adds, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from jtai_reports.coding.array_file import ModelError, pack
from jtai_reports.coding.codebook import read_codebook
from jtai_reports.coding.coder import code_corpus
from jtai_reports.coding.context import describe
from jtai_reports.coding.model import model_bytes, probabilities, read_model
from jtai_reports.coding.model_coder import code_by_model
from jtai_reports.coding.reader import ARRAYS, GROUPS, joined, read_statements
from jtai_reports.coding.signs import polarity_signs
from jtai_reports.coding.student import KIND, Student, parse_student, read_student, reader_of, student_bytes
from jtai_reports.coding.wordpiece import make_encoder, plain
from jtai_reports.corpus import read_letters
from jtai_reports.schema import SECTION_KINDS
from jtai_reports.transformer import LOCAL, WORDS, token_vectors
from tests.coded import make_corpus
from tests.conftest import SAMPLE
from tests.test_minilm_coder import OUTPUTS, tiny_head
from tests.test_topics import tiny_network

VOCABULARY = ("[CLS]", "[SEP]", "[UNK]", "safe", "##ty", "##s", "’", "-", "a")


def tiny_student() -> Student:
    """Nine pieces of two numbers, all alike."""
    network = tiny_network()
    words = np.tile(np.array([[3, 1]], dtype=np.float32), (9, 1))
    return Student(VOCABULARY, network._replace(weights=network.weights | {WORDS: words}), tiny_head(), {"letters": 2})


def test_words_are_cut_into_the_longest_pieces() -> None:
    encode = make_encoder(VOCABULARY)
    assert encode("Safety’s") == [3, 4, 6, 2]  # 's' alone is no piece that opens a word
    assert encode("safes  safe-A") == [3, 5, 3, 7, 8]
    assert encode("safest") == [2]  # what is left over makes the whole word unknown
    assert encode("") == encode(" \n") == []


def test_letters_are_made_plain() -> None:
    assert plain("Éa\u200bB") == "eab"
    assert make_encoder(VOCABULARY)("SÁFE") == [3]


def test_a_word_too_long_is_unknown() -> None:
    encode = make_encoder(["[UNK]", "a", "##a"])
    assert encode("a" * 100) == [1] + [2] * 99
    assert encode("a" * 101) == [0]


def test_a_file_comes_back_as_it_went() -> None:
    content = student_bytes(tiny_student())
    assert content == student_bytes(tiny_student())
    back = parse_student(content, name="own.npz")
    assert (tuple(back.vocabulary), back.about) == (VOCABULARY, {"letters": 2})
    assert (back.network.layers, back.network.heads) == (1, 1)
    # 3 is 127 steps of 3/127, and 1 is nearest to 42 of them
    assert back.network.weights[WORDS][0].tolist() == pytest.approx([3, 42 * 3 / 127])
    assert back.network.weights["embeddings.LayerNorm.bias"].tolist() == [0, 1]
    assert back.head.outputs == OUTPUTS
    assert all((back.head.arrays[name] == tiny_head().arrays[name]).all() for name in ARRAYS)


def test_other_files_are_refused() -> None:
    with pytest.raises(ModelError, match=r"own\.npz: not a model of this toolkit"):
        parse_student(model_bytes(read_model()), name="own.npz")
    with pytest.raises(ModelError, match=r"own\.npz: the network is incomplete"):
        parse_student(pack(KIND, {"layers": 1}, {}), name="own.npz")
    with pytest.raises(ModelError, match="not a model file"):
        parse_student(student_bytes(tiny_student())[:-100], name="own.npz")


def test_what_is_read_by_hand() -> None:
    """Every piece is (3, 1), which becomes (1, 0): see the tiny network."""
    places = {"embeddings.position_embeddings.weight": np.zeros((99, 2), dtype=np.float32)}
    student = tiny_student()
    student = student._replace(network=student.network._replace(weights=student.network.weights | places))
    values = read_statements(make_corpus(letters=1, kinds=("strengths",), each=2), reader_of(student))
    assert values[0].tolist() == pytest.approx([1, 0, 1.5], abs=1e-5)


def test_a_layer_may_look_beside_first() -> None:
    """What is seen goes through gelu (9 stays 9) and is added to (1, 0), the vector of word 0."""
    network = tiny_network()

    def seen(words: list[int], local: list[list[int]]) -> list[list[float]]:
        weights = network.weights | {f"encoder.layer.0.{LOCAL}": np.array(local, dtype=np.float32)}
        vectors: list[list[float]] = token_vectors(np.array([words]), network._replace(weights=weights))[0].tolist()
        return vectors

    # (1, 9) is normed to (-1, 1), then (0, 1) is added, and the second norm changes nothing
    assert seen([0], [[0, 0], [0, 0], [0, 0], [0, 9]]) == [pytest.approx([-1, 2], abs=1e-4)]
    # word 1 is (-1, 2): the second number of the word after counts nine times for the first token alone
    assert seen([0, 1], [[0, 0], [0, 0], [0, 9], [0, 0]])[0] == pytest.approx([-1, 2], abs=1e-4)
    assert seen([0, 1], [[0, 9], [0, 0], [0, 0], [0, 0]])[0] == pytest.approx([1, 0], abs=1e-4)


def test_stacked_log_odds_by_hand() -> None:
    weights = [[1, 0], [0, 0], [1, 0], [0, 0], [0, np.log(3)], [0, np.log(2)]]
    head = tiny_head()._replace(stacked={"polarity": np.array(weights)})
    linear = np.array([[0.8, 0.2, 0.5]])
    names = ("polarity:strength", "polarity:weakness", "theme:early_help")
    read = np.array([[np.log(3), 0.0, 0.0]])
    # strength: log-odds of 3/4 and 0.8 are log 3 and log 4, so 12; weakness: 2 by the last row, 3 times it with a sign
    shares = joined(linear, read, np.array([[0.0]]), names, head)
    assert shares[0].tolist() == pytest.approx([12 / 14, 2 / 14, 0.5])
    shares = joined(linear, read, np.array([[1.0]]), names, head)
    assert shares[0].tolist() == pytest.approx([12 / 18, 6 / 18, 0.5])


def test_signs_of_polarity_by_hand() -> None:
    corpus, codebook = make_corpus(letters=1, kinds=("strengths", "improvements"), each=1), read_codebook()
    corpus = corpus._replace(statements=corpus.statements.assign(text=["Children wait.", "It is not effective."]))
    signs = polarity_signs(describe(corpus), codebook, ["polarity:weakness", "polarity:strength"])
    assert signs.shape == (2, len(SECTION_KINDS) + 2)
    places = [SECTION_KINDS.index("strengths"), SECTION_KINDS.index("improvements")]
    assert np.argwhere(signs[:, :-2]).tolist() == [[0, places[0]], [1, places[1]]]
    assert signs[1, -2] > signs[1, -1]
    # a statement's row is its own: alone it has the same
    alone = corpus._replace(statements=corpus.statements.tail(1))
    assert polarity_signs(describe(alone), codebook, ["polarity:weakness"])[0, -1] == signs[1, -2]


def test_the_shipped_student_fits_the_codebook() -> None:
    student = read_student()
    assert tuple(student.head.outputs) == GROUPS
    assert sorted(name for group in student.head.outputs.values() for name in group) == sorted(read_model().outputs)
    assert student.about["letters"] == 42
    assert student.network.weights[WORDS].shape == (len(student.vocabulary), 192)
    assert set(student.head.stacked) | set(student.head.weight) == set(GROUPS)


def test_it_changes_what_the_linear_model_says() -> None:
    corpus, codebook = read_letters([SAMPLE / "90000001.pdf"], authorities=SAMPLE), read_codebook()
    coded = code_corpus(corpus, codebook=codebook)
    linear = probabilities(read_model(), describe(coded), codebook)
    names = [name.removeprefix("polarity:") for name in read_model().outputs if name.startswith("polarity:")]
    alone = [names[place] for place in linear[:, : len(names)].argmax(axis=1)]
    same = np.mean([one == other for one, other in zip(alone, coded.statements["polarity"], strict=True)])
    assert 0.8 < same < 1


def test_a_bare_phrase_is_what_its_section_says() -> None:
    corpus = make_corpus(letters=1, kinds=("improvements", "strengths"), each=1)
    corpus = corpus._replace(statements=corpus.statements.assign(text="The timeliness and quality of assessments."))
    assert code_by_model(corpus, read_codebook()).polarity["polarity"].tolist() == ["weakness", "strength"]
