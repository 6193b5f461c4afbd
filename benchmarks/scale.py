"""How a run grows with the number of letters: letters per CPU second, and the memory of all its processes.

    uv run --extra cluster python -m benchmarks.scale FOLDER... [--letters 100 1000 10000] [--crews 1 2 dask2]

The letters of the folders are taken in turn, again and again, under changed identities: each copy has bytes of its own
and is read with a date of its own. A crew is a number of worker processes, or daskN: a Dask cluster of N processes on
this machine. Every run is a process of its own, without a cache; its CPU time and memory include those of its workers.
Memory is the largest sum of the resident sizes, looked at ten times a second; what processes share is counted in each.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import psutil
from distributed import LocalCluster

from jtai_reports.pipeline import run
from jtai_reports.reading import ReadFile, read_one
from jtai_reports.settings import Settings

COPY = re.compile(r"copy-(\d+)$")
LOOKS = 0.1  # seconds between two looks at the memory


def read_copy(path: Path, **how: Any) -> ReadFile:  # noqa: ANN401 - whatever reading is told
    """Read a copy of a letter as if it were of another day, `N` days later, N being the number in its name."""
    file = read_one(path, **how)
    found = COPY.search(path.stem)
    if file.letter is None or found is None or file.letter.details.letter_date is None:
        return file
    later = file.letter.details.letter_date + timedelta(days=int(found[1]))
    return file._replace(letter=file.letter._replace(details=file.letter.details._replace(letter_date=later)))


def make_copies(folders: Sequence[Path], number: int, to: Path) -> None:
    """Write copies of the letters, each with other bytes, and what lies beside the first folder's letters."""
    to.mkdir()
    letters = [path for folder in folders for path in sorted(folder.glob("*.pdf"))]
    for n, path in enumerate(islice(cycle(letters), number)):
        (to / f"{path.stem}-copy-{n:06d}.pdf").write_bytes(path.read_bytes() + b"\n%% copy %06d\n" % n)
    for name in ("authorities.csv", "series.csv"):
        for folder in folders:
            if (folder / name).is_file():
                shutil.copy(folder / name, to / name)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--letters", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--crews", nargs="+", default=["1", "2", "dask2"])
    parser.add_argument("--one", nargs=3, metavar=("LETTERS", "OUTPUTS", "CREW"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        run_one(Path(arguments.one[0]), Path(arguments.one[1]), arguments.one[2])
        return
    print(" letters   crew  seconds    CPU s  letters per CPU s  peak MiB  disk MiB")
    for number in arguments.letters:
        with tempfile.TemporaryDirectory() as place:
            make_copies(arguments.folders, number, Path(place) / "letters")
            for crew in arguments.crews:
                measure(Path(place) / "letters", Path(place) / f"outputs-{crew}", crew, number)


def measure(letters: Path, outputs: Path, crew: str, number: int) -> None:
    """Run over the letters in a process of its own and print a line."""
    command = [sys.executable, "-m", "benchmarks.scale", ".", "--one", str(letters), str(outputs), crew]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)
    if found["reports"] != number:
        raise SystemExit(f"{found['reports']} of {number} letters were read")
    disk = sum(path.stat().st_size for path in outputs.rglob("*") if path.is_file()) / 2**20
    shutil.rmtree(outputs)
    print(
        f"{number:8} {crew:>6} {found['seconds']:8.0f} {found['cpu']:8.0f} {number / found['cpu']:18.1f} "
        f"{found['peak']:9.0f} {disk:9.0f}",
        flush=True,
    )


def run_one(letters: Path, outputs: Path, crew: str) -> None:
    """Run in this process and print what it cost as JSON."""
    with cluster(crew) as address, Watch() as watch:
        workers = 0 if address else int(crew)
        settings = Settings(letters, outputs, workers=workers, cache=False, scheduler=address)
        start = time.perf_counter()
        done = run(settings, read=read_copy)
        seconds = time.perf_counter() - start
    cost = {"seconds": seconds, "cpu": watch.cpu, "peak": watch.peak, "reports": done.record["counts"]["reports"]}
    print(json.dumps(cost))


@contextmanager
def cluster(crew: str) -> Iterator[str | None]:
    """The address of a Dask cluster of processes on this machine, where the crew is one."""
    if not crew.startswith("dask"):
        yield None
        return
    workers = int(crew.removeprefix("dask"))
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as here:
        yield here.scheduler_address


class Watch:
    """Looks at this process and those that it has started: their CPU time, and the largest sum of their memory."""

    def __init__(self) -> None:
        self.me = psutil.Process()
        self.gone = psutil.NoSuchProcess
        self.cpu_of: dict[int, float] = {}
        self.peak = 0.0
        self.ended = threading.Event()

    def __enter__(self) -> Watch:
        self.look()
        self.before = self.cpu
        self.thread = threading.Thread(target=self.keep_looking)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
        self.look()

    @property
    def cpu(self) -> float:
        """Seconds of CPU since the start, of all processes seen."""
        return sum(self.cpu_of.values()) - getattr(self, "before", 0.0)

    def keep_looking(self) -> None:
        """Look until it has ended."""
        while not self.ended.wait(LOOKS):
            self.look()

    def look(self) -> None:
        """Look once at every process."""
        memory = 0
        for process in [self.me, *self.me.children(recursive=True)]:
            try:
                times = process.cpu_times()
                memory += process.memory_info().rss
            except self.gone:
                continue
            self.cpu_of[process.pid] = times.user + times.system
        self.peak = max(self.peak, memory / 2**20)


if __name__ == "__main__":
    main()
