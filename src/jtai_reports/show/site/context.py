"""What every page of the site shares, and how tables become rows of cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from jtai_reports.corpus import slug
from jtai_reports.show.workbook import with_codes

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.corpus import Corpus

Cell = object
Context = dict[str, Any]
SIDES = {"strength": "praised", "weakness": "criticised"}
TEMPLATE_NAMES = {"2016-2020": "Letters of 2016-2020", "2022-": "Letters from 2022"}


class Page(NamedTuple):
    """One page: where it goes, the template that it is made with, and what that is given."""

    path: str
    template: str
    context: Context


class Material(NamedTuple):
    """All that the site is made from."""

    corpus: Corpus
    codebook: Codebook
    statements: pd.DataFrame  # with `themes` and `agencies`, and the letter's authority and date
    by_series: pd.DataFrame  # prevalence by series
    by_template: pd.DataFrame
    by_region: pd.DataFrame
    coverage: pd.DataFrame  # by series
    profiles: pd.DataFrame  # of areas
    neighbours: pd.DataFrame  # statistical neighbours of areas
    series_titles: Mapping[str, str]

    @property
    def labels(self) -> dict[str, str]:
        """How each code is printed."""
        return {code.id: code.label for code in self.codebook.codes}


def make_material(
    corpus: Corpus, tables: Mapping[str, pd.DataFrame], codebook: Codebook, *, titles: Mapping[str, str]
) -> Material:
    """What the pages need of a coded corpus and its comparisons.

    Args:
        corpus: the coded corpus.
        tables: its comparisons, as `compare.tables.comparison_tables` names them.
        codebook: what the codes mean.
        titles: how each series is printed.
    """
    place = corpus.reports[["report_id", "authority", "letter_date"]]
    return Material(
        corpus=corpus,
        codebook=codebook,
        statements=place.merge(with_codes(corpus), on="report_id", validate="one_to_many"),
        by_series=tables["prevalence_by_series"],
        by_template=tables["prevalence_by_template"],
        by_region=tables["prevalence_by_region"],
        coverage=tables["coverage_by_series"],
        profiles=tables["area_profiles"],
        neighbours=tables["statistical_neighbours"],
        series_titles=titles,
    )


def link(text: object, href: str) -> dict[str, str]:
    """A cell that links somewhere."""
    return {"text": str(text), "href": href}


def letter_path(report_id: str) -> str:
    """Where the page of a letter goes."""
    return f"letters/{report_id}.html"


def area_path(authority: str) -> str:
    """Where the page of an area goes."""
    return f"areas/{slug(authority)}.html"


def region_path(region: str) -> str:
    """Where the page of a region goes."""
    return f"regions/{slug(region)}.html"


def theme_path(code: str) -> str:
    """Where the page of a theme goes."""
    return f"themes/{slug(code)}.html"


def k_of_n(k: object, n: object) -> str:
    """The count behind a share, as it is printed."""
    return f"{k} of {n}"


def records(table: pd.DataFrame) -> list[Context]:
    """The rows of a table as records by column."""
    return cast("list[Context]", table.to_dict("records"))


def plain(value: object) -> object:
    """A value as a cell shows it: None where it is missing."""
    import pandas as pd  # noqa: PLC0415 - heavy

    return None if pd.isna(value) else value  # type: ignore[call-overload]


def pivot(table: pd.DataFrame, *, rows: Sequence[str], order: Iterable[object]) -> dict[object, dict[str, str]]:
    """The prevalence of codes as {row: {side: 'k of n'}}, rows in the order given.

    Args:
        table: a prevalence table, reduced to one group or one code.
        rows: the columns that name a row.
        order: the rows wanted.
    """
    cells: dict[object, dict[str, str]] = {key: {} for key in order}
    for record in records(table):
        key = tuple(record[name] for name in rows) if len(rows) > 1 else record[rows[0]]
        if key in cells:
            cells[key][str(record["polarity"])] = k_of_n(record["k"], record["n"])
    return cells
