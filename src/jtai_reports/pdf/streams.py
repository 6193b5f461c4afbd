"""Find the packed parts of a PDF that cannot be unpacked: a reader leaves their text out and says nothing."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator

DICTIONARY = 400  # bytes before a stream in which its dictionary stands
STREAM = re.compile(rb"\bstream\r?\n")
PACKED = re.compile(rb"/Filter\s*\[?\s*(/ASCII85Decode\s+|/A85\s+)?/Fl(ateDecode)?\b\s*(\]|/|>|\r|\n)")
NO_TEXT = re.compile(rb"/Length1\b|/Subtype\s*/Image\b|/Type1C\b|/CIDFontType0C\b|/OpenType\b")  # fonts and pictures
STEP, MOST = 2**20, 2**26  # bytes: unpacked at a time, and at most of one stream


def damaged_streams(content: bytes) -> tuple[int, int]:
    """How many of a PDF's streams of text are damaged, and how many it has (only those packed by Flate count).

    The checksum in each stream is compared too, so that a single wrong byte is noticed. Nothing is found
    in an encrypted file.
    """
    if b"/Encrypt" in content:
        return 0, 0
    whole = [_is_whole(packed) for packed in _packed(content)]
    return whole.count(False), len(whole)


def _packed(content: bytes) -> Iterator[bytes]:
    for match in STREAM.finditer(content):
        start = content.rfind(b"obj", max(0, match.start() - DICTIONARY), match.start())
        dictionary = content[max(start, 0) : match.start()]
        packed = PACKED.search(dictionary)
        end = content.find(b"endstream", match.end())
        if start < 0 or packed is None or end < 0 or NO_TEXT.search(dictionary):
            continue
        piece = content[match.end() : end]
        yield _without_ascii85(piece) if packed[1] else piece


def _without_ascii85(piece: bytes) -> bytes:
    try:
        return base64.a85decode(piece.split(b"~>")[0])
    except ValueError:
        return b""


def _is_whole(packed: bytes) -> bool:
    unpacking, size = zlib.decompressobj(), 0
    try:
        while not unpacking.eof and packed and size < MOST:
            size += len(unpacking.decompress(packed, STEP))
            packed = unpacking.unconsumed_tail
    except zlib.error:
        return False
    return unpacking.eof or size >= MOST
