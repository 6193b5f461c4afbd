"""Statements coded elsewhere, read from files and matched with those of a corpus by letter and text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.coding.train import CodedStatement
from jtai_reports.errors import UsageError
from jtai_reports.schema import STATEMENT_POLARITIES

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.corpus import Corpus

LISTS = re.compile(r"[|;]")
NOT_KEY = re.compile(r"[^a-z0-9]+")
NAMES_OF_LETTER = ("file", "file_name", "report", "report_id", "letter")
LIST_COLUMNS = {
    "theme": ("themes", "theme_1", "theme_2", "theme_3"),
    "agency": ("agencies", "agency_1", "agency_2", "agency_3"),
}


class Matched(NamedTuple):
    """Codes by statement_id, and how many rows of the files no statement fits."""

    coded: dict[str, CodedStatement]
    unmatched: int


def read_coded(paths: Iterable[Path], corpus: Corpus, codebook: Codebook) -> Matched:
    """Read coded statements and match them with a corpus.

    Args:
        paths: CSV or Excel files with the columns `text`, `polarity`, `themes` and `agencies` (codes joined by '|'
            or ';', most central first) or `theme_1`, `theme_2`, ... as on coding sheets, and the letter's name as
            `file` or `report_id`, or `statement_id`.
        corpus: letters with their statements.
        codebook: its codes are allowed.

    Raises:
        UsageError: a file cannot be read, lacks a column, or has an unknown code.
    """
    find = _Finder(corpus)
    coded: dict[str, CodedStatement] = {}
    unmatched = 0
    for path in sorted(Path(path) for path in paths):
        for number, row in enumerate(_rows(path), 2):
            codes = _codes(row, codebook, f"{path.name}, line {number}")
            if codes is None:
                continue
            found = find(row, taken=coded)
            if found is None:
                unmatched += 1
            else:
                coded[found] = codes
    return Matched(coded, unmatched)


class _Finder:
    """Finds the statement that a row of a file is about."""

    def __init__(self, corpus: Corpus) -> None:
        reports = corpus.reports[["report_id", "file_name"]].itertuples(index=False)
        self.reports = {name: report_id for report_id, file in reports for name in (report_id, file, Path(file).stem)}
        self.ids: dict[tuple[str, str], list[str]] = {}
        columns = corpus.statements[["report_id", "statement_id", "text"]]
        for report_id, statement_id, text in columns.itertuples(index=False):
            self.ids.setdefault((report_id, _key(text)), []).append(statement_id)

    def __call__(self, row: dict[str, str], *, taken: dict[str, CodedStatement]) -> str | None:
        letter = next((row[name].strip() for name in NAMES_OF_LETTER if row.get(name, "").strip()), "")
        report_id = self.reports.get(letter, "")
        same = self.ids.get((report_id, _key(row["text"])), [])
        wanted = row.get("statement_id", "")
        return wanted if wanted in same else next((name for name in same if name not in taken), None)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    frame = _frame(path)
    columns = {str(name).strip().lower(): name for name in frame.columns}
    lacking = [name for name in ("text", "polarity") if name not in columns]
    if not any(name in columns for name in NAMES_OF_LETTER):
        lacking.append("file")
    if lacking:
        raise UsageError(
            f"{path.name}: has no column '{lacking[0]}'.",
            hint="Columns are text, polarity, themes, agencies and file (the letter's PDF or report_id).",
        )
    for values in frame.fillna("").astype(str).to_dict("records"):
        yield {name: str(values[column]) for name, column in columns.items()}


def _frame(path: Path) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy

    try:
        if path.suffix.lower() == ".xlsx":
            return pd.read_excel(path, dtype=str)
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError, ImportError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else fault
        raise UsageError(f"{path}: cannot be read ({reason}).", hint="Give a CSV file in UTF-8, or .xlsx.") from fault


def _codes(row: dict[str, str], codebook: Codebook, where: str) -> CodedStatement | None:
    """The codes of a row; None where it is not coded, or its coders do not agree."""
    polarity = row["polarity"].strip().lower()
    if polarity in {"", "disputed"}:
        return None
    if polarity not in STATEMENT_POLARITIES:
        raise UsageError(f"{where}: no polarity {polarity!r}.", hint=f"Use {', '.join(STATEMENT_POLARITIES)}.")
    return CodedStatement(polarity, _listed(row, "theme", codebook, where), _listed(row, "agency", codebook, where))


def _listed(row: dict[str, str], facet: str, codebook: Codebook, where: str) -> tuple[str, ...]:
    known = {name: code.id for code in codebook.codes if code.facet == facet for name in (code.id, code.label)}
    given = [
        part.strip() for column in LIST_COLUMNS[facet] for part in LISTS.split(row.get(column, "")) if part.strip()
    ]
    for name in given:
        if name not in known:
            raise UsageError(
                f"{where}: the codebook has no {facet} {name!r}.", hint="See the codes with 'jtai codebook'."
            )
    return tuple(dict.fromkeys(known[name] for name in given))


def _key(text: str) -> str:
    return NOT_KEY.sub("", text.lower().replace("&", "and"))
