"""The agreement of coders as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

HEAD = f"{'':26}{'n':>5}{'first':>7}{'second':>7}{'both':>6}  {'raw':<19}{'kappa':<20}{'alpha':<20}"
SCALE = (
    "raw: share of statements coded alike. kappa, alpha: agreement beyond chance, 1 at best, 0 by chance. "
    "In brackets: 95% intervals, by letter."
)


def agreement_lines(table: pd.DataFrame) -> list[str]:
    """The table of `agreement_table` as text: a block for each two coders, n beside every figure.

    A dash stands for a figure that is missing; the number behind it leads to the reason.
    """
    lines = []
    table = table.assign(
        coders=table["coder_a"].str.cat(table["coder_b"], sep=" and ", na_rep="").str.removesuffix(" and ")
    )
    for coders, block in table.groupby("coders", sort=False):
        first = block.iloc[0]
        lines += [f"{coders}: {first['n']} statements of {first['letters']} letters coded by both", HEAD]
        lines += [*_block_lines(block), ""]
    return [*lines, SCALE]


def _block_lines(block: pd.DataFrame) -> Iterator[str]:
    reasons: dict[str, int] = {}
    for row in block.fillna({"code": "", "note": ""}).to_dict("records"):
        name = f"  {row['code']}" if row["code"] else str(row["facet"])
        counts = "".join(f"{_count(row[column]):>{width}}" for column, width in (("n_a", 7), ("n_b", 7), ("n_both", 6)))
        figures = "".join(f"{_figure(row, figure):<20}" for figure in ("raw", "kappa", "alpha"))
        mark = f"({reasons.setdefault(row['note'], len(reasons) + 1)})" if row["note"] else ""
        yield f"{name:<26}{row['n']:>5}{counts}  {figures}{mark}".rstrip()
    yield from (f"  ({number}) {reason}" for reason, number in reasons.items())


def _count(value: Any) -> str:  # noqa: ANN401 - a number or missing
    import pandas as pd  # noqa: PLC0415 - heavy

    return "" if pd.isna(value) else str(value)


def _figure(row: dict[Any, Any], name: str) -> str:
    import pandas as pd  # noqa: PLC0415 - heavy

    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if pd.isna(value):
        return "-"
    return _short(value) if pd.isna(low) else f"{_short(value)} [{_short(low)}, {_short(high)}]"


def _short(value: float) -> str:
    """Two decimals, without a minus before nothing.

    >>> _short(0.456), _short(-0.001)
    ('0.46', '0.00')
    """
    return f"{round(value, 2) + 0.0:.2f}"
