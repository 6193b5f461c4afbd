"""The letters of a run in shards: some letters after the other, each read, coded, corrected and written by itself.

Up to `Settings.letters_in_one` letters are one shard, whose tables stay in memory. More are many shards, done by the
crew: none of them needs the others, so that memory stays bounded and a run that was cut off goes on where it was.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from jtai_reports.cache import Cache, outline_and_keep, read_and_keep, reading_version
from jtai_reports.coding.codebook import Codebook, read_codebook
from jtai_reports.coding.coder import code_corpus
from jtai_reports.coding.review import find_doubtful
from jtai_reports.coding.sheet_reader import use_sheets
from jtai_reports.compare.tables import listed_tables
from jtai_reports.corpus import Corpus, tables_of
from jtai_reports.corrections.apply import OF_LETTER, correct_codes, correct_letters
from jtai_reports.corrections.file import Correction
from jtai_reports.crew import Crew, Limits, each
from jtai_reports.errors import JtaiError
from jtai_reports.files import checksum, digest, make_folder, write_json
from jtai_reports.outline import Outline, Place, arrange, file_names
from jtai_reports.reading import ReadFile, cut_off
from jtai_reports.reference.authorities import read_authorities
from jtai_reports.reference.catalogue import read_all
from jtai_reports.reference.profiles import profile_names
from jtai_reports.settings import Settings
from jtai_reports.store import write_shard_tables

CACHE = ".cache"
OTHERS = ("rules",)  # coders whose codes are kept beside, to be compared
LIMITS = Limits(seconds=1800, mebibytes=8192)  # of coding a shard
Record = dict[str, Any]


class Work(NamedTuple):
    """What all shards of a run have in common; it is sent to workers."""

    settings: Settings
    folder: Path  # of the letters
    read: Callable[[Path], ReadFile]
    kept_in: Cache
    limits: Limits = Limits()  # of reading a file


class File(NamedTuple):
    """A file of a shard; `lost` where reading it kills workers."""

    path: Path
    place: Place
    sha256: str | None
    lost: bool


class Shard(NamedTuple):
    """Some letters after the other, and the corrections that are theirs."""

    number: int
    files: tuple[File, ...]
    corrections: tuple[Correction, ...]


@contextmanager
def kept_reading(settings: Settings) -> Iterator[Path]:
    """The folder that keeps what is read; without a cache, for this run only."""
    folder = settings.outputs / (CACHE if settings.cache else f"{CACHE}-once")
    if settings.cache:
        yield make_folder(folder)
        return
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    try:
        yield make_folder(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def work_of(settings: Settings, letters: Path, read: Callable[..., ReadFile], *, kept_in: Path) -> Work:
    """What workers are told. Paths are absolute, since a cluster's workers stand in other folders."""
    whole = _absolute(settings)
    place = letters.absolute()
    reads = partial(read, reader=whole.reader, authorities=place, profile=whole.profile)
    cache = Cache(kept_in.absolute(), reading_version(whole.reader, place, whole.profile))
    return Work(whole, place, reads, cache)


def _absolute(settings: Settings) -> Settings:
    named = settings.profile in profile_names()
    return settings._replace(
        outputs=settings.outputs.absolute(),
        model=settings.model and settings.model.absolute(),
        codebook=settings.codebook and settings.codebook.absolute(),
        sheets=tuple(path.absolute() for path in settings.sheets),
        profile=settings.profile if named else str(Path(settings.profile).absolute()),
    )


