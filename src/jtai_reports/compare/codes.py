"""The codes that a comparison counts: a row for each, also where no letter mentions it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jtai_reports.coding.codebook import Codebook, read_codebook
from jtai_reports.compare.names import check_name

if TYPE_CHECKING:
    import pandas as pd

Codes = Mapping[str, Sequence[str]]


def all_codes(given: pd.DataFrame, codebook: Codebook | None = None) -> dict[str, tuple[str, ...]]:
    """The codes of each facet: those of the codebook in its order, then others that were given.

    Args:
        given: a table with facet and code, such as `codings` or the `codes` of `Counts`.
        codebook: the codebook in use; that of the package where none is given.
    """
    book = codebook or read_codebook()
    known = {
        "theme": tuple(code.id for code in book.facet("theme")),
        "agency": tuple(code.id for code in book.facet("agency")),
        "key_area": tuple(code.id for code in book.facet("key_area")),
    }
    pairs = given[["facet", "code"]].drop_duplicates().astype("str")
    found = pairs.groupby("facet")["code"].unique()
    return {facet: (*codes, *sorted(set(found.get(facet, ())) - set(codes))) for facet, codes in known.items()}


def chosen_codes(given: pd.DataFrame, codes: Codes | Codebook | None) -> dict[str, tuple[str, ...]]:
    """The codes asked for: all of a codebook, or some by facet, which are checked.

    Args:
        given: as in `all_codes`.
        codes: the codes by facet, or a codebook; all of the package's codebook where none are given.

    Raises:
        ComparisonError: there is no such facet or code; the nearest names are given.
    """
    if codes is None or isinstance(codes, Codebook):
        return all_codes(given, codes)
    known = all_codes(given)
    for facet, names in codes.items():
        check_name("facet", facet, known)
        for name in names:
            check_name(facet, name, known[facet])
    return {facet: tuple(names) for facet, names in codes.items()}


def code_pairs(codes: Codes) -> list[tuple[str, str]]:
    """Facet and code, in order.

    >>> code_pairs({"theme": ["early_help"], "agency": ["police", "health"]})
    [('theme', 'early_help'), ('agency', 'police'), ('agency', 'health')]
    """
    return [(facet, code) for facet, names in codes.items() for code in names]
