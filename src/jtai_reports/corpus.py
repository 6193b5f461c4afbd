"""Read many letters into tables: every file becomes rows, or a problem that says why not."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jtai_reports import schema
from jtai_reports.cache import Cache, read_and_keep, reading_version
from jtai_reports.files import shown_name
from jtai_reports.letter.records import Finding, Letter, Problem
from jtai_reports.pdf.reader import Reader
from jtai_reports.reading import Limits, ReadFile, read_many, read_one
from jtai_reports.reference.catalogue import CatalogueEntry, find_entry, read_all
from jtai_reports.reference.profiles import profile_texts
from jtai_reports.settings import DEFAULT_PROFILE

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


class Corpus(NamedTuple):
    """The tables of a set of letters: see the data dictionary for their columns.

    `statements`, `codings` and `codings_other` stay empty until the letters are coded, `corrections` until a
    person's corrections are applied.
    """

    reports: pd.DataFrame
    sections: pd.DataFrame
    findings: pd.DataFrame
    statements: pd.DataFrame
    codings: pd.DataFrame
    codings_other: pd.DataFrame
    problems: pd.DataFrame
    missing: pd.DataFrame
    corrections: pd.DataFrame


def read_letters(
    paths: Iterable[Path | str],
    *,
    workers: int = 0,
    cache: Path | None = None,
    reader: Reader = "pdfium",
    authorities: Path | None = None,
    profile: str | Path = DEFAULT_PROFILE,
    limits: Limits = Limits(),  # noqa: B008 - immutable
    on_read: Callable[[ReadFile], None] | None = None,
) -> Corpus:
    """Read letters into tables. The order of the files and the number of workers make no difference.

    Args:
        paths: the PDF files.
        workers: number of worker processes; 0 reads in this process, without limits.
        cache: a folder that keeps what was read, so that an unchanged letter is not read again.
        reader: which library reads the PDF.
        authorities: a folder whose `authorities.csv`, `series.csv` and `catalogue.csv` add to what is known.
        profile: what kind of letters these are: the name of a profile, or the folder of one of your own.
        limits: time and memory for one file, where there are workers.
        on_read: called after each file, for showing progress.

    Returns:
        A `Corpus`; files that could not be read are rows of its `problems` with severity 'error'.

    Example:
        >>> corpus = read_letters(Path("reports/sample").glob("*.pdf"), authorities=Path("reports/sample"))
        >>> len(corpus.reports)
        12
    """
    read: Callable[[Path], ReadFile] = partial(read_one, reader=reader, authorities=authorities, profile=profile)
    profile_texts(profile)  # raises where there is none, however few the files
    names = file_names(paths)
    known: dict[Path, ReadFile] = {}
    if cache is not None:
        kept_in = Cache(cache, reading_version(reader, authorities, profile))
        known = {path: file for path in names if (file := kept_in.get(path)) is not None}
        read = partial(read_and_keep, read=read, kept_in=kept_in)
    if on_read is not None:
        for file in known.values():
            on_read(file)
    new = [path for path in names if path not in known]
    known |= zip(new, read_many(new, read, workers=workers, limits=limits, on_read=on_read), strict=True)
    done = [known[path]._replace(file_name=name) for path, name in names.items()]
    return make_corpus(done, catalogue=read_all(authorities))


def file_names(paths: Iterable[Path | str]) -> dict[Path, str]:
    """What each file is called in the tables: its name, with its folders where two files have the same name.

    >>> list(file_names(["in/a/letter.pdf", "in/b/letter.pdf", "in/b/other.pdf"]).values())
    ['a/letter.pdf', 'b/letter.pdf', 'other.pdf']
    """
    files = sorted({Path(path) for path in paths})
    counts = Counter(path.name for path in files)
    above = Path(os.path.commonpath([path.parent.absolute() for path in files])) if files else Path()
    full = {path: path.absolute().relative_to(above).as_posix() for path in files}
    return {path: shown_name(path.name if counts[path.name] == 1 else full[path]) for path in files}


def make_corpus(files: Sequence[ReadFile], *, catalogue: Sequence[CatalogueEntry] | None = None) -> Corpus:
    """The tables of files that have been read; a letter that is there twice is kept once.

    `catalogue` says when and where letters were published; without it, the package's does.
    """
    kept = _without_duplicates(sorted(files, key=lambda file: file.file_name))
    ids = _report_ids([file for file in kept if file.letter is not None])
    letters = sorted((file for file in kept if file.letter is not None), key=lambda f: (_day(f), ids[f.file_name]))
    rows: dict[str, list[Row]] = {name: [] for name in schema.TABLES}
    for file in letters:
        _add_letter(rows, file, ids[file.file_name], catalogue)
    for file in kept:
        rows["problems"] += [_problem_row(file, problem, ids.get(file.file_name)) for problem in file.problems]
    frames = {name: schema.make_frame(schema.TABLES[name], table) for name, table in rows.items()}
    frames["problems"] = frames["problems"].drop_duplicates(ignore_index=True)
    return Corpus(**frames)


def report_id(letter: Letter, sha256: str) -> str:
    """The stable name of a letter: its date and area, or the start of its checksum where it says neither."""
    parts = [str(part) for part in (day_of(letter), letter.details.authority) if part]
    return "-".join([letter.prefix, *(slug(part) for part in parts or [sha256[:12]])])


def slug(text: str) -> str:
    """Text as part of a name: lower case letters, digits and hyphens.

    >>> slug("Stockton-on-Tees"), slug("Bournemouth, Christchurch & Poole")
    ('stockton-on-tees', 'bournemouth-christchurch-and-poole')
    """
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def day_of(letter: Letter) -> date | None:
    """The day by which a letter is placed in time: its date, else the last day of its inspection."""
    return letter.details.letter_date or letter.details.inspection_end


def _day(file: ReadFile) -> str:
    return str((file.letter and day_of(file.letter)) or "")


def _without_duplicates(files: Iterable[ReadFile]) -> list[ReadFile]:
    """Keep each letter under the first of its names; the others become errors."""
    first: dict[object, str] = {}
    kept = []
    for file in files:
        keys = [file.sha256, file.letter and (file.letter.details, file.letter.sections)]
        known = next((first[key] for key in keys if key in first), None) if file.letter else None
        if known is None:
            first |= {key: file.file_name for key in keys if key is not None}
            kept.append(file)
        else:
            message = f"The same letter as {known}, which was read."
            problem = Problem("read", "error", "duplicate", message, "Remove one of the two files.")
            kept.append(file._replace(letter=None, problems=(problem,)))
    return kept


def _report_ids(files: Sequence[ReadFile]) -> dict[str, str]:
    """A name for each letter by file name; two different letters of one day and area get a checksum added."""
    plain = {file.file_name: report_id(file.letter, file.sha256 or "") for file in files if file.letter}
    counts = Counter(plain.values())
    return {
        file.file_name: plain[file.file_name]
        + ("" if counts[plain[file.file_name]] == 1 else f"-{(file.sha256 or '')[:8]}")
        for file in files
    }


def _add_letter(
    rows: dict[str, list[Row]], file: ReadFile, name: str, catalogue: Sequence[CatalogueEntry] | None
) -> None:
    if file.letter is None:
        return
    n_findings = 0
    for number, section in enumerate(file.letter.sections, 1):
        section_id = f"{name}-s{number:02d}"
        place = {"section_id": section_id, "report_id": name, "section_kind": section.kind}
        pages = {"page_start": section.page_start, "page_end": section.page_end}
        rows["sections"].append(
            place | pages | {"ordinal": number, "heading": section.heading, "polarity": section.polarity}
        )
        for finding in section.findings:
            n_findings += 1
            rows["findings"].append(_finding_row(finding, place, n_findings))
    rows["missing"] += [{"report_id": name} | missing._asdict() for missing in file.letter.missing]
    rows["reports"].append(_report_row(file, file.letter, name, catalogue) | {"n_findings": n_findings})


def _finding_row(finding: Finding, place: Row, ordinal: int) -> Row:
    return place | {
        "finding_id": f"{place['report_id']}-f{ordinal:03d}",
        "ordinal": ordinal,
        "is_bullet": finding.is_bullet,
        "subheading": finding.subheading,
        "text": finding.text,
        "page_start": finding.page_start,
        "page_end": finding.page_end,
        "page_offsets": "; ".join(f"{page}:{start}" for page, start in finding.page_offsets),
    }


def _report_row(file: ReadFile, letter: Letter, name: str, catalogue: Sequence[CatalogueEntry] | None) -> Row:
    details = letter.details
    entry = find_entry(file.file_name, details.authority, details.letter_date, entries=catalogue)
    dates = ("letter_date", "inspection_start", "inspection_end", "previous_inspection", "action_plan_due")
    return details._asdict() | {
        "report_id": name,
        "file_name": file.file_name,
        "sha256": file.sha256,
        "n_pages": letter.n_pages,
        "template": letter.template,
        "inspectorates": "; ".join(details.inspectorates) or None,
        "date_notes": "; ".join(details.date_notes) or None,
        "published": entry.published.isoformat() if entry else None,
        "source_url": entry.url if entry else None,
        **{field: _iso(getattr(details, field)) for field in dates},
    }


def _iso(day: object) -> str | None:
    return None if day is None else str(day)


def _problem_row(file: ReadFile, problem: Problem, name: str | None) -> Row:
    return problem._asdict() | {"file_name": file.file_name, "report_id": name, "hint": problem.hint or None}
