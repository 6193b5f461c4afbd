"""The stages of a run, in order: letters -> tables -> comparisons -> figures."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from jtai_reports.compare.findings import findings_by_authority, findings_by_series
from jtai_reports.corpus import Corpus, ReadFile, read_letters
from jtai_reports.errors import JtaiError, UsageError
from jtai_reports.reference.readers import read_series
from jtai_reports.settings import DEFAULT_REPORTS, SAMPLE, Settings
from jtai_reports.show.plots import plot_findings_by_authority
from jtai_reports.show.save import save_chart
from jtai_reports.store import write_csv, write_json, write_tables

LIBRARIES = ("pandas", "pyarrow", "pypdfium2", "pdfplumber", "matplotlib", "seaborn")


class Letters(NamedTuple):
    """The folder that a run reads and the PDF files in it."""

    folder: Path
    files: tuple[Path, ...]


class Run(NamedTuple):
    """What a run has made."""

    letters: Letters
    corpus: Corpus
    written: tuple[Path, ...]


def run(settings: Settings, *, on_read: Callable[[ReadFile], None] | None = None) -> Run:
    """Read the letters, write the tables, compare, draw.

    Raises:
        UsageError: there is no such folder (exit code 2).
        JtaiError: the folder holds no PDF, or none that could be read (exit code 1).
    """
    letters = find_letters(settings.reports)
    corpus = read_letters(letters.files, reader=settings.reader, authorities=letters.folder, on_read=on_read)
    written = write_tables(corpus, settings.outputs)
    if corpus.reports.empty:
        first = corpus.problems.iloc[0]
        raise JtaiError(
            f"{letters.folder}: none of {len(letters.files)} files could be read. "
            f"{first['file_name']}: {first['message']}",
            hint=f"See {settings.outputs / 'data' / 'problems.csv'}.",
        )
    written += compare_and_draw(corpus, settings.outputs)
    written.append(write_json(settings.outputs / "run.json", record(settings, corpus, letters)))
    return Run(letters, corpus, tuple(written))


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
        raise UsageError(
            f"{folder}: there is no such folder.", hint="Name the folder of the PDF letters with --reports."
        )
    files = _pdfs(folder)
    if not files:
        raise JtaiError(f"{folder}: holds no PDF files.", hint="Put the letters there, or name another folder.")
    return Letters(folder, files)


def compare_and_draw(corpus: Corpus, outputs: Path) -> list[Path]:
    """The comparisons as tables, and their figures."""
    by_authority = findings_by_authority(corpus)
    titles = {series.series: series.title for series in read_series()}
    written = [
        write_csv(outputs / "tables" / "findings_by_authority.csv", by_authority),
        write_csv(outputs / "tables" / "findings_by_series.csv", findings_by_series(by_authority)),
    ]
    chart = plot_findings_by_authority(by_authority, series_titles=titles)
    return written + save_chart(chart, outputs / "figures")


def record(settings: Settings, corpus: Corpus, letters: Letters) -> dict[str, object]:
    """What went into a run and came out: the same for the same letters, on any day."""
    return {
        "tool": {"jtai_reports": metadata.version("jtai-reports"), "python": platform.python_version()},
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "settings": {"reader": settings.reader},
        "inputs": dict(zip(corpus.reports["file_name"], corpus.reports["sha256"], strict=True)),
        "counts": {"files": len(letters.files), **{name: len(getattr(corpus, name)) for name in Corpus._fields}},
        "newest_letter": corpus.reports["letter_date"].max(),
    }


def _pdfs(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() == ".pdf" and path.is_file()))


def summary_lines(done: Run, outputs: Path) -> Sequence[str]:
    """The result of a run in a few lines for a person."""
    errors = int((done.corpus.problems["severity"] == "error").sum())
    warnings = len(done.corpus.problems) - errors
    return [
        f"Letters read:  {len(done.corpus.reports)} of {len(done.letters.files)} files in {done.letters.folder}",
        f"Findings:      {len(done.corpus.findings)}",
        f"Problems:      {errors} files not read, {warnings} details in doubt",
        f"Tables:        {outputs / 'data'} and {outputs / 'tables'}",
        f"Figure:        {outputs / 'figures' / 'findings_by_authority.png'}",
    ]
