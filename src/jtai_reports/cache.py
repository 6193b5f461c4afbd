"""Keep what was read of each letter, so that an unchanged letter is not read again.

An entry is named for the letter's checksum and for the version of everything that reads letters, so that
it can never be out of date; it starts with its own checksum, so that a damaged one is noticed. The folder
can be deleted at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.files import checksum, digest, shown_name, write_bytes
from jtai_reports.pdf.reader import Reader
from jtai_reports.reading import ReadFile
from jtai_reports.reference.profiles import profile_texts
from jtai_reports.reference.texts import text_beside
from jtai_reports.settings import DEFAULT_PROFILE
from jtai_reports.versions import code_version, library_versions

if TYPE_CHECKING:
    from pydantic import TypeAdapter

READING = ("pdf", "letter", "reference", "reading.py", "cache.py")  # what decides how a letter is read
LIBRARIES = ("pypdfium2", "pdfplumber")


class Cache(NamedTuple):
    """A folder of what was read, for one version of all that reads."""

    folder: Path
    version: str

    def get(self, path: Path) -> ReadFile | None:
        """What was read of a file before; None where it was not, or where the entry cannot be used."""
        known = checksum(path)
        if known is None:
            return None
        try:
            kept, content = self._entry(known).read_bytes().split(b"\n", 1)
        except (OSError, ValueError):
            return None
        if kept != digest(content).encode():
            return None
        return _codec().validate_json(content)._replace(file_name=shown_name(path.name))

    def put(self, file: ReadFile) -> None:
        """Keep what was read of a file, under the checksum of the bytes that were read."""
        if file.sha256 is not None:
            content = _codec().dump_json(file)
            write_bytes(self._entry(file.sha256), digest(content).encode() + b"\n" + content)

    def _entry(self, known: str) -> Path:
        return self.folder / f"{known[:32]}-{self.version[:16]}.json"


def read_and_keep(path: Path, *, read: Callable[[Path], ReadFile], kept_in: Cache) -> ReadFile:
    """Read a file and keep what was read."""
    file = read(path)
    kept_in.put(file)
    return file


def reading_version(reader: Reader, authorities: Path | None, profile: str | Path = DEFAULT_PROFILE) -> str:
    """A checksum over all that decides how a letter is read: code, reference data, libraries, settings."""
    digest = hashlib.sha256(f"{code_version(*READING)} {library_versions(LIBRARIES)} {reader}".encode())
    beside = {name: text_beside(authorities, name) for name in ("authorities.csv", "series.csv")}
    for name, text in [*profile_texts(profile).items(), *beside.items()]:
        if text is not None:
            digest.update(f"{name} {text}".encode())
    return digest.hexdigest()


@cache
def _codec() -> TypeAdapter[ReadFile]:
    import pydantic  # noqa: PLC0415 - heavy

    return pydantic.TypeAdapter(ReadFile)
