"""What every figure shares: the size of its paper, its colours and letters, title, key and footnote."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 7.1, 10.5  # inches: what an A4 page holds inside its margins
SMALL, NORMAL, LARGE = 7.0, 8.0, 10.0  # points; no text is smaller
LINE = 1.25  # height of a line of text, as a multiple of its size
STRENGTH, WEAKNESS = "#0072b2", "#d55e00"  # told apart by the colour-blind, and in grey
QUIET, FAINT, INK = "#8c8c8c", "#d9d9d9", "#1a1a1a"
STYLE = {
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": SMALL,
    "axes.edgecolor": ".7",
    "axes.linewidth": 0.6,
    "axes.titlesize": NORMAL,
    "axes.axisbelow": True,
    "grid.color": ".9",
    "grid.linewidth": 0.5,
    "hatch.linewidth": 0.5,
    "legend.fontsize": SMALL,
    "text.hinting": "none",  # widths that do not depend on the resolution
    "text.hinting_factor": 1,
    "text.parse_math": False,  # a name may hold a dollar sign
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.width": 0.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0.0,
}


Mark = dict[str, Any]  # how matplotlib draws a mark
Entry = tuple[Any, str]  # marks drawn over one another, and what they mean


class Chart(NamedTuple):
    """A figure, the table that it shows, its text for those who cannot see it, and its title."""

    name: str
    figure: Figure
    table: pd.DataFrame
    alt_text: str
    title: str = ""

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        """The figure as a notebook shows it, with its alternative text."""
        buffer = io.BytesIO()
        with paper():
            self.figure.savefig(buffer, format="png", dpi=100)
        return buffer.getvalue(), {"alt": self.alt_text}

    def __repr__(self) -> str:
        return f"<Chart {self.name}: {self.alt_text}>"


class Caption(NamedTuple):
    """The words around a figure: title, a line on what is counted and from where, and the caveats below it."""

    title: str
    source: str
    notes: Sequence[str]


class Sheet(NamedTuple):
    """A figure with its words in place, and how far from its top (in inches) the body starts."""

    figure: Figure
    top: float

    def panel(self, left: float, top: float, width: float, height: float) -> Axes:
        """A panel of the body; places and sizes in inches from the body's top left corner."""
        paper_width, paper_height = self.figure.get_size_inches()
        bottom = paper_height - self.top - top - height
        corner = (left / paper_width, bottom / paper_height, width / paper_width, height / paper_height)
        axes: Axes = self.figure.add_axes(corner)
        axes.spines[["top", "right"]].set_visible(False)
        return axes

    def write(self, left: float, top: float, text: str, **how: Any) -> None:  # noqa: ANN401 - matplotlib's
        """Write text whose top left corner stands at a place of the body, in inches."""
        paper_width, paper_height = self.figure.get_size_inches()
        place = (left / paper_width, 1 - (self.top + top) / paper_height)
        usual: dict[str, Any] = {"va": "top", "fontsize": SMALL}
        self.figure.text(*place, text, **(usual | how))


@contextmanager
def paper() -> Iterator[None]:
    """Draw the same on every machine, whatever matplotlib is set to there."""
    import matplotlib.style  # noqa: PLC0415 - heavy

    with matplotlib.style.context(["default", STYLE]):
        yield


