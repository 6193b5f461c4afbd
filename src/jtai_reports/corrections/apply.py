"""Apply corrections to letters and to codes; what no longer fits becomes a problem and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from jtai_reports import schema
from jtai_reports.coding.coder_codes import first_areas, join_codes, polarity_rows
from jtai_reports.corrections.file import CODE_FIELDS, FILE, JOINT, REPORT_FIELDS, Correction

State = Literal["applied", "not_needed", "differs", "gone"]
Place = tuple[str, str]  # a statement and a facet
States = Sequence[tuple[Correction, "State"]]

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.corpus import Corpus
    from jtai_reports.reference.authorities import Gazetteer

OF_AUTHORITY = ("ons_code", "region", "authority_type")  # what a corrected authority brings with it
FITS_NOT: dict[str, str] = {
    "gone": "there is no such letter, section, finding or statement",
    "differs": "what is read now is neither its old value nor its new one",
}
OF_LETTER = re.compile(r"-([sf])\d+(-\d+)?$")  # what stands behind the letter in the name of one of its parts
HINT = "Look at it again: change the line in corrections.csv, or take it out."


def correct_letters(corpus: Corpus, corrections: Sequence[Correction], gazetteer: Gazetteer) -> Corpus:
    """The corpus with the corrections of letters, sections and findings, to be applied before coding.

    A correction is applied where the value read is its `old` one. A corrected authority brings its ONS code, region
    and type; the kind of a section goes to its findings, except those that have a correction of their own.

    Args:
        corpus: letters that have been read; it is not changed.
        corrections: what a person has corrected; those of codes are left for `correct_codes`.
        gazetteer: the known authorities.

    Returns:
        The corpus, with what became of each correction in `corrections` and, where one no longer fits, `problems`.
    """
    reports, sections, findings = corpus.reports, corpus.sections, corpus.findings
    states: list[tuple[Correction, State]] = []
    kinds = [row for row in corrections if row.field == "section_kind"]
    single = [row for row in kinds if (findings["finding_id"] == row.id).any()]
    for row in (row for row in corrections if row.field in REPORT_FIELDS):
        reports, state = _with_value(reports, "report_id", row)
        states.append((row, state))
        if row.field == "authority" and state == "applied":
            reports = _with_authority(reports, row, gazetteer)
    for row in single:
        findings, state = _with_value(findings, "finding_id", row)
        states.append((row, state))
    for row in (row for row in kinds if row not in single):
        sections, state = _with_value(sections, "section_id", row)
        states.append((row, state))
        if state == "applied":
            whole = (findings["section_id"] == row.id) & ~findings["finding_id"].isin([one.id for one in single])
            findings = findings.assign(section_kind=findings["section_kind"].mask(whole, row.new))
    corrected = corpus._replace(reports=reports, sections=sections, findings=findings)
    return _listed(_with_less_missing(corrected, states), states)


def correct_codes(corpus: Corpus, corrections: Sequence[Correction], codebook: Codebook) -> Corpus:
    """The corpus with the corrections of codes: polarity, themes or agencies of single statements.

    The coder of a corrected code is the name of the person; what was in use before goes to `codings_other`.

    Args:
        corpus: a coded corpus; it is not changed.
        corrections: what a person has corrected; those of other fields are left out.
        codebook: says the key area of each theme.

    Returns:
        The corpus, with what became of each correction in `corrections` and, where one no longer fits, `problems`.
    """
    of_codes = [row for row in corrections if row.field in CODE_FIELDS]
    now = _codes_now(corpus, {row.id for row in of_codes})
    states = [(row, _state(row, now.get((row.id, CODE_FIELDS[row.field])))) for row in of_codes]
    applied = [row for row, state in states if state == "applied"]
    return _listed(_with_codes(corpus, applied, codebook) if applied else corpus, states)


def _state(row: Correction, now: str | None) -> State:
    """What becomes of a correction, by what is read now; None where there is no such row."""
    if now is None:
        return "gone"
    if now == row.new:
        return "not_needed"
    return "applied" if now == row.old else "differs"


def _with_value(table: pd.DataFrame, key: str, row: Correction) -> tuple[pd.DataFrame, State]:
    place = table[key] == row.id
    now = table.loc[place, row.field].fillna("").tolist()
    state = _state(row, str(now[0]) if now else None)
    if state != "applied":
        return table, state
    return table.assign(**{row.field: table[row.field].mask(place, row.new or None)}), state


def _with_authority(reports: pd.DataFrame, row: Correction, gazetteer: Gazetteer) -> pd.DataFrame:
    known = next(authority for authority in gazetteer.authorities if authority.name == row.new)
    place = reports["report_id"] == row.id
    return reports.assign(**{name: reports[name].mask(place, getattr(known, name)) for name in OF_AUTHORITY})


def _with_less_missing(corpus: Corpus, states: States) -> Corpus:
    """Without the rows of `missing` that a correction has filled: a detail, or the kind of a section."""
    of_section = dict(zip(corpus.sections["section_id"], corpus.sections["report_id"], strict=True))
    filled = {
        (of_section.get(row.id, row.id), row.new if row.field == "section_kind" else row.field)
        for row, state in states
        if state == "applied" and row.new
    }
    gaps = zip(corpus.missing["report_id"], corpus.missing["field"], strict=True)
    kept = [place for place, gap in enumerate(gaps) if gap not in filled]
    return corpus._replace(missing=corpus.missing.iloc[kept].reset_index(drop=True))


def _codes_now(corpus: Corpus, ids: set[str]) -> dict[Place, str]:
    """What each of these statements carries by facet, as a correction writes it."""
    statements = corpus.statements[corpus.statements["statement_id"].isin(ids)]
    codings = corpus.codings[corpus.codings["statement_id"].isin(ids)].sort_values("rank", kind="stable")
    found: dict[Place, list[str]] = {
        (name, facet): [] for name in statements["statement_id"] for facet in CODE_FIELDS.values()
    }
    for name, code in zip(statements["statement_id"], statements["polarity"], strict=True):
        found[name, "polarity"].append(code)
    for name, facet, code in zip(codings["statement_id"], codings["facet"], codings["code"], strict=True):
        found[name, facet].append(code)
    return {place: JOINT.join(codes) for place, codes in found.items()}


def _with_codes(corpus: Corpus, applied: Sequence[Correction], codebook: Codebook) -> Corpus:
    """The corpus with the corrected codes in use; those of before move to `codings_other`, except the person's own."""
    given: dict[Place, Correction] = {(row.id, CODE_FIELDS[row.field]): row for row in applied}
    polarity, codings = (_at(rows, given) for rows in (polarity_rows(corpus.statements), corpus.codings))
    others = [_not_by(rows, given) for rows in (corpus.codings_other, polarity, codings)]
    in_use = [corpus.codings.drop(codings.index), _code_rows(applied)]
    joined = join_codes(schema.CODINGS, in_use, corpus)
    return corpus._replace(
        statements=_with_polarity(corpus.statements, given, first_areas(joined, codebook.key_area_of())),
        codings=joined,
        codings_other=join_codes(schema.CODINGS_OTHER, others, corpus),
    )


