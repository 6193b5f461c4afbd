"""How fast letters are read, as ratios measured in one run on one machine.

    uv run python benchmarks/extraction.py FOLDER [--rss 500]

Prints CPU time of: plain pdfium text (`get_text_range()` a page), letters -> findings, and pdfplumber's
`extract_text_lines` on every Nth letter; then, with --rss, how the resident memory grows over so many letters.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import pdfplumber
import pypdfium2 as pdfium

from jtai_reports.reading import read_one

EVERY = 6  # pdfplumber is slow: it reads every sixth letter


def plain_text(path: Path) -> int:
    """Pages of a file, their text read by pdfium and thrown away."""
    document = pdfium.PdfDocument(path.read_bytes())
    for page in document:
        text = page.get_textpage()
        text.get_text_range()
        text.close()
        page.close()
    pages = len(document)
    document.close()
    return pages


def findings(path: Path) -> int:
    """Pages of a file, read into findings."""
    letter = read_one(path, authorities=path.parent).letter
    return letter.n_pages if letter else 0


def text_lines(path: Path) -> int:
    """Pages of a file, their lines read by pdfplumber."""
    with pdfplumber.open(io.BytesIO(path.read_bytes())) as document:
        for page in document.pages:
            page.extract_text_lines(return_chars=False)
            page.close()
        return len(document.pages)


def pages_per_second(read: Callable[[Path], int], files: list[Path]) -> float:
    """Pages a CPU second, best of three for the fast ones so that a busy machine matters less."""
    rates = []
    for _ in range(1 if read is text_lines else 3):
        start = time.process_time()
        pages = sum(read(path) for path in files)
        rates.append(pages / (time.process_time() - start))
    return max(rates)


def resident() -> float:
    """Resident memory of this process in MiB."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def print_growth(files: list[Path], letters: int) -> None:
    """Read so many letters in one process and print the memory on the way."""
    print(f"\nresident memory over {letters} letters in one process")
    settled = 0.0
    for number, path in enumerate(islice(cycle(files), letters), 1):
        findings(path)
        if number == 50:
            settled = resident()
        if number % 100 == 0 or number == 50:
            print(f"  after {number:4d}: {resident():7.1f} MiB")
    print(f"  growth after the first 50: {resident() - settled:.1f} MiB (aim: under 30)")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rss", type=int, default=0, metavar="LETTERS")
    arguments = parser.parse_args()
    files = sorted(arguments.folder.glob("*.pdf"))
    findings(files[0])
    rates = {
        "pdfium, plain text": pages_per_second(plain_text, files),
        "letters -> findings": pages_per_second(findings, files),
        "pdfplumber, extract_text_lines": pages_per_second(text_lines, files[::EVERY]),
    }
    for name, rate in rates.items():
        print(f"{name:32} {rate:8.1f} pages a CPU second")
    text, ours, plumber = rates.values()
    print(f"letters -> findings: {ours / plumber:.1f} times as fast as pdfplumber (aim: 12 or more)")
    print(f"letters -> findings: {text / ours:.1f} times the CPU of plain pdfium text (aim: 5 or less)")
    if arguments.rss:
        print_growth(files, arguments.rss)


if __name__ == "__main__":
    main()
