"""What a coder may know of a statement: its words, its place in the letter, and the statements beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from jtai_reports.corpus import Corpus

NONE = -1
LAST_PLACE = 4  # places and lengths from here on count as one


class Context(NamedTuple):
    """Statements with their surroundings; every field has one entry a statement.

    `before` and `after` are the rows of the neighbours in the same finding, -1 where there is none; `finding` numbers
    the findings from 0; `place` holds marks such as 'kind=strengths'; `side` is what the section is for.
    """

    texts: list[str]
    subheadings: list[str]
    kinds: list[str]
    side: NDArray[np.int8]
    place: list[tuple[str, ...]]
    finding: NDArray[np.intp]
    before: NDArray[np.intp]
    after: NDArray[np.intp]


SIDES = {"strengths": 1, "improvements": 2, "priority_actions": 2}  # other kinds: 0


def describe(corpus: Corpus) -> Context:
    """The statements of a corpus with their surroundings, in the order of the table `statements`.

    A statement's entry depends on its own letter alone.
    """
    table = _joined(corpus)
    finding = table["finding_id"].factorize()[0].astype(np.intp)
    same = finding[1:] == finding[:-1]
    rows = np.arange(len(table))
    before, after = np.full(len(table), NONE), np.full(len(table), NONE)
    before[1:][same], after[:-1][same] = rows[:-1][same], rows[1:][same]
    kinds = table["section_kind"].tolist()
    return Context(
        texts=table["text"].tolist(),
        subheadings=table["subheading"].fillna("").tolist(),
        kinds=kinds,
        side=np.array([SIDES.get(kind, 0) for kind in kinds], dtype=np.int8),
        place=_places(table),
        finding=finding,
        before=before.astype(np.intp),
        after=after.astype(np.intp),
    )


def _joined(corpus: Corpus) -> pd.DataFrame:
    statements = corpus.statements[["finding_id", "report_id", "section_kind", "ordinal", "text"]]
    findings = corpus.findings[["finding_id", "section_id", "is_bullet", "subheading"]]
    sections = corpus.sections[["section_id", "polarity"]]
    reports = corpus.reports[["report_id", "template"]]
    joined = statements.merge(findings, on="finding_id", how="left", validate="many_to_one")
    joined = joined.merge(sections, on="section_id", how="left", validate="many_to_one")
    return joined.merge(reports, on="report_id", how="left", validate="many_to_one")


def _places(table: pd.DataFrame) -> list[tuple[str, ...]]:
    sizes = table["finding_id"].map(table["finding_id"].value_counts())
    columns = (table["section_kind"], table["polarity"].fillna(""), table["is_bullet"], table["ordinal"], sizes)
    return [
        (
            f"section={kind}|{polarity}",
            f"bullet={kind}|{bullet}",
            f"place={min(ordinal, LAST_PLACE)}",
            f"length={min(size, LAST_PLACE)}",
            f"template={template}",
        )
        for kind, polarity, bullet, ordinal, size, template in zip(*columns, table["template"], strict=True)
    ]
