"""`jtai guide`: a two-page guide to one series of letters."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_codebook, add_command, add_outputs, printable

if TYPE_CHECKING:
    from jtai_reports.commands.adding import Commands

FORMATS = ("html", "docx", "md", "pdf")


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "guide", _guide, "write a two-page guide to the letters of one series")
    parser.add_argument("--series", metavar="SERIES", required=True, help="the series, for example cse_2016")
    parser.add_argument("--format", choices=FORMATS, default="html", help="kind of file (default: html)")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="file to write (default: outputs/guides/SERIES.FORMAT)"
    )
    add_outputs(parser, "folder of an earlier run, whose letters the guide is about")
    parser.add_argument("--reports", type=Path, metavar="DIR", help="folder of the letters, for a series.csv in it")
    add_codebook(parser)
    parser.add_argument(
        "--profile", metavar="NAME|FOLDER", help="what kind of letters these are (default: what their ids begin with)"
    )


def _guide(arguments: argparse.Namespace) -> int:
    from jtai_reports.coding.codebook import read_codebook  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.compare.prevalence import prevalence  # noqa: PLC0415
    from jtai_reports.files import write_bytes  # noqa: PLC0415
    from jtai_reports.reference.profiles import profile_of, read_profile  # noqa: PLC0415
    from jtai_reports.show.guide import Sources, find_series, make_guide  # noqa: PLC0415
    from jtai_reports.show.guide_files import guide_bytes  # noqa: PLC0415
    from jtai_reports.show.publish import INVENTED  # noqa: PLC0415
    from jtai_reports.show.said import with_place  # noqa: PLC0415
    from jtai_reports.store import load, read_record  # noqa: PLC0415

    corpus, codebook = load(arguments.outputs), read_codebook(arguments.codebook)
    profile = arguments.profile or profile_of(corpus.reports["report_id"])
    series = find_series(arguments.series, arguments.reports, profile=profile)
    sources = Sources(corpus.reports, with_place(corpus), prevalence(corpus, codes=codebook), codebook)
    invented = read_record(arguments.outputs).get("invented", False)
    guide = make_guide(sources, series, profile=read_profile(profile))._replace(notice=INVENTED if invented else "")
    out: Path = arguments.out or arguments.outputs / "guides" / f"{series.series}.{arguments.format}"
    print(printable(f"Written: {write_bytes(out, guide_bytes(guide, arguments.format))}"))
    return 0
