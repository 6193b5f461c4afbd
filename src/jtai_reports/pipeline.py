"""The stages of a run, in order: letters -> tables -> codes -> comparisons -> figures."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from jtai_reports.coding.codebook import Codebook, read_codebook
from jtai_reports.coding.coder import code_corpus, default_coder, find_coder
from jtai_reports.coding.review import find_doubtful
from jtai_reports.coding.sheet_reader import use_sheets
from jtai_reports.compare.tables import comparison_tables
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.errors import JtaiError, UsageError
from jtai_reports.files import checksum, digest, remove_parts, shown_name, write_json
from jtai_reports.reading import ReadFile
from jtai_reports.reference.profiles import profile_texts, read_profile
from jtai_reports.reference.readers import Series, read_series
from jtai_reports.settings import DEFAULT_REPORTS, SAMPLE, Settings
from jtai_reports.show.plots import all_charts, words
from jtai_reports.show.save import save_chart
from jtai_reports.store import write_csv, write_tables
from jtai_reports.versions import code_version, library_versions

CACHE = ".cache"
OTHERS = ("rules",)  # coders whose codes are kept beside, to be compared
RECORD = "run.json"
BESIDE = ("authorities.csv", "catalogue.csv", "series.csv")  # what a user may add beside the letters
LIBRARIES = (
    *("pandas", "pyarrow", "scipy", "statsmodels"),
    *("pypdfium2", "pdfplumber", "nltk", "regex"),
    *("matplotlib", "seaborn"),
)
Record = dict[str, Any]


class Letters(NamedTuple):
    """The folder that a run reads and the PDF files in it."""

    folder: Path
    files: tuple[Path, ...]


class Run(NamedTuple):
    """What a run has made: its record (the content of `run.json`), and whether anything had to be made."""

    letters: Letters
    record: Record
    up_to_date: bool


def run(settings: Settings, *, on_read: Callable[[ReadFile], None] | None = None) -> Run:
    """Read the letters, code them, write the tables, compare, draw. Where nothing has changed, nothing is done.

    Raises:
        UsageError: there is no such folder or coder (exit code 2).
        CodebookError: the codebook cannot be used (exit code 2).
        ReferenceDataError: there is no such profile, or it cannot be used (exit code 2).
        SheetError: a coding sheet cannot be used (exit code 2).
        JtaiError: the folder holds no PDF, or none that could be read (exit code 1).
    """
    letters = find_letters(settings.reports)
    profile = read_profile(settings.profile)
    codebook = read_codebook(settings.codebook)
    coder = settings.coder or default_coder(codebook, model=settings.model)
    settings = settings._replace(coder=coder)
    find_coder(coder)
    made_from = describe_inputs(settings, letters)
    known = _up_to_date(settings.outputs, made_from) if settings.cache else None
    if known is not None:
        remove_parts(settings.outputs)
        return Run(letters, known, up_to_date=True)
    corpus = read_letters(
        letters.files,
        workers=settings.workers,
        cache=settings.outputs / CACHE if settings.cache else None,
        reader=settings.reader,
        authorities=letters.folder,
        profile=settings.profile,
        on_read=on_read,
    )
    corpus = code_corpus(corpus, coder=coder, others=OTHERS, codebook=codebook, model=settings.model)
    corpus = use_sheets(corpus, settings.sheets, codebook) if settings.sheets else corpus
    written = write_tables(corpus, settings.outputs)
    _check_any_read(corpus, letters, settings.outputs)
    written.append(write_csv(settings.outputs / "tables" / "coding_review.csv", find_doubtful(corpus)))
    series = read_series(letters.folder, profile=settings.profile)
    draw = profile.phrases.figures
    written += compare_and_draw(corpus, settings.outputs, codebook=codebook, series=series, draw=draw)
    record = made_from | _results(corpus, written, settings.outputs)
    write_json(settings.outputs / RECORD, record)
    remove_parts(settings.outputs)  # of a run that was killed
    return Run(letters, record, up_to_date=False)


def find_letters(folder: Path | None) -> Letters:
    """The PDF files lying directly in a folder; without a folder, those in `reports/`, else the sample.

    Raises:
        UsageError: there is no such folder.
        JtaiError: the folder holds no PDF file.
    """
    if folder is None:
        own = _pdfs(DEFAULT_REPORTS) if DEFAULT_REPORTS.is_dir() else ()
        folder = DEFAULT_REPORTS if own or not SAMPLE.is_dir() else SAMPLE
    if not folder.is_dir():
        hint = "Name the folder of the PDF letters with --reports."
        raise UsageError(f"{folder}: there is no such folder.", hint=hint)
    files = _pdfs(folder)
    if not files:
        raise JtaiError(f"{folder}: holds no PDF files.", hint="Put the letters there, or name another folder.")
    return Letters(folder, files)


def compare_and_draw(
    corpus: Corpus,
    outputs: Path,
    *,
    codebook: Codebook | None = None,
    series: Sequence[Series] = (),
    draw: bool = True,
) -> list[Path]:
    """The comparisons as tables, and their figures."""
    tables = comparison_tables(corpus, codebook=codebook)
    written = [write_csv(outputs / "tables" / f"{name}.csv", table) for name, table in tables.items()]
    charts = all_charts(tables, words=words(corpus, codebook=codebook, series=series)) if draw else ()
    for chart in charts:
        written += save_chart(chart, outputs / "figures")
    return written


def describe_inputs(settings: Settings, letters: Letters) -> Record:
    """What goes into a run: the same for the same letters, on any day and under any folder's name."""
    beside = (letters.folder / name for name in BESIDE)
    files = [*letters.files, *(path for path in beside if path.is_file())]
    return {
        "tool": {"version": metadata.version("jtai-reports"), "code": code_version()},
        "python": platform.python_version(),
        "libraries": library_versions(LIBRARIES),
        "settings": {"reader": settings.reader, "coder": settings.coder},
        "profile": {name: digest(text.encode()) for name, text in profile_texts(settings.profile).items()},
        "codebook": checksum(settings.codebook) if settings.codebook else None,
        "model": checksum(settings.model) if settings.model else None,
        "sheets": {shown_name(path.name): checksum(path) for path in settings.sheets},
        "inputs": {shown_name(path.name): checksum(path) for path in files},
    }


