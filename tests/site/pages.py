"""Pages in the structure of the listing site, with invented content."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

ROWS = 100
JTAI = "Joint area child protection inspection"


class Letter(NamedTuple):
    """A publication on a provider's page."""

    file_id: str
    day: str = "14 July 2017"
    kind: str = JTAI


class Provider(NamedTuple):
    """A provider and what was published about it."""

    urn: str
    name: str
    letters: tuple[Letter, ...] = ()


def search_page(providers: list[Provider], start: int, *, rows: int = ROWS, linked: bool = True) -> str:
    shown = "".join(_result(provider) for provider in providers[start : start + rows])
    starts = range(0, len(providers), rows) if linked else ()
    links = "".join(f'<a href="/search?q=&amp;start={n}&amp;rows={rows}">{n // rows + 1}</a>' for n in starts)
    return f"<html><title>Search</title><ul>{shown}</ul><nav>{links}</nav></html>"


def provider_page(provider: Provider, files: str) -> str:
    others = (Letter("60000001", "3 May 2019", "Children's services focused visit"), Letter("60000002", "3 July 2009"))
    old = others[1]._replace(kind="Joint area review - progress inspection")
    events = "".join(_event(letter, files) for letter in (others[0], *provider.letters, old))
    return f"<html><title>{escape(provider.name)}</title><ol class='timeline'>{events}</ol></html>"


def _result(provider: Provider) -> str:
    href = f"/provider/44/{provider.urn}"
    return f'<li><a href="{href}"><img alt=""></a><h3><a href="{href}">{escape(provider.name)}</a></h3></li>'


def _event(letter: Letter, files: str) -> str:
    return f"""
    <li class="timeline__day"><div class="event"><span class="event__title heading--sub">
      <a class="publication-link" href="{files}/v1/file/{letter.file_id}" target="_blank">{escape(letter.kind)}
        <span class="nonvisual">{escape(letter.kind)}, pdf - {letter.day}</span></a>
      <div class="event__metadata">Published <time pubdate>{letter.day}</time></div>
    </span></div></li>"""
