"""Which two sites may be asked, and the addresses on them."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from jtai_reports.acquire.faults import FetchError
from jtai_reports.errors import UsageError
from jtai_reports.reference.listing import read_listing

LISTING, FILES = "JTAI_LISTING_URL", "JTAI_FILES_URL"
TAILS = {LISTING: ("/search",), FILES: ("/v1/file", "/v1")}


class Sites(NamedTuple):
    """The addresses of the two sites, without a slash at the end."""

    listing: str
    files: str

    @property
    def origins(self) -> frozenset[tuple[str, int]]:
        """The hosts and ports that may be asked."""
        return frozenset(_origin(urlsplit(site)) for site in self)

    def search_page(self, start: int) -> str:
        """The address of the search page that begins behind `start` providers."""
        listing = read_listing()
        return f"{self.listing}/{listing.search.format(start=start, rows=listing.rows)}"

    def letter(self, file_id: str) -> str:
        """The address of a letter.

        >>> Sites("https://list.example", "https://files.example").letter("50000221")
        'https://files.example/v1/file/50000221'
        """
        return f"{self.files}/v1/file/{file_id}"

    def check(self, url: str) -> None:
        """Make sure that an address may be asked.

        Raises:
            FetchError: it is not HTTPS, or is on another host or port, or carries a name or password.
        """
        parts = _split(url)
        if parts is None or parts.scheme != "https" or parts.username or parts.password:
            raise FetchError(f"{url}: not a plain HTTPS address; it was not asked.")
        if _origin(parts) not in self.origins:
            hint = f"Only {self.listing} and {self.files} are asked (settings {LISTING} and {FILES})."
            raise FetchError(f"{url}: is on another site; it was not asked.", hint=hint)

    def is_loopback(self) -> bool:
        """Whether both sites are on this machine, as in a test."""
        return all(_is_loopback(host) for host, _ in self.origins)


def read_sites(environment: Mapping[str, str] | None = None) -> Sites:
    """The two sites, from the environment variables `JTAI_LISTING_URL` and `JTAI_FILES_URL` where they are set.

    Raises:
        UsageError: one of them is not an HTTPS address.

    Example:
        >>> read_sites({"JTAI_FILES_URL": "https://localhost:8443/"}).letter("1")
        'https://localhost:8443/v1/file/1'
    """
    given = os.environ if environment is None else environment
    usual = zip((LISTING, FILES), usual_sites(), strict=True)
    return Sites(*(_site(name, given.get(name) or site, like=site) for name, site in usual))


def usual_sites() -> Sites:
    """The two sites of the profile whose letters are fetched."""
    sites = read_listing().sites
    return Sites(sites.listing, sites.files)


def _site(name: str, url: str, *, like: str) -> str:
    parts = _split(url.strip())
    if parts is None or parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise UsageError(f"{name}={url}: is not an HTTPS address.", hint=f"Write it like {like}.")
    path = parts.path.rstrip("/")
    for tail in TAILS[name]:
        path = path.removesuffix(tail)
    return f"https://{parts.netloc}{path}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname  # both are read when they are asked for, and may fail
    except ValueError:
        return None
    return parts


def _origin(parts: SplitResult) -> tuple[str, int]:
    return (parts.hostname or "").rstrip("."), parts.port or 443


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