def summary_lines(done: Run, outputs: Path) -> Sequence[str]:
    """The result of a run in a few lines for a person."""
    counts = done.record["counts"]
    first = ["Nothing has changed since the last run."] if done.up_to_date else []
    drawn = any(name.startswith("figures/") for name in done.record["outputs"])
    return [
        *first,
        f"Letters read:  {counts['reports']} of {len(done.letters.files)} files in {done.letters.folder}",
        f"Findings:      {counts['findings']}",
        f"Statements:    {counts['statements']}, coded by {_listed(done.record['coders'])}",
        f"Problems:      {counts['errors']} files not read, {counts['warnings']} details in doubt",
        f"Tables:        {outputs / 'data'} and {outputs / 'tables'}",
        f"Figures:       {outputs / 'figures' if drawn else 'none for letters of this profile'}",
    ]


def _listed(coders: Mapping[str, int]) -> str:
    """Who coded how many statements, as in 'model (8044), AB (100)'."""
    shown = sorted(coders.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} ({n})" for name, n in shown)


def _check_any_read(corpus: Corpus, letters: Letters, outputs: Path) -> None:
    if corpus.reports.empty:
        first = corpus.problems.iloc[0]
        raise JtaiError(
            f"{letters.folder}: none of {len(letters.files)} files could be read. "
            f"{first['file_name']}: {first['message']}",
            hint=f"See {outputs / 'data' / 'problems.csv'}.",
        )


def _results(corpus: Corpus, written: Sequence[Path], outputs: Path) -> Record:
    errors = int((corpus.problems["severity"] == "error").sum())
    counts = {name: len(getattr(corpus, name)) for name in Corpus._fields}
    return {
        "counts": counts | {"errors": errors, "warnings": len(corpus.problems) - errors},
        "coders": {str(name): int(n) for name, n in corpus.statements["coder"].value_counts().items()},
        "newest_letter": max(corpus.reports["letter_date"].dropna(), default=None),
        "outputs": {path.relative_to(outputs).as_posix(): checksum(path) for path in written},
    }


def _up_to_date(outputs: Path, made_from: Record) -> Record | None:
    """The record of the last run, if it was made from the same and all that it made is still there."""
    try:
        record: Record = json.loads((outputs / RECORD).read_bytes())
        same = all(record[key] == value for key, value in made_from.items())
        there = same and all(checksum(outputs / name) == known for name, known in record["outputs"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return record if there else None


def _pdfs(folder: Path) -> tuple[Path, ...]:
    """Everything named .pdf, whatever it is: what is no file becomes a problem, not nothing."""
    try:
        return tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() == ".pdf"))
    except OSError as fault:
        raise UsageError(f"{folder}: cannot be listed ({fault.strerror}).", hint="May you read this folder?") from fault
