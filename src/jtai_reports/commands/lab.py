"""`jtai lab`: JupyterLab on the notebooks."""

from __future__ import annotations

import argparse
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.commands.adding import add_command, count
from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    from jtai_reports.commands.adding import Commands

NOTEBOOKS = Path("notebooks")
QUIET = (  # nothing asks the network for news or updates, or the user about them
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
)


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "lab", _lab, "open JupyterLab on the notebooks, with this environment's Python")
    parser.add_argument(
        "folder", type=Path, nargs="?", default=NOTEBOOKS, help="folder to open, such as a study (default: notebooks/)"
    )
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="print the address and open nothing")
    parser.add_argument("--port", type=count, metavar="N", help="port on this machine (default: the first free one)")


def _lab(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.folder
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder.", hint="Start in the project's folder, or name a study.")
    if find_spec("jupyterlab") is None:
        hint = "Install it with 'uv sync --extra lab' or: pip install 'jtai-reports[lab]'."
        raise UsageError("JupyterLab is not installed here.", hint=hint)
    start(lab_arguments(folder, browser=arguments.browser, port=arguments.port))
    return 0


def lab_arguments(folder: Path, *, browser: bool = True, port: int | None = None) -> list[str]:
    """What JupyterLab is told."""
    options = [f"--ServerApp.root_dir={folder.absolute()}", "--ServerApp.ip=127.0.0.1", *QUIET]
    options += [] if browser else ["--no-browser"]
    return options + ([f"--ServerApp.port={port}", "--ServerApp.port_retries=0"] if port else [])


def start(arguments: list[str]) -> None:
    """Run JupyterLab until it is stopped; its Python 3 kernel is this environment's, before any of the user's own."""
    from jupyterlab.labapp import LabApp  # noqa: PLC0415 - heavy, and not everywhere

    own = Path(__file__).parent.parent / "lab" / "jupyter"  # does not offer news
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        [str(own), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    )
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    LabApp.launch_instance(arguments)
