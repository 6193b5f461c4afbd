"""Set the codes of coders side by side: people with each other, and each person with the machine."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, NamedTuple

from jtai_reports.coding.coder_codes import POLARITY, CoderCodes, first_areas, machine_codings
from jtai_reports.coding.sheet_reader import read_sheets
from jtai_reports.compare.reliability import NEVER_VARIES, Estimate, Pair, Reliability, masi, nominal, reliability
from jtai_reports.corpus import Corpus
from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from jtai_reports.coding.codebook import Codebook, Facet

FACETS: tuple[Facet, ...] = ("polarity", "key_area", "theme", "agency")
SETS = ("theme", "agency")  # facets with several codes a statement
NO_AREA = "none"  # counts as a value of its own when key areas are compared
FOR_SINGLE_VALUES = "kappa is for single values; alpha weighs sets of codes by MASI distance"
FOR_TWO = "kappa is for two coders"
COLUMNS = {
    **dict.fromkeys(("coder_a", "coder_b", "facet", "code"), "str"),
    **dict.fromkeys(("n", "letters", "n_a", "n_b", "n_both"), "Int64"),
    **{f"{figure}{end}": "Float64" for figure in ("raw", "kappa", "alpha") for end in ("", "_low", "_high")},
    "note": "str",
}
Row = dict[str, Any]


class Views(NamedTuple):
    """The values of one facet by coder and statement, and the letter of each statement."""

    facet: Facet
    values: Mapping[str, Mapping[str, Hashable]]
    letters: Mapping[str, str]

    def both(self, coders: Sequence[str]) -> list[str]:
        """The statements that at least two of the coders have coded, in order."""
        counts: dict[str, int] = {}
        for coder in coders:
            for name in self.values[coder]:
                counts[name] = counts.get(name, 0) + 1
        return sorted(name for name, count in counts.items() if count > 1)


class Comparison(NamedTuple):
    """How far coders agree (`agreement_table`), and where they do not (`disagreements`)."""

    figures: pd.DataFrame
    disagreements: pd.DataFrame


def compare_sheets(paths: Iterable[Path], corpus: Corpus, codebook: Codebook) -> Comparison:
    """Read coding sheets and compare their coders with each other and with the machine.

    Args:
        paths: filled-in coding sheets.
        corpus: the tables that the sheets were made from; the machine's codes are those in it.
        codebook: the codes that may be given.

    Raises:
        SheetError: the sheets have faults; all are listed.
        UsageError: there is one person and no machine to compare with.
    """
    people = read_sheets(paths, corpus.statements, codebook)
    machines = machine_codings(corpus, people=[person.coder for person in people])
    if len(people) + len(machines) < 2:
        hint = "Add the sheet of another person, or code the letters with 'jtai run'."
        raise UsageError(f"{people[0].coder}: there is nobody to compare with.", hint=hint)
    coders = (people, machines)
    return Comparison(
        agreement_table(*coders, statements=corpus.statements, codebook=codebook),
        disagreements(*coders, statements=corpus.statements, codebook=codebook),
    )


def agreement_table(
    people: Sequence[CoderCodes],
    machines: Sequence[CoderCodes],
    *,
    statements: pd.DataFrame,
    codebook: Codebook,
    seed: int = 1,
) -> pd.DataFrame:
    """How far coders agree, by facet and by code, on the statements that both have coded.

    Polarity and key area have one value a statement ('none' where there is no theme). Of themes and agencies, each
    code is there or not; for the whole facet, `raw` is the share of statements with the same set of codes, and
    alpha weighs two sets by their MASI distance.

    Args:
        people: what each person coded.
        machines: what each machine coded; each is compared with each person.
        statements: the table `statements`, for the letter of each statement.
        codebook: its codes have a row each.
        seed: of the bootstrap by letter that gives the intervals.

    Returns:
        One row for each two coders, facet and code (code missing: the whole facet); with three or more people also
        for all of them (coder_b missing). n statements of so many letters; n_a, n_b, n_both: how often a code was
        given by the first, the second, both; raw, kappa, alpha with low and high (95%); note: why a figure is missing.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    letters = dict(zip(statements["statement_id"], statements["report_id"], strict=True))
    rows: list[Row] = []
    views = list(_views([*people, *machines], letters, codebook.key_area_of()))
    for coders in _sets_of_coders(people, machines):
        for view in views:
            rows += _facet_rows(view, coders, [code.id for code in codebook.facet(view.facet)], seed=seed)
    columns = {name: pd.Series([row.get(name) for row in rows], dtype=kind) for name, kind in COLUMNS.items()}
    return pd.DataFrame(columns)