def find_files(paths: Iterable[Path], work: Work, crew: Crew, *, on_read: Callable[[str], None]) -> list[File]:
    """Read files as far as they are new, keep what was read, and put them in order.

    Args:
        paths: the PDF files.
        work: how they are read, and where that is kept.
        crew: who reads them.
        on_read: called with the name of each file.

    Returns:
        The files with letters in order of date and name, then the others.
    """
    names = file_names(paths)
    outlines: dict[Path, Outline] = {}
    for path in names:
        known = work.kept_in.outline(path)
        if known is not None:
            outlines[path] = known
            on_read(names[path])
    lost = set()
    read = partial(outline_and_keep, read=work.read, kept_in=work.kept_in)
    for done in each(crew, read, [path for path in names if path not in outlines], limits=work.limits):
        outlines[done.item] = done.result or Outline(None, None, "", "")
        if done.lost:
            lost.add(done.item)
        on_read(names[done.item])
    places = arrange({names[path]: outline for path, outline in outlines.items()})
    path_of = {name: path for path, name in names.items()}
    if len(path_of) < len(names):
        raise JtaiError("Two files have the same name when it is written as text.", hint="Rename one of them.")
    paths_in_order = ((path_of[place.file_name], place) for place in places)
    return [File(path, place, outlines[path].sha256, path in lost) for path, place in paths_in_order]


def cut(files: Sequence[File], corrections: Sequence[Correction], settings: Settings) -> list[Shard]:
    """Files in shards, each with the corrections of its letters; files without a letter are in the first one.

    The first shard has the corrections of letters that there are not as well, which say so.
    """
    letters = [file for file in files if file.place.report_id is not None]
    others = [file for file in files if file.place.report_id is None]
    size = settings.letters_a_shard if len(letters) > settings.letters_in_one else max(len(letters), 1)
    groups = [letters[start : start + size] for start in range(0, len(letters), size)] or [[]]
    shard_of = {file.place.report_id: number for number, group in enumerate(groups) for file in group}
    theirs: list[list[Correction]] = [[] for _ in groups]
    for row in corrections:
        letter = row.id if row.id in shard_of else OF_LETTER.sub("", row.id)
        theirs[shard_of.get(letter, 0)].append(row)
    groups[0] = [*groups[0], *others]
    return [
        Shard(number, tuple(group), tuple(rows))
        for number, (group, rows) in enumerate(zip(groups, theirs, strict=True), 1)
    ]


def make_shard(shard: Shard, *, work: Work) -> Corpus:
    """The tables of a shard: read, coded by the coder in use and by people's sheets, with people's corrections."""
    settings, codebook = work.settings, _codebook(work.settings.codebook)
    files = [_load(file, work) for file in shard.files]
    corpus = tables_of(files, [file.place for file in shard.files], catalogue=read_all(work.folder))
    corpus = correct_letters(corpus, shard.corrections, read_authorities(work.folder))
    corpus = code_corpus(corpus, coder=settings.coder, others=OTHERS, codebook=codebook, model=settings.model)
    corpus = use_sheets(corpus, settings.sheets, codebook) if settings.sheets else corpus
    return correct_codes(corpus, shard.corrections, codebook)


def write_shards(shards: Sequence[Shard], work: Work, crew: Crew, *, made_from: Mapping[str, object]) -> list[Record]:
    """Make and write shards by the crew, but for those that an earlier run has left whole.

    Args:
        shards: at least two.
        work: what they have in common.
        crew: who does it; a shard whose worker dies twice ends the run.
        made_from: what decides what is written, besides the letters and their corrections.

    Returns:
        For each shard its summary (see `summary_of`) with 'outputs', the checksums of its files.

    Raises:
        JtaiError: a shard cannot be made.
    """
    outputs, folder = work.settings.outputs, work.kept_in.folder / "shards"
    records = {shard.number: folder / f"{_key(shard, made_from)[:32]}.json" for shard in shards}
    known = {shard.number: _known(records[shard.number], outputs) for shard in shards}
    left = [shard for shard in shards if known[shard.number] is None]
    for shard, record, _ in each(crew, partial(_write, work=work), left, limits=LIMITS, batch=1):
        if record is None:
            names = shard.files[0].place.report_id, shard.files[-1].place.report_id
            raise JtaiError(
                f"The letters {names[0]} to {names[1]} cannot be coded: their worker dies.",
                hint="They need too much memory or time: run again with fewer workers; it goes on from there.",
            )
        if not _is_whole(record, outputs):
            raise JtaiError(
                f"{outputs}: what a worker has written there is not seen here.",
                hint="Name a folder of outputs that all machines share.",
            )
        write_json(records[shard.number], record)
        known[shard.number] = record
    return [record for shard in shards if (record := known[shard.number]) is not None]


