"""Save figures so that the same table always gives the same bytes."""

from __future__ import annotations

import io
from html import escape
from pathlib import Path

from jtai_reports.files import write_bytes
from jtai_reports.show.plots.chart import Chart, paper
from jtai_reports.store import write_csv

DPI = 150


def save_chart(chart: Chart, folder: Path) -> list[Path]:
    """Write a chart as PNG and SVG, with its table as CSV and its alternative text beside it."""
    return [
        write_csv(folder / f"{chart.name}.csv", chart.table),
        write_bytes(folder / f"{chart.name}.png", png_of(chart)),
        write_bytes(folder / f"{chart.name}.svg", svg_of(chart)),
        write_bytes(folder / f"{chart.name}.alt.txt", (chart.alt_text + "\n").encode()),
    ]


def png_of(chart: Chart, *, dpi: int = DPI) -> bytes:
    """A chart as PNG, with its alternative text in the file."""
    buffer = io.BytesIO()
    metadata = {"Software": None, "Title": chart.title or chart.name, "Description": chart.alt_text}
    with paper():
        chart.figure.savefig(buffer, format="png", dpi=dpi, metadata=metadata)
    return buffer.getvalue()


def svg_of(chart: Chart) -> bytes:
    """A chart as SVG that looks alike everywhere, since its letters are shapes; its alternative text stands in it."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy

    buffer = io.BytesIO()
    metadata = {"Date": None, "Creator": None, "Title": chart.title or chart.name}
    with paper(), mpl.rc_context({"svg.hashsalt": chart.name, "svg.fonttype": "path"}):
        chart.figure.savefig(buffer, format="svg", metadata=metadata)
    described = f"</title>\n <desc>{escape(chart.alt_text, quote=False)}</desc>"
    return buffer.getvalue().replace(b"<svg ", b'<svg role="img" ', 1).replace(b"</title>", described.encode(), 1)
