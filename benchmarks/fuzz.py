"""Read letters that were damaged at random: none may crash, hang, or break the tables.

    uv run python benchmarks/fuzz.py [--files 10000] [--first 0] [--workers 2] [--letters reports/sample]

Each file has a number, which decides what is done to it: `mutated(number, letters)` makes a bad one again.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from jtai_reports import schema
from jtai_reports.corpus import make_corpus
from jtai_reports.crew import Limits, crew_of
from jtai_reports.reading import ReadFile, read_many, read_one

SAMPLE = Path(__file__).parent.parent / "reports" / "sample"
BATCH = 250
FAILURES = ("cut_off", "not_understood")  # a crash, a hang, too much memory; a fault of the program
NUMBER = re.compile(rb"\d+")
NAME = re.compile(rb"/[A-Z][A-Za-z0-9]+")
NUMBERS = (b"0", b"-1", b"1", b"255", b"65536", b"2147483647", b"99999999999999999999", b"1e30", b"nan", b"0.0000001")


def mutated(number: int, letters: Sequence[bytes]) -> bytes:
    """One of the letters, damaged in a way that the number decides."""
    rng = random.Random(number)  # noqa: S311 - nothing secret
    content = bytearray(rng.choice(letters))
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        rng.choice(DAMAGES)(content, rng)
    return bytes(content)


def _cut(content: bytearray, rng: random.Random) -> None:
    del content[rng.randrange(1, len(content) + 1) :]
    if rng.random() < 0.5:
        content += b"\nstartxref\n0\n%%EOF\n"  # so that readers try to make sense of it


def _change_bytes(content: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 3, 30, 300))):
        content[rng.randrange(len(content))] = rng.randrange(256)


def _remove(content: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(content))
    del content[start : start + rng.choice((1, 10, 1000))]
    content += b" " * (not content)


def _repeat(content: bytearray, rng: random.Random) -> None:
    start, place = rng.randrange(len(content)), rng.randrange(len(content))
    content[place:place] = content[start : start + rng.choice((10, 500, 5000))]


def _change_numbers(content: bytearray, rng: random.Random) -> None:
    _replace(content, NUMBER, lambda: rng.choice((*NUMBERS, b"%d" % rng.randrange(60))), rng)


def _change_names(content: bytearray, rng: random.Random) -> None:
    names = NAME.findall(content) or [b"/Page"]
    _replace(content, NAME, lambda: rng.choice(names), rng)


def _replace(content: bytearray, pattern: re.Pattern[bytes], new: Callable[[], bytes], rng: random.Random) -> None:
    places = [match.span() for match in pattern.finditer(content)]
    chosen = rng.sample(places, min(rng.choice((1, 3, 10)), len(places)))
    for start, end in sorted(chosen, reverse=True):
        content[start:end] = new()


DAMAGES = (_cut, _change_bytes, _remove, _repeat, _change_numbers, _change_names)


def read_mutated(numbers: Iterable[int], letters: Sequence[bytes], folder: Path, *, workers: int) -> list[ReadFile]:
    """What becomes of the damaged letters with these numbers; each is written to the folder, and kept if it failed."""
    paths = []
    for number in numbers:
        paths.append(folder / f"{number:06d}.pdf")
        paths[-1].write_bytes(mutated(number, letters))
    files = read_many(paths, partial(read_one, authorities=SAMPLE), crew=crew_of(workers), limits=Limits(20, 700))
    for path, file in zip(paths, files, strict=True):
        if outcome(file) not in FAILURES:
            path.unlink()
    corpus = make_corpus(files)
    for name, table in schema.TABLES.items():
        schema.check_frame(table, getattr(corpus, name))
    return files


def outcome(file: ReadFile) -> str:
    """'read', 'read, with a doubt about the file', or the code of the error."""
    if file.letter is None:
        return file.problems[0].code
    return "read, in doubt" if any(problem.stage == "read" for problem in file.problems) else "read"


def main() -> int:
    """Read them all, print what became of them, and return 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--letters", type=Path, default=SAMPLE)
    arguments = parser.parse_args()
    letters = [path.read_bytes() for path in sorted(arguments.letters.glob("*.pdf"))]
    folder = Path(tempfile.mkdtemp(prefix="jtai-fuzz-"))
    counts: Counter[str] = Counter()
    end = arguments.first + arguments.files
    for start in range(arguments.first, end, BATCH):
        numbers = range(start, min(start + BATCH, end))
        files = read_mutated(numbers, letters, folder, workers=arguments.workers)
        counts.update(outcome(file) for file in files)
        for file in files:
            if outcome(file) in FAILURES:
                print(f"{folder / file.file_name}: {file.problems[0].message}", flush=True)
    for name, count in counts.most_common():
        print(f"{count:7d}  {name}")
    failed = sum(counts[code] for code in FAILURES)
    print(f"{failed} of {arguments.files} files failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