def summary_of(corpus: Corpus) -> Record:
    """What `run.json` says of tables: the counts of their rows, who coded, the newest letter, what was corrected."""
    errors = int((corpus.problems["severity"] == "error").sum())
    counts = {name: len(getattr(corpus, name)) for name in Corpus._fields}
    return {
        "counts": counts | {"errors": errors, "warnings": len(corpus.problems) - errors},
        "coders": {str(name): int(n) for name, n in corpus.statements["coder"].value_counts().items()},
        "newest_letter": max(corpus.reports["letter_date"].dropna(), default=None),
        "corrections": {str(state): int(n) for state, n in corpus.corrections["state"].value_counts().items()},
    }


def sum_up(summaries: Iterable[Record]) -> Record:
    """The summary of all shards.

    >>> one = {"counts": {"reports": 2}, "coders": {"model": 9}, "newest_letter": "2023-05-01", "corrections": {}}
    >>> sum_up([one, one | {"newest_letter": None}])
    {'newest_letter': '2023-05-01', 'counts': {'reports': 4}, 'coders': {'model': 18}, 'corrections': {}}
    """
    total: Record = {"newest_letter": None}
    for summary in summaries:
        for name in ("counts", "coders", "corrections"):
            total.setdefault(name, Counter()).update(summary[name])
        total["newest_letter"] = max(filter(None, (total["newest_letter"], summary["newest_letter"])), default=None)
    return {name: dict(value) if isinstance(value, Counter) else value for name, value in total.items()}


def _write(shard: Shard, *, work: Work) -> Record:
    """Make a shard, write its tables, and say what was written."""
    corpus, outputs = make_shard(shard, work=work), work.settings.outputs
    listed = {
        "coding_review": find_doubtful(corpus),
        **listed_tables(corpus, codebook=_codebook(work.settings.codebook)),
    }
    written = write_shard_tables(corpus, listed, outputs, number=shard.number)
    return summary_of(corpus) | {"outputs": {path.relative_to(outputs).as_posix(): checksum(path) for path in written}}


def _load(file: File, work: Work) -> ReadFile:
    """What was read of a file, kept or, where that is gone, anew; of a second copy only its name is needed."""
    if file.place.same_as:
        return ReadFile(file.place.file_name, file.sha256, None, ())
    if file.lost:
        read = cut_off(file.path, work.limits)
    else:
        read = work.kept_in.find(file.sha256) or read_and_keep(file.path, read=work.read, kept_in=work.kept_in)
    return read._replace(file_name=file.place.file_name)


def _codebook(path: Path | None) -> Codebook:
    return _codebook_of(path, checksum(path) if path else None)


@cache
def _codebook_of(path: Path | None, _: str | None) -> Codebook:
    """By its checksum as well: a file may change while a worker lives."""
    return read_codebook(path)


def _key(shard: Shard, made_from: Mapping[str, object]) -> str:
    """A checksum of all that decides what is written for a shard."""
    files = [(file.place, file.sha256, file.lost) for file in shard.files]
    return digest(json.dumps([made_from, shard.number, files, shard.corrections], sort_keys=True).encode())


def _known(record: Path, outputs: Path) -> Record | None:
    """The record of a shard that was written before, if all its files are still what they were."""
    try:
        known: Record = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return None
    return known if _is_whole(known, outputs) else None


def _is_whole(record: Record, outputs: Path) -> bool:
    """Whether all files that a shard's record names are there, and as it says."""
    return all(checksum(outputs / name) == told for name, told in record["outputs"].items())
