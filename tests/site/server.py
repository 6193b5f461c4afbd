"""A TLS server on loopback whose answers a test chooses."""

from __future__ import annotations

import hashlib
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import trustme

from tests.site.pages import ROWS, Provider, provider_page, search_page

LAST_MODIFIED = "Fri, 14 Jul 2017 09:00:00 GMT"


class Asked(NamedTuple):
    """A request that came in."""

    path: str
    headers: dict[str, str]
    time: float


class Site:
    """The listing site and the files site on one port.

    `letters` are the files by id; `moves` are misdeeds by path, each used for one request; what is asked for is kept
    in `asked`, and `most_at_once` is the largest number of requests that were under way together.
    """

    def __init__(self, folder: Path) -> None:
        self.letters: dict[str, bytes] = {}
        self.providers: list[Provider] = []
        self.pages: dict[str, bytes] = {}
        self.moves: dict[str, list[Move]] = {}
        self.robots: bytes | None = b"User-agent: *\nDisallow: /private\n"
        self.rows = ROWS
        self.links_pages = True
        self.names_versions = True
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        authority = trustme.CA()
        self.certificate = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.certificate)
        self._server = _listening(self, authority)
        self.port: int = self._server.server_address[1]
        self.url = f"https://localhost:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        """The paths asked for, without robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def misbehave(self, path: str, *moves: Move) -> None:
        """Answer the next requests for a path in these ways."""
        self.moves.setdefault(path, []).extend(moves)

    def note(self, handler: Handler) -> None:
        """Keep a request."""
        with self._lock:
            headers = {name.lower(): value for name, value in handler.headers.items()}
            self.asked.append(Asked(handler.path, headers, time.monotonic()))
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)

    def done(self) -> None:
        """A request has been answered."""
        with self._lock:
            self._at_once -= 1


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body go out at once
    site: Site

    def do_GET(self) -> None:
        """Answer a request: with a misdeed if one is waiting, else as a good site does."""
        self.site.note(self)
        try:
            waiting = self.site.moves.get(self.path.split("?")[0])
            move = waiting.pop(0) if waiting else answer
            with suppress(OSError):  # the client has hung up
                move(self)
        finally:
            self.site.done()

    def send(self, status: int, body: bytes, **headers: str) -> None:
        """Send a whole answer."""
        self.head(status, len(body), **headers)
        self.wfile.write(body)

    def head(self, status: int, length: int | None, **headers: str) -> None:
        """Send the head of an answer."""
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def hang_up(self) -> None:
        """Close the connection in the middle of things."""
        self.wfile.flush()
        self.close_connection = True

    def send_letter(self, content: bytes) -> None:
        """Send a letter as a good server does: the rest only, or nothing, where that is what is asked for."""
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        version = {"ETag": tag, "Last_Modified": LAST_MODIFIED} if self.site.names_versions else {}
        if version and self.headers.get("If-None-Match") == tag:
            self.head(304, None, **version)
            return
        start = self.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
        if version and start.isdecimal() and self.headers.get("If-Range") == tag:
            told = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.send(206, content[int(start) :], Content_Range=told, **version)
            return
        self.send(200, content, Content_Type="application/pdf", **version)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


Move = Callable[[Handler], None]


def answer(handler: Handler) -> None:
    """Answer as a good site does."""
    site = handler.site
    parts = urlsplit(handler.path)
    file_id = parts.path.removeprefix("/v1/file/")
    urn = parts.path.rsplit("/", 1)[-1]
    known = {provider.urn: provider for provider in site.providers}
    if parts.path == "/robots.txt" and site.robots is not None:
        handler.send(200, site.robots)
    elif handler.path in site.pages:
        handler.send(200, site.pages[handler.path])
    elif file_id in site.letters:
        handler.send_letter(site.letters[file_id])
    elif parts.path == "/search":
        start = int(parse_qs(parts.query)["start"][0])
        page = search_page(site.providers, start, rows=site.rows, linked=site.links_pages)
        handler.send(200, page.encode())
    elif parts.path.startswith("/provider/") and urn in known:
        handler.send(200, provider_page(known[urn], "https://files.ofsted.gov.uk").encode())
    else:
        handler.send(404, b"Not here")


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: a client that hangs up is no news."""


def _listening(site: Site, authority: trustme.CA) -> ThreadingHTTPServer:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)

    class Bound(Handler):
        pass

    Bound.site = site
    server = _Quiet(("127.0.0.1", 0), Bound)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server
