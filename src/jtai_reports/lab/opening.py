"""Open the tables of a run, or make them first."""

from __future__ import annotations

import os
from pathlib import Path

from jtai_reports.corpus import Corpus
from jtai_reports.lab.tables import bring_script
from jtai_reports.pipeline import find_letters, run
from jtai_reports.settings import DEFAULT_OUTPUTS, DEFAULT_PROFILE, DEFAULT_REPORTS, Settings
from jtai_reports.store import has_tables, load


def load_or_run(
    outputs: Path | str = DEFAULT_OUTPUTS, *, reports: Path | str = DEFAULT_REPORTS, profile: str = DEFAULT_PROFILE
) -> Corpus:
    """The tables in a folder; where it holds none, the letters are read first, as by `jtai run`.

    Args:
        outputs: the folder of the tables.
        reports: the folder of the letters. Where it holds no PDF, the invented ones in its folder `sample` are read.
        profile: what kind of letters these are: the name of a profile, or the folder of one of your own.

    Raises:
        JtaiError: there are neither tables nor letters.

    Example:
        >>> import jtai_reports as jtai
        >>> corpus = jtai.load_or_run("outputs", reports="reports")
        >>> len(corpus.reports)
        12
    """
    bring_script.cache_clear()
    bring_script()
    outputs = Path(outputs)
    if not has_tables(outputs):
        letters = find_letters(letters_folder(Path(reports)))
        print(f"There are no tables yet: reading the {len(letters.files)} letters in {letters.folder.name}/ ...")
        run(Settings(reports=letters.folder, outputs=outputs, workers=os.cpu_count() or 1, profile=profile))
    return load(outputs)


def letters_folder(reports: Path) -> Path:
    """The folder itself, or its `sample` where it holds no PDF of its own."""
    own = reports.is_dir() and any(path.suffix.lower() == ".pdf" for path in reports.iterdir())
    sample = reports / "sample"
    return sample if sample.is_dir() and not own else reports
