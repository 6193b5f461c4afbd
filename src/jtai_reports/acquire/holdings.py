"""The letters that a folder holds, each with a record of where it came from; nothing held is ever lost."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

from jtai_reports.files import checksum, make_folder, write_bytes, write_json
from jtai_reports.reference.catalogue import CatalogueEntry

CHANGED = "changed"  # folder of the letters whose published file differs from the one held
Placed = Literal["new", "held", "changed", "mended"]


class Seen(NamedTuple):
    """A version of a letter as a site sent it."""

    url: str
    time: str
    sha256: str
    size: int
    etag: str | None = None
    last_modified: str | None = None
    source: str = "download"


class Placement(NamedTuple):
    """What became of a letter that came in, and the file that holds it."""

    what: Placed
    path: Path


class Holdings:
    """A folder of letters.

    `FILEID.pdf` is a letter and `FILEID.json` its record: `held` describes the file, `latest` the version that the
    site sent last, which is another one where the letter has changed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, file_id: str) -> Path:
        """Where a letter is kept."""
        return self.folder / f"{file_id}.pdf"

    def part(self, file_id: str) -> Path:
        """Where a letter is kept while it is being downloaded."""
        return self.folder / f".{file_id}.pdf.partial"

    def latest(self, file_id: str) -> Seen | None:
        """The version that the site sent last, if that version is still here."""
        record = self._record(file_id)
        latest, held = record.get("latest"), record.get("held")
        if latest is None or held is None or checksum(self.path(file_id)) != held.sha256:
            return None
        here = latest.sha256 == held.sha256 or checksum(self.changed(file_id, latest.sha256)) == latest.sha256
        return latest if here else None

    def changed(self, file_id: str, sha256: str) -> Path:
        """Where another version of a letter is kept."""
        return self.folder / CHANGED / f"{file_id}-{sha256[:8]}.pdf"

    def file_of(self, entry: CatalogueEntry) -> Path | None:
        """The file that holds a letter of the catalogue: by its name, else by its checksum."""
        path = self.path(entry.file_id)
        if path.is_file() and path.stat().st_size:
            return path
        return self._by_checksum.get(entry.sha256) if entry.sha256 else None

    def place(self, file_id: str, content: bytes, seen: Seen, *, held_is_sound: bool) -> Placement:
        """Give a letter that came in its name; another version of a sound letter goes beside it.

        Args:
            file_id: the letter's id.
            content: the letter, which has been checked.
            seen: where it came from.
            held_is_sound: whether the file that is there under its name, if any, is a letter.
        """
        path = self.path(file_id)
        held = checksum(path)
        if held is None or held == seen.sha256:
            if held is None:
                write_bytes(path, content)
            self._write_record(file_id, held=seen, latest=seen)
            return Placement("new" if held is None else "held", path)
        if not held_is_sound:
            path.replace(path.with_name(f"{file_id}.pdf.{held[:8]}.bad"))
            write_bytes(path, content)
            self._write_record(file_id, held=seen, latest=seen)
            return Placement("mended", path)
        beside = write_bytes(self.changed(file_id, seen.sha256), content)
        known = self._record(file_id).get("held")
        self._write_record(file_id, held=known or _unknown(path, held), latest=seen)
        return Placement("changed", beside)

    def _record(self, file_id: str) -> dict[str, Seen]:
        try:
            content: dict[str, Any] = json.loads((self.folder / f"{file_id}.json").read_bytes())
            return {name: Seen(**content[name]) for name in ("held", "latest")}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def _write_record(self, file_id: str, *, held: Seen, latest: Seen) -> None:
        write_json(self.folder / f"{file_id}.json", {"held": held._asdict(), "latest": latest._asdict()})

    @cached_property
    def _by_checksum(self) -> dict[str | None, Path]:
        return {checksum(path): path for path in sorted(self.folder.glob("*.pdf"), reverse=True)}


def open_holdings(folder: Path) -> Holdings:
    """The letters of a folder, which is made if it is not there.

    Raises:
        UsageError: it cannot be made.
    """
    return Holdings(make_folder(folder))


def _unknown(path: Path, sha256: str) -> Seen:
    return Seen(url="", time="", sha256=sha256, size=path.stat().st_size, source="unknown")
