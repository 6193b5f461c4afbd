"""Ways in which a site misbehaves."""

from __future__ import annotations

import gzip
import time

from tests.site.server import Handler, Move

MEBIBYTE = 2**20


def status(code: int, body: bytes = b"No", **headers: str) -> Move:
    """Answer with a status."""
    return lambda handler: handler.send(code, body, **headers)


def page(content: bytes, **headers: str) -> Move:
    """Answer with some content and status 200."""
    return lambda handler: handler.send(200, content, **headers)


def cut(content: bytes, after: int, **headers: str) -> Move:
    """Promise all of the content, send the beginning, hang up."""

    def move(handler: Handler) -> None:
        handler.head(200, len(content), **headers)
        handler.wfile.write(content[:after])
        handler.hang_up()

    return move


def stall(content: bytes, after: int, seconds: float, **headers: str) -> Move:
    """Promise all of the content, send the beginning, and then nothing for so long."""

    def move(handler: Handler) -> None:
        handler.close_connection = True
        handler.head(200, len(content), **headers)
        handler.wfile.write(content[:after])
        handler.wfile.flush()
        time.sleep(seconds)

    return move


def open_end(content: bytes) -> Move:
    """Send content without saying how long it is; it ends when the connection does."""

    def move(handler: Handler) -> None:
        handler.head(200, None, Connection="close")
        handler.wfile.write(content)
        handler.hang_up()

    return move


def drip(seconds: float, *, head: bool = False) -> Move:
    """Send a byte of a body, or of the head, every twentieth of a second."""

    def move(handler: Handler) -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ") if head else handler.head(200, 10_000)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            handler.wfile.write(b"%")
            handler.wfile.flush()
            time.sleep(0.05)

    return move


def silence(seconds: float) -> Move:
    """Promise a body and send nothing of it for so long."""

    def move(handler: Handler) -> None:
        handler.close_connection = True
        handler.head(200, 100)
        time.sleep(seconds)

    return move


def huge(mebibytes: int, *, chunked: bool) -> Move:
    """Send so much."""

    def move(handler: Handler) -> None:
        handler.close_connection = True
        piece = b"%PDF-1.7" + b"\0" * (MEBIBYTE - 8)
        handler.head(200, None, Transfer_Encoding="chunked") if chunked else handler.head(200, mebibytes * MEBIBYTE)
        for _ in range(mebibytes):
            handler.wfile.write(b"%x\r\n%s\r\n" % (MEBIBYTE, piece) if chunked else piece)

    return move


def bomb(mebibytes: int) -> Move:
    """Send a small body that unpacks to so much."""
    packed = gzip.compress(b"\0" * MEBIBYTE) * mebibytes
    return lambda handler: handler.send(200, packed, Content_Encoding="gzip")


def redirect(to: str, code: int = 302) -> Move:
    """Send the client elsewhere."""
    return lambda handler: handler.send(code, b"", Location=to)
