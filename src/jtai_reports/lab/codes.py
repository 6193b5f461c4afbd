"""The codebook, the coded statements and the agreement of coders as tables to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.coding.codebook import Codebook, read_codebook
from jtai_reports.coding.sheet_file import open_sheet
from jtai_reports.compare.agreement import compare_sheets

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

AGREEMENT = ["coder_a", "coder_b", "facet", "code", "n", "letters", "raw", "kappa", "kappa_low", "kappa_high", "note"]


def codebook_table(codebook: Codebook | None = None) -> pd.DataFrame:
    """Every code: facet, code, label, key_area (of themes), definition, rules (how many it has).

    >>> codebook_table()["facet"].unique().tolist()
    ['polarity', 'key_area', 'theme', 'agency']
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    rows = [
        (code.facet, code.id, code.label, code.key_area, code.definition, len(code.rules))
        for code in (codebook or read_codebook()).codes
    ]
    return pd.DataFrame(rows, columns=["facet", "code", "label", "key_area", "definition", "rules"])


def coded_statements(corpus: Corpus, code: str | None, *, polarity: str | None = None) -> pd.DataFrame:
    """The statements that carry a theme or agency, with the words that speak most for it.

    Args:
        corpus: the tables `reports`, `statements` and `codings` are used.
        code: name of the code.
        polarity: only statements of this polarity.

    Returns:
        One row a statement, the surest first: authority, letter_date, page, polarity, score (of the code, 0 to 1),
        evidence, text, finding_id.
    """
    own = corpus.codings[corpus.codings["code"] == code]
    table = own.merge(corpus.statements.drop(columns="coder"), on="statement_id", validate="many_to_one")
    table = table.merge(corpus.reports[["report_id", "authority", "letter_date"]], on="report_id")
    if polarity is not None:
        table = table[table["polarity"] == polarity]
    table = table.sort_values("score", ascending=False, kind="stable", ignore_index=True)
    spans = table[["text", "evidence_start", "evidence_end"]].astype({"evidence_start": "Int64"})
    evidence = [_cut(*row) for row in spans.itertuples(index=False, name=None)]
    table = table.assign(page=table["page_start"], evidence=evidence)
    return table[["authority", "letter_date", "page", "polarity", "score", "evidence", "text", "finding_id"]]


def fitting_sheets(corpus: Corpus, paths: Iterable[Path | str]) -> list[Path]:
    """Those of some coding sheets that are there and were made from these letters."""
    known = set(corpus.statements["statement_id"])
    found = [path for path in map(Path, paths) if path.is_file()]
    return [path for path in found if known & {row.texts["statement_id"] for row in open_sheet(path).rows}]


def agreement(corpus: Corpus, sheets: Sequence[Path], *, codebook: Codebook | None = None) -> pd.DataFrame:
    """How far the coders of some sheets agree with each other and with the machine, by facet and by code.

    Args:
        corpus: the tables that the sheets were made from.
        sheets: coding sheets that people have filled in; without any, the table is empty.
        codebook: the codes that may be given.

    Returns:
        One row for each two coders, facet and code (missing: the whole facet): see `compare.agreement.agreement_table`.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    if not sheets:
        return pd.DataFrame(columns=AGREEMENT)
    return compare_sheets(sheets, corpus, codebook or read_codebook()).figures[AGREEMENT]


def _cut(text: str, start: int, end: int) -> str:
    import pandas as pd  # noqa: PLC0415 - heavy

    return "" if pd.isna(start) else text[int(start) : int(end)]
