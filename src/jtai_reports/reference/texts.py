"""Read texts and rows of reference data, whether the package's or a user's own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from jtai_reports.errors import ReferenceDataError

QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


def matching_key(text: str) -> str:
    """Text as patterns see it: straight quotes, plain hyphens, single spaces."""
    return re.sub(r"\s+", " ", text.translate(QUOTES)).strip()


def first_upper(text: str) -> str:
    """Text that begins a sentence.

    >>> first_upper("area by area"), first_upper("SEND reports")
    ('Area by area', 'SEND reports')
    """
    return text[:1].upper() + text[1:]


def data_text(name: str) -> str:
    """The text of a reference data file of the package."""
    return resources.files(__package__).joinpath("data", name).read_text("utf-8")


def text_beside(folder: Path | None, name: str) -> str | None:
    """The text of a file that a user has put beside the letters; None where there is none.

    Raises:
        ReferenceDataError: the file cannot be read as text.
    """
    path = folder / name if folder else None
    if path is None or not path.is_file():
        return None
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise ReferenceDataError(f"{path}: cannot be read as text.", hint="Save it as CSV UTF-8.") from fault


def read_rows(text: str, name: str, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV text.

    Raises:
        ReferenceDataError: a needed column is not there.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    lacking = [column for column in needed if column not in (reader.fieldnames or [])]
    if lacking:
        raise ReferenceDataError(
            f"{name}: no column {', '.join(lacking)}.", hint=f"Its columns must include: {', '.join(needed)}."
        )
    return [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]
