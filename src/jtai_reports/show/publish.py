"""Publish what a run found: the workbook, the site and the line to cite them by."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.compare.wording import caveats_of
from jtai_reports.files import write_bytes
from jtai_reports.reference.profiles import Profile
from jtai_reports.reference.texts import first_upper
from jtai_reports.show.citing import citation, newest
from jtai_reports.show.site.build import write_site
from jtai_reports.show.site.context import Context, make_material
from jtai_reports.show.site.home_pages import DOWNLOADS
from jtai_reports.show.workbook import Readme, workbook_bytes

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.corpus import Corpus
    from jtai_reports.reference.readers import Series

WORKBOOK = "jtai-findings.xlsx"
SITE = "site"
INVENTED = "The letters are made up to try the tool with: they are about no real area, person or finding."


class Edition(NamedTuple):
    """What is published: the coded corpus and its comparisons, what their codes and series mean."""

    corpus: Corpus
    tables: Mapping[str, pd.DataFrame]
    codebook: Codebook
    series: Sequence[Series]
    invented: bool  # whether the letters are those of the sample
    profile: Profile  # what kind of letters these are

    def caveats(self) -> list[str]:
        """What a reader of the numbers must know."""
        table = self.tables.get("prevalence_by_series")
        return [] if table is None else caveats_of(self.corpus, table, by="series", grade=self.profile.names.grade)


def write_workbook(edition: Edition, outputs: Path, *, reports: Path) -> list[Path]:
    """Write the workbook of a run to `jtai-findings.xlsx`; the same bytes for the same edition.

    Args:
        edition: what is published.
        outputs: the folder of the outputs.
        reports: the folder of the letters, for the links to their files.
    """
    return [write_bytes(outputs / WORKBOOK, _workbook(edition, letters=seen_from(outputs, reports)))]


def publish_site(edition: Edition, outputs: Path, *, figures: Iterable[Path]) -> list[Path]:
    """Write the site of a run to `site/`, rewriting only what has changed; the same bytes for the same edition.

    Args:
        edition: what is published.
        outputs: the folder of the outputs, whose tables the site offers for download.
        figures: PNG files of the figures, with their table and text beside them.
    """
    titles = {series.series: series.title for series in edition.series}
    places = [outputs / folder / name for name, _ in DOWNLOADS for folder in ("data", "tables")]
    files = {path.name: path.read_bytes() for path in places if path.is_file()}
    return write_site(
        make_material(edition.corpus, edition.tables, edition.codebook, titles=titles),
        outputs / SITE,
        shared=_shared(edition),
        figures=figures,
        downloads=files | {WORKBOOK: _workbook(edition, letters=None)},
    )


def _shared(edition: Edition) -> Context:
    """What all pages show."""
    names = edition.profile.names
    return {
        "title": f"Findings of {names.inspections}",
        "letters": names.letters,
        "inspections": names.inspections,
        "about": f"{first_upper(names.in_full)} {names.about}",
        "no_grade": f"{first_upper(names.letters)} {names.grade}",
        "citation": citation(edition.corpus.reports, profile=edition.profile),
        "caveats": edition.caveats(),
        "licence": f"{first_upper(names.letters)} {names.licence}.",
        "licence_address": names.licence_address,
        "invented": INVENTED if edition.invented else None,
    }


def seen_from(folder: Path, other: Path) -> str | None:
    """The relative path from one folder to another, with slashes; None where there is none (another drive).

    >>> seen_from(Path("outputs"), Path("reports/sample"))
    '../reports/sample'
    """
    try:
        return Path(os.path.relpath(other, folder)).as_posix()
    except ValueError:
        return None


def _workbook(edition: Edition, *, letters: str | None) -> bytes:
    shown = {"Prevalence by series": edition.tables.get("prevalence_by_series")}
    tables = {name: table for name, table in shown.items() if table is not None}
    return workbook_bytes(edition.corpus, tables=tables, readme=_readme(edition), letters=letters)


def _readme(edition: Edition) -> Readme:
    """The first sheet: what this is, how to cite it, how to read it."""
    reports, names = edition.corpus.reports, edition.profile.names
    lines = [
        *([("Invented letters", INVENTED)] if edition.invented else []),
        ("What", f"The findings of published letters of {names.inspections}, with their codes and pages."),
        ("Letters", f"{len(reports)}, the newest of {newest(reports)}"),
        ("Codebook", f"version {edition.codebook.version}"),
        ("To cite", citation(reports, profile=edition.profile)),
        *(("How to read it", text) for text in edition.caveats()),
        ("Licence", f"{first_upper(names.letters)} {names.licence}."),
    ]
    return Readme(f"Findings of {names.letters}", lines)
