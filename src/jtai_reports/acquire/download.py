"""Download letters, each whole and checked before it gets its name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from jtai_reports.acquire.body import Part
from jtai_reports.acquire.client import Answer, Client
from jtai_reports.acquire.faults import GONE, FetchError, PassingError
from jtai_reports.acquire.holdings import Holdings, Placement, Seen
from jtai_reports.errors import JtaiError
from jtai_reports.files import remove_parts
from jtai_reports.reference.catalogue import CatalogueEntry

MOST_FAILURES = 5  # in a row: then the site is left alone
Check = Callable[[bytes], None]
What = Literal["new", "held", "changed", "mended", "gone", "missing", "failed", "refused", "not asked"]


class Outcome(NamedTuple):
    """What became of one letter; `note` says where it lies, or why it is not there.

    A letter that the site no longer has is `gone` where it is held, `missing` where it is not; one that was
    `refused` is no letter; `failed` are those that the site did not send, `not asked` those after too many of them.
    """

    entry: CatalogueEntry
    what: What
    note: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether the letter could not be had."""
        return self.what in ("missing", "failed", "refused", "not asked")


def download_all(
    entries: Iterable[CatalogueEntry], client: Client, holdings: Holdings, *, check: Check
) -> Iterator[Outcome]:
    """Download letters one after the other; what is held already is asked for only if it has changed.

    Args:
        entries: the letters.
        client: asks the site.
        holdings: the folder that the letters go to.
        check: raises JtaiError if a file's bytes are not those of a letter.

    Yields:
        One outcome a letter, in order. After several failures in a row the rest is not asked for.
    """
    remove_parts(holdings.folder)
    failures = 0
    for entry in entries:
        if failures >= MOST_FAILURES:
            yield Outcome(entry, "not asked", f"{failures} letters before it could not be had")
            continue
        outcome = download(entry, client, holdings, check=check)
        failures = failures + 1 if outcome.what == "failed" else 0
        yield outcome


def download(entry: CatalogueEntry, client: Client, holdings: Holdings, *, check: Check) -> Outcome:
    """Download one letter, or find that it has not changed.

    The file that is held is never overwritten: another version goes to the folder `changed`, and a file under the
    letter's name that is no letter is set aside.
    """
    other = holdings.file_of(entry)
    if other is not None and other != holdings.path(entry.file_id):
        return Outcome(entry, "held", f"under another name: {other}")
    part = Part(holdings.part(entry.file_id))
    known = holdings.latest(entry.file_id)
    held_is_sound = known is not None or _is_sound(holdings, entry.file_id, check)
    url = client.sites.letter(entry.file_id)
    try:
        answer = client.get(url, part, _only_if_changed(known))
    except FetchError as fault:
        if not isinstance(fault, PassingError):
            part.clear()
        return Outcome(entry, _what_failed(fault, held=held_is_sound), str(fault))
    if answer.status == 304:
        return _not_changed(entry, holdings, known)
    content = part.content()
    part.clear()
    reason = _fault_in(content, check)
    if reason is not None:
        return Outcome(entry, "refused", f"{url}: {reason} {_still(held=held_is_sound)}")
    seen = _seen(url, answer, content)
    placed = holdings.place(entry.file_id, content, seen, held_is_sound=held_is_sound)
    return Outcome(entry, placed.what, _note(placed, entry, seen))


def _is_sound(holdings: Holdings, file_id: str, check: Check) -> bool:
    """Whether the file under a letter's name, which has no record that fits it, is a letter."""
    try:
        check(holdings.path(file_id).read_bytes())
    except (JtaiError, OSError):
        return False
    return True


def _only_if_changed(known: Seen | None) -> dict[str, str]:
    headers = {
        "If-None-Match": known.etag if known else None,
        "If-Modified-Since": known.last_modified if known else None,
    }
    return {name: value for name, value in headers.items() if isinstance(value, str) and value.isprintable()}


def _not_changed(entry: CatalogueEntry, holdings: Holdings, known: Seen | None) -> Outcome:
    """The site has sent nothing, since its version is here: as the letter held, or beside it."""
    if known is None:
        return Outcome(entry, "failed", "the site says that the letter has not changed, though none is held")
    beside = holdings.changed(entry.file_id, known.sha256)
    if beside.is_file():
        return Outcome(entry, "held", f"a changed version was found earlier: {beside}")
    return Outcome(entry, "held", str(holdings.path(entry.file_id)))


def _fault_in(content: bytes, check: Check) -> str | None:
    """Why content that came in is not the letter, if it is not."""
    try:
        check(content)
    except JtaiError as fault:
        return fault.message
    return None


def _what_failed(fault: FetchError, *, held: bool) -> What:
    if fault.status not in GONE:
        return "failed"
    return "gone" if held else "missing"


def _still(*, held: bool) -> str:
    return "The letter held stays as it is." if held else "Nothing was kept."


def _seen(url: str, answer: Answer, content: bytes) -> Seen:
    return Seen(
        url=url,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        etag=_header(answer, "etag"),
        last_modified=_header(answer, "last-modified"),
    )


def _header(answer: Answer, name: str) -> str | None:
    """A header that can be sent back as it is."""
    value = answer.headers.get(name)
    return value if value and value.isascii() and value.isprintable() else None


def _note(placed: Placement, entry: CatalogueEntry, seen: Seen) -> str:
    if placed.what == "changed":
        return f"the published letter is another one than the one held; it was put beside it: {placed.path}"
    unlike = entry.sha256 is not None and entry.sha256 != seen.sha256
    return f"{placed.path}" + (" (another version than the catalogue's)" if unlike and placed.what == "new" else "")
