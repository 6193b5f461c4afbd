"""How long a second run takes over letters that have not changed, and over one that has.

    uv run python benchmarks/rerun.py FOLDER [--workers 2]

Prints the time of: a first run; a run over the same letters; a run whose record is gone, so that only what was read
of each letter is kept; a run after one letter has changed. Each is a command of its own, Python's start included.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def seconds(folder: Path, outputs: Path, workers: int) -> float:
    """The wall time of one `jtai run`."""
    command = ["run", "--reports", str(folder), "--outputs", str(outputs), "--workers", str(workers)]
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "jtai_reports.cli", *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def n_entries(outputs: Path) -> int:
    """How many letters the cache holds."""
    return len(list((outputs / ".cache").glob("*.json")))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, outputs = Path(place) / "letters", Path(place) / "outputs"
        shutil.copytree(arguments.folder, folder)
        first = seconds(folder, outputs, arguments.workers)
        print(f"first run:                    {first:6.2f} s, {n_entries(outputs)} letters kept")
        again = seconds(folder, outputs, arguments.workers)
        print(f"nothing changed:              {again:6.2f} s, {again / first:.2f} of the first (aim: 0.20 or less)")
        (outputs / "run.json").unlink()
        kept = seconds(folder, outputs, arguments.workers)
        print(f"from what was read before:    {kept:6.2f} s, {kept / first:.2f} of the first")
        letter = min(folder.glob("*.pdf"))
        letter.write_bytes(letter.read_bytes() + b"\n")
        before = n_entries(outputs)
        changed = seconds(folder, outputs, arguments.workers)
        print(f"one letter changed:           {changed:6.2f} s, {n_entries(outputs) - before} letter read anew")


if __name__ == "__main__":
    main()
