"""What the comparisons need of each letter, counted: small tables without texts, which can be made part by part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.compare.mentions import judged_statements, mentions
from jtai_reports.errors import ComparisonError

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "reports": (
        "report_id", "template", "authority", "region", "authority_type", "deep_dive_theme", "series",
        "inspectorates", "letter_date", "published",
    ),
    "findings": ("report_id", "section_kind"),
    "statements": ("statement_id", "report_id", "section_kind", "polarity", "key_area", "coder"),
    "codings": ("statement_id", "facet", "code", "rank"),
    "missing": ("report_id", "field", "reason"),
}  # fmt: skip
"""The tables and columns of a corpus that are read to count it; none of them holds a text."""

PRINTED = ("strengths", "improvements", "priority_actions")


class Counts(NamedTuple):
    """The counts of a set of letters, in the order of `reports`; names and codes are categories, to be small.

    Attributes:
        reports: one row a letter, with the columns of `COLUMNS`.
        letters: one row a letter: report_id, strengths, improvements (findings under those headings; missing,
            not 0, where there is no such section), priority_actions, no_priority_declared, findings (all),
            statements, uncoded (statements without a polarity).
        said: report_id, layer, facet, code, polarity ('strength' or 'weakness'), statements (how many: see `mentions`).
        judged: report_id, layer, statements (that judge: see `judged_statements`).
        agencies: report_id, layer, agency, facet ('theme' or 'key_area'), code, polarity: what is said in a
            statement that is about the agency as well.
        codes: report_id, facet, code: every code that the letter's statements carry, of any polarity.
        coders: report_id, coder: who coded it.
    """

    reports: pd.DataFrame
    letters: pd.DataFrame
    said: pd.DataFrame
    judged: pd.DataFrame
    agencies: pd.DataFrame
    codes: pd.DataFrame
    coders: pd.DataFrame


def count(corpus: Corpus) -> Counts:
    """Count what the comparisons need of each letter.

    Args:
        corpus: the tables and columns of `COLUMNS` are used. The letters need not be coded.

    Example:
        >>> import jtai_reports as jtai
        >>> counts = count(jtai.load("outputs"))
        >>> len(counts.reports), int(counts.letters["uncoded"].sum())
        (12, 0)
    """
    said = mentions(corpus)
    codings, statements = corpus.codings, corpus.statements[["statement_id", "report_id", "coder"]]
    coded = codings[["statement_id", "facet", "code"]].merge(statements, on="statement_id", validate="many_to_one")
    agencies = coded.loc[coded["facet"] == "agency", ["statement_id", "code"]].rename(columns={"code": "agency"})
    about = said[said["facet"] != "agency"].merge(agencies, on="statement_id")
    ids = corpus.reports["report_id"]
    return Counts(
        reports=corpus.reports[list(COLUMNS["reports"])].reset_index(drop=True),
        letters=count_by_letter(corpus),
        said=_sizes(said, ["report_id", "layer", "facet", "code", "polarity"], ids),
        judged=_sizes(judged_statements(corpus), ["report_id", "layer"], ids),
        agencies=_each(about, ["report_id", "layer", "agency", "facet", "code", "polarity"], ids),
        codes=_each(coded, ["report_id", "facet", "code"], ids),
        coders=_each(statements.dropna(subset="coder"), ["report_id", "coder"], ids),
    )


def stacked(parts: Iterable[Counts]) -> Counts:
    """The counts of several sets of letters as one; no letter may be in two of them.

    Args:
        parts: at least one. The counts of parts that follow one another in `reports` are those of the whole.
    """
    return Counts(*(_stacked(tables) for tables in zip(*parts, strict=True)))


def counts_of(letters: Corpus | Counts) -> Counts:
    """The counts of a corpus; counts as they are."""
    return letters if isinstance(letters, Counts) else count(letters)


def coded_counts(letters: Corpus | Counts) -> Counts:
    """The counts of letters whose statements are coded.

    Raises:
        ComparisonError: they are not; counting would show silence where nobody has looked.
    """
    counts = counts_of(letters)
    check_coded(counts.letters)
    return counts


def check_coded(by_letter: pd.DataFrame) -> None:
    """Pass letters whose statements are coded.

    Args:
        by_letter: what `count_by_letter` gives.

    Raises:
        ComparisonError: they are not.
    """
    sums = by_letter[["findings", "statements", "uncoded"]].sum()
    n = int(sums["uncoded"] if sums["statements"] else sums["findings"])
    if n:
        what = "statements have no polarity" if sums["statements"] else "findings have no statements"
        raise ComparisonError(f"The letters are not coded: {n} {what}.", hint="Code them with 'jtai run'.")


def count_by_letter(corpus: Corpus) -> pd.DataFrame:
    """The table `letters` of `Counts`."""
    ids, missing, statements = corpus.reports["report_id"], corpus.missing, corpus.statements
    none = missing.loc[missing["reason"] == "declared_none", ["report_id", "field"]]
    table = _printed(corpus.findings, none).reindex(index=ids, columns=list(PRINTED)).astype("Int64")
    table["priority_actions"] = table["priority_actions"].fillna(0)
    table["no_priority_declared"] = table.index.isin(none.loc[none["field"] == "priority_actions", "report_id"])
    table["findings"] = _of_letters(corpus.findings, ids)
    table["statements"] = _of_letters(statements, ids)
    table["uncoded"] = _of_letters(statements[statements["polarity"].isna()], ids)
    return table.rename_axis(columns=None).reset_index()


def _printed(findings: pd.DataFrame, none: pd.DataFrame) -> pd.DataFrame:
    """How many findings stand under each heading of each letter, less those that say that there is none."""
    declared = none.rename(columns={"field": "section_kind"}).assign(declared=True)
    table = findings[["report_id", "section_kind"]].merge(declared, how="left", validate="many_to_one")
    return table[table["declared"].isna()].groupby(["report_id", "section_kind"]).size().unstack()


def _of_letters(rows: pd.DataFrame, ids: pd.Series[str]) -> pd.Series[int]:
    """How many rows each letter has."""
    return rows.groupby("report_id").size().reindex(ids, fill_value=0)


def _sizes(rows: pd.DataFrame, columns: Sequence[str], ids: pd.Series[str]) -> pd.DataFrame:
    """How many statements share the values of some columns."""
    named = _as_categories(rows, columns, ids)
    return named.groupby(list(columns), observed=True).size().astype("int32").rename("statements").reset_index()


def _each(rows: pd.DataFrame, columns: Sequence[str], ids: pd.Series[str]) -> pd.DataFrame:
    """The values of some columns, each once."""
    return _as_categories(rows, columns, ids).drop_duplicates().sort_values(list(columns), ignore_index=True)


def _as_categories(rows: pd.DataFrame, columns: Sequence[str], ids: pd.Series[str]) -> pd.DataFrame:
    """Letters as categories in the order of `reports`, all else as categories in the order of the alphabet."""
    import pandas as pd  # noqa: PLC0415 - heavy

    kinds = dict.fromkeys(columns, "category") | {"report_id": pd.CategoricalDtype(ids.astype("str"), ordered=False)}
    return rows[list(columns)].astype("str").astype(kinds)


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables one below the other, their categories joined."""
    import pandas as pd  # noqa: PLC0415 - heavy

    columns = {name: _joined([table[name] for table in tables]) for name in tables[0].columns}
    return pd.DataFrame(columns)


def _joined(columns: list[pd.Series[str]]) -> pd.Series[str]:
    import pandas as pd  # noqa: PLC0415 - heavy

    if columns[0].dtype != "category":
        return pd.concat(columns, ignore_index=True)
    in_order = columns[0].name == "report_id"  # letters stay as they come
    return pd.Series(pd.api.types.union_categoricals(columns, sort_categories=not in_order))
