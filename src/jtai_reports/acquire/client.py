"""Ask a site for something: politely, within limits, and only where it may be asked."""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from typing import NamedTuple
from urllib.parse import urljoin

import tenacity
import urllib3

from jtai_reports.acquire.body import Body, Memory
from jtai_reports.acquire.connection import make_pool, time_limit
from jtai_reports.acquire.faults import FetchError, PassingError, SlowError
from jtai_reports.acquire.robots import Robots, asks_to_wait
from jtai_reports.acquire.sites import Sites

PIECE = 2**16  # bytes read at a time
MOST_REDIRECTS = 5
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
USER_AGENT = "jtai-reports/{version} (reads published inspection letters; complaints to {contact})"


class Manners(NamedTuple):
    """How a site is treated. All times are in seconds.

    `pause` lies between two requests; `longest_wait` is the longest wait that a site may ask for; `limit` is the
    longest time that one request may take; `sleep` is called to wait.
    """

    pause: float = 2.0
    attempts: int = 5
    backoff: float = 1.0
    longest_wait: float = 300.0
    limit: float = 30.0
    silence: float = 15.0
    contact: str = "the person at this address"
    sleep: Callable[[float], None] = time.sleep

    @property
    def user_agent(self) -> str:
        """What names this tool to a site."""
        return USER_AGENT.format(version=metadata.version("jtai-reports"), contact=self.contact)


class Answer(NamedTuple):
    """What a site answered; the names of the headers are in lower case."""

    status: int
    url: str
    headers: Mapping[str, str]


