"""The figures that pages show: the picture, its text for those who cannot see it, and its table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

ON_HOME = ("timeline", "prevalence_by_series_key_area")
COLOURS = 32  # of a picture on the site: as many as its marks and letters need, at a quarter of the size


class Picture(NamedTuple):
    """A figure of the run as a page shows it, with the content of its PNG and CSV files."""

    name: str
    title: str
    alt_text: str
    width: int  # of the picture, in dots
    height: int
    headers: list[str]
    rows: list[list[str]]
    files: dict[str, bytes]  # by name


def read_pictures(paths: Iterable[Path]) -> list[Picture]:
    """The figures whose PNG files are named; their text and their table lie beside them.

    Args:
        paths: PNG files that `save_chart` wrote.
    """
    return [_read(path) for path in sorted(paths)]


def on_home(pictures: Iterable[Picture]) -> list[Picture]:
    """The figures of the home page, as far as the run has drawn them."""
    known = {picture.name: picture for picture in pictures}
    return [known[name] for name in ON_HOME if name in known]


def _read(path: Path) -> Picture:
    from PIL import Image  # noqa: PLC0415 - heavy

    with Image.open(path) as image:
        (width, height), title, small = image.size, str(image.info.get("Title", path.stem)), _small_png(image)
    table = path.with_suffix(".csv").read_bytes()
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    alt_text = path.with_suffix(".alt.txt").read_text("utf-8").strip()
    shown = [[_short(cell) for cell in row] for row in rows[1:]]
    files = {f"{path.stem}.png": small, f"{path.stem}.csv": table}
    return Picture(path.stem, title, alt_text, width, height, rows[0], shown, files)


def _small_png(image: Image.Image) -> bytes:
    """The picture with a palette of few colours."""
    from PIL import Image  # noqa: PLC0415 - heavy

    buffer = io.BytesIO()
    image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def _short(cell: str) -> str:
    """A number without the digits that nobody reads; other text as it is, without a spreadsheet's apostrophe.

    >>> _short("0.123456"), _short("12"), _short("'=A1"), _short("2018")
    ('0.123', '12', '=A1', '2018')
    """
    if cell.startswith("'"):
        return cell[1:]
    try:
        return f"{float(cell):.3g}" if "." in cell else cell
    except ValueError:
        return cell
