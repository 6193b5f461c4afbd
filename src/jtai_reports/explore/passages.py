"""Statements as passages to quote: with letter, page, polarity and codes; and filters by these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from jtai_reports.errors import UsageError
from jtai_reports.outline import slug
from jtai_reports.schema import STATEMENT_POLARITIES
from jtai_reports.statements import split_statements

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from jtai_reports.corpus import Corpus

    Names = str | Sequence[str] | None

LEANING = {"strengths": "strength", "improvements": "weakness", "priority_actions": "weakness"}
LETTER = ["report_id", "file_name", "authority", "series"]
NEAREST = 3
COLUMNS = [
    "file_name",
    "report_id",
    "authority",
    "series",
    "finding_id",
    "statement_id",
    "section_kind",
    "page",
    "polarity",
    "polarity_from",
    "themes",
    "agencies",
    "text",
]
INNER = ["start", "leaning", "headings"]  # for the search itself


def make_passages(corpus: Corpus) -> pd.DataFrame:
    """One row a statement, in the order of the letters.

    Args:
        corpus: the tables `reports`, `sections`, `findings`, `statements` and `codings` are used. Where
            `statements` is empty, the findings are cut here; where it is not coded, polarity comes from the section.

    Returns:
        The columns that `search` gives, and `start` (where the statement starts in its finding), `leaning` (the
        polarity of the section; missing where it has none) and `headings` (heading and sub-heading).
    """
    statements = corpus.statements if len(corpus.statements) else split_statements(corpus.findings)
    sections = corpus.sections[["section_id", "heading", "polarity"]].rename(columns={"polarity": "section_polarity"})
    findings = corpus.findings[["finding_id", "section_id", "subheading"]]
    table = statements.merge(corpus.reports[LETTER], on="report_id", validate="many_to_one")
    table = table.merge(findings, on="finding_id", validate="many_to_one")
    table = table.merge(sections, on="section_id", validate="many_to_one")
    leaning = table["section_polarity"].fillna(table["section_kind"].map(LEANING))
    coded = table["polarity"].notna()
    table = table.assign(
        page=table["page_start"],
        leaning=leaning,
        polarity=table["polarity"].where(coded, leaning),
        polarity_from=coded.map({True: "coding", False: "section"}).where(coded | leaning.notna()),
        headings=table["heading"].fillna("") + " " + table["subheading"].fillna(""),
        themes=_codes(corpus.codings, "theme", table["statement_id"]),
        agencies=_codes(corpus.codings, "agency", table["statement_id"]),
    )
    return table[[*COLUMNS, *INNER]]


def filter_mask(
    passages: pd.DataFrame,
    *,
    polarity: Names = None,
    series: Names = None,
    authority: Names = None,
    theme: Names = None,
) -> NDArray[np.bool_]:
    """Which passages the filters let through.

    Raises:
        UsageError: a filter names what is not there; the nearest names are given.
    """
    import numpy as np  # noqa: PLC0415 - heavy

    mask = np.ones(len(passages), dtype=bool)
    for column, names, known in (
        ("polarity", polarity, STATEMENT_POLARITIES),
        ("series", series, passages["series"].dropna().unique()),
        ("authority", authority, passages["authority"].dropna().unique()),
    ):
        if names is not None:
            mask &= passages[column].isin(_known_names(column, names, known)).to_numpy()
    if theme is not None:
        lists = passages["themes"].str.split("; ")
        wanted = set(_known_names("theme", theme, {code for codes in lists for code in codes if code}))
        mask &= np.array([not wanted.isdisjoint(codes) for codes in lists], dtype=bool)
    return mask


def _codes(codings: pd.DataFrame, facet: str, statement_ids: pd.Series[str]) -> pd.Series[str]:
    """The codes of each statement, most central first, joined by '; '; empty where it has none."""
    chosen = codings[codings["facet"] == facet].sort_values(["statement_id", "rank", "code"])
    lists: dict[str, list[str]] = {}
    for statement_id, code in zip(chosen["statement_id"], chosen["code"], strict=True):
        lists.setdefault(statement_id, []).append(code)
    joined = {statement_id: "; ".join(codes) for statement_id, codes in lists.items()}
    return statement_ids.map(joined).astype("str").fillna("")


def _known_names(what: str, names: str | Sequence[str], known: Iterable[str]) -> list[str]:
    by_key = {slug(name): name for name in known}
    wanted = [names] if isinstance(names, str) else list(names)
    unknown = [name for name in wanted if slug(name) not in by_key]
    if unknown:
        raise UsageError(f"There is no {what} {unknown[0]!r} in these letters.", hint=_nearest(unknown[0], by_key))
    return [by_key[slug(name)] for name in wanted]


def _nearest(name: str, by_key: dict[str, str]) -> str:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - heavy

    near = process.extract(slug(name), sorted(by_key), scorer=fuzz.WRatio, limit=NEAREST)
    if not near:
        return "The statements are not coded yet; code them first."
    return f"The nearest are: {', '.join(by_key[key] for key, _, _ in near)}."
