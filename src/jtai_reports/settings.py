"""What a run can be told."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

DEFAULT_REPORTS = Path("reports")
SAMPLE = Path("reports") / "sample"
DEFAULT_OUTPUTS = Path("outputs")


class Settings(NamedTuple):
    """Settings of one run. `reports` None means: the PDFs in `reports/`, else the sample; `codebook` None:
    that of the package."""

    reports: Path | None = None
    outputs: Path = DEFAULT_OUTPUTS
    reader: Literal["pdfium", "pdfplumber"] = "pdfium"
    workers: int = 1
    cache: bool = True
    coder: str = "rules"
    codebook: Path | None = None
