"""The line to cite a table, figure or page by."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def citation(reports: pd.DataFrame) -> str:
    """The line to cite a table or figure of these letters by."""
    version = metadata.version("jtai-reports")
    return f"jtai_reports {version}; JTAI letters up to {newest(reports)}; n = {len(reports)} letters."


def newest(reports: pd.DataFrame) -> str:
    """The date of the newest letter."""
    return str(max(reports["letter_date"].dropna(), default="an unknown date"))