def disagreements(
    people: Sequence[CoderCodes],
    machines: Sequence[CoderCodes],
    *,
    statements: pd.DataFrame,
    codebook: Codebook,
) -> pd.DataFrame:
    """The statements on which two coders differ, to be talked over.

    Returns:
        One row for each two coders, facet and statement: coder_a, coder_b, facet, statement_id, report_id,
        page_start, text, codes_a, codes_b (joined by '; '), note_a, note_b (what the coders remarked).
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    notes = {coded.coder: coded.notes for coded in [*people, *machines]}
    views = list(_views([*people, *machines], {}, codebook.key_area_of()))
    rows = [
        (
            a,
            b,
            view.facet,
            name,
            *(_as_text(view.values[x][name]) for x in (a, b)),
            notes[a].get(name),
            notes[b].get(name),
        )
        for a, b in _pairs_of_coders(people, machines)
        for view in views
        for name in view.both((a, b))
        if view.values[a][name] != view.values[b][name]
    ]
    columns = ["coder_a", "coder_b", "facet", "statement_id", "codes_a", "codes_b", "note_a", "note_b"]
    where = statements[["statement_id", "report_id", "page_start", "text"]]
    found = pd.DataFrame(rows, columns=columns, dtype="str").merge(where, how="left", validate="many_to_one")
    return found[[*columns[:4], "report_id", "page_start", "text", *columns[4:]]]


def _pairs_of_coders(people: Sequence[CoderCodes], machines: Sequence[CoderCodes]) -> list[tuple[str, str]]:
    persons = [person.coder for person in people]
    return [*combinations(persons, 2), *product(persons, [machine.coder for machine in machines])]


def _sets_of_coders(people: Sequence[CoderCodes], machines: Sequence[CoderCodes]) -> list[tuple[str, ...]]:
    """All people together where they are more than two, then each two coders."""
    everyone = [tuple(person.coder for person in people)] if len(people) > 2 else []
    return [*everyone, *_pairs_of_coders(people, machines)]


def _views(coded: Sequence[CoderCodes], letters: Mapping[str, str], areas: Mapping[str, str]) -> Iterator[Views]:
    for facet in FACETS:
        yield Views(facet, {one.coder: _values(one, facet, areas) for one in coded}, letters)


def _values(coded: CoderCodes, facet: str, areas: Mapping[str, str]) -> dict[str, Hashable]:
    """The value of each coded statement: one code, or a set of codes."""
    ids = coded.statement_ids()
    if facet == "key_area":
        first = first_areas(coded.codes, areas)
        return {name: str(first.get(name, NO_AREA)) for name in ids}
    rows = coded.codes[coded.codes["facet"] == facet]
    if facet == POLARITY:
        return dict(zip(rows["statement_id"], rows["code"], strict=True))
    sets: dict[str, set[str]] = {name: set() for name in ids}
    for name, code in zip(rows["statement_id"], rows["code"], strict=True):
        sets[name].add(code)
    return {name: frozenset(given) for name, given in sets.items()}


def _facet_rows(view: Views, coders: tuple[str, ...], codes: Sequence[str], *, seed: int) -> Iterator[Row]:
    names = view.both(coders)
    two = len(coders) == 2
    row: Row = {"coder_a": coders[0] if two else "; ".join(coders), "coder_b": coders[1] if two else None}
    row |= {"facet": view.facet, "n": len(names), "letters": len({view.letters[name] for name in names})}
    if not names:
        yield row | {"note": "no statement coded by both"}
        return
    sets = view.facet in SETS
    whole = reliability(_pairs(view, coders, names), distance=masi if sets else nominal, seed=seed)
    yield row | _figures(whole, without_kappa=(FOR_SINGLE_VALUES,) if sets else () if two else (FOR_TWO,))
    for code in codes:
        given = _presence(view, code)
        pairs = _pairs(given, coders, names)
        used = _times_used(pairs) if two else {}
        found = reliability(pairs, seed=seed)
        yield row | {"code": code} | used | _figures(found, without_kappa=() if two else (FOR_TWO,))


def _presence(view: Views, code: str) -> Views:
    """Whether each statement has the code."""

    def has(value: Hashable) -> bool:
        return code in value if isinstance(value, frozenset) else value == code

    values = {coder: {name: has(value) for name, value in given.items()} for coder, given in view.values.items()}
    return view._replace(values=values)


def _pairs(view: Views, coders: Sequence[str], names: Iterable[str]) -> list[Pair]:
    pairs = []
    for name in names:
        given = [view.values[coder][name] for coder in coders if name in view.values[coder]]
        weight = 1 / (len(given) - 1)
        pairs += [Pair(view.letters[name], a, b, weight) for a, b in combinations(given, 2)]
    return pairs


def _times_used(pairs: Iterable[Pair]) -> Row:
    given = [(bool(pair.first), bool(pair.second)) for pair in pairs]
    return {"n_a": sum(a for a, _ in given), "n_b": sum(b for _, b in given), "n_both": sum(a and b for a, b in given)}


def _figures(found: Reliability, *, without_kappa: tuple[str, ...]) -> Row:
    """The figures as columns; kappa is left out where there is a reason to."""
    kappa, notes = found.kappa, found.notes
    if without_kappa:
        kappa, notes = Estimate(), (*without_kappa, *(note for note in notes if note != NEVER_VARIES))
    row: Row = {"note": "; ".join(notes) or None}
    for name, figure in (("raw", found.raw), ("kappa", kappa), ("alpha", found.alpha)):
        row |= {
            name: _rounded(figure.value),
            f"{name}_low": _rounded(figure.low),
            f"{name}_high": _rounded(figure.high),
        }
    return row


def _rounded(value: float | None) -> float | None:
    """Six decimals: beyond them, figures may differ between machines."""
    return None if value is None else round(value, 6) + 0.0


def _as_text(value: Hashable) -> str:
    return "; ".join(sorted(value)) if isinstance(value, frozenset) else str(value)
