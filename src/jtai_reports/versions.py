"""Which code and libraries made a result, as checksums and version numbers."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

SOURCES = (".py", ".yaml", ".csv", ".npz")


def library_versions(names: tuple[str, ...]) -> dict[str, str]:
    """The installed version of each library."""
    return {name: metadata.version(name) for name in names}


@cache
def code_version(*parts: str) -> str:
    """A checksum over parts of this package: folders and modules; over all of it where none is named.

    >>> code_version("pdf") == code_version("letter")
    False
    """
    package = resources.files("jtai_reports")
    digest = hashlib.sha256()
    for item in [package.joinpath(part) for part in parts] or [package]:
        for content in _contents(item):
            digest.update(content)
    return digest.hexdigest()


def _contents(item: Traversable) -> list[bytes]:
    if item.is_file():
        return [item.read_bytes()] if item.name.endswith(SOURCES) else []
    return [content for child in sorted(item.iterdir(), key=lambda c: c.name) for content in _contents(child)]
