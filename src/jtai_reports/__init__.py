"""Read published inspection letters into findings, and compare strengths and weaknesses honestly.

The names that a notebook needs; each is loaded when it is first used:

>>> import jtai_reports as jtai
>>> corpus = jtai.read_letters(["reports/sample/90000001.pdf"])
>>> len(corpus.reports)
1
"""

from __future__ import annotations

from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jtai_reports.compare.areas import area_profiles
    from jtai_reports.compare.differences import differences
    from jtai_reports.compare.findings import findings_by_authority, findings_by_series
    from jtai_reports.compare.letters import select_letters
    from jtai_reports.compare.prevalence import prevalence
    from jtai_reports.compare.shares import shares
    from jtai_reports.corpus import Corpus, read_letters
    from jtai_reports.errors import JtaiError
    from jtai_reports.explore.kwic import kwic
    from jtai_reports.explore.search import search
    from jtai_reports.explore.trace import trace
    from jtai_reports.lab.choosing import choices, choose
    from jtai_reports.lab.finding import show_finding
    from jtai_reports.lab.opening import load_or_run
    from jtai_reports.lab.study import open_study
    from jtai_reports.lab.tables import table
    from jtai_reports.pipeline import run
    from jtai_reports.settings import Settings
    from jtai_reports.show.picture import show_page
    from jtai_reports.show.plots import plot_findings_by_authority
    from jtai_reports.show.prevalence import plot_prevalence
    from jtai_reports.store import load

__all__ = [
    "Corpus",
    "JtaiError",
    "Settings",
    "area_profiles",
    "choices",
    "choose",
    "differences",
    "findings_by_authority",
    "findings_by_series",
    "kwic",
    "load",
    "load_or_run",
    "open_study",
    "plot_findings_by_authority",
    "plot_prevalence",
    "prevalence",
    "read_letters",
    "run",
    "search",
    "select_letters",
    "shares",
    "show_finding",
    "show_page",
    "table",
    "trace",
]

_HOMES = {
    "Corpus": "corpus",
    "JtaiError": "errors",
    "Settings": "settings",
    "area_profiles": "compare.areas",
    "choices": "lab.choosing",
    "choose": "lab.choosing",
    "differences": "compare.differences",
    "findings_by_authority": "compare.findings",
    "findings_by_series": "compare.findings",
    "kwic": "explore.kwic",
    "load": "store",
    "load_or_run": "lab.opening",
    "open_study": "lab.study",
    "plot_findings_by_authority": "show.plots",
    "plot_prevalence": "show.prevalence",
    "prevalence": "compare.prevalence",
    "read_letters": "corpus",
    "run": "pipeline",
    "search": "explore.search",
    "select_letters": "compare.letters",
    "shares": "compare.shares",
    "show_finding": "lab.finding",
    "show_page": "show.picture",
    "table": "lab.tables",
    "trace": "explore.trace",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name == "__version__":
        return metadata.version("jtai-reports")
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
