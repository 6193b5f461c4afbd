"""Save figures so that the same table always gives the same bytes."""

from __future__ import annotations

import io
from pathlib import Path

from jtai_reports.files import write_bytes
from jtai_reports.show.plots import Chart
from jtai_reports.store import write_csv

DPI = 150


def save_chart(chart: Chart, folder: Path) -> list[Path]:
    """Write a chart as PNG and SVG, with its table as CSV and its alternative text beside it."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy

    written = [write_csv(folder / f"{chart.name}.csv", chart.table)]
    with mpl.rc_context({"svg.hashsalt": chart.name, "svg.fonttype": "path"}):
        for kind, metadata in (
            ("png", {"Software": None, "Title": chart.name, "Description": chart.alt_text}),
            ("svg", {"Date": None, "Creator": None, "Title": chart.name, "Description": chart.alt_text}),
        ):
            buffer = io.BytesIO()
            chart.figure.savefig(buffer, format=kind, dpi=DPI, metadata=metadata)
            written.append(write_bytes(folder / f"{chart.name}.{kind}", buffer.getvalue()))
    written.append(write_bytes(folder / f"{chart.name}.alt.txt", (chart.alt_text + "\n").encode()))
    return written
