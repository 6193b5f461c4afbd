"""How the listing site is read: the reader of `listing.yaml`."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

import yaml

from jtai_reports.reference.readers import data_text


class Listing(NamedTuple):
    """The parts of the listing site: see `listing.yaml`."""

    search: str
    rows: int
    selectors: dict[str, str]
    provider: re.Pattern[str]
    file: re.Pattern[str]
    kinds: tuple[str, ...]

    def is_wanted(self, description: str) -> bool:
        """Whether the site's description of a publication is that of a JTAI letter.

        >>> read_listing().is_wanted("Joint area child protection inspection, pdf - 14 July 2017")
        True
        >>> read_listing().is_wanted("Joint area review - progress inspection, pdf - 3 July 2009")
        False
        """
        return any(kind in description.casefold() for kind in self.kinds)


@cache
def read_listing() -> Listing:
    """How the listing site is read."""
    content: dict[str, Any] = yaml.safe_load(data_text("listing.yaml"))
    return Listing(
        search=content["search"],
        rows=int(content["rows"]),
        selectors=content["selectors"],
        provider=re.compile(content["provider"]),
        file=re.compile(content["file"]),
        kinds=tuple(kind.casefold() for kind in content["kinds"]),
    )
