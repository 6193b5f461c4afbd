"""What every page of the site shares, and how tables become rows of cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from jtai_reports.outline import slug
from jtai_reports.show.said import with_place

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.corpus import Corpus

Context = dict[str, Any]
UNKNOWN_SERIES = "not known"
PREVALENCE = ("series", "template", "region", "facet", "code", "polarity", "k", "n")


class Page(NamedTuple):
    """One page: where it goes, the template that it is made with, and what that is given."""

    path: str
    template: str
    context: Context


class Link(NamedTuple):
    """A cell that links somewhere: a page of the site as seen from its home, or an address of the web."""

    text: str
    href: str


Cell = str | int | float | Link | None
Rows = list[list[Cell]]


class Material(NamedTuple):
    """All that the site is made from."""

    corpus: Corpus
    codebook: Codebook
    statements: pd.DataFrame  # with `themes`, `agencies`, and the letter's authority and date
    tables: Mapping[str, pd.DataFrame]  # the comparisons
    series_titles: Mapping[str, str]

    @property
    def labels(self) -> dict[str, str]:
        """How each code is printed."""
        return {code.id: code.label for code in self.codebook.codes}

    def series(self, name: object) -> str:
        """How a series is printed."""
        return self.series_titles.get(name, name) if isinstance(name, str) else UNKNOWN_SERIES

    def prevalence(self, by: str) -> pd.DataFrame:
        """The letters that praise and criticise each theme, grouped; no rows where nothing is coded."""
        import pandas as pd  # noqa: PLC0415 - heavy

        table = self.tables.get(f"prevalence_by_{by}", pd.DataFrame(columns=list(PREVALENCE)))
        return table[table["facet"] == "theme"]


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
    return Material(corpus, codebook, with_place(corpus), tables, titles)


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


def anchor(finding_id: str) -> str:
    """The name of a finding's place on its letter's page.

    >>> anchor("jtai-2016-04-05-ashvale-f012")
    'f012'
    """
    return finding_id.rsplit("-", 1)[-1]


def quote(row: Context) -> Context:
    """A statement as it is quoted: its text, the area, and a link to the finding that it stands in."""
    return {
        "text": row["text"],
        "polarity": row["polarity"],
        "authority": plain(row["authority"]) or row["report_id"],
        "page": row["page_start"],
        "href": f"{letter_path(row['report_id'])}#{anchor(row['finding_id'])}",
    }


def records(table: pd.DataFrame) -> list[Context]:
    """The rows of a table as records by column."""
    return cast("list[Context]", table.to_dict("records"))


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a table holds
    """A value as a cell shows it: None where it is missing."""
    import pandas as pd  # noqa: PLC0415 - heavy

    return None if pd.isna(value) else value


def cells(table: pd.DataFrame) -> Rows:
    """The rows of a table as rows of cells."""
    return [[plain(value) for value in row] for row in table.itertuples(index=False)]


def counts_by(
    table: pd.DataFrame, rows: Sequence[str], order: Iterable[tuple[str, ...]]
) -> dict[tuple[str, ...], dict[str, str]]:
    """The prevalence of codes as {row: {side: 'k of n'}}, rows in the order given.

    Args:
        table: a prevalence table, reduced to one group or one code.
        rows: the columns that name a row.
        order: the rows wanted.
    """
    found: dict[tuple[str, ...], dict[str, str]] = {key: {} for key in order}
    for record in records(table):
        key = tuple(str(record[name]) for name in rows)
        if key in found:
            found[key][record["polarity"]] = f"{record['k']} of {record['n']}"
    return found
