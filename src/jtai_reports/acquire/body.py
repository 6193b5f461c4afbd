"""Where an answer's body goes: into memory, or into a file that can be gone on with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from jtai_reports.acquire.faults import PassingError
from jtai_reports.errors import UsageError
from jtai_reports.files import write_json

Headers = Mapping[str, str]
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


MEBIBYTE = 2**20


class Body(Protocol):
    """Takes a body piece by piece, over as many attempts as it needs."""

    @property
    def most(self) -> int:
        """Bytes that it may have."""

    @property
    def size(self) -> int:
        """Bytes that are there."""

    def ask(self) -> dict[str, str]:
        """Headers for the next attempt."""

    def start(self, status: int, headers: Headers) -> None:
        """An answer begins."""

    def add(self, piece: bytes) -> None:
        """The next piece of the answer."""

    def end(self) -> None:
        """The answer ends; raises PassingError if the body does not."""


class Memory:
    """A body in memory, which each attempt begins anew: a page."""

    most = 2 * MEBIBYTE

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self._size

    def ask(self) -> dict[str, str]:
        """Nothing to ask for."""
        return {}

    def start(self, status: int, headers: Headers) -> None:  # noqa: ARG002 - the form of Body
        """Begin anew."""
        self._pieces, self._size = [], 0

    def add(self, piece: bytes) -> None:
        """Take a piece."""
        self._pieces.append(piece)
        self._size += len(piece)

    def end(self) -> None:
        """Nothing to check: an answer is the whole body."""

    def content(self) -> bytes:
        """All of it."""
        return b"".join(self._pieces)


class Part:
    """A body in a file with a temporary name, which a later attempt, or a later run, goes on with.

    Beside it stands what the site called this version of the letter; without such a name nothing is gone on with,
    since the two halves may come from different versions.
    """

    most = 20 * MEBIBYTE

    def __init__(self, path: Path) -> None:
        self.path = path
        self._version_file = path.with_name(f"{path.name}.json")
        self._total: int | None = None

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def ask(self) -> dict[str, str]:
        """Ask for the rest, if there is a beginning whose version is known."""
        version = self._version()
        if not self.size or version is None:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": version}

    def start(self, status: int, headers: Headers) -> None:
        """Go on where the file ends, if that is what the site sends; else begin anew."""
        if status == 206:
            self._check_goes_on(headers)
            return
        self.clear()
        self._total = None
        if status == 416:
            raise PassingError("The site has less of the letter than was there of it.")
        with _writing(self.path):
            self.path.touch()
        version = _version_in(headers)
        if version is not None:
            write_json(self._version_file, {"version": version})

    def add(self, piece: bytes) -> None:
        """Add a piece at the end of the file."""
        with _writing(self.path), self.path.open("ab") as file:
            file.write(piece)

    def end(self) -> None:
        """Make sure that the file has the length that the site told when it sent the rest."""
        if self._total is not None and self.size != self._total:
            raise PassingError(f"The site sent {self.size} of {self._total} bytes of the letter.")

    def content(self) -> bytes:
        """All of it."""
        return self.path.read_bytes()

    def clear(self) -> None:
        """Remove it."""
        with _writing(self.path):
            self.path.unlink(missing_ok=True)
            self._version_file.unlink(missing_ok=True)

    def _check_goes_on(self, headers: Headers) -> None:
        match = RANGE.match(headers.get("content-range", ""))
        version, sent = self._version(), _version_in(headers)
        if match is None or int(match[1]) != self.size or (sent is not None and sent != version):
            self.clear()
            raise PassingError("The site sent another part of the letter than the one asked for.")
        self._total = int(match[2]) if match[2] != "*" else None

    def _version(self) -> str | None:
        try:
            version = json.loads(self._version_file.read_bytes())["version"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return version if isinstance(version, str) and version.isprintable() else None


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Tell a full disk, or a folder that may not be written to, from a broken connection."""
    try:
        yield
    except OSError as fault:
        hint = "Is the disk full? Name another folder with --reports."
        raise UsageError(f"{path}: cannot be written ({fault.strerror}).", hint=hint) from fault


def _version_in(headers: Headers) -> str | None:
    """What names this version of a letter for certain: a strong ETag, else the time of its last change."""
    if headers.get("content-encoding", "identity") != "identity":
        return None
    tag = headers.get("etag", "")
    return tag if tag and not tag.startswith("W/") else headers.get("last-modified") or None
