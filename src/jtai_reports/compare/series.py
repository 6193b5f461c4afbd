"""Series in order of time, with the break between the templates, and the subjects that came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.reference.catalogue import read_catalogue
from jtai_reports.reference.readers import read_series

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.compare.counts import Counts
    from jtai_reports.corpus import Corpus


def series_in_order(corpus: Corpus | Counts) -> pd.DataFrame:
    """Every known series in the order in which it began.

    Where the template changes, another kind of letter begins: no line may be drawn from one side to the other,
    and each series looked at another subject.

    Args:
        corpus: the letters, as tables or counted; `reports` is used.

    Returns:
        One row a series: place (from 1), series, title, deep_dive_theme, template, repeats (name shared by the
        series that looked at one subject; missing where it did not come back), repeat (1 for the first time),
        first_letter and last_letter (ISO dates of the letters read; missing where none was), catalogue
        (letters in the catalogue), read (letters read), break_before (whether the template changes between
        this series and the one above it).
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    series = read_series()
    table = pd.DataFrame(
        {
            "place": range(1, len(series) + 1),
            "series": [s.series for s in series],
            "title": [s.title for s in series],
            "deep_dive_theme": [s.deep_dive_theme for s in series],
            "template": [s.template for s in series],
            "repeats": pd.array([s.repeats for s in series], dtype="str"),
        }
    )
    table["repeat"] = (table.groupby("repeats").cumcount() + 1).where(table["repeats"].notna()).astype("Int64")
    dates = corpus.reports.groupby("series")["letter_date"].agg(["min", "max", "size"]).reindex(table["series"])
    table["first_letter"], table["last_letter"] = dates["min"].to_numpy(), dates["max"].to_numpy()
    listed = pd.Series([entry.series for entry in read_catalogue()], dtype="str").value_counts()
    table["catalogue"] = table["series"].map(listed).fillna(0).astype("int64")
    table["read"] = dates["size"].fillna(0).astype("int64").to_numpy()
    table["break_before"] = table["template"] != table["template"].shift(fill_value=series[0].template)
    return table


def prevalence_over_time(by_series: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Prevalence in the order of the series, with the break marked.

    Args:
        by_series: what `prevalence(corpus, by="series")` gives.
        series: what `series_in_order` gives.

    Returns:
        The columns of `series` place, title, deep_dive_theme, repeats, repeat, break_before before those of
        `by_series`; letters of no known series come last, with place missing.
    """
    order = ["place", "title", "deep_dive_theme", "repeats", "repeat", "break_before"]
    table = by_series.merge(series[["series", *order]], how="left", on="series", validate="many_to_one")
    table["place"] = table["place"].astype("Int64")
    table["break_before"] = table["break_before"].astype("boolean").fillna(False).astype("bool")
    table = table.sort_values("place", kind="stable", ignore_index=True)
    return table[[*order, *by_series.columns]]


def prevalence_of_repeats(by_series: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Prevalence in the series that looked at one subject again: the only reading over time there is.

    Args:
        by_series: what `prevalence(corpus, by="series")` gives.
        series: what `series_in_order` gives.

    Returns:
        One row a subject, series, code and side: repeats, repeat, series, deep_dive_theme (whose words may
        differ from one time to the next), template, facet, code, polarity, k, n, share, low, high. Two
        templates are two ways of writing: such rows stand beside one another, and no difference is taken.
        A subject of which fewer than two series were read is left out.
    """
    table = prevalence_over_time(by_series, series)
    table = table[table["repeats"].notna()]
    table = table[table.groupby("repeats")["series"].transform("nunique") > 1]
    first = ["repeats", "repeat", "series", "deep_dive_theme"]
    table = table[first + [c for c in by_series.columns if c != "series"]]
    return table.sort_values(["repeats", "repeat"], kind="stable", ignore_index=True)
