"""Files of arrays that cannot run code: an npz with a header in JSON, a kind, a version and a checksum."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from jtai_reports.errors import JtaiError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST = 64 * 2**20  # bytes, of the file and of what it holds unpacked
UNREADABLE = (
    *(OSError, ValueError, KeyError, EOFError, RuntimeError, MemoryError),
    *(NotImplementedError, zipfile.BadZipFile, zlib.error),
)
HINT = "Make a model with 'jtai train', or leave --model away to use the one of the package."


class ModelError(JtaiError):
    """A model file cannot be used."""

    exit_code = 2


class Kind(NamedTuple):
    """What a file is for, and the version of how it is laid out."""

    name: str
    format: int


def shipped(name: str) -> bytes:
    """The content of a file of this kind that comes with the package."""
    return resources.files("jtai_reports").joinpath("coding", "data", name).read_bytes()


def pack(kind: Kind, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The content of a file: the same arrays, the same bytes."""
    whole = {"kind": kind.name, "format": kind.format, "checksum": _checksum(arrays), **header}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, header=np.frombuffer(text, np.uint8), **arrays)
    return file.getvalue()


def unpack(content: bytes, kind: Kind, *, name: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header and the arrays of a file's content.

    Raises:
        ModelError: it is no such file, one of another version, or damaged.
    """
    arrays = _unpacked(content, name)
    header = _header(arrays.pop("header", None), kind, name)
    if header.get("checksum") != _checksum(arrays):
        raise ModelError(f"{name}: the model is damaged or was changed (its checksum does not fit).", hint=HINT)
    return header, arrays


def _unpacked(content: bytes, name: str) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            size = sum(part.file_size for part in file.infolist())
        if size > LARGEST:
            raise ModelError(f"{name}: too large to be a model ({size // 2**20} MB).", hint=HINT)
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {key: arrays[key] for key in arrays.files}
    except UNREADABLE as fault:
        raise ModelError(f"{name}: not a model file.", hint=HINT) from fault


def _header(array: NDArray[Any] | None, kind: Kind, name: str) -> dict[str, Any]:
    try:
        header = json.loads(array.tobytes()) if array is not None else {}
    except ValueError:
        header = {}
    if not isinstance(header, dict) or header.get("kind") != kind.name:
        raise ModelError(f"{name}: not a model of this toolkit.", hint=HINT)
    if header.get("format") != kind.format:
        read = kind.format
        raise ModelError(f"{name}: a model of format {header.get('format')}; this version reads {read}.", hint=HINT)
    return header


def _checksum(arrays: Mapping[str, NDArray[Any]]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
