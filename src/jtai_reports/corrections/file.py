"""Read corrections.csv beside the letters, and say of every fault in which line it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports import schema
from jtai_reports.coding.coder import CODERS
from jtai_reports.errors import JtaiError, nearest_name
from jtai_reports.reference.authorities import read_authorities
from jtai_reports.reference.profiles import read_profile
from jtai_reports.reference.readers import read_rows, read_series, text_beside
from jtai_reports.settings import DEFAULT_PROFILE

if TYPE_CHECKING:
    from jtai_reports.coding.codebook import Codebook, Facet

FILE = "corrections.csv"
COLUMNS = ("id", "field", "old", "new", "reason", "name")
REPORT_FIELDS = (
    *("authority", "ons_code", "region", "authority_type", "template", "series", "deep_dive_theme", "inspectorates"),
    *("letter_date", "published", "inspection_start", "inspection_end", "action_plan_due"),
    *("principal_authority", "safeguarding_body", "source_url"),
)
CODE_FIELDS: dict[str, Facet] = {"polarity": "polarity", "themes": "theme", "agencies": "agency"}
FIELDS = (*REPORT_FIELDS, "section_kind", *CODE_FIELDS)
NEEDED = ("template", "section_kind", "polarity")  # fields that cannot be emptied
BRITISH_DAY = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
JOINT = "; "  # between the codes of a statement
Check = Callable[[str], str]  # what is wrong with a new value; '' where nothing is


class Correction(NamedTuple):
    """One row of the file, and the line in which it stands."""

    line: int
    id: str
    field: str
    old: str
    new: str
    reason: str
    name: str


class CorrectionsError(JtaiError):
    """The corrections cannot be used as they stand; `faults` lists all that is wrong, a sentence each."""

    exit_code = 2

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = "".join(f"\n  - {fault}" for fault in faults)
        super().__init__(f"{path}: {count}:{lines}\n", hint="Mend these lines; docs/corrections.md explains them.")


def read_corrections(
    folder: Path, codebook: Codebook, *, profile: str | Path = DEFAULT_PROFILE
) -> tuple[Correction, ...]:
    """The corrections in the `corrections.csv` of a folder; none where there is no such file.

    Args:
        folder: the folder of the letters.
        codebook: the codes that may be given.
        profile: the letters' profile, which names their templates and series.

    Raises:
        CorrectionsError: something is wrong with them; all faults are listed.
        ReferenceDataError: the file is no text, or lacks a column.
    """
    text = text_beside(folder, FILE)
    if text is None:
        return ()
    rows = read_rows(text, FILE, COLUMNS)
    found = [_correction(row, line) for line, row in enumerate(rows, 2) if any(row.values())]
    checks = _checks(folder, codebook, profile)
    faults = [*(fault for row in found for fault in _faults(row, checks)), *_repeats(found)]
    if faults:
        raise CorrectionsError(folder / FILE, faults)
    return tuple(found)


def as_day(text: str) -> str:
    """A day as an ISO date, also where a spreadsheet has rewritten it the British way; other text as it is.

    >>> as_day("31/01/2024"), as_day("2024-01-31"), as_day("May")
    ('2024-01-31', '2024-01-31', 'May')
    """
    try:
        day = datetime.strptime(text, "%d/%m/%Y").date() if BRITISH_DAY.fullmatch(text) else None  # noqa: DTZ007
    except ValueError:
        day = None
    return day.isoformat() if day else text


def as_codes(text: str) -> str:
    """A list of codes as the tables write it.

    >>> as_codes("Early help;joint_working ; ")
    'early_help; joint_working'
    """
    return JOINT.join(re.sub(r"[\s_]+", "_", part.strip().lower()) for part in text.split(";") if part.strip())


def _correction(row: dict[str, str], line: int) -> Correction:
    field = row["field"]
    plain: Callable[[str], str] = as_codes if field in CODE_FIELDS else as_day if _is_day(field) else str
    return Correction(line, row["id"], field, plain(row["old"]), plain(row["new"]), row["reason"], row["name"])


def _is_day(field: str) -> bool:
    return any(column.name == field and column.pattern == schema.ISO_DATE for column in schema.REPORTS.columns)


def _faults(row: Correction, checks: dict[str, Check]) -> Iterator[str]:
    for column in ("id", "field", "reason", "name"):
        if not getattr(row, column):
            yield f"line {row.line}: the column {column!r} is empty."
    if row.name in CODERS:
        yield f"line {row.line}: the name {row.name!r} is that of a machine."
    if row.field and row.field not in FIELDS:
        yield f"line {row.line}: {row.field!r} cannot be corrected.{_nearest(row.field, FIELDS)}"
    elif row.new and (wrong := checks.get(row.field, _no_fault)(row.new)):
        yield f"line {row.line}: {wrong}"
    elif not row.new and row.field in NEEDED:
        yield f"line {row.line}: the column 'new' is empty, and {row.field} must have a value."


def _repeats(found: Iterable[Correction]) -> Iterator[str]:
    first: dict[tuple[str, str], int] = {}
    for row in found:
        line = first.setdefault((row.id, row.field), row.line)
        if line != row.line:
            yield f"line {row.line}: {row.field} of {row.id} is corrected in line {line} already."


def _checks(folder: Path, codebook: Codebook, profile: str | Path) -> dict[str, Check]:
    """What to check of the new value of each field that cannot be just any text."""
    series = [known.series for known in read_series(folder, profile=profile)]
    templates = [template.name for template in read_profile(profile).headings.templates]
    areas = [known.name for known in read_authorities(folder).authorities]
    columns = {column.name: column for column in schema.REPORTS.columns}
    checks: dict[str, Check] = {name: _day_fault for name in columns if _is_day(name)}
    checks |= {"series": _one_of("series", series), "authority": _one_of("authority", areas)}
    checks |= {"template": _one_of("template", templates)}
    checks |= {"section_kind": _one_of("kind of section", schema.SECTION_KINDS), "source_url": _address_fault}
    for field, facet in CODE_FIELDS.items():
        checks[field] = _codes_of(facet, [code.id for code in codebook.facet(facet)], single=field == "polarity")
    return checks


def _one_of(what: str, allowed: Sequence[str]) -> Check:
    def check(text: str) -> str:
        return "" if text in allowed else f"{text!r} is no known {what}.{_nearest(text, allowed)}"

    return check


def _codes_of(facet: str, allowed: Sequence[str], *, single: bool) -> Check:
    def check(text: str) -> str:
        codes = text.split(JOINT)
        unknown = next((code for code in codes if code not in allowed), None)
        if unknown is not None:
            return f"{unknown!r} is no {facet} of the codebook.{_nearest(unknown, allowed)}"
        if len(codes) != len(set(codes)):
            return f"{text!r} names a code twice."
        return f"{text!r} is more than one {facet}." if single and len(codes) > 1 else ""

    return check


def _no_fault(_: str) -> str:
    return ""


def _day_fault(text: str) -> str:
    try:
        datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007
    except ValueError:
        return f"{text!r} is no date; write it like 2024-01-31."
    return "" if re.fullmatch(schema.ISO_DATE, text) else f"{text!r} is no date; write it like 2024-01-31."


def _address_fault(text: str) -> str:
    return "" if text.startswith(("https://", "http://")) else f"{text!r} is no web address (https://...)."


def _nearest(text: str, known: Sequence[str]) -> str:
    found = nearest_name(text, known)
    return f" Nearest: {found!r}." if found else ""