def make_sheet(caption: Caption, *, body: float, key: Sequence[Entry] = (), columns: int = 4) -> Sheet:
    """A figure as wide as the page, as high as its words and its body need.

    Args:
        caption: the words around it.
        body: height of the panels with their labels, in inches.
        key: what the marks mean, see `entry`.
        columns: how many of them stand side by side.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - heavy
    from matplotlib.figure import Figure  # noqa: PLC0415

    title = fill(caption.title, WIDTH - 0.1, size=LARGE, bold=True)
    source = fill(caption.source, WIDTH - 0.1)
    notes = "\n".join(fill(note, WIDTH - 0.1) for note in [" ".join(caption.notes)])
    rows = -(-len(key) // columns)
    parts = [lines_high(title, LARGE), lines_high(source), 0.17 * rows + 0.12]
    height = sum(parts) + body + lines_high(notes) + 0.2
    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(figure)
    sheet = Sheet(figure, sum(parts) + 0.05)
    put = Sheet(figure, 0.05)
    put.write(0.05, 0, title, fontsize=LARGE, fontweight="bold", linespacing=LINE)
    put.write(0.05, parts[0], source, color=".3", linespacing=LINE)
    put.write(0.05, height - lines_high(notes) - 0.08, notes, color=".25", linespacing=LINE)
    if key:
        place = (0.05 / WIDTH, 1 - (parts[0] + parts[1] + 0.09) / height)
        figure.legend(
            [mark for mark, _ in key], [label for _, label in key], loc="upper left", bbox_to_anchor=place,
            ncols=columns, frameon=False,
            borderpad=0.2, borderaxespad=0, handletextpad=0.5, columnspacing=1.6,
        )  # fmt: skip
    return sheet


def inches_of(axes: Axes) -> tuple[float, float]:
    """Width and height of a panel in inches."""
    corners = axes.get_position()
    wide, high = axes.get_figure(root=True).get_size_inches()  # type: ignore[union-attr]
    return float(corners.width * wide), float(corners.height * high)


def each_row(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table one by one, their columns as attributes."""
    return table.itertuples(index=False)


def side_mark(side: str, *, size: float = 4.5) -> Mark:
    """How a side is marked: strengths by a full disc, weaknesses by a hollow square."""
    if side == "strength":
        return {"marker": "o", "markersize": size, "color": STRENGTH, "linestyle": "none"}
    return {
        "marker": "s", "markersize": size, "markerfacecolor": "white", "markeredgecolor": WEAKNESS,
        "markeredgewidth": 1.2, "color": WEAKNESS, "linestyle": "none",
    }  # fmt: skip


def entry(label: str, *marks: Mark) -> Entry:
    """An entry of a figure's key: marks, drawn over one another, and what they mean."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 - heavy

    return tuple(Line2D([], [], **mark) for mark in marks), label


def lines_high(text: str, size: float = SMALL) -> float:
    """Height of a text in inches, by its lines."""
    return (text.count("\n") + 1) * size * LINE / 72


@cache
def text_width(text: str, size: float = SMALL, *, bold: bool = False) -> float:
    """Width of a text in inches as it will be drawn."""
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415 - heavy
    from matplotlib.textpath import text_to_path  # noqa: PLC0415

    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    width: float = text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
    return 1.03 * width / 72  # the drawn letters are set on whole dots


def fill(text: str, width: float, *, size: float = SMALL, bold: bool = False, most: int = 0) -> str:
    """Text broken into lines of at most a width in inches; 'n = 5' stays together.

    Args:
        text: one paragraph.
        width: of a line, in inches.
        size: of the letters, in points.
        bold: whether they are bold.
        most: the most lines, where there is a limit; what does not fit is left out.
    """
    space = text_width("x x", size, bold=bold) - text_width("xx", size, bold=bold)
    lines: list[str] = []
    room = 0.0
    for word in text.replace("n = ", "n\u00a0=\u00a0").split(" "):
        needed = text_width(word, size, bold=bold)
        if not lines or needed + space > room:
            lines.append(word)
            room = width - needed
        else:
            lines[-1] += f" {word}"
            room -= needed + space
    if most and len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]
    return "\n".join(clipped(line.replace("\u00a0", " "), width, size=size, bold=bold) for line in lines)


def clipped(text: str, width: float, *, size: float = SMALL, bold: bool = False) -> str:
    """A label on one line; its end is left out where it is wider than a width in inches."""
    if text_width(text, size, bold=bold) <= width:
        return text
    while text and text_width(f"{text}…", size, bold=bold) > width:
        text = text[:-1].rstrip()
    return f"{text}…"


def widest(labels: Iterable[str]) -> float:
    """Width in inches of the widest line of some labels."""
    return max((text_width(line) for label in labels for line in label.split("\n")), default=0.0)
