"""Make a study, a folder of its own, and open it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from jtai_reports.corpus import Corpus
from jtai_reports.errors import JtaiError, UsageError
from jtai_reports.files import write_bytes
from jtai_reports.lab.tables import bring_script
from jtai_reports.pipeline import BESIDE, find_letters, run
from jtai_reports.settings import Settings
from jtai_reports.store import load

SETTINGS = "study.yaml"
PARTS = (SETTINGS, "README.md", "analysis.ipynb")
KEYS = ("reports", "outputs", "coder", "codebook", "sheets", "profile")
NAMES = ("coder", "profile")  # what goes on as it is; the others are files beside the settings


class Made(NamedTuple):
    """A study that has been made: its folder, and how many letters were copied into it."""

    folder: Path
    letters: int


def new_study(folder: Path | str, *, letters: Path | None = None) -> Made:
    """Make a folder with letters, a notebook and a settings file of its own.

    Args:
        folder: the folder to make.
        letters: the folder whose letters are copied, with the authorities, series and catalogue that lie beside
            them; without it, the PDFs in `reports/`, else the invented ones, else none.

    Raises:
        UsageError: there is such a folder already, or it cannot be made; nothing is changed.
    """
    folder = Path(folder)
    files = _files_to_copy(letters)
    if folder.exists() or folder.is_symlink():
        raise UsageError(f"{folder}: is there already, and is left as it is.", hint="Choose another name.")
    template = resources.files("jtai_reports.lab") / "new_study"
    for name in PARTS:
        write_bytes(folder / name, (template / name).read_bytes())
    (folder / "reports").mkdir()
    (folder / "outputs").mkdir()
    for path in files:
        shutil.copyfile(path, folder / "reports" / path.name)
    return Made(folder, sum(path.suffix.lower() == ".pdf" for path in files))


def open_study(path: Path | str = SETTINGS) -> Corpus:
    """Read, code and compare the letters of a study by its settings, where that has not been done, and load its tables.

    Args:
        path: the study's settings file.

    Raises:
        UsageError: the settings cannot be used.
        JtaiError: there are no letters, or none could be read.

    Example:
        >>> import jtai_reports as jtai
        >>> jtai.open_study("my-study/study.yaml")
        Traceback (most recent call last):
        jtai_reports.errors.UsageError: my-study/study.yaml: cannot be read. Hint: Open the notebook in its own folder.
    """
    bring_script.cache_clear()
    bring_script()
    settings = read_study(path)
    done = run(settings)
    state = "Nothing has changed since the last run" if done.up_to_date else "The letters were read anew"
    print(f"{state}: {done.record['counts']['reports']} of {len(done.letters.files)} files.")
    return load(settings.outputs)


def read_study(path: Path | str = SETTINGS) -> Settings:
    """The settings in a study's file; folders and files are named from where the file lies.

    Raises:
        UsageError: the file cannot be read, or holds something that is no setting.
    """
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"{path}: cannot be read.", hint="Open the notebook in its own folder.") from fault
    except yaml.YAMLError as fault:
        line = getattr(getattr(fault, "problem_mark", None), "line", None)
        where = "" if line is None else f", line {line + 1}"
        raise UsageError(f"{path}{where}: is no YAML.", hint="Write 'name: value', one a line.") from None
    _check(content, path.name)
    near = path.parent
    return Settings(
        reports=near / content.get("reports", "reports"),
        outputs=near / content.get("outputs", "outputs"),
        workers=os.cpu_count() or 1,
        codebook=near / content["codebook"] if content.get("codebook") else None,
        sheets=tuple(near / name for name in content.get("sheets") or ()),
        **{name: content[name] for name in NAMES if content.get(name)},
    )


def _check(content: object, name: str) -> None:
    hint = f"Settings are: {', '.join(KEYS)}."
    if not isinstance(content, Mapping):
        raise UsageError(f"{name}: holds no settings.", hint=hint)
    for key, value in content.items():
        if key not in KEYS:
            raise UsageError(f"{name}: there is no setting {key!r}.", hint=hint)
        if not _fits(key, value):
            kind = "a list of file names" if key == "sheets" else "a text"
            raise UsageError(f"{name}: {key} must be {kind}, not {value!r}.", hint=hint)


def _fits(key: str, value: Any) -> bool:  # noqa: ANN401 - whatever a YAML file holds
    if key == "sheets":
        return value is None or (isinstance(value, list) and all(isinstance(name, str) for name in value))
    return isinstance(value, str) or (value is None and key in (*NAMES, "codebook"))


def _files_to_copy(letters: Path | None) -> list[Path]:
    try:
        found = find_letters(letters)
    except JtaiError:
        if letters is not None:
            raise
        return []
    return [*found.files, *(path for name in BESIDE if (path := found.folder / name).is_file())]
