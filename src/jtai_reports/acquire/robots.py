"""What a site forbids in its robots.txt, and when it may be asked again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from protego import Protego

from jtai_reports.acquire.faults import FetchError

PATH = "/robots.txt"
NAME = "jtai-reports"
LONGEST_PAUSE = 60.0  # seconds between requests that a site's robots.txt may ask for


class Robots:
    """The rules of each site, asked for once, before anything else is asked of it."""

    def __init__(self, fetch: Callable[[str], bytes]) -> None:
        """Set up.

        Args:
            fetch: gives the text of a robots.txt, empty where the site has none.
        """
        self._fetch = fetch
        self._rules: dict[str, Protego] = {}
        self._faults: dict[str, FetchError] = {}

    def check(self, url: str) -> None:
        """Make sure that the site does not forbid an address.

        Raises:
            FetchError: it does, or its rules cannot be had.
        """
        if urlsplit(url).path != PATH and not self._of(url).can_fetch(url, NAME):
            raise FetchError(f"{url}: the site's robots.txt forbids to ask for it.", hint="Download it by hand.")

    def pause(self, url: str) -> float:
        """Seconds between two requests that the site asks for; 0 if it does not."""
        known = self._rules.get(_site(url))
        delay = known.crawl_delay(NAME) if known else None
        return min(float(delay or 0.0), LONGEST_PAUSE)

    def _of(self, url: str) -> Protego:
        site = _site(url)
        if site in self._faults:
            raise self._faults[site]
        if site not in self._rules:
            try:
                text = self._fetch(site + PATH)
            except FetchError as fault:
                self._faults[site] = fault
                raise
            self._rules[site] = Protego.parse(text.decode("utf-8", "replace"))
        return self._rules[site]


def asks_to_wait(retry_after: str | None, now: datetime | None = None) -> float | None:
    """Seconds to wait by a Retry-After header, which holds seconds or a date; None where it says nothing.

    >>> asks_to_wait("120")
    120.0
    >>> asks_to_wait("Wed, 21 Oct 2015 07:28:00 GMT", datetime(2015, 10, 21, 7, 27, tzinfo=UTC))
    60.0
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        day = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    zoned = day if day.tzinfo else day.replace(tzinfo=UTC)
    return max(0.0, (zoned - (now or datetime.now(UTC))).total_seconds())


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
