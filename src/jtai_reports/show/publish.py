"""Publish what a run found: the workbook, the site and the line to cite them by."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.compare.wording import caveats_of
from jtai_reports.files import write_bytes
from jtai_reports.show.citing import citation, newest
from jtai_reports.show.site.build import write_site
from jtai_reports.show.site.context import make_material
from jtai_reports.show.workbook import workbook_bytes

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.corpus import Corpus
    from jtai_reports.reference.readers import Series
    from jtai_reports.show.plots import Chart

WORKBOOK = "jtai-findings.xlsx"
SITE = "site"
TITLE = "Findings of joint targeted area inspections"
Tables = Mapping[str, "pd.DataFrame"]


class Edition(NamedTuple):
    """What is published: the coded corpus, its comparisons and figures, and what their codes and series mean."""

    corpus: Corpus
    tables: Tables
    charts: Sequence[Chart]
    codebook: Codebook
    series: Sequence[Series]
    invented: bool  # whether the letters are those of the sample


def publish(edition: Edition, outputs: Path, *, reports: Path) -> list[Path]:
    """Write the workbook and the site of a run; both are the same bytes for the same edition.

    Args:
        edition: what is published.
        outputs: the folder of the outputs, which holds the figures.
        reports: the folder of the letters, for the links to their files.

    Returns:
        The files, in order.
    """
    book = write_workbook(edition, outputs / WORKBOOK, reports=reports)
    titles = {series.series: series.title for series in edition.series}
    material = make_material(edition.corpus, edition.tables, edition.codebook, titles=titles)
    shared = {
        "title": TITLE,
        "citation": citation(edition.corpus.reports),
        "caveats": caveats(edition),
        "invented": edition.invented,
        "charts": [_shown(chart, outputs / "figures" / f"{chart.name}.png") for chart in edition.charts],
    }
    figures = [outputs / "figures" / f"{chart.name}.{kind}" for chart in edition.charts for kind in ("png", "csv")]
    return [book, *write_site(material, outputs / SITE, shared=shared, figures=figures)]


def write_workbook(edition: Edition, path: Path, *, reports: Path) -> Path:
    """Write the workbook of an edition."""
    shown = {"Prevalence by series": edition.tables["prevalence_by_series"]}
    readme = [
        ("What", "The findings of published letters of joint targeted area inspections, with their codes and pages."),
        ("Letters", f"{len(edition.corpus.reports)}, the newest of {newest(edition.corpus.reports)}"),
        ("To cite", citation(edition.corpus.reports)),
        *(("How to read it", text) for text in caveats(edition)),
        ("Licence", "JTAI letters are Crown copyright, under the Open Government Licence v3.0."),
    ]
    if edition.invented:
        readme.insert(0, ("Invented letters", "The letters are made up to try the tool with: no real area or person."))
    return write_bytes(
        path, workbook_bytes(edition.corpus, tables=shown, readme=readme, letters=_seen_from(path.parent, reports))
    )


def caveats(edition: Edition) -> list[str]:
    """What a reader of the numbers must know."""
    return caveats_of(edition.corpus, edition.tables["prevalence_by_series"], by="series")


def _shown(chart: Chart, picture: Path) -> dict[str, object]:
    from PIL import Image  # noqa: PLC0415 - heavy

    with Image.open(picture) as image:
        width, height = image.size
    heading = chart.name.replace("_", " ").capitalize()
    return {
        "name": chart.name,
        "alt": chart.alt_text,
        "width": width,
        "height": height,
        "heading": heading,
        "caption": "",
    }


def _seen_from(folder: Path, other: Path) -> str:
    """The relative path from one folder to another, with slashes; '' where there is none (another drive)."""
    try:
        return Path(os.path.relpath(other, folder)).as_posix()
    except ValueError:
        return ""
