"""Keep what was read of each letter, so that an unchanged letter is not read again.

An entry is named for the letter's checksum and for the version of everything that reads letters, so that
it can never be out of date; the folder can be deleted at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from jtai_reports.errors import UnreadableFileError
from jtai_reports.files import write_bytes
from jtai_reports.pdf.reader import Reader, read_file
from jtai_reports.reading import ReadFile
from jtai_reports.versions import code_version, library_versions

READING = ("pdf", "letter", "reference", "reading.py", "cache.py")  # what decides how a letter is read
LIBRARIES = ("pypdfium2", "pdfplumber")


def read_cached(path: Path, *, read: Callable[[Path], ReadFile], folder: Path, version: str) -> ReadFile:
    """What was read of a file before, or else what `read` reads now.

    An entry that cannot be used (cut short, from elsewhere) is made anew.
    """
    import pydantic  # noqa: PLC0415 - heavy

    codec = pydantic.TypeAdapter(ReadFile)
    try:
        checksum = hashlib.sha256(read_file(path)).hexdigest()
    except UnreadableFileError:
        return read(path)
    entry = folder / f"{checksum[:32]}-{version[:16]}.json"
    if entry.is_file():
        try:
            return codec.validate_json(entry.read_bytes())._replace(file_name=path.name)
        except (pydantic.ValidationError, OSError):
            entry.unlink(missing_ok=True)
    file = read(path)
    write_bytes(entry, codec.dump_json(file))
    return file


def reading_version(reader: Reader, authorities: Path | None) -> str:
    """A checksum over all that decides how a letter is read: code, reference data, libraries, settings."""
    digest = hashlib.sha256(f"{code_version(*READING)} {library_versions(LIBRARIES)} {reader}".encode())
    extra = authorities / "authorities.csv" if authorities else None
    if extra is not None and extra.is_file():
        digest.update(extra.read_bytes())
    return digest.hexdigest()
