"""Read many letters into tables: every file becomes rows, or a problem that says why not."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jtai_reports import schema
from jtai_reports.cache import Cache, read_and_keep, reading_version
from jtai_reports.crew import Limits, crew_of
from jtai_reports.letter.records import Finding, Letter, Problem
from jtai_reports.outline import Place, duplicate, file_names, places_of
from jtai_reports.pdf.reader import Reader
from jtai_reports.reading import ReadFile, read_many, read_one
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

    >>> read_letters(["reports/sample/90000001.pdf"])
    <Corpus: 1 letter of 2017-01-13 to 2017-01-13, ...; 0 files not read>
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

    def __repr__(self) -> str:
        return f"<Corpus: {_in_words(self)}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: how much there is, and what a row of each table is."""
        rows = "".join(
            f'<tr><td style="text-align:left"><code>corpus.{name}</code></td><td>{len(frame)}</td>'
            f'<td style="text-align:left">{html.escape(schema.TABLES[name].row)}</td></tr>'
            for name, frame in self._asdict().items()
        )
        head = (
            "<tr>"
            + "".join(f'<th style="text-align:left">{name}</th>' for name in ("table", "rows", "a row is"))
            + "</tr>"
        )
        return f"<p><b>{html.escape(_in_words(self))}</b></p><table>{head}{rows}</table>"


def _in_words(corpus: Corpus) -> str:
    """How much a corpus holds, in a sentence."""
    days = corpus.reports["letter_date"].dropna()
    dates = f" of {days.min()} to {days.max()}" if len(days) else ""
    listed = int(corpus.reports["published"].notna().sum())
    errors = int((corpus.problems["severity"] == "error").sum())
    return (
        f"{_counted(len(corpus.reports), 'letter')}{dates}, {listed} of them in the catalogue of published letters; "
        f"{_counted(len(corpus.findings), 'finding')}, {_counted(len(corpus.statements), 'statement')}; "
        f"{_counted(errors, 'file')} not read"
    )


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def read_letters(
    paths: Iterable[Path | str],
    *,
    workers: int = 0,
    cache: Path | None = None,
    reader: Reader = "pdfium",
    authorities: Path | None = None,
    profile: str | Path = DEFAULT_PROFILE,
    limits: Limits = Limits(),  # noqa: B008 - immutable
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
    new = [path for path in names if path not in known]
    known |= zip(new, read_many(new, read, crew=crew_of(workers), limits=limits), strict=True)
    done = [known[path]._replace(file_name=name) for path, name in names.items()]
    return make_corpus(done, catalogue=read_all(authorities))


def make_corpus(files: Sequence[ReadFile], *, catalogue: Sequence[CatalogueEntry] | None = None) -> Corpus:
    """The tables of files that have been read; a letter that is there twice is kept once.

    `catalogue` says when and where letters were published; without it, the package's does.
    """
    by_name = {file.file_name: file for file in files}
    places = places_of(files)
    return tables_of([by_name[place.file_name] for place in places], places, catalogue=catalogue)


def tables_of(
    files: Sequence[ReadFile], places: Sequence[Place], *, catalogue: Sequence[CatalogueEntry] | None = None
) -> Corpus:
    """The tables of files at their places, which may be some of many.

    Args:
        files: what was read, one a place.
        places: see `outline.arrange`.
        catalogue: says when and where letters were published; without it, the package's does.
    """
    rows: dict[str, list[Row]] = {name: [] for name in schema.TABLES}
    doubts: list[tuple[str, list[Row]]] = []
    for read, place in zip(files, places, strict=True):
        file = duplicate(read, place.same_as) if place.same_as else read
        if place.report_id is not None:
            _add_letter(rows, file, place.report_id, catalogue)
        doubts.append((file.file_name, [_problem_row(file, one, place.report_id) for one in file.problems]))
    rows["problems"] = [row for _, of_file in sorted(doubts, key=itemgetter(0)) for row in of_file]
    frames = {name: schema.make_frame(schema.TABLES[name], table) for name, table in rows.items()}
    frames["problems"] = frames["problems"].drop_duplicates(ignore_index=True)
    return Corpus(**frames)


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
