"""What a run can be told."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

DEFAULT_REPORTS = Path("reports")
SAMPLE = Path("reports") / "sample"
DEFAULT_OUTPUTS = Path("outputs")
DEFAULT_PROFILE = "jtai"


class Settings(NamedTuple):
    """Settings of one run.

    `reports` None means: the PDFs in `reports/`, else the sample. `codebook` None means: that of the package.
    `sheets` are coding sheets filled in by people; where a person has coded a statement, their codes are used.
    `profile` says what kind of letters these are: the name of a profile, or the folder of one of your own.
    `scheduler` is the address of a Dask cluster that does the work; without it, `workers` processes do. Up to
    `letters_in_one` letters each table is one file and everything is published; the tables of more are written in
    shards of `letters_a_shard` letters.

    >>> Settings(reports=Path("my-letters")).outputs.name
    'outputs'
    """

    reports: Path | None = None
    outputs: Path = DEFAULT_OUTPUTS
    reader: Literal["pdfium", "pdfplumber"] = "pdfium"
    workers: int = 1
    cache: bool = True
    coder: str | None = None
    model: Path | None = None
    codebook: Path | None = None
    sheets: tuple[Path, ...] = ()
    profile: str = DEFAULT_PROFILE
    scheduler: str | None = None
    letters_in_one: int = 500
    letters_a_shard: int = 100


class CompareSettings(NamedTuple):
    """What comparisons go by: the fewest letters that are compared, and the random draws of a bootstrap."""

    min_letters: int = 5  # in each of two groups compared, and behind a bootstrap
    confidence: float = 0.95
    draws: int = 10_000
    seed: int = 20_160_405  # any number will do; it is fixed so that two runs agree
