"""What every coder gives back, whatever it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jtai_reports import schema

if TYPE_CHECKING:
    import pandas as pd

FROM_STATEMENTS = ("statement_id", "polarity", "polarity_score", "key_area")
POLARITY = schema.Table(
    "polarity",
    "one statement, coded",
    tuple(column for column in schema.STATEMENTS.columns if column.name in FROM_STATEMENTS),
    ("statement_id",),
)


class Coded(NamedTuple):
    """The codes of a set of statements by one coder.

    `polarity` has one row a statement, in the statements' order, with the columns `statement_id`, `polarity`,
    `polarity_score` and `key_area`; `codings` is a table like `codings` in the data dictionary.
    """

    polarity: pd.DataFrame
    codings: pd.DataFrame