def _at(rows: pd.DataFrame, given: Mapping[Place, Correction]) -> pd.DataFrame:
    """The rows of codes that corrections replace."""
    return rows.loc[[place in given for place in zip(rows["statement_id"], rows["facet"], strict=True)]]


def _not_by(rows: pd.DataFrame, given: Mapping[Place, Correction]) -> pd.DataFrame:
    """The rows of codes without those that the person who corrects them had given before, on a sheet."""
    whose = zip(rows["statement_id"], rows["facet"], rows["coder"], strict=True)
    return rows.loc[[(name, facet) not in given or given[name, facet].name != coder for name, facet, coder in whose]]


def _code_rows(applied: Sequence[Correction]) -> pd.DataFrame:
    rows = [
        {"statement_id": row.id, "facet": CODE_FIELDS[row.field], "code": code, "rank": rank, "coder": row.name}
        for row in applied
        if row.field != "polarity" and row.new
        for rank, code in enumerate(row.new.split(JOINT), 1)
    ]
    return schema.make_frame(schema.CODINGS, rows)


def _with_polarity(statements: pd.DataFrame, given: Mapping[Place, Correction], areas: pd.Series) -> pd.DataFrame:
    ids = statements["statement_id"]
    new = {name: row.new for (name, facet), row in given.items() if facet == "polarity"}
    people = {name: row.name for (name, facet), row in given.items() if facet == "polarity"}
    themes = ids.isin([name for name, facet in given if facet == "theme"])
    return statements.assign(
        polarity=statements["polarity"].mask(ids.isin(new), ids.map(new)),
        polarity_score=statements["polarity_score"].mask(ids.isin(new)),
        key_area=statements["key_area"].mask(themes, ids.map(areas)),
        coder=statements["coder"].mask(ids.isin(new), ids.map(people)),
    )


def _listed(corpus: Corpus, states: States) -> Corpus:
    """The corpus with what became of some corrections in `corrections`, and in `problems` where they do not fit."""
    import pandas as pd  # noqa: PLC0415 - heavy

    rows = [row._asdict() | {"old": row.old or None, "new": row.new or None, "state": state} for row, state in states]
    faults = [_problem(row, state, corpus) for row, state in states if state in FITS_NOT]
    added = {"corrections": schema.make_frame(schema.CORRECTIONS, rows)}
    added["problems"] = schema.make_frame(schema.PROBLEMS, faults)
    joined = {name: [getattr(corpus, name), new] for name, new in added.items() if len(new)}
    return corpus._replace(**{name: pd.concat(parts, ignore_index=True) for name, parts in joined.items()})


def _problem(row: Correction, state: State, corpus: Corpus) -> dict[str, Any]:
    return {
        "file_name": FILE,
        "report_id": letter if (letter := OF_LETTER.sub("", row.id)) in set(corpus.reports["report_id"]) else None,
        "stage": "correct",
        "severity": "warning",
        "code": "correction",
        "message": f"Line {row.line}, {row.field} of {row.id}: not applied, because {FITS_NOT[state]}.",
        "hint": HINT,
    }
