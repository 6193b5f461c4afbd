"""Read files into letters: one at a time, or many over workers that can be cut off."""

from __future__ import annotations

import faulthandler
import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from jtai_reports.errors import JtaiError, ReferenceDataError, UnreadableFileError
from jtai_reports.files import checksum, shown_name
from jtai_reports.letter.letter import read_letter
from jtai_reports.letter.records import Letter, Problem
from jtai_reports.pdf.reader import Reader, read_file, read_pages
from jtai_reports.pdf.records import Page
from jtai_reports.pdf.streams import damaged_streams
from jtai_reports.settings import DEFAULT_PROFILE

ORPHANED = 3  # exit code of a worker whose parent is gone


class ReadFile(NamedTuple):
    """What became of one file: a letter, or only problems."""

    file_name: str
    sha256: str | None
    letter: Letter | None
    problems: tuple[Problem, ...]


class Limits(NamedTuple):
    """What one file may cost: seconds of time, and MiB of memory on top of what a worker needs."""

    seconds: float = 60.0
    mebibytes: int = 1024


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
    workers: int = 1,
    limits: Limits = Limits(),  # noqa: B008 - immutable
    on_read: Callable[[ReadFile], None] | None = None,
) -> list[ReadFile]:
    """Read files over worker processes; a file that kills its worker is tried alone, then reported.

    Args:
        paths: the files.
        read: the function that reads one of them; it must be picklable.
        workers: number of processes; 0 reads in this process, without limits. With workers, a script must
            call this below `if __name__ == "__main__":`, since each worker imports the script.
        limits: what one file may cost.
        on_read: called after each file, in the order in which they are done.

    Returns:
        One `ReadFile` a path, in the order of the paths.

    Raises:
        JtaiError: worker processes cannot start.
    """
    done: dict[Path, ReadFile] = {}
    for path, file in _each(paths, read, workers, limits):
        done[path] = file
        if on_read is not None:
            on_read(file)
    return [done[path] for path in paths]


def _each(
    paths: Sequence[Path], read: Callable[[Path], ReadFile], workers: int, limits: Limits
) -> Iterator[tuple[Path, ReadFile]]:
    if workers == 0 or not paths:
        yield from ((path, read(path)) for path in paths)
        return
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # a worker that runs the user's script again
        raise _no_workers()
    limited = partial(_limited, read, limits.seconds)
    lost: list[Path] = []
    with _pool(min(workers, len(paths)), limits) as pool:
        _check_starts(pool)
        yield from _over(pool, paths, limited, lost)
    yield from _alone(sorted(lost), limited, limits)


def _check_starts(pool: Executor) -> None:
    """Raise where workers cannot start, so that no file is blamed for it."""
    try:
        pool.submit(int).result()
    except BrokenExecutor as fault:
        raise _no_workers() from fault


def _no_workers() -> JtaiError:
    hint = "In a script of your own, call it below \"if __name__ == '__main__':\", or with workers=0."
    return JtaiError("Worker processes cannot start.", hint=hint)


def _over(
    pool: Executor, paths: Sequence[Path], read: Callable[[Path], ReadFile], lost: list[Path]
) -> Iterator[tuple[Path, ReadFile]]:
    """The files that an executor reads; those that it loses are added to `lost`."""
    futures: dict[Future[ReadFile], Path] = {}
    for path in paths:
        try:
            futures[pool.submit(read, path)] = path
        except BrokenExecutor:
            lost.append(path)
    for future in as_completed(futures):
        try:
            yield futures[future], future.result()
        except (BrokenExecutor, MemoryError):
            lost.append(futures[future])


def _alone(paths: Sequence[Path], read: Callable[[Path], ReadFile], limits: Limits) -> Iterator[tuple[Path, ReadFile]]:
    """Read files one after the other in a worker of their own: a dead worker takes the others' files with it."""
    waiting = list(paths)
    while waiting:
        with _pool(1, limits) as pool:
            while waiting:
                path = waiting.pop(0)
                lost: list[Path] = []
                yield from _over(pool, [path], read, lost)
                if lost:
                    yield path, _cut_off(path, limits)
                    break


@contextmanager
def _pool(workers: int, limits: Limits) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start_worker, (limits.mebibytes,)) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _start_worker(mebibytes: int) -> None:
    """Bound this worker's memory, and end it when the process that started it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        import resource  # noqa: PLC0415 - not there on Windows, where memory is not bounded
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _address_space() + mebibytes * 2**20
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _address_space() -> int:
    """Bytes of address space that this process has now; half a GiB where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError):
        return 2**29
    return pages * os.sysconf("SC_PAGE_SIZE")


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(ORPHANED)


def _limited(read: Callable[[Path], ReadFile], seconds: float, path: Path) -> ReadFile:
    """Read one file; end this process if that takes too long, since a hanging library cannot be interrupted.

    The clock is `faulthandler`'s: it runs even while a library or a regular expression holds the interpreter.
    """
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            return read(path)
        finally:
            faulthandler.cancel_dump_traceback_later()


def _cut_off(path: Path, limits: Limits) -> ReadFile:
    message = f"Cut off: the file needs more than {limits.seconds:g} seconds or {limits.mebibytes} MiB, or crashes."
    hint = "Open it in a PDF viewer and save it anew."
    problem = Problem("read", "error", "cut_off", message, hint)
    return ReadFile(shown_name(path.name), checksum(path), None, (problem,))


def _without_lines(letter: Letter) -> Letter:
    bare = (tuple(finding._replace(lines=()) for finding in section.findings) for section in letter.sections)
    sections = (s._replace(findings=f, heading_lines=()) for s, f in zip(letter.sections, bare, strict=True))
    return letter._replace(sections=tuple(sections))
