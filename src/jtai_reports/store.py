"""Write tables to disk and read them back: whole or not at all, and the same bytes from the same tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtai_reports import schema
from jtai_reports.corpus import Corpus
from jtai_reports.errors import UsageError
from jtai_reports.files import write_bytes

if TYPE_CHECKING:
    import pandas as pd

RECORD = "run.json"
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
        listed: other tables by name, made of these letters alone; one without rows is not written.
        outputs: the folder of the outputs.
        number: the shard's number, from 1.

    Raises:
        pandera.errors.SchemaErrors: a table breaks its declaration; nothing is written.
    """
    frames = {name: schema.check_frame(table, getattr(corpus, name)) for name, table in schema.TABLES.items()}
    data = [_write_parquet(shard_file(outputs / "data" / name, number), frame) for name, frame in frames.items()]
    tables = {shard_file(outputs / "tables" / name, number): frame for name, frame in listed.items() if len(frame)}
    return [*data, *(_write_parquet(path, _with_texts(frame)) for path, frame in tables.items())]


def shard_file(folder: Path, number: int) -> Path:
    """The file of a shard in the folder of its table.

    >>> shard_file(Path("data/reports"), 7).name
    'shard-000007.parquet'
    """
    return folder / f"shard-{number:06d}.parquet"


def is_sharded(outputs: Path) -> bool:
    """Whether the tables of the outputs are folders of shards."""
    return (outputs / "data" / "reports").is_dir()


def has_tables(outputs: Path) -> bool:
    """Whether the outputs hold tables, in either form."""
    return is_sharded(outputs) or (outputs / "data" / "reports.parquet").is_file()


def read_record(outputs: Path) -> dict[str, Any]:
    """What `run.json` says of the last run; nothing where there is none that can be read."""
    try:
        record = json.loads((outputs / RECORD).read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def each_shard(
    outputs: Path, columns: Mapping[str, Sequence[str]] | None = None, *, shards: int | None = None
) -> Iterator[Corpus]:
    """The shards of the outputs one after the other, each as a corpus.

    Args:
        outputs: the folder of the outputs.
        columns: the columns to read of each table, none of tables that are not named; None reads everything.
        shards: how many there are; None: as many as the record of the run says.

    Raises:
        UsageError: the run that wrote them was cut off.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    data, n = outputs / "data", shards or read_record(outputs).get("shards")
    if not isinstance(n, int):
        hint = "Run 'jtai run' again: it goes on from there."
        raise UsageError(f"{outputs}: the run that wrote these tables was cut off.", hint=hint)
    for number in range(1, n + 1):
        frames = {name: schema.make_frame(table, []) for name, table in schema.TABLES.items()}
        for name in frames if columns is None else columns:
            wanted = None if columns is None else list(columns[name])
            frames[name] = pd.read_parquet(shard_file(data / name, number), columns=wanted)
        yield Corpus(**frames)


def remove_left_over(outputs: Path, before: Iterable[str], written: Collection[str]) -> None:
    """Remove what an earlier run has written and this one has not: other parts, or tables in the other form.

    Args:
        outputs: the folder of the outputs.
        before: the names of files in the record of the earlier run.
        written: those in the record of this run.
    """
    shards = (path for place in ("data", "tables") for path in (outputs / place).glob("*/shard-*.parquet"))
    names = {path.relative_to(outputs).as_posix() for path in shards} | {
        name for name in before if not Path(name).is_absolute() and ".." not in Path(name).parts
    }
    for name in sorted(names - set(written)):
        path = outputs / name
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == outputs or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()


def _with_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its texts as texts, also where all of them are missing, so that shards fit together."""
    return frame.astype({name: "str" for name in frame.columns if frame[name].dtype == object})


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
    if is_sharded(Path(outputs)):
        parts = zip(*each_shard(Path(outputs)), strict=True)
        return Corpus(*(pd.concat(part, ignore_index=True) for part in parts))
    there = [name for name in Corpus._fields if (folder / f"{name}.parquet").is_file()]
    lacking = [name for name in Corpus._fields if name not in (*there, *LATER)]
    if lacking:
        raise UsageError(f"{folder}: no table {lacking[0]}.parquet.", hint="Make the tables with 'jtai run'.")
    empty = {name: schema.make_frame(schema.TABLES[name], []) for name in LATER}
    return Corpus(**empty | {name: pd.read_parquet(folder / f"{name}.parquet") for name in there})


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
