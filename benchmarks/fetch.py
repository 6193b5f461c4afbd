"""How fast letters come from a server on this machine, and whether memory stays flat.

    uv run python -m benchmarks.fetch [--letters 70] [--times 3] [--from FOLDER]

Serves so many letters (the invented ones, each made another file) over TLS on loopback and downloads them with no
pause; then does it again, when nothing has changed. Prints seconds, the server's own share (a plain client that asks
for the same files and throws them away), and the resident memory after each round.
"""

from __future__ import annotations

import argparse
import os
import shutil
import ssl
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

import urllib3
from tests.site.server import Site

from jtai_reports.acquire.client import Client, Manners
from jtai_reports.acquire.download import download_all
from jtai_reports.acquire.holdings import Holdings
from jtai_reports.acquire.sites import read_sites
from jtai_reports.commands.letters import check_letter
from jtai_reports.reference.catalogue import CatalogueEntry

SAMPLE = sorted(Path("reports/sample").glob("*.pdf"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=70)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--from", dest="source", type=Path, help="folder of letters to serve instead of the invented")
    arguments = parser.parse_args()
    files = sorted(arguments.source.glob("*.pdf")) if arguments.source else SAMPLE
    with tempfile.TemporaryDirectory() as name, Site(Path(name)) as site:
        os.environ |= {"JTAI_LISTING_URL": site.url, "JTAI_FILES_URL": site.url, "SSL_CERT_FILE": str(site.certificate)}
        for number in range(arguments.letters):
            content = files[number % len(files)].read_bytes()
            site.letters[str(number)] = content + f"\n% {number}\n%%EOF\n".encode()
        print(f"letters: {arguments.letters}, {sum(map(len, site.letters.values())) / 2**20:.1f} MiB")
        print(f"plain client: {plain(site):.2f} s")
        for number in range(arguments.times):
            folder = Path(name) / "reports"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for round_name in ("new", "again"):
                print(f"{round_name} {number + 1}: {one_round(site, folder)}")


def plain(site: Site) -> float:
    """Seconds that a client needs that does nothing with the files."""
    pool = urllib3.PoolManager(ssl_context=ssl.create_default_context(cafile=str(site.certificate)))
    start = time.perf_counter()
    for file_id in site.letters:
        pool.request("GET", f"{site.url}/v1/file/{file_id}").data  # noqa: B018 - reads the body
    pool.clear()
    return time.perf_counter() - start


def one_round(site: Site, folder: Path) -> str:
    """Download all letters into a folder; what was needed, in words."""
    entries = [CatalogueEntry(file_id, "", "", "", "", date(2020, 1, 1)) for file_id in site.letters]
    client = Client(read_sites(), Manners(pause=0))
    outcomes: Counter[str] = Counter()
    memory = [resident()]
    start = time.perf_counter()
    for outcome in download_all(entries, client, Holdings(folder), check=check_letter):
        outcomes[outcome.what] += 1
        memory.append(resident())
    seconds = time.perf_counter() - start
    client.close()
    return f"{seconds:.2f} s, {dict(outcomes)}, resident MiB: {memory[0]:.0f} before, {max(memory):.0f} at most"


def resident() -> float:
    """Resident memory of this process, in which the server runs too, in MiB."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    main()
