"""What changed between two runs: letters, findings, codes, and the figures of the comparisons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

COLUMNS = ("what", "change", "report_id", "id", "field", "old", "new")
WHAT = ("letter", "finding", "code", "figure")
OF_FINDING = ("section_kind", "subheading", "page_start")
OF_STATEMENT = ("polarity", "theme", "agency")
ALIKE = 80.0  # of 100: how alike two texts of one letter must be to count as one finding, changed
Row = dict[str, Any]


class Matched(NamedTuple):
    """The rows of two runs that are the same thing, and those that only one of them has."""

    pairs: list[tuple[Row, Row]]
    gone: list[Row]
    added: list[Row]


def changes(old: Corpus, new: Corpus) -> pd.DataFrame:
    """What changed between two runs: letters, findings and codes.

    Letters are the same by their name, findings and statements by their text within a letter, whatever their number
    there; a finding whose text is nearly the same has changed. Findings and codes are compared in the letters that
    both runs have.

    Args:
        old: the tables of the earlier run.
        new: those of the later one.

    Returns:
        One row a change: what (letter, finding, code), change (added, gone, changed), report_id, id (of the later
        run, where it is there), field, old, new.

    Example:
        >>> from jtai_reports.store import load
        >>> changes(load("outputs-2024"), load("outputs"))  # doctest: +SKIP
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    letters = match(_rows(old.reports), _rows(new.reports), ["report_id"])
    both = {row["report_id"] for _, row in letters.pairs}
    findings = _match_findings(_of(old.findings, both), _of(new.findings, both))
    statements = match(_statements(old, both), _statements(new, both), ["report_id", "text"])
    rows = [
        *_changes("letter", letters, id_of="report_id", fields=[str(c) for c in new.reports if c != "report_id"]),
        *_changes("finding", findings, id_of="finding_id", fields=["text", *OF_FINDING], text="text"),
        *_changes("code", statements._replace(gone=[], added=[]), id_of="statement_id", fields=OF_STATEMENT),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype("str").where(lambda table: table.notna(), None)


def moved_figures(name: str, old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """The counts of a comparison, 'k of n', that differ between two runs.

    Args:
        name: what the table is called.
        old: a table with the columns k and n, as `prevalence` gives; its other text columns name a row.
        new: the same table of the later run.

    Returns:
        One row a count that moved, as in `changes`; a row that only one run has is added or gone, where k is not 0.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    key = [c for c in new.columns if c in old.columns and c not in ("k", "n", "share", "low", "high")]
    found = match(_rows(old), _rows(new), key)
    one_sided = {"gone": [row for row in found.gone if row["k"]], "added": [row for row in found.added if row["k"]]}
    pairs = [(a, b) for a, b in found.pairs if (a["k"], a["n"]) != (b["k"], b["n"])]
    rows = [_moved(name, key, a, b) for a, b in pairs]
    rows += [_moved(name, key, row, None) for row in one_sided["gone"]]
    rows += [_moved(name, key, None, row) for row in one_sided["added"]]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def match(old: Iterable[Row], new: Iterable[Row], key: Sequence[str]) -> Matched:
    """Pair rows by a key; where several share it, in their order.

    >>> found = match([{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 2}], ["a"])
    >>> len(found.pairs), found.gone, found.added
    (1, [{'a': 1}], [{'a': 2}])
    """
    waiting: dict[Hashable, list[Row]] = defaultdict(list)
    for row in new:
        waiting[tuple(row[name] for name in key)].append(row)
    pairs, gone = [], []
    for row in old:
        others = waiting[tuple(row[name] for name in key)]
        if others:
            pairs.append((row, others.pop(0)))
        else:
            gone.append(row)
    return Matched(pairs, gone, [row for rows in waiting.values() for row in rows])


def _match_findings(old: Sequence[Row], new: Sequence[Row]) -> Matched:
    """Findings by their text; of those left, the ones most alike within a letter."""
    exact = match(old, new, ["report_id", "text"])
    pairs, gone, added = list(exact.pairs), [], []
    for letter in dict.fromkeys(row["report_id"] for row in (*exact.gone, *exact.added)):
        found = _match_alike(*([r for r in rows if r["report_id"] == letter] for rows in (exact.gone, exact.added)))
        pairs += found.pairs
        gone += found.gone
        added += found.added
    return Matched(pairs, gone, added)


def _match_alike(old: Sequence[Row], new: Sequence[Row]) -> Matched:
    """Pair the rows whose texts are most alike, the best pair first."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - needed here only

    scores = [(fuzz.ratio(a["text"], b["text"]), i, j) for i, a in enumerate(old) for j, b in enumerate(new)]
    taken: dict[int, int] = {}
    for score, i, j in sorted(scores, key=lambda s: (-s[0], s[1], s[2])):
        if score >= ALIKE and i not in taken and j not in taken.values():
            taken[i] = j
    return Matched(
        [(old[i], new[j]) for i, j in sorted(taken.items())],
        [row for i, row in enumerate(old) if i not in taken],
        [row for j, row in enumerate(new) if j not in taken.values()],
    )


def _changes(what: str, found: Matched, *, id_of: str, fields: Sequence[str], text: str = "") -> Iterator[Row]:
    for row in found.gone:
        yield _row(what, "gone", row, id_of) | {"old": row.get(text)}
    for row in found.added:
        yield _row(what, "added", row, id_of) | {"new": row.get(text)}
    for old, new in found.pairs:
        for field in fields:
            if old.get(field) != new.get(field):
                yield _row(what, "changed", new, id_of) | {"field": field, "old": old.get(field), "new": new.get(field)}


def _row(what: str, change: str, row: Row, id_of: str) -> Row:
    return {"what": what, "change": change, "report_id": row["report_id"], "id": row[id_of], "field": None}


def _moved(name: str, key: Sequence[str], old: Row | None, new: Row | None) -> Row:
    row = new or old or {}
    place = ", ".join(str(row[column]) for column in dict.fromkeys(key) if row[column] is not None)
    change = "changed" if old and new else "gone" if old else "added"
    said = {side: f"{r['k']} of {r['n']}" if r else None for side, r in (("old", old), ("new", new))}
    return {"what": "figure", "change": change, "report_id": None, "id": f"{name}: {place}", "field": "k of n"} | said


def _rows(table: pd.DataFrame) -> list[Row]:
    """The rows of a table, with None for what is missing."""
    import pandas as pd  # noqa: PLC0415 - heavy

    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _of(table: pd.DataFrame, letters: set[str]) -> list[Row]:
    return _rows(table[table["report_id"].isin(letters)])


def _statements(corpus: Corpus, letters: set[str]) -> list[Row]:
    """The statements of some letters, each with its codes as text by facet."""
    ranked = corpus.codings.sort_values("rank", kind="stable").groupby(["statement_id", "facet"])["code"]
    given: dict[Hashable, str] = ranked.agg("; ".join).to_dict()
    return [
        row | {facet: given.get((row["statement_id"], facet)) for facet in ("theme", "agency")}
        for row in _of(corpus.statements, letters)
    ]
