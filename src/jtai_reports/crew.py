"""Who does the work: this process, worker processes of this machine, or a Dask cluster. One interface for all three.

Each crew opens a `concurrent.futures.Executor`, and `each` maps a function over items by it. A worker that dies takes
no other item with it: what it had in hand is tried again, each item alone, and comes back as lost if it dies again.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

from jtai_reports.errors import JtaiError

ORPHANED = 3  # exit code of a worker whose parent is gone
PATIENCE = 10.0  # seconds without a result after which the crew is asked whether anybody is left
Item = TypeVar("Item")
Result = TypeVar("Result")


class Limits(NamedTuple):
    """What one item may cost: seconds of time, and MiB of memory on top of what a worker needs."""

    seconds: float = 60.0
    mebibytes: int = 1024


class Done(NamedTuple, Generic[Item, Result]):
    """An item and what became of it; `lost` where every worker that took it died."""

    item: Item
    result: Result | None
    lost: bool = False


class Crew(Protocol):
    """Opens executors; says how many items make a batch, and which exceptions mean that a worker has died."""

    batch: int
    losses: tuple[type[BaseException], ...]
    limited: bool

    @property
    def in_hand(self) -> int:
        """How many batches are in hand at a time."""

    def open(self, limits: Limits, *, alone: bool = False) -> AbstractContextManager[Executor]:
        """An executor for a while; for one worker where `alone`."""

    def check_alive(self, idle: float) -> None:
        """Raise JtaiError where nobody is left to do the work; nothing was done for `idle` seconds."""


def each(
    crew: Crew,
    function: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    limits: Limits = Limits(),  # noqa: B008 - immutable
    batch: int | None = None,
) -> Iterator[Done[Item, Result]]:
    """Map a function over items by a crew; they come back in the order in which they are done.

    Only a few batches are in hand at a time, so that results do not pile up.

    Args:
        crew: who does the work.
        function: what is done; it must be picklable where the crew has processes. What it raises is raised here.
        items: what it is done to; picklable as well.
        limits: what one item may cost; not for work in this process.
        batch: how many items are sent at a time; None: as many as the crew sends of small ones.

    Raises:
        JtaiError: workers cannot start, or none is left.
    """
    work = partial(_batch, partial(_limited, function, limits.seconds) if crew.limited else function)
    waiting = deque(_batches(items, batch or crew.batch))
    suspects: list[Item] = []
    while waiting:
        with crew.open(limits) as executor:
            for sent, results in _flow(crew, executor, work, waiting):
                if results is None:
                    suspects += sent
                else:
                    yield from (Done(item, result) for item, result in zip(sent, results, strict=True))
    yield from _alone(crew, work, suspects, limits)


def _alone(
    crew: Crew, work: Callable[[list[Item]], list[Result]], items: Sequence[Item], limits: Limits
) -> Iterator[Done[Item, Result]]:
    """Do items one after the other, in a worker that has nothing else in hand."""
    waiting = deque([item] for item in items)
    while waiting:
        with crew.open(limits, alone=True) as executor:
            while waiting:
                one = deque([waiting.popleft()])
                found = list(_flow(crew, executor, work, one))
                if not found:  # the worker had died before it was asked
                    waiting.extendleft(one)
                    break
                ((batch, results),) = found
                yield Done(batch[0], None, lost=True) if results is None else Done(batch[0], results[0])
                if results is None:
                    break


def _flow(
    crew: Crew, executor: Executor, work: Callable[[list[Item]], list[Result]], waiting: deque[list[Item]]
) -> Iterator[tuple[list[Item], list[Result] | None]]:
    """Take batches from those waiting until they are done or the executor breaks; None for results that are lost."""
    in_hand: dict[Future[list[Result]], list[Item]] = {}
    broken, idle = False, 0.0
    while in_hand or (waiting and not broken):
        most = crew.in_hand
        while waiting and not broken and len(in_hand) < most:
            batch = waiting.popleft()
            try:
                in_hand[executor.submit(work, batch)] = batch
            except BrokenExecutor:
                broken = True
                waiting.appendleft(batch)
        done, _ = wait(in_hand, timeout=PATIENCE, return_when=FIRST_COMPLETED)
        idle = 0.0 if done else idle + PATIENCE
        if not done:
            crew.check_alive(idle)
        for future in done:
            batch = in_hand.pop(future)
            try:
                yield batch, future.result()
            except crew.losses as fault:
                broken = broken or isinstance(fault, BrokenExecutor)
                yield batch, None


def _batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


def _batch(function: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    return [function(item) for item in items]


def _limited(function: Callable[[Item], Result], seconds: float, item: Item) -> Result:
    """Do one item; end this process if that takes too long, since a hanging library cannot be interrupted.

    The clock is `faulthandler`'s: it runs even while a library or a regular expression holds the interpreter.
    """
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            return function(item)
        finally:
            faulthandler.cancel_dump_traceback_later()


class Here(Executor):
    """Does the work in this process at once, without limits; crew and executor in one."""

    batch = 1
    in_hand = 1
    losses: tuple[type[BaseException], ...] = ()
    limited = False

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """Call the function; what it raises is kept in the future, as every executor does."""
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as fault:
            future.set_exception(fault)
        return future

    @contextmanager
    def open(self, _limits: Limits, *, alone: bool = False) -> Iterator[Executor]:  # noqa: ARG002
        """This process."""
        yield self

    def check_alive(self, idle: float) -> None:
        """This process is there."""


class Processes:
    """Worker processes of this machine, each with a clock and a bound on its memory."""

    batch = 1
    losses: tuple[type[BaseException], ...] = (BrokenExecutor, MemoryError)
    limited = True

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.in_hand = 2 * workers

    @contextmanager
    def open(self, limits: Limits, *, alone: bool = False) -> Iterator[Executor]:
        """A pool of processes.

        Raises:
            JtaiError: processes cannot start; in a script, because it has no main part.
        """
        if getattr(multiprocessing.current_process(), "_inheriting", False):  # a worker runs the user's script again
            raise _no_workers()
        context = multiprocessing.get_context("spawn")
        workers = 1 if alone else self.workers
        with ProcessPoolExecutor(workers, context, _start_worker, (limits.mebibytes,)) as pool:
            try:
                pool.submit(int).result()  # so that no item is blamed where workers cannot start
            except BrokenExecutor as fault:
                raise _no_workers() from fault
            try:
                yield pool
            except BaseException:  # what is in hand is not waited for: every file is written whole or not at all
                processes = list((pool._processes or {}).values())
                pool.shutdown(wait=False, cancel_futures=True)
                for process in processes:
                    process.kill()
                raise

    def check_alive(self, idle: float) -> None:
        """A pool that loses a process says so itself."""


def crew_of(workers: int) -> Crew:
    """This process for 0 workers, else as many processes."""
    return Processes(workers) if workers else Here()


def _no_workers() -> JtaiError:
    hint = "In a script of your own, call it below \"if __name__ == '__main__':\", or with workers=0."
    return JtaiError("Worker processes cannot start.", hint=hint)


def _start_worker(mebibytes: int) -> None:
    """Bound this worker's memory, and end it when the process that started it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends
    for library in ("OPENBLAS", "MKL", "OMP"):  # not loaded yet; workers share the cores already
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
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
