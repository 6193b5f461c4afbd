"""Write tables to disk and read them back: whole or not at all, and the same bytes from the same tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports import schema
from jtai_reports.corpus import Corpus
from jtai_reports.errors import UsageError
from jtai_reports.files import write_bytes

if TYPE_CHECKING:
    import pandas as pd

LATER = ("corrections",)  # tables that outputs of an earlier version lack
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula


def write_tables(corpus: Corpus, outputs: Path) -> list[Path]:
    """Check each table and write it to `outputs/data/` as Parquet and as CSV for Excel.

    Raises:
        pandera.errors.SchemaErrors: a table breaks its declaration; nothing is written.
    """
    frames = {name: schema.check_frame(table, getattr(corpus, name)) for name, table in schema.TABLES.items()}
    return [path for name, frame in frames.items() for path in _write(name, frame, outputs)]


def write_table(table: schema.Table, frame: pd.DataFrame, outputs: Path) -> list[Path]:
    """Check a table that is no part of a corpus and write it beside those that are.

    Raises:
        pandera.errors.SchemaErrors: it breaks its declaration; nothing is written.
    """
    return _write(table.name, schema.check_frame(table, frame), outputs)


def load(outputs: Path | str = "outputs") -> Corpus:
    """The tables of an earlier run.

    Args:
        outputs: the folder that `jtai run` wrote to.

    Raises:
        UsageError: the folder holds no tables.

    Example:
        >>> import jtai_reports as jtai
        >>> corpus = jtai.load("outputs")
        >>> len(corpus.reports)
        12
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    folder = Path(outputs) / "data"
    there = [name for name in Corpus._fields if (folder / f"{name}.parquet").is_file()]
    lacking = [name for name in Corpus._fields if name not in (*there, *LATER)]
    if lacking:
        raise UsageError(f"{folder}: no table {lacking[0]}.parquet.", hint="Make the tables with 'jtai run'.")
    empty = {name: schema.make_frame(schema.TABLES[name], []) for name in LATER}
    return Corpus(**empty | {name: pd.read_parquet(folder / f"{name}.parquet") for name in there})


def _write(name: str, frame: pd.DataFrame, outputs: Path) -> list[Path]:
    parquet = outputs / "data" / f"{name}.parquet"
    write_bytes(parquet, frame.to_parquet(None, index=False, compression="zstd"))
    return [parquet, write_csv(parquet.with_suffix(".csv"), frame)]


def write_csv(path: Path, frame: pd.DataFrame) -> Path:
    """Write a table as CSV that Excel opens rightly: UTF-8 with a mark, no cell read as a formula.

    A text that starts like a formula gets a leading apostrophe, which Excel does not show; the Parquet file
    beside it holds the text as it is.
    """
    safe = frame.copy()
    for column in frame.columns:
        if frame[column].dtype.kind in "OU" or str(frame[column].dtype).startswith("str"):
            starts = frame[column].fillna("").astype(str).str.startswith(FORMULA)
            safe[column] = frame[column].mask(starts, "'" + frame[column].astype("str"))
    return write_bytes(path, ("\ufeff" + safe.to_csv(index=False, lineterminator="\n")).encode())
