"""Which local authority a name means: exact, then by another name, then nearly (and said to be so)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from jtai_reports.errors import ReferenceDataError
from jtai_reports.reference.readers import data_text, read_rows, text_beside

NEEDED = ("authority", "also_known_as", "ons_code", "region", "authority_type")
NEARLY = 90.0  # of 100: how alike a name must be to count as a misspelling of a known one
Match = Literal["exact", "alias", "nearly"]


class Authority(NamedTuple):
    """One local authority. `valid_from` and `valid_to` bound the time in which it existed, where known."""

    name: str
    also_known_as: tuple[str, ...]
    ons_code: str | None
    region: str | None
    authority_type: str | None
    valid_from: date | None
    valid_to: date | None
    la_code: str | None
    statistical_neighbours: tuple[str, ...]

    def existed(self, day: date | None) -> bool:
        """Whether the authority existed on that day; an unknown day excludes nothing."""
        if day is None:
            return True
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Found(NamedTuple):
    """An authority named in a text, the words that name it, and how they were matched."""

    authority: Authority
    printed: str
    match: Match


class Gazetteer:
    """All known authorities, searched by name.

    Example:
        >>> read_authorities().find("the multi-agency response in Bristol City Council")[0].authority.ons_code
        'E06000023'
    """

    def __init__(self, authorities: Iterable[Authority]) -> None:
        self.authorities = tuple(authorities)

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[Authority, Match]]]:
        names: dict[str, list[tuple[Authority, Match]]] = {}
        for authority in self.authorities:
            names.setdefault(name_key(authority.name), []).append((authority, "exact"))
            for other in authority.also_known_as:
                names.setdefault(name_key(other), []).append((authority, "alias"))
        return names

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        ordered = sorted(self._by_name, key=lambda name: (-len(name), name))
        spelled = (re.escape(name).replace(r"\ ", r"[\s-]+").replace("and", "(?:and|&)") for name in ordered)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(spelled)})(?![\w-])", re.IGNORECASE)

    def find(self, text: str, day: date | None = None) -> list[Found]:
        """Every authority that the text names, in order; longer names win over names inside them."""
        found = []
        for match in self._pattern.finditer(text.replace("St. ", "St ")):
            if not match[0][0].isupper():
                continue
            known = [pair for pair in self._by_name[name_key(match[0])] if pair[0].existed(day)]
            found += [Found(authority, match[0], how) for authority, how in known[:1]]
        return found

    def nearest(self, name: str, day: date | None = None) -> Found | None:
        """The authority whose name is nearly the given one, if there is one."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - needed only for a name that is not known

        living = {key: pairs for key, pairs in self._by_name.items() if any(a.existed(day) for a, _ in pairs)}
        best = process.extractOne(name_key(name), list(living), scorer=fuzz.ratio, score_cutoff=NEARLY)
        if best is None:
            return None
        authority = next(a for a, _ in living[best[0]] if a.existed(day))
        return Found(authority, name, "nearly")


def name_key(name: str) -> str:
    """A name as it is compared: lower case, 'and' for '&', spaces for hyphens, no stops."""
    return re.sub(r"[\s-]+", " ", name.replace("&", "and").replace(".", "").replace(",", "").lower()).strip()


def read_authorities(folder: Path | None = None) -> Gazetteer:
    """The authorities of England, and those that an `authorities.csv` in `folder` adds."""
    return _gazetteer(text_beside(folder, "authorities.csv"), f"{folder}/authorities.csv")


@cache
def _gazetteer(text: str | None, name: str) -> Gazetteer:
    """By the text, not by its file, which may change while this process runs."""
    known = _authorities(data_text("authorities.csv"), "authorities.csv")
    return Gazetteer([*known, *(_authorities(text, name) if text is not None else [])])


def _authorities(text: str, name: str) -> Sequence[Authority]:
    return [_authority(row, f"{name}, line {number}") for number, row in enumerate(read_rows(text, name, NEEDED), 2)]


def _authority(row: dict[str, str], place: str) -> Authority:
    return Authority(
        name=row["authority"],
        also_known_as=_parts(row["also_known_as"]),
        ons_code=row["ons_code"] or None,
        region=row["region"] or None,
        authority_type=row["authority_type"] or None,
        valid_from=_day(row.get("valid_from", ""), place),
        valid_to=_day(row.get("valid_to", ""), place),
        la_code=row.get("la_code") or None,
        statistical_neighbours=_parts(row.get("statistical_neighbours", "").replace("|", ";")),
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _day(text: str, place: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as fault:
        raise ReferenceDataError(f"{place}: {text!r} is not a date.", hint="Write 2021-04-01.") from fault
