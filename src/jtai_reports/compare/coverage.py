"""Which letters there are, and which were read: areas were not chosen at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtai_reports.compare.letters import NOT_KNOWN
from jtai_reports.reference.authorities import read_authorities
from jtai_reports.reference.catalogue import read_catalogue
from jtai_reports.reference.readers import read_series
from jtai_reports.reference.templates import templates_around

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.compare.counts import Counts
    from jtai_reports.corpus import Corpus


def coverage_by_series(corpus: Corpus | Counts) -> pd.DataFrame:
    """Letters published, in the catalogue and read, for every series.

    Args:
        corpus: the letters, as tables or counted; `reports` is used.

    Returns:
        One row a series, in order of time: series, title, template, published (how many letters its overview
        report names; missing where none does), catalogue (letters in the catalogue), read (letters read),
        read_not_in_catalogue. Letters of no known series have a last row, 'not known'.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    series = read_series()
    known = pd.DataFrame(
        {
            "series": [s.series for s in series],
            "title": [s.title for s in series],
            "template": [s.template for s in series],
            "published": pd.array([s.n_published for s in series], dtype="Int64"),
        }
    )
    reports = corpus.reports.assign(series=corpus.reports["series"].fillna(NOT_KNOWN))
    others = reports.loc[~reports["series"].isin(known["series"]), ["series", "template"]].drop_duplicates()
    table = pd.concat([known, others.sort_values(["series", "template"])], ignore_index=True)
    listed = pd.Series([entry.series for entry in read_catalogue()], dtype="str").value_counts()
    table["catalogue"] = _counts(table["series"], listed)
    table["read"] = _counts(table["series"], reports["series"].value_counts())
    outside = reports.loc[reports["published"].isna(), "series"]
    table["read_not_in_catalogue"] = _counts(table["series"], outside.value_counts())
    return table


def coverage_by_region(corpus: Corpus | Counts) -> pd.DataFrame:
    """Authorities, letters in the catalogue and letters read, for every region and template, also where none is.

    Args:
        corpus: the letters, as tables or counted; `reports` is used.

    Returns:
        One row a region and template: region, template, authorities (of the region that exist today),
        catalogue (letters in the catalogue), read (letters read). Letters of no known region come last.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    authorities = [a for a in read_authorities().authorities if a.region]
    regions = pd.DataFrame([(a.region, a.valid_to is None) for a in authorities]).groupby(0)[1].sum()
    reports = corpus.reports.assign(region=corpus.reports["region"].fillna(NOT_KNOWN))
    names = [*regions.index, *sorted(set(reports["region"]) - set(regions.index))]
    templates = templates_around(reports["template"])
    table = pd.DataFrame([(region, template) for region in names for template in templates])
    table.columns = pd.Index(["region", "template"])
    table["authorities"] = _counts(table["region"], regions)
    pairs = pd.Series(list(zip(table["region"], table["template"], strict=True)))
    region_of = {a.ons_code: a.region for a in authorities}
    template_of = {s.series: s.template for s in read_series()}
    listed = pd.Series(
        [(region_of.get(e.ons_code, NOT_KNOWN), template_of.get(e.series or "")) for e in read_catalogue()]
    )
    table["catalogue"] = _counts(pairs, listed.value_counts())
    table["read"] = _counts(
        pairs, pd.Series(list(zip(reports["region"], reports["template"], strict=True))).value_counts()
    )
    return table


def coverage_by_authority(corpus: Corpus | Counts) -> pd.DataFrame:
    """Every authority of England, and the letter that it has.

    Args:
        corpus: the letters, as tables or counted; `reports` is used.

    Returns:
        One row an authority and letter, by region and name: region, authority, ons_code, la_code,
        authority_type, exists (today), catalogue (letters in the catalogue), report_id, series, template,
        letter_date (of the letter read; missing where none was).
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    known = pd.DataFrame(
        {
            "region": [a.region for a in read_authorities().authorities],
            "authority": [a.name for a in read_authorities().authorities],
            "ons_code": [a.ons_code for a in read_authorities().authorities],
            "la_code": [a.la_code for a in read_authorities().authorities],
            "authority_type": [a.authority_type for a in read_authorities().authorities],
            "exists": [a.valid_to is None for a in read_authorities().authorities],
        }
    )
    listed = pd.Series([entry.ons_code for entry in read_catalogue()], dtype="str").value_counts()
    known["catalogue"] = _counts(known["ons_code"], listed)
    letters = corpus.reports[["authority", "report_id", "series", "template", "letter_date"]]
    table = known.merge(letters, how="left", on="authority", validate="one_to_many")
    return table.sort_values(["region", "authority", "letter_date"], ignore_index=True)


def _counts(keys: pd.Series, counted: pd.Series) -> pd.Series:
    return keys.map(counted.to_dict()).fillna(0).astype("int64")
