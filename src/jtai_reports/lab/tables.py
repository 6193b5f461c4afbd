"""Show a table in a notebook with its caption and its n; sortable and filterable where itables is installed."""

from __future__ import annotations

import html
import os
import sys
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

STATIC = "JTAI_STATIC"  # set where nobody can click: in HTML copies, in tests
PLAIN_ROWS = 40  # of a plain table; the others are counted below it
SHORT = 12  # characters
PAGE_ROWS = 15  # of a table that can be turned over
WIDE = ("text", "message", "hint", "left", "right", "claim", "definition", "strength", "weakness", "words")
STYLE = """\
<style>
.jtai-table {max-width: 100%; overflow-x: auto; margin: .5em 0 1em}
.jtai-table table {border-collapse: collapse; font-size: .85em; margin: 0}
.jtai-table caption, .jtai-caption {text-align: left; font-weight: 600; padding: .3em 0; color: inherit}
.jtai-table th, .jtai-table td {text-align: left; vertical-align: top; padding: .25em .6em; white-space: normal;
  overflow-wrap: break-word; max-width: 34em; border-bottom: 1px solid #ccc}
.jtai-table td.wide {min-width: 22em}
.jtai-table td.short {white-space: nowrap}
.jtai-table .more {font-size: .85em; padding-top: .3em}
.jtai-table div.dt-container {max-width: 100%}
</style>"""


class Shown:
    """A table as a notebook shows it. `frame` is the table itself, with all its rows and columns."""

    def __init__(self, frame: pd.DataFrame, shown: pd.DataFrame, caption: str) -> None:
        self.frame = frame
        self.caption = caption
        self._shown = shown

    def __repr__(self) -> str:
        return f"{self.caption}\n{self._shown.to_string(index=False, max_rows=PLAIN_ROWS, max_colwidth=60)}"

    def _repr_html_(self) -> str:
        body = _plain(self._shown, self.caption) if is_static() else _interactive(self._shown, self.caption)
        return f'{STYLE}<div class="jtai-table">{body}</div>'


def table(
    frame: pd.DataFrame, *, caption: str, n: int | str, of: str = "letters", columns: Sequence[str] | None = None
) -> Shown:
    """A table to look at, with what it shows and how many it rests on.

    In JupyterLab it can be sorted, searched and turned over (with itables); elsewhere it is a plain table.

    Args:
        frame: any table; it is not changed.
        caption: what it shows, in a sentence.
        n: how many letters (or others, see `of`) it rests on.
        of: what `n` counts.
        columns: the columns to show, in order; all where none are given.

    Raises:
        UsageError: there is no such column.

    Example:
        >>> import jtai_reports as jtai
        >>> corpus = jtai.load("outputs")
        >>> letters = corpus.reports.head(1)
        >>> jtai.table(letters, caption="The first letter", n=1, of="letter", columns=["authority", "letter_date"])
        The first letter (n = 1 letter)
          authority letter_date
        Tarnborough  2016-05-17
    """
    for column in columns or ():
        if column not in frame.columns:
            hint = f"Its columns are: {', '.join(map(str, frame.columns))}."
            raise UsageError(f"The table has no column {column!r}.", hint=hint)
    shown = frame[list(columns)] if columns else frame
    return Shown(frame, _as_text(shown), f"{caption} (n = {n} {of})")


def is_static() -> bool:
    """Whether nobody can click here: no notebook is running, or the environment variable JTAI_STATIC is set."""
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return bool(os.environ.get(STATIC)) or shell is None


@cache
def bring_script() -> None:
    """Bring the script of sortable tables into the notebook, once; a cell that is run again may need it again."""
    if is_static() or find_spec("itables") is None:
        return
    from itables import init_notebook_mode  # noqa: PLC0415 - heavy, and not everywhere

    init_notebook_mode(all_interactive=False, connected=False)


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers short, missing values as an empty cell; whole numbers stay numbers, so that they sort."""
    whole = [name for name in frame if frame[name].dtype.kind in "iu" and frame[name].notna().all()]
    return frame.assign(**{str(name): frame[name].astype(object).map(_cell) for name in frame if name not in whole})


def _cell(value: Any) -> Any:  # noqa: ANN401 - whatever a table holds
    import pandas as pd  # noqa: PLC0415 - heavy

    if pd.isna(value):
        return ""
    return f"{value:.2f}" if isinstance(value, float) else value


def _plain(frame: pd.DataFrame, caption: str) -> str:
    head = "".join(f"<th>{_escaped(name)}</th>" for name in frame.columns)
    kinds = [f'<td class="{_kind(frame[name], str(name))}">' for name in frame]
    rows = "".join(
        f"<tr>{''.join(f'{kind}{_escaped(value)}</td>' for kind, value in zip(kinds, row, strict=True))}</tr>"
        for row in frame.head(PLAIN_ROWS).itertuples(index=False, name=None)
    )
    left = len(frame) - PLAIN_ROWS
    more = f'<div class="more">… and {left} more rows</div>' if left > 0 else ""
    heads = f"<caption>{_escaped(caption)}</caption><thead><tr>{head}</tr></thead>"
    return f"<table>{heads}<tbody>{rows}</tbody></table>{more}"


def _kind(column: pd.Series[Any], name: str) -> str:
    """How a column is set: long texts in a wide one, dates and other short values never broken."""
    if name in WIDE:
        return "wide"
    return "short" if column.astype(str).str.len().max() <= SHORT else "any"


def _interactive(frame: pd.DataFrame, caption: str) -> str:
    """The table with sorting and searching, all of it in the notebook: nothing comes from the network."""
    if find_spec("itables") is None or frame.empty:
        return _plain(frame, caption)
    import itables  # noqa: PLC0415 - heavy, and not everywhere

    bring_script()
    kinds = [_kind(frame[name], str(name)) for name in frame]
    drawn = itables.to_html_datatable(
        frame,
        connected=False,
        allow_html=False,
        showIndex=False,
        display_logo_when_loading=False,
        maxBytes=0,
        classes="display compact",
        style="table-layout:auto;width:auto;margin:0;max-width:100%",
        order=[],
        pageLength=PAGE_ROWS,
        lengthMenu=[PAGE_ROWS, 50, 200],
        layout=_layout(len(frame)),
        autoWidth=False,
        columnDefs=[{"className": f"dt-left {kind}", "targets": place} for place, kind in enumerate(kinds)],
    )
    return f'<div class="jtai-caption">{_escaped(caption)}</div>{drawn}'


def _layout(rows: int) -> dict[str, str | None]:
    """A short table has no need of pages."""
    if rows <= PAGE_ROWS:
        return {"topStart": None, "topEnd": "search", "bottomStart": None, "bottomEnd": None}
    return {"topStart": "pageLength", "topEnd": "search", "bottomStart": "info", "bottomEnd": "paging"}


def _escaped(value: object) -> str:
    return html.escape(str(value))
