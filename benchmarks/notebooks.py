"""Run every notebook on a folder of letters and print how long each takes, and how much processor time.

    uv run python benchmarks/notebooks.py LETTERS [--outputs OUTPUTS] [--claims CLAIMS.csv] [--only 07]

The tables are made first, where they are not there yet. The aim is under 2 minutes for each notebook. HTML copies are
written to OUTPUTS/notebooks/, to be looked at; 07 prints the recall of the claims.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from jtai_reports.lab.export import execute, find_notebooks, html_copy, parameter_names
from jtai_reports.lab.opening import load_or_run

AIM = 120  # seconds


def main() -> int:
    """Run, write copies and print; 1 when a notebook takes too long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("letters", type=Path)
    parser.add_argument("--outputs", type=Path, default=None)
    parser.add_argument("--claims", type=Path, default=None)
    parser.add_argument("--only", metavar="PART", default="", help="notebooks whose name has this part")
    arguments = parser.parse_args()
    outputs = arguments.outputs or Path(tempfile.mkdtemp())
    print(load_or_run(outputs, reports=arguments.letters))
    known: dict[str, object] = {"OUTPUTS": str(outputs.absolute()), "REPORTS": str(arguments.letters.absolute())}
    if arguments.claims:
        known["CLAIMS"] = [str(arguments.claims.absolute())]
    slow = 0
    for path in (path for path in find_notebooks(Path("notebooks")) if arguments.only in path.name):
        start, spent = time.monotonic(), os.times().children_user
        own = {name: value for name, value in known.items() if name in parameter_names(path)}
        copy = html_copy(execute(path, parameters=own))
        seconds = time.monotonic() - start
        slow += seconds > AIM
        written = outputs / "notebooks" / f"{path.stem}.html"
        written.parent.mkdir(exist_ok=True)
        written.write_text(copy, "utf-8")
        said = re.search(r"Recall at 10: \d[^<]*", copy)
        recall = said.group().strip() if said else ""
        spent = os.times().children_user - spent
        print(f"{path.stem:24} {seconds:5.0f} s {spent:5.0f} CPU s {len(copy) / 1e6:5.1f} MB  {recall}")
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main())
