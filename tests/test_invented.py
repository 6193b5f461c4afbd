"""The invented passages that the networks learn from: whole, coded by the codebook, and not from any real letter."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from invented import read_invented
from jtai_reports.coding.codebook import read_codebook
from jtai_reports.corpus import read_letters
from jtai_reports.reference.authorities import read_authorities

PASSAGES = Path("tools/training/invented")
LONGEST_ALIKE = 10  # words in a row that also stand in a letter: set phrases of inspectors are shorter
WORD = re.compile(r"[a-z0-9]+")


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of words of the length that tells a copied sentence."""
    words = WORD.findall(text.lower())
    return {tuple(words[start : start + LONGEST_ALIKE]) for start in range(len(words) - LONGEST_ALIKE + 1)}


def test_a_passage_becomes_a_finding_with_its_statements(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(
        "@ strengths | Key strengths\n"
        "Midwives ask every time. || s | risk_identification;training_knowledge | health\n"
        "This is not yet so at weekends. || w | risk_identification | -\n\n"
        "@ context | Context\nThe city has two hospitals. || n | - | -\n",
        encoding="utf-8",
    )
    corpus, coded = read_invented(tmp_path)
    statements = corpus.statements
    assert statements["text"].tolist()[:2] == ["Midwives ask every time.", "This is not yet so at weekends."]
    assert statements["start"].tolist() == [0, 25, 0]
    assert corpus.findings["text"].tolist()[0] == "Midwives ask every time. This is not yet so at weekends."
    assert corpus.reports["template"].tolist() == ["2016-2020", "2022-"]
    codes = [coded[name] for name in statements["statement_id"]]
    assert [code.polarity for code in codes] == ["strength", "weakness", "neutral"]
    assert codes[0].themes == ("risk_identification", "training_knowledge")
    assert [code.agencies for code in codes] == [("health",), (), ()]


def test_a_line_that_is_no_coded_sentence_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("@ strengths | Key strengths\nNo codes here.\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"one\.txt, line 2"):
        read_invented(tmp_path)


def test_every_code_is_in_the_codebook_and_every_code_is_used() -> None:
    known = {facet: {code.id for code in read_codebook().facet(facet)} for facet in ("theme", "agency")}
    _, coded = read_invented(PASSAGES)
    themes = Counter(theme for codes in coded.values() for theme in codes.themes)
    agencies = Counter(agency for codes in coded.values() for agency in codes.agencies)
    assert (set(themes), set(agencies)) == (known["theme"], known["agency"])
    assert min(themes.values()) >= 100
    assert max(len(codes.themes) for codes in coded.values()) <= 3


def test_no_sentence_stands_twice() -> None:
    corpus, _ = read_invented(PASSAGES)
    texts = Counter(corpus.statements["text"])
    assert [text for text, times in texts.items() if times > 1] == []


def test_no_sentence_is_from_a_real_letter(reference: Path) -> None:
    letters = read_letters((reference / "corpus").glob("*.pdf"), workers=2)
    said = set().union(*map(runs, letters.findings["text"]))
    corpus, _ = read_invented(PASSAGES)
    assert [text for text in corpus.statements["text"] if runs(text) & said] == []


def test_no_real_place_is_named() -> None:
    names = {place.name for place in read_authorities().authorities}
    corpus, _ = read_invented(PASSAGES)
    words = " ".join(corpus.statements["text"])
    assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", words)] == []
