"""Read files into letters: one at a time, or many by a crew whose workers can be cut off."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from jtai_reports.crew import Crew, Here, Limits, each
from jtai_reports.errors import ReferenceDataError, UnreadableFileError
from jtai_reports.files import checksum, shown_name
from jtai_reports.letter.letter import read_letter
from jtai_reports.letter.records import Letter, Problem
from jtai_reports.pdf.reader import Reader, read_file, read_pages
from jtai_reports.pdf.records import Page
from jtai_reports.pdf.streams import damaged_streams
from jtai_reports.settings import DEFAULT_PROFILE


class ReadFile(NamedTuple):
    """What became of one file: a letter, or only problems."""

    file_name: str
    sha256: str | None
    letter: Letter | None
    problems: tuple[Problem, ...]


def read_one(
    path: Path,
    *,
    reader: Reader = "pdfium",
    authorities: Path | None = None,
    profile: str | Path = DEFAULT_PROFILE,
) -> ReadFile:
    """Read one file, whatever it holds; what goes wrong comes back as a problem.

    The printed lines of each finding are left out: they are needed only to draw a page.
    """
    name, sha256 = shown_name(path.name), None
    try:
        content = read_file(path)
        sha256 = hashlib.sha256(content).hexdigest()
        pages = read_pages(content, reader=reader)
        letter = read_letter(pages, authorities=authorities, profile=profile)
    except (MemoryError, ReferenceDataError):
        raise  # not the file's own fault
    except Exception as fault:  # whatever else one file causes must not cost the others
        return ReadFile(name, sha256, None, (_problem_of(fault),))
    doubts = (*_pages_without_text(pages), *_damaged_parts(content))
    return ReadFile(name, sha256, _without_lines(letter), letter.problems + doubts)


def _problem_of(fault: Exception) -> Problem:
    """A row for a fault of the file; one of this program's own takes no other file's letter with it either."""
    if isinstance(fault, UnreadableFileError):
        return Problem("read", "error", fault.code, fault.message, fault.hint)
    message = f"The file was opened but not understood ({type(fault).__name__}: {fault})."
    return Problem("read", "error", "not_understood", message, "Please report this with the file.")


def _pages_without_text(pages: Sequence[Page]) -> Iterator[Problem]:
    """A page in the middle of a letter that holds nothing may be a picture, or damaged."""
    for page in pages[:-1]:
        if not page.lines:
            message = f"Page {page.number} holds no text."
            hint = "Look at the page: if it is a picture, run OCR on the file; if it is empty, download it again."
            yield Problem("read", "warning", "page_without_text", message, hint)


def _damaged_parts(content: bytes) -> Iterator[Problem]:
    damaged, streams = damaged_streams(content)
    if damaged:
        message = f"{damaged} of {streams} parts of the file cannot be unpacked whole; some text may be missing."
        yield Problem("read", "warning", "damaged_part", message, "Download it again, and compare.")


def read_many(
    paths: Sequence[Path],
    read: Callable[[Path], ReadFile],
    *,
    crew: Crew | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable
    on_read: Callable[[str], None] | None = None,
) -> list[ReadFile]:
    """Read files by a crew; a file that kills its worker is tried alone, then reported.

    Args:
        paths: the files.
        read: the function that reads one of them; it must be picklable.
        crew: who reads; this process, without limits, where there is none.
        limits: what one file may cost.
        on_read: called with the name of each file, in the order in which they are done.

    Returns:
        One `ReadFile` a path, in the order of the paths.

    Raises:
        JtaiError: worker processes cannot start.
    """
    done: dict[Path, ReadFile] = {}
    for path, file, _ in each(crew or Here(), read, paths, limits=limits):
        done[path] = file or cut_off(path, limits)
        if on_read is not None:
            on_read(done[path].file_name)
    return [done[path] for path in paths]


def cut_off(path: Path, limits: Limits) -> ReadFile:
    """A file that every worker that took it died of."""
    message = f"Cut off: the file needs more than {limits.seconds:g} seconds or {limits.mebibytes} MiB, or crashes."
    hint = "Open it in a PDF viewer and save it anew."
    problem = Problem("read", "error", "cut_off", message, hint)
    return ReadFile(shown_name(path.name), checksum(path), None, (problem,))


def _without_lines(letter: Letter) -> Letter:
    bare = (tuple(finding._replace(lines=()) for finding in section.findings) for section in letter.sections)
    sections = (s._replace(findings=f, heading_lines=()) for s, f in zip(letter.sections, bare, strict=True))
    return letter._replace(sections=tuple(sections))
