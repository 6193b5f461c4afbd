"""Run notebooks from top to bottom and write HTML copies, each a single file that needs nothing from the network."""

from __future__ import annotations

import html
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtai_reports.errors import JtaiError, UsageError
from jtai_reports.files import write_bytes
from jtai_reports.lab.tables import STATIC

if TYPE_CHECKING:
    from nbformat import NotebookNode

QUIET = ["--log-level=ERROR"]  # a kernel warns that it talks to this process unencrypted
TIME = 600  # seconds a cell may take
HINT = "Install what notebooks need with 'uv sync --extra lab' or: pip install 'jtai-reports[lab]'."
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: white; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem}}
h1, h2, h3 {{line-height: 1.2}}
h2 {{margin-top: 2em}}
img {{max-width: 100%; height: auto}}
pre {{white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85em}}
.jp-InputPrompt, .jp-OutputPrompt, .prompt, .anchor-link {{display: none}}
.input_area, .jp-InputArea {{background: #f5f5f3; border-left: 3px solid #bbb; padding: .1em .8em; margin: 1em 0 .5em}}
table {{border-collapse: collapse; font-size: .9em}}
th, td {{padding: .25em .6em; vertical-align: top; border-bottom: 1px solid #ccc; text-align: left}}
{colours}
</style>
</head>
<body>
{body}
</body>
</html>
"""


class NotebookError(JtaiError):
    """A notebook stopped at a cell."""


def find_notebooks(folder: Path) -> list[Path]:
    """The notebooks lying directly in a folder, in order of their names.

    Raises:
        UsageError: there are none.
    """
    found = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    if not found:
        raise UsageError(f"{folder}: holds no notebooks.", hint="Name the folder of the notebooks.")
    return found


def execute(path: Path, *, parameters: Mapping[str, Any] | None = None) -> NotebookNode:
    """Run a notebook in its own folder, with this environment's Python, and return it with its outputs.

    Args:
        path: the notebook; it is not changed.
        parameters: names of its parameters cell, each with the value to use in place of the one there.

    Raises:
        NotebookError: a cell fails; the message says which and why.
        UsageError: what is needed to run notebooks is not installed, or there is no such parameter.
    """
    try:
        from nbclient import NotebookClient  # noqa: PLC0415
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError  # noqa: PLC0415
    except ModuleNotFoundError as lacking:
        raise UsageError(f"Notebooks need the package {lacking.name}, which is not installed.", hint=HINT) from None
    notebook = _read(path)
    cell = _parameters_cell(notebook)
    stored = cell.source if cell else ""
    _set_parameters(cell, parameters or {}, path.name)
    place = {"metadata": {"path": str(path.parent)}}
    with _own_kernel():
        client = NotebookClient(notebook, timeout=TIME, kernel_name="python3", resources=place, extra_arguments=QUIET)
        try:
            client.execute(env=os.environ | {STATIC: "1", "MPLBACKEND": "agg"})
        except CellExecutionError as fault:
            raise NotebookError(f"{path.name}: a cell stopped with {fault.ename}: {fault.evalue}") from None
        except (CellTimeoutError, DeadKernelError) as fault:
            raise NotebookError(f"{path.name}: {str(fault).splitlines()[0]}") from None
    if cell:
        cell.source = stored  # a copy names no folders of this machine
    return notebook


def html_copy(notebook: NotebookNode) -> str:
    """A notebook with its outputs as one HTML page: no scripts, nothing from elsewhere."""
    from nbconvert import HTMLExporter  # noqa: PLC0415 - heavy
    from pygments.formatters import HtmlFormatter  # noqa: PLC0415

    exporter = HTMLExporter(template_name="basic")
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    body, _ = exporter.from_notebook_node(notebook)
    colours = HtmlFormatter(style="friendly", nobackground=True).get_style_defs(".highlight")
    return PAGE.format(title=html.escape(_title(notebook)), colours=colours, body=body)


def write_copies(
    notebooks: Sequence[Path], folder: Path, *, parameters: Mapping[str, Any] | None = None
) -> Iterator[Path]:
    """Run notebooks one after the other and write the HTML copy of each; yields each file as it is written.

    Args:
        notebooks: the notebooks.
        folder: where the copies go.
        parameters: for every notebook that has a parameter of that name.
    """
    for path in notebooks:
        own = {name: value for name, value in (parameters or {}).items() if name in parameter_names(path)}
        page = html_copy(execute(path, parameters=own))
        yield write_bytes(folder / f"{path.stem}.html", page.encode())


def parameter_names(path: Path) -> list[str]:
    """The names that a notebook's parameters cell sets."""
    import ast  # noqa: PLC0415 - needed here only

    cell = _parameters_cell(_read(path))
    nodes = ast.parse(cell.source).body if cell else []
    return [
        target.id for n in nodes if isinstance(n, ast.Assign) for target in n.targets if isinstance(target, ast.Name)
    ]


def _read(path: Path) -> NotebookNode:
    try:
        import nbformat  # noqa: PLC0415 - not everywhere
    except ModuleNotFoundError:
        raise UsageError("Notebooks need the package nbformat, which is not installed.", hint=HINT) from None
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)
    except OSError as fault:
        raise UsageError(f"{path}: cannot be read ({fault.strerror}).", hint="Name a notebook (.ipynb).") from fault
    except (ValueError, nbformat.ValidationError):
        raise UsageError(f"{path}: is no notebook.", hint="Name a notebook (.ipynb).") from None
    return notebook


def _set_parameters(cell: NotebookNode | None, parameters: Mapping[str, Any], name: str) -> None:
    if not parameters:
        return
    if cell is None:
        raise UsageError(f"{name}: has no cell with the tag 'parameters'.", hint="Add the tag in JupyterLab.")
    cell.source += "".join(f"\n{key} = {value!r}" for key, value in parameters.items())


def _parameters_cell(notebook: NotebookNode) -> NotebookNode | None:
    return next((cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])), None)


@contextmanager
def _own_kernel() -> Iterator[None]:
    """Kernels of this environment come before those that a user has elsewhere."""
    before = os.environ.get("JUPYTER_PREFER_ENV_PATH")
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["JUPYTER_PREFER_ENV_PATH"]
        else:
            os.environ["JUPYTER_PREFER_ENV_PATH"] = before


def _title(notebook: NotebookNode) -> str:
    first = notebook.cells[0].source.splitlines() if notebook.cells else []
    return first[0].lstrip("# ") if first else "Notebook"
