"""Write tables to disk and read them back: whole or not at all, and the same bytes from the same tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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


def write_shard_tables(corpus: Corpus, listed: Mapping[str, pd.DataFrame], outputs: Path, *, number: int) -> list[Path]:
    """Write one shard of many: a Parquet file for each table, in `outputs/data/TABLE/` and `outputs/tables/TABLE/`.

    Args:
        corpus: its tables, which are checked.
        listed: other tables by name, whose rows follow the letters.
        outputs: the folder of the outputs.
        number: the shard's number, from 1.

    Raises:
        pandera.errors.SchemaErrors: a table breaks its declaration; nothing is written.
    """
    frames = {name: schema.check_frame(table, getattr(corpus, name)) for name, table in schema.TABLES.items()}
    data = [_write_parquet(shard_file(outputs / "data" / name, number), frame) for name, frame in frames.items()]
    tables = outputs / "tables"
    return [*data, *(_write_parquet(shard_file(tables / name, number), frame) for name, frame in listed.items())]


def shard_file(folder: Path, number: int) -> Path:
    """The file of a shard in the folder of its table.

    >>> shard_file(Path("data/reports"), 7).name
    'shard-000007.parquet'
    """
    return folder / f"shard-{number:06d}.parquet"


def is_sharded(outputs: Path) -> bool:
    """Whether the tables of the outputs are folders of shards."""
    return (outputs / "data" / "reports").is_dir()


def each_shard(outputs: Path, columns: Mapping[str, Sequence[str]] | None = None) -> Iterator[Corpus]:
    """The shards of the outputs one after the other, each as a corpus.

    Args:
        outputs: the folder of the outputs.
        columns: the columns to read of each table, none of tables that are not named; None reads everything.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    data = outputs / "data"
    for first in sorted((data / "reports").glob("shard-*.parquet")):
        frames = {name: schema.make_frame(table, []) for name, table in schema.TABLES.items()}
        for name in frames if columns is None else columns:
            wanted = None if columns is None else list(columns[name])
            frames[name] = pd.read_parquet(data / name / first.name, columns=wanted)
        yield Corpus(**frames)


def remove_other_form(outputs: Path, written: Collection[Path]) -> None:
    """Remove tables of an earlier run that were written in the other form, or as more shards."""
    for folder in (outputs / "data", outputs / "tables"):
        sharded = {path.parent.name for path in written if path.parent.parent == folder}
        for path in sorted(folder.glob("*/shard-*.parquet")):
            if path not in written:
                path.unlink()
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.is_file() and path.stem in sharded:
                path.unlink()
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()


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
    files = {name: folder / (name if is_sharded(Path(outputs)) else f"{name}.parquet") for name in Corpus._fields}
    there = [name for name, path in files.items() if path.exists()]
    lacking = [name for name in Corpus._fields if name not in (*there, *LATER)]
    if lacking:
        raise UsageError(f"{folder}: no table {lacking[0]}.parquet.", hint="Make the tables with 'jtai run'.")
    empty = {name: schema.make_frame(schema.TABLES[name], []) for name in LATER}
    return Corpus(**empty | {name: pd.read_parquet(files[name]) for name in there})


def _write(name: str, frame: pd.DataFrame, outputs: Path) -> list[Path]:
    parquet = _write_parquet(outputs / "data" / f"{name}.parquet", frame)
    return [parquet, write_csv(parquet.with_suffix(".csv"), frame)]


def _write_parquet(path: Path, frame: pd.DataFrame) -> Path:
    return write_bytes(path, frame.to_parquet(None, index=False, compression="zstd"))


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
