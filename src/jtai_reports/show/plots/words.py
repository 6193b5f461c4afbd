"""How codes, series and letters are called in figures, and where the letters come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.coding.codebook import Codebook, read_codebook
from jtai_reports.compare.wording import PERCENT_FROM, caveat
from jtai_reports.reference.profiles import Profile, profile_of, read_profile
from jtai_reports.reference.readers import Series, read_series
from jtai_reports.reference.templates import layered_templates, years_said
from jtai_reports.show.said import in_templates

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

NOT_KNOWN = "not known"


class Words(NamedTuple):
    """What to call codes, series and letters, which key area a theme belongs to, and the source of the letters.

    Attributes:
        codes: label of each code, by facet and code.
        areas: key area of each theme.
        series: title of each series.
        source: where the letters and the codes come from.
        letters: what the letters are called.
        grade: what they say of grades; without it, what those of the default profile say.
    """

    codes: Mapping[tuple[str, str], str]
    areas: Mapping[str, str]
    series: Mapping[str, str]
    source: str = "Source: letters"
    letters: str = "letters"
    grade: str | None = None

    def code(self, facet: str, code: str) -> str:
        """The label of a code."""
        return self.codes.get((facet, code), code.replace("_", " "))

    def title(self, series: object) -> str:
        """The title of a series."""
        return self.series.get(str(series), str(series).replace("_", " "))

    def caveats(self, table: pd.DataFrame, *names: str) -> list[str]:
        """The caveats named, of which those on templates, few letters and layers only where the table gives cause.

        Args:
            table: what the figure shows; its columns `template` and `n` are looked at.
            names: names of caveats, in order.
        """
        templates = in_templates(table)
        applies = {
            "templates": len(templates) > 1,
            "beside": len(templates) > 1,
            "few": "n" in table and bool((table["n"] < PERCENT_FROM).any()),
            "layers": bool(layered_templates(templates)),
        }
        shown = [name for name in names if applies.get(name, True)]
        return [caveat(name, templates=templates, grade=self.grade, few=PERCENT_FROM) for name in shown]


def words(
    corpus: Corpus | None = None,
    *,
    codebook: Codebook | None = None,
    series: Sequence[Series] = (),
    profile: Profile | None = None,
) -> Words:
    """The words for figures of a corpus.

    Args:
        corpus: the letters, to name their source; without them the source is just what the letters are called.
        codebook: the codebook in use; that of the package where none is given.
        series: the known series; those of the package where none are given.
        profile: what kind of letters these are; without it, that of the package whose letters they are.

    Example:
        >>> words().code("theme", "missing_children")
        'Missing children'
    """
    codes = (codebook or read_codebook()).codes
    profile = profile or read_profile(profile_of([] if corpus is None else corpus.reports["report_id"]))
    return Words(
        {(code.facet, code.id): code.label for code in codes},
        {code.id: code.key_area for code in codes if code.key_area},
        {known.series: known.title for known in series or read_series()},
        f"Source: {profile.names.letters}" if corpus is None else _source(corpus, profile),
        profile.names.letters,
        profile.names.grade,
    )


def _source(corpus: Corpus, profile: Profile) -> str:
    """Which letters, known or not to the catalogue of published ones, and who coded them."""
    reports = corpus.reports
    days = sorted(set(reports["letter_date"].dropna()))
    dated = f" of {' to '.join(dict.fromkeys([days[0], days[-1]]))}" if days else ""
    listed = int(reports["published"].notna().sum())
    coders = sorted(set(corpus.statements["coder"].dropna()))
    coded = f"; coded by: {', '.join(coders)}" if coders else ""
    letters = profile.letters(len(reports))
    return f"Source: {letters}{dated}, of which {listed} in the catalogue of published letters{coded}"


def letters_in(table: pd.DataFrame, by: str) -> dict[str, int]:
    """How many letters of each template a table of k of n is about.

    Args:
        table: columns by, template and n.
        by: the grouping.
    """
    groups = table.drop_duplicates([by, "template"])
    return {str(template): int(n) for template, n in groups.groupby("template")["n"].sum().items()}


def n_said(letters: Mapping[str, int]) -> str:
    """Numbers of letters in words.

    >>> n_said({"2016-2020": 24, "2022-": 18}), n_said({"2022-": 1})
    ('n = 42 letters (24 of 2016-2020, 18 from 2022)', 'n = 1 letter from 2022')
    """
    total = sum(letters.values())
    if not letters:
        return "n = 0 letters"
    first = f"n = {total} letter{'' if total == 1 else 's'}"
    if len(letters) == 1:
        return f"{first} {years_said(next(iter(letters)))}"
    return f"{first} ({', '.join(f'{n} {years_said(template)}' for template, n in letters.items())})"


def series_places(words: Words) -> dict[str, int]:
    """Place of each known series in order of time."""
    return {name: number for number, name in enumerate(words.series)}
