"""Find the letters that the listing site shows, page by page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from jtai_reports.acquire.client import Client
from jtai_reports.acquire.faults import GONE, FetchError, PageError
from jtai_reports.acquire.pages import Provider, Publication, SearchPage, read_provider_page, read_search_page
from jtai_reports.acquire.sites import usual_sites
from jtai_reports.errors import JtaiError
from jtai_reports.files import write_bytes
from jtai_reports.reference.catalogue import CatalogueEntry, read_all, read_beside, write_beside
from jtai_reports.reference.listing import read_listing
from jtai_reports.reference.readers import data_text, read_rows

MOST_PAGES = 100  # search pages; there are about 160 providers, 100 on a page
MOST_FAULTS = 3  # provider pages in a row that are not as expected: then all have changed
UNEXPECTED = "unexpected"  # folder of the pages that were not as expected


class Discovery(NamedTuple):
    """What the listing site shows.

    `listed` are the letters on it, `new` those of them that the catalogue lacked, `gone` those that the
    catalogue has and the site does not show, `faults` what could not be read. `gone` is empty where there are
    faults, since a letter may stand on a page that was not read.
    """

    n_providers: int
    listed: tuple[CatalogueEntry, ...]
    new: tuple[CatalogueEntry, ...]
    gone: tuple[CatalogueEntry, ...]
    faults: tuple[JtaiError, ...]


def discover(
    client: Client, folder: Path, *, today: date, on_page: Callable[[int, int], None] | None = None
) -> Discovery:
    """Read all search pages and all providers' pages; add new letters to the `catalogue.csv` of a folder.

    Args:
        client: asks the listing site.
        folder: where the letters are kept; a page that is not as expected is saved in its folder `unexpected`.
        today: the day on which new letters count as first seen.
        on_page: called with the number of providers read and of all of them.

    Raises:
        PageError: a search page, or each of the first few providers' pages, is not built as expected.
        FetchError: a search page could not be had.
    """
    providers = list_providers(client, folder)
    faults: list[JtaiError] = []
    found: dict[str, CatalogueEntry] = {}
    for number, provider in enumerate(providers, 1):
        try:
            found |= {entry.file_id: entry for entry in _letters_of(provider, client, folder, today)}
        except (PageError, FetchError) as fault:
            faults.append(fault)
            if len(faults) == number == MOST_FAULTS:
                raise
        if on_page is not None:
            on_page(number, len(providers))
    return _compared(len(providers), found, folder, faults)


def list_providers(client: Client, folder: Path) -> list[Provider]:
    """The providers on all search pages, each once, in the order of the site.

    Raises:
        PageError: a search page that should list providers lists none; it is saved in the folder.
        FetchError: a search page could not be had.
    """
    found: dict[str, Provider] = {}
    last_linked = 0
    for start, content, page in _search_pages(client):
        last_linked = max(last_linked, page.last_linked)
        new = [provider for provider in page.providers if provider.urn not in found]
        if not new and start <= last_linked:
            wanted = read_listing().selectors.provider
            message = (
                f"{client.sites.search_page(start)}: no link to a further provider ({wanted}) was found on the page."
            )
            raise PageError(message, page=_save(folder, f"search-{start}.html", content))
        if not new:
            break
        found |= {provider.urn: provider for provider in new}
    return list(found.values())


def _search_pages(client: Client) -> Iterator[tuple[int, bytes, SearchPage]]:
    """Search pages with their start, until one leads no further."""
    start = 0
    last_linked = 0
    for _ in range(MOST_PAGES):
        url = client.sites.search_page(start)
        try:
            content = client.page(url)
        except FetchError as fault:
            if fault.status in GONE and start > last_linked:
                return
            raise
        page = read_search_page(content, url)
        yield start, content, page
        last_linked = max(last_linked, page.last_linked)
        if len(page.providers) < read_listing().rows and 0 < page.last_linked <= start:
            return
        start += len(page.providers)


def _letters_of(provider: Provider, client: Client, folder: Path, today: date) -> Iterator[CatalogueEntry]:
    content = client.page(provider.url)
    try:
        publications = read_provider_page(content, provider.url)
        for publication in publications:
            _check_host(publication, client, provider)
    except PageError as fault:
        page = _save(folder, f"provider-{provider.urn}.html", content)
        raise PageError(fault.message, page=page) from fault
    return (_entry(provider, publication, today) for publication in publications)


def _check_host(publication: Publication, client: Client, provider: Provider) -> None:
    hosts = {urlsplit(site).netloc for site in (client.sites.files, usual_sites().files)}
    if urlsplit(publication.url).netloc not in hosts:
        raise PageError(f"{provider.url}: a letter's address is on another site: {publication.url[:200]}")


def _entry(provider: Provider, publication: Publication, today: date) -> CatalogueEntry:
    name, ons_code = _authorities().get(provider.urn, (_plain(provider.name), ""))
    url = f"{usual_sites().files}{urlsplit(publication.url).path.rstrip('/')}"
    return CatalogueEntry(
        publication.file_id, url, provider.urn, name, ons_code, publication.published, first_seen=today
    )


def _plain(name: str) -> str:
    """A name from the web without anything that a spreadsheet or a terminal would act on."""
    return re.sub(r"[^\w ,.()&'’-]", "", name).lstrip("-.' ")[:100]


def _compared(
    n_providers: int, found: dict[str, CatalogueEntry], folder: Path, faults: Sequence[JtaiError]
) -> Discovery:
    known = {entry.file_id: entry for entry in read_all(folder)}
    new = tuple(entry for file_id, entry in found.items() if file_id not in known)
    gone = () if faults else tuple(entry for file_id, entry in known.items() if file_id not in found)
    if new:
        write_beside(folder, [*read_beside(folder), *new])
    listed = tuple(known.get(file_id, entry) for file_id, entry in found.items())
    return Discovery(n_providers, listed, new, gone, tuple(faults))


def _save(folder: Path, name: str, content: bytes) -> Path:
    """Keep a page for a person to look at."""
    return write_bytes(folder / UNEXPECTED / name, content)


@cache
def _authorities() -> dict[str, tuple[str, str]]:
    """Name and ONS code of each authority by the number that the listing site gives it."""
    rows = read_rows(data_text("authorities.csv"), "authorities.csv", ("urn", "authority", "ons_code"))
    return {row["urn"]: (row["authority"], row["ons_code"]) for row in rows if row["urn"]}
