"""A crew on a Dask cluster: the same work, by workers that may stand on other machines (extra `cluster`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtai_reports.crew import Crew, Limits
from jtai_reports.errors import JtaiError, UsageError
from jtai_reports.versions import code_version, library_versions

if TYPE_CHECKING:
    from distributed import Client

BATCH = 8  # letters a task: one alone would cost about as much to send as to read
GRACE = 60.0  # seconds without any worker after which none is expected any more
WAIT = 10.0  # seconds in which a scheduler must answer
LIBRARIES = ("nltk", "numpy", "pandas", "pdfplumber", "pyarrow", "pypdfium2", "regex", "scipy")
HOW = "Start workers as docs/scale.md says."


class Cluster:
    """The workers of a Dask scheduler; they bring their own bounds on memory, and a nanny that starts them again."""

    batch = BATCH
    limited = True

    def __init__(self, client: Client) -> None:
        from distributed.client import FutureCancelledError  # noqa: PLC0415 - optional
        from distributed.scheduler import KilledWorker  # noqa: PLC0415 - optional

        self.client = client
        self.losses: tuple[type[BaseException], ...] = (
            KilledWorker,
            FutureCancelledError,
            CancelledError,
            MemoryError,
        )

    @property
    def in_hand(self) -> int:
        """Two batches a worker, so that none waits for the next."""
        return 2 * max(len(_workers(self.client)), 1)

    @contextmanager
    def open(self, _limits: Limits, *, alone: bool = False) -> Iterator[Executor]:  # noqa: ARG002
        """The executor of the client."""
        executor: Executor = self.client.get_executor(pure=False)  # type: ignore[no-untyped-call]
        try:
            yield executor
        finally:
            executor.shutdown(wait=False)

    def check_alive(self, idle: float) -> None:
        """Raise where there have been no workers for a while; a nanny needs some seconds to start one again.

        Raises:
            JtaiError: there is none left.
        """
        if not _workers(self.client) and idle >= GRACE:
            hint = "Start workers and run again: it goes on from there."
            raise JtaiError("The cluster has no workers left.", hint=hint)


@contextmanager
def join_cluster(address: str, folders: tuple[Path, ...]) -> Iterator[Crew]:
    """A crew of the workers of a scheduler, when they are fit for the work.

    Args:
        address: of the scheduler, as in 'tcp://127.0.0.1:8786'. Its workers run what they are sent: use only one that
            you trust, on a network that others cannot reach.
        folders: those that all workers must see under the same path.

    Raises:
        UsageError: the extra is not installed, nothing answers there, there are no workers, or one has other versions,
            several threads (pdfium can be used by one at a time), or does not see a folder.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - optional
    except ImportError as fault:
        raise UsageError("A cluster needs the extra 'cluster'.", hint="Install it: uv sync --extra cluster.") from fault
    try:
        client = Client(address, timeout=WAIT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError, TypeError) as fault:
        hint = "Give the address that 'dask scheduler' prints, as in tcp://127.0.0.1:8786."
        raise UsageError(f"{address}: no Dask scheduler answers there.", hint=hint) from fault
    with client:
        _check_workers(client, address, [folder.resolve() for folder in folders])
        yield Cluster(client)


def _workers(client: Client) -> Mapping[str, Any]:
    """The workers that take work.

    Raises:
        JtaiError: the scheduler does not answer any more.
    """
    workers = client.scheduler_info(n_workers=-1).get("workers") if client.status == "running" else None
    if workers is None:
        hint = "Start it and its workers, and run again: it goes on from there."
        raise JtaiError("The scheduler does not answer any more.", hint=hint)
    return {name: about for name, about in workers.items() if about.get("status", "running") == "running"}


def _check_workers(client: Client, address: str, folders: list[Path]) -> None:
    workers = _workers(client)
    if not workers:
        raise UsageError(f"{address}: the scheduler has no workers.", hint=HOW)
    for name, about in sorted(workers.items()):
        if about["nthreads"] != 1:
            raise UsageError(f"{name}: the worker has {about['nthreads']} threads and must have 1.", hint=HOW)
    mine = _look([str(folder) for folder in folders])
    for name, seen in sorted(client.run(_look, [str(folder) for folder in folders], on_error="return").items()):
        if isinstance(seen, BaseException):
            raise UsageError(f"{name}: the worker cannot load jtai_reports.", hint=HOW)
        if seen[:2] != mine[:2]:
            raise UsageError(f"{name}: the worker has other versions of this program or its libraries.", hint=HOW)
        if not all(seen[2]):
            lacking = next(folder for folder, there in zip(folders, seen[2], strict=True) if not there)
            raise UsageError(f"{name}: the worker does not see {lacking}.", hint="Put it where all see it.")


def _look(folders: list[str]) -> tuple[str, dict[str, str], list[bool]]:
    """What a worker has and sees: the version of this program, those of the libraries, and the folders."""
    return code_version(), library_versions(LIBRARIES), [Path(folder).is_dir() for folder in folders]
