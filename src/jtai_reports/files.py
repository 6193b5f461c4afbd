"""Write files whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jtai_reports.errors import UsageError

PART = ".part"


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file under a temporary name and rename it, so that it is never there by half.

    Raises:
        UsageError: the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=PART)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            part.chmod(0o644)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as fault:
        hint = "Close the file where it is open, or choose another folder with --outputs."
        raise UsageError(f"{path}: cannot be written ({fault.strerror}).", hint=hint) from fault
    return path


def make_folder(path: Path) -> Path:
    """Make a folder with those above it, where it is not there.

    Raises:
        UsageError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise UsageError(f"{path}: cannot be written ({fault.strerror}).", hint="Choose another folder.") from fault
    return path


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder while something is written to it.

    Raises:
        UsageError: another process holds it, or it cannot be written to.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - needed by what writes only

    lock = FileLock(make_folder(folder / ".cache") / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as fault:
        raise UsageError(f"{folder}: another run is writing to it.", hint="Wait for that.") from fault
    except OSError as fault:
        raise UsageError(f"{folder}: cannot be written to ({fault.strerror}).", hint="Choose another.") from fault
    try:
        yield
    finally:
        lock.release()


def write_json(path: Path, content: Mapping[str, object]) -> Path:
    """Write a record as JSON with its keys in order."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, default=str)
    return write_bytes(path, (text + "\n").encode())


def checksum(path: Path) -> str | None:
    """The SHA-256 of an ordinary file; None where it cannot be read (a pipe would never end)."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def digest(content: bytes) -> str:
    """The SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def shown_name(name: str) -> str:
    r"""A file's name as text that can be written anywhere: bytes that are no UTF-8 are spelled out.

    >>> shown_name("Aëlmere.pdf"), shown_name("caf\udce9.pdf")
    ('Aëlmere.pdf', 'caf\\xe9.pdf')
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def remove_parts(folder: Path) -> None:
    """Remove what a run that was killed left half written."""
    for part in folder.rglob(f".*{PART}"):
        part.unlink(missing_ok=True)
