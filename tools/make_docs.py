"""Write docs/data-dictionary.md from the declaration of the tables.

uv run python tools/make_docs.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from jtai_reports import schema

PATH = Path(__file__).parent.parent / "docs" / "data-dictionary.md"
TYPES = {schema.TEXT: "text", schema.NUMBER: "whole number", schema.SHARE: "number", schema.TRUTH: "true or false"}
HEAD = """\
# Data dictionary

Made from `src/jtai_reports/schema.py` by `tools/make_docs.py`; every table is checked against it before it is written
to `outputs/data/`. Parquet holds the text as it is; in the CSV files a text that starts like a formula carries a
leading apostrophe, so that a spreadsheet shows it as text.
"""


def data_dictionary() -> str:
    """The text of the data dictionary."""
    return "\n".join([HEAD, *(_table(table) for table in (*schema.ALL, *schema.TOPIC_TABLES))])


def _table(table: schema.Table) -> str:
    rows = "\n".join(_row(column) for column in table.columns)
    return (
        f"## {table.name}\n\nOne row: {table.row}. Key: {', '.join(f'`{name}`' for name in table.key)}.\n\n"
        f"| column | type | may be missing | meaning |\n|---|---|---|---|\n{rows}\n"
    )


def _row(column: schema.Column) -> str:
    allowed = f" One of: {', '.join(f'`{value}`' for value in column.allowed)}." if column.allowed else ""
    missing = "yes" if column.nullable else ""
    return f"| `{column.name}` | {TYPES[column.dtype]} | {missing} | {column.meaning}.{allowed} |"


def main() -> int:
    """Write the file, or with --check say whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        same = PATH.exists() and PATH.read_text("utf-8") == data_dictionary()
        print("docs/data-dictionary.md is up to date" if same else "run: uv run python tools/make_docs.py")
        return 0 if same else 1
    PATH.write_text(data_dictionary(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