class Client:
    """Asks the two sites, one request at a time."""

    def __init__(self, sites: Sites, manners: Manners = Manners()) -> None:  # noqa: B008 - immutable
        self.sites = sites
        self.manners = manners
        self._pool = make_pool(manners.silence)
        self._robots = Robots(self._robots_text)
        self._may_ask_at = 0.0

    def page(self, url: str) -> bytes:
        """The content of a page.

        Raises:
            FetchError: it could not be had.
        """
        body = Memory()
        self.get(url, body)
        return body.content()

    def get(self, url: str, body: Body, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for something, again where that may help, and put it into `body`.

        Raises:
            FetchError: the site does not have it, forbids it, sends too much, or did not send it in several attempts.
        """
        asking = tenacity.Retrying(
            stop=tenacity.stop_any(tenacity.stop_after_attempt(self.manners.attempts), _SlowTwice()),
            retry=tenacity.retry_if_exception_type(PassingError),
            wait=self._wait,
            sleep=self.manners.sleep,
            reraise=True,
        )
        return asking(self._follow, url, body, headers or {})

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """What the site asks for, else twice as long each time, give or take."""
        fault = state.outcome.exception() if state.outcome else None
        asked = fault.wait if isinstance(fault, PassingError) else None
        grown = self.manners.backoff * 2.0 ** (state.attempt_number - 1)
        return asked if asked is not None else min(60.0, grown) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret

    def _follow(self, url: str, body: Body, headers: Mapping[str, str]) -> Answer:
        """One attempt, over redirects, each of which must be allowed."""
        here = url
        for _ in range(MOST_REDIRECTS + 1):
            self.sites.check(here)
            self._robots.check(here)
            answer = self._send(here, body, {**headers, **body.ask()})
            if answer.status not in REDIRECTS:
                return answer
            here = urljoin(here, answer.headers.get("location", ""))
        raise FetchError(f"{url}: leads on and on ({MOST_REDIRECTS} redirects).")

    def _send(self, url: str, body: Body, headers: Mapping[str, str]) -> Answer:
        """One request and its answer."""
        self._pace(url)
        with time_limit(self.manners.limit) as limit:
            try:
                answer = self._receive(url, body, headers)
            except (urllib3.exceptions.HTTPError, OSError) as fault:
                raise self._failed(url, fault, too_slow=limit.was_hit) from fault
        if limit.was_hit:
            raise self._too_slow(url)
        return answer

    def _receive(self, url: str, body: Body, headers: Mapping[str, str]) -> Answer:
        named = {"User-Agent": self.manners.user_agent, "Accept-Encoding": "identity", **headers}
        response = self._pool.request(
            "GET", url, headers=named, preload_content=False, redirect=False, decode_content=True
        )
        whole = False
        try:
            sent = {name.lower(): value for name, value in response.headers.items()}
            self._check_status(url, response.status, sent)
            if response.status == 206 and "Range" not in headers:
                raise PassingError(f"{url}: the site sent a part, though all was asked for.")
            if response.status in (200, 206, 416):
                body.start(response.status, sent)
                self._read(url, response, body)
                body.end()
            whole = response.status in (200, 206, 304)
            return Answer(response.status, url, sent)
        finally:
            _end(response, whole=whole)

    def _check_status(self, url: str, status: int, headers: Mapping[str, str]) -> None:
        if status in PASSING:
            wait = asks_to_wait(headers.get("retry-after"))
            if wait is not None and wait > self.manners.longest_wait:
                raise FetchError(f"{url}: the site asks to wait for {wait:.0f} seconds.", hint="Try again later.")
            raise PassingError(f"{url}: the site answered with status {status}.", wait=wait, status=status)
        if status not in REDIRECTS and status not in (200, 206, 304, 416):
            raise FetchError(f"{url}: the site answered with status {status}.", status=status)

    def _read(self, url: str, response: urllib3.BaseHTTPResponse, body: Body) -> None:
        """The body, piece by piece; never more than the limit, packed or unpacked."""
        told = response.headers.get("Content-Length", "")
        if told.isdecimal() and body.size + int(told) > body.most:
            raise _too_big(url, body)
        while piece := response.read1(PIECE):
            if body.size + len(piece) > body.most:
                raise _too_big(url, body)
            body.add(piece)

    def _pace(self, url: str) -> None:
        """Wait until the site may be asked again."""
        now = time.monotonic()
        if self._may_ask_at > now:
            self.manners.sleep(self._may_ask_at - now)
        pause = max(self.manners.pause, self._robots.pause(url))
        self._may_ask_at = time.monotonic() + pause

    def _robots_text(self, url: str) -> bytes:
        """A site's robots.txt; a site that has none forbids nothing, one that cannot say forbids all."""
        body = Memory()
        try:
            self.get(url, body)
        except FetchError as fault:
            if fault.status is not None and 400 <= fault.status < 500 and fault.status != 429:
                return b""
            raise FetchError(f"{fault.message} Nothing is asked of a site whose robots.txt is not known.") from fault
        return body.content()

    def _failed(self, url: str, fault: Exception, *, too_slow: bool) -> FetchError:
        """What a broken connection means: too slow, not safe (asking again does not help), or bad luck."""
        if too_slow:
            return self._too_slow(url)
        if isinstance(fault, urllib3.exceptions.TimeoutError):
            return SlowError(f"{url}: the site was silent for {self.manners.silence:g} seconds.")
        if isinstance(getattr(fault, "__cause__", None) or _inner(fault), ssl.SSLCertVerificationError):
            hint = "Behind a proxy that opens connections, name its certificates with SSL_CERT_FILE."
            return FetchError(f"{url}: the connection is not safe ({_inner(fault)}).", hint=hint)
        return PassingError(f"{url}: the connection failed ({_inner(fault)}).")

    def _too_slow(self, url: str) -> SlowError:
        return SlowError(f"{url}: took more than {self.manners.limit:g} seconds.")


def _too_big(url: str, body: Body) -> FetchError:
    return FetchError(f"{url}: is larger than {body.most / 2**20:g} MiB.", hint="A letter has less than 1 MiB.")


def _end(response: urllib3.BaseHTTPResponse, *, whole: bool) -> None:
    """Keep the connection where all of the answer was read; else close it."""
    if whole:
        response.release_conn()
    else:
        response.close()


class _SlowTwice(tenacity.stop.stop_base):
    """Whether a request has been too slow, and not for the first time: more attempts would take too long."""

    def __call__(self, state: tenacity.RetryCallState) -> bool:
        fault = state.outcome.exception() if state.outcome else None
        return isinstance(fault, SlowError) and state.attempt_number >= 2


def _inner(fault: BaseException) -> object:
    """The reason inside an error of urllib3, or the error itself."""
    inner = getattr(fault, "reason", None) or (fault.args[0] if fault.args else fault)
    return inner if isinstance(inner, Exception) else fault
