"""Check a name that a person gave against the names there are."""

from __future__ import annotations

from collections.abc import Iterable

from jtai_reports.errors import ComparisonError

NEARLY = 60.0  # of 100: how alike a name must be to be offered instead
OFFERED = 3


def check_name(what: str, name: str, known: Iterable[str], *, hint: str = "") -> None:
    """Pass a known name.

    Raises:
        ComparisonError: it is not known; the nearest names are offered, or all where none is near.

    >>> check_name("region", "Londn", ["London", "South East"])
    Traceback (most recent call last):
    jtai_reports.errors.ComparisonError: There is no region 'Londn'. Hint: Did you mean London?
    """
    names = list(known)
    if name in names:
        return
    raise ComparisonError(f"There is no {what.replace('_', ' ')} {name!r}.", hint=hint or _offer(name, names))


def _offer(name: str, names: list[str]) -> str:
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - needed only for a name that is not known

    near = process.extract(
        name, names, scorer=fuzz.WRatio, processor=utils.default_process, limit=OFFERED, score_cutoff=NEARLY
    )
    if near:
        return f"Did you mean {' or '.join(found for found, _, _ in near)}?"
    return f"Known: {', '.join(names)}." if names else "None is known."
