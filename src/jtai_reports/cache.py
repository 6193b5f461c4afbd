"""Keep what was read of each letter, so that an unchanged letter is not read again.

An entry is named for the letter's checksum and for the version of everything that reads letters, so that it can never
be out of date. Its two lines, the outline and all that was read, start with their own checksums, so that a damaged one
is noticed. The folder can be deleted at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from jtai_reports.files import checksum, digest, shown_name, write_bytes
from jtai_reports.outline import Outline, outline_of
from jtai_reports.pdf.reader import Reader
from jtai_reports.reading import ReadFile
from jtai_reports.reference.profiles import profile_texts
from jtai_reports.reference.texts import text_beside
from jtai_reports.settings import DEFAULT_PROFILE
from jtai_reports.versions import code_version, library_versions

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Kept = TypeVar("Kept")
READING = ("pdf", "letter", "reference", "reading.py", "outline.py", "cache.py")  # what decides how a letter is read
LIBRARIES = ("pypdfium2", "pdfplumber")


class Cache(NamedTuple):
    """A folder of what was read, for one version of all that reads."""

    folder: Path
    version: str

    def get(self, path: Path) -> ReadFile | None:
        """What was read of a file before; None where it was not, or where the entry cannot be used."""
        file = self.find(checksum(path))
        return file and file._replace(file_name=shown_name(path.name))

    def find(self, sha256: str | None) -> ReadFile | None:
        """What was read of the bytes with this checksum, under the name that their file had then."""
        lines = self._lines(sha256, 2)
        return _codec(ReadFile).validate_json(lines[1]) if lines else None

    def outline(self, path: Path) -> Outline | None:
        """The outline of a file that was read before."""
        lines = self._lines(checksum(path), 1)
        return _codec(Outline).validate_json(lines[0]) if lines else None

    def put(self, file: ReadFile) -> None:
        """Keep what was read of a file, under the checksum of the bytes that were read."""
        if file.sha256 is None:
            return
        parts = [_codec(Outline).dump_json(outline_of(file)), _codec(ReadFile).dump_json(file)]
        write_bytes(self._entry(file.sha256), b"\n".join(digest(part).encode() + b" " + part for part in parts))

    def _lines(self, sha256: str | None, n: int) -> list[bytes]:
        """The first lines of an entry: its outline, then all that was read; none if it lacks one or one is damaged."""
        if sha256 is None:
            return []
        try:
            with self._entry(sha256).open("rb") as entry:
                lines = [line.rstrip(b"\n").split(b" ", 1) for line in islice(entry, n)]
        except OSError:
            return []
        whole = len(lines) == n and all(len(line) == 2 and line[0] == digest(line[1]).encode() for line in lines)
        return [content for _, content in lines] if whole else []

    def _entry(self, known: str) -> Path:
        return self.folder / f"{known[:32]}-{self.version[:16]}.json"


def read_and_keep(path: Path, *, read: Callable[[Path], ReadFile], kept_in: Cache) -> ReadFile:
    """Read a file and keep what was read."""
    file = read(path)
    kept_in.put(file)
    return file


def outline_and_keep(path: Path, *, read: Callable[[Path], ReadFile], kept_in: Cache) -> Outline:
    """Read a file, keep what was read, and give only its outline."""
    return outline_of(read_and_keep(path, read=read, kept_in=kept_in))


def reading_version(reader: Reader, authorities: Path | None, profile: str | Path = DEFAULT_PROFILE) -> str:
    """A checksum over all that decides how a letter is read: code, reference data, libraries, settings."""
    digest = hashlib.sha256(f"{code_version(*READING)} {library_versions(LIBRARIES)} {reader}".encode())
    beside = {name: text_beside(authorities, name) for name in ("authorities.csv", "series.csv")}
    for name, text in [*profile_texts(profile).items(), *beside.items()]:
        if text is not None:
            digest.update(f"{name} {text}".encode())
    return digest.hexdigest()


@cache
def _codec(kind: type[Kept]) -> TypeAdapter[Kept]:
    import pydantic  # noqa: PLC0415 - heavy

    return pydantic.TypeAdapter(kind)
