"""The coder `model`: a linear model and a small network decide together; see docs/model-card.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jtai_reports import schema
from jtai_reports.coding.context import describe
from jtai_reports.coding.decide import Choice, decide
from jtai_reports.coding.evidence import Evidence, Span
from jtai_reports.coding.model import probabilities, read_model
from jtai_reports.coding.polarity import is_settled_neutral
from jtai_reports.coding.reader import joined, read_statements
from jtai_reports.coding.records import POLARITY, Coded
from jtai_reports.coding.signs import polarity_signs
from jtai_reports.coding.student import student_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.coding.model import Model
    from jtai_reports.coding.reader import Reader
    from jtai_reports.corpus import Corpus

NAME = "model"


def code_by_model(corpus: Corpus, codebook: Codebook, *, model: Path | None = None) -> Coded:
    """Code every statement of a corpus by a trained model.

    Args:
        corpus: letters whose table `statements` is filled; it is not changed.
        codebook: the codes; the model must have been trained on the same ones.
        model: a file made by `jtai train`; the models of the package, linear and student, where None.

    Raises:
        ModelError: the file is no model, or one of other codes.
    """
    if model is None:
        return code_by_both(corpus, codebook, student_reader(), name=NAME)
    linear = read_model(model)
    return _coded(corpus, codebook, linear, probabilities(linear, describe(corpus), codebook), name=NAME)


def code_by_both(corpus: Corpus, codebook: Codebook, reader: Reader, *, name: str) -> Coded:
    """Code every statement by the linear model of the package and a reader together, as the coder `name`.

    Raises:
        ModelError: the codebook has other codes than those models.
    """
    linear, context, head = read_model(), describe(corpus), reader.head
    shares = probabilities(linear, context, codebook)
    signs = polarity_signs(context, codebook, head.outputs["polarity"])
    shares = joined(shares, _read(corpus, codebook, reader), signs, linear.outputs, head)
    return _coded(corpus, codebook, linear, shares, name=name)


def _read(corpus: Corpus, codebook: Codebook, reader: Reader) -> NDArray[np.float64]:
    """What a reader says of each statement; nothing (0) where the section settles the codes whatever it says."""
    asked = ~is_settled_neutral(corpus.statements["section_kind"], codebook)
    said = read_statements(corpus._replace(statements=corpus.statements[asked]), reader)
    values = np.zeros((len(asked), said.shape[1]))
    values[asked] = said
    return values


def _coded(corpus: Corpus, codebook: Codebook, linear: Model, shares: NDArray[np.float64], *, name: str) -> Coded:
    choices = decide(corpus.statements, shares, linear.outputs, codebook)
    return coded_by_choices(corpus, choices, codebook, name=name, find=Evidence(linear).find)


def coded_by_choices(
    corpus: Corpus,
    choices: Sequence[Choice],
    codebook: Codebook,
    *,
    name: str = NAME,
    find: Callable[[str, list[str]], list[Span | None]] | None = None,
) -> Coded:
    """Choices as tables, by the coder `name`; `find` gives the evidence for outputs such as 'theme:early_help'."""
    key_area = codebook.key_area_of()
    marks: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    columns = corpus.statements[["statement_id", "text"]].itertuples(index=False)
    for (statement_id, text), choice in zip(columns, choices, strict=True):
        area = key_area[choice.themes[0][0]] if choice.themes else None
        marks.append({"statement_id": statement_id, "key_area": area, **_polarity(choice)})
        codings = _codings(choice)
        outputs = [f"{row['facet']}:{row['code']}" for row in codings]
        spans = find(text, outputs) if find else [None] * len(outputs)
        for row, span in zip(codings, spans, strict=True):
            shown = {"evidence_start": span[0], "evidence_end": span[1]} if span else {}
            rows.append({"statement_id": statement_id, "coder": name, **row, **shown})
    return Coded(schema.make_frame(POLARITY, marks), schema.make_frame(schema.CODINGS, rows))


def _polarity(choice: Choice) -> dict[str, Any]:
    return {"polarity": choice.polarity, "polarity_score": _rounded(choice.polarity_score)}


def _codings(choice: Choice) -> list[dict[str, Any]]:
    facets = (("theme", choice.themes), ("agency", choice.agencies))
    return [
        {"facet": facet, "code": code, "rank": rank, "score": _rounded(score)}
        for facet, codes in facets
        for rank, (code, score) in enumerate(codes, 1)
    ]


def _rounded(score: float) -> float:
    """Three digits: more would promise what is not there."""
    return round(float(score), 3)
