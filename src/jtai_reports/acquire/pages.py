"""Read the listing site's pages: HTML in, providers and publications out."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from jtai_reports.acquire.faults import PageError
from jtai_reports.reference.listing import Listing, read_listing

NEAREST = 8  # how many parts of a page around a link are searched for its date
DATE = re.compile(r"\b(\d{1,2} [A-Za-z]+ \d{4})\b")


class Provider(NamedTuple):
    """One provider on a search page."""

    urn: str
    name: str
    url: str


class SearchPage(NamedTuple):
    """The providers on a search page, each once, and the largest start that it links to (0 for none)."""

    providers: tuple[Provider, ...]
    last_linked: int


class Publication(NamedTuple):
    """One letter on a provider's page."""

    file_id: str
    url: str
    published: date


def read_search_page(html: bytes, url: str) -> SearchPage:
    """The providers that a search page lists.

    Args:
        html: the page.
        url: its address, which the links are relative to.
    """
    listing = read_listing()
    soup = BeautifulSoup(html, "html.parser")
    found: dict[str, Provider] = {}
    for link in soup.select(listing.selectors.provider):
        match = listing.provider.search(_href(link))
        name = _text(link)
        if match and (match["urn"] not in found or not found[match["urn"]].name):
            found[match["urn"]] = Provider(match["urn"], name, urljoin(url, _href(link)))
    starts = (_start(_href(link)) for link in soup.select(listing.selectors.next_page))
    return SearchPage(tuple(found.values()), max(starts, default=0))


def read_provider_page(html: bytes, url: str) -> list[Publication]:
    """The letters that a provider's page lists, which may be none.

    Raises:
        PageError: the page has no publications at all, or one is not built as expected.
    """
    listing = read_listing()
    soup = BeautifulSoup(html, "html.parser")
    links = soup.select(listing.selectors.publication)
    if not links and _is_empty(soup, listing):
        return []
    if not links:
        raise PageError(f"{url}: no publication ({listing.selectors.publication}) was found on the page.")
    if not any(link.select_one(listing.selectors.description) for link in links):
        wanted = listing.selectors.description
        raise PageError(f"{url}: none of {len(links)} publications says what it is ({wanted}).")
    wanted_links = [link for link in links if listing.is_wanted(_text(link))]
    return list({p.file_id: p for p in (_publication(link, url, listing) for link in wanted_links)}.values())


def _publication(link: Tag, url: str, listing: Listing) -> Publication:
    """The letter that a link on a provider's page leads to."""
    address = urljoin(url, _href(link))
    match = listing.file.search(urlsplit(address).path)
    if match is None:
        raise PageError(f"{url}: a letter's address has no file number: {address[:200]}")
    published = _published(link, listing)
    if published is None:
        wanted = listing.selectors.published
        raise PageError(f"{url}: no date of publication ({wanted}) was found for file {match['file_id']}.")
    return Publication(match["file_id"], address, published)


def _is_empty(soup: BeautifulSoup, listing: Listing) -> bool:
    """Whether a page has a timeline of publications with nothing in it."""
    timelines = soup.select(listing.selectors.timeline)
    inside = f"a, {listing.selectors.event}"
    return bool(timelines) and not any(timeline.select_one(inside) for timeline in timelines)


def _published(link: Tag, listing: Listing) -> date | None:
    """The date in the same event as the link, else the one in the link's own text."""
    for part in islice(link.parents, NEAREST):
        if len(part.select(listing.selectors.publication)) > 1:
            break
        found = part.select_one(listing.selectors.published)
        if found is not None:
            return _day(_text(found)) or _day(str(found.get("datetime") or "")) or _day(_text(link))
    return _day(_text(link))


def _day(text: str) -> date | None:
    match = DATE.search(text)
    for form in ("%d %B %Y", "%d %b %Y") if match else ():
        try:
            return datetime.strptime(match[1], form).date() if match else None  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _start(href: str) -> int:
    values = parse_qs(urlsplit(href).query).get("start", ["0"])
    return int(values[-1]) if values[-1].isascii() and values[-1].isdecimal() and len(values[-1]) < 7 else 0


def _href(link: Tag) -> str:
    return str(link.get("href") or "").strip()


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())
