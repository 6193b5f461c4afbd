"""Make docs/gallery.md, its pictures and its tables from a folder of letters.

    uv run tools/make_gallery.py FOLDER [--outputs FOLDER]

Only numbers, names and codes go into it, no sentence of a letter. What it says of each figure stands in
tools/gallery.yaml.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from PIL import Image

from jtai_reports.coding.codebook import read_codebook
from jtai_reports.compare.wording import PERCENT_FROM, k_of_n
from jtai_reports.pipeline import run
from jtai_reports.reference.readers import read_series
from jtai_reports.settings import Settings

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "gallery.md"
COLOURS = 64  # of a picture: enough for these figures, a quarter of the size
HEAD = """\
# Gallery

The figures and some tables of {read} published letters ({first} to {last}), made by `jtai run`; statements coded by
{coders}. Numbers, names and codes only. A run writes each figure as PNG and SVG, with its data as CSV and its text for
screen readers. This page is made by:

```sh
uv run tools/make_gallery.py FOLDER-OF-LETTERS
```

How the figures are counted, and what is refused: [how letters are compared](comparing.md).
"""

LEARNED = """\
The model that comes with the toolkit has learned from statements of published letters, these among them: on letters
that it has not seen it errs more often than here.
"""


def main() -> None:
    """Run the toolkit over the letters and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("letters", type=Path, help="folder of the PDF letters")
    parser.add_argument("--outputs", type=Path, help="where the run writes; a folder for the time being otherwise")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        outputs = arguments.outputs or Path(passing)
        done = run(Settings(reports=arguments.letters, outputs=outputs))
        PAGE.write_text("\n".join(page(outputs, done.record)), "utf-8")


def page(outputs: Path, record: dict[str, Any]) -> Iterator[str]:
    """The lines of the page; its pictures are written on the way."""
    reports = pd.read_parquet(outputs / "data" / "reports.parquet")
    days = reports["letter_date"].dropna()
    coders = ", ".join(record["coders"])
    yield HEAD.format(read=len(reports), first=days.min(), last=days.max(), coders=coders)
    if "model" in record["coders"]:
        yield LEARNED
    yield "## Figures\n"
    for figure in yaml.safe_load((ROOT / "tools" / "gallery.yaml").read_text("utf-8")):
        picture = outputs / "figures" / f"{figure['name']}.png"
        if picture.is_file():
            copy_small(picture, PAGE.parent / "gallery" / picture.name)
            alt = picture.with_suffix(".alt.txt").read_text("utf-8").strip()
            yield f"### {figure['heading']}\n\n![{alt}](gallery/{picture.name})\n"
            yield f"*Shows:* {figure['shows']}\n\n*Does not show:* {figure['not']}\n"
    yield "## Tables\n"
    for heading, said, make in TABLES:
        yield f"### {heading}\n\n{said}\n"
        yield from (*as_markdown(make(outputs / "tables")), "")


def copy_small(source: Path, target: Path) -> None:
    """Copy a picture with few colours: a quarter of the size, and the same to the eye."""
    target.parent.mkdir(exist_ok=True)
    buffer = io.BytesIO()
    with Image.open(source) as image:
        few = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(buffer, "PNG", optimize=True)
    target.write_bytes(buffer.getvalue())


def as_markdown(table: pd.DataFrame) -> Iterator[str]:
    """A table as lines of Markdown.

    >>> list(as_markdown(pd.DataFrame({"a": [1], "b": ["x|y"]})))
    ['| a | b |', '|---|---|', '| 1 | x/y |']
    """
    yield f"| {' | '.join(table.columns)} |"
    yield f"|{'---|' * len(table.columns)}"
    for row in table.itertuples(index=False):
        yield f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |"


def coverage(tables: Path) -> pd.DataFrame:
    """Letters published, known and read, by series."""
    table = pd.read_csv(tables / "coverage_by_series.csv")
    table["published"] = [f"{n:g}" if n > 0 else "-" for n in table["published"]]
    return table[["title", "template", "published", "catalogue", "read"]]


def regions(tables: Path) -> pd.DataFrame:
    """Letters known and read, by region and template."""
    return pd.read_csv(tables / "coverage_by_region.csv")


def prevalence(tables: Path) -> pd.DataFrame:
    """In how many letters of either template each theme is praised and criticised, in words."""
    table = pd.read_csv(tables / "prevalence_by_template.csv")
    table = table[table["facet"] == "theme"]
    table["said"] = [_short(*row) for row in zip(*(table[c] for c in ("k", "n", "low", "high")), strict=True)]
    table["what"] = table["template"] + " " + table["polarity"].map({"strength": "praised", "weakness": "criticised"})
    labels = {code.id: code.label for code in read_codebook().facet("theme")}
    wide = table.pivot(index="code", columns="what", values="said").reindex(
        index=table["code"].unique(), columns=table["what"].unique()
    )
    wide.insert(0, "theme", [labels.get(str(code), str(code)) for code in wide.index])
    return wide


def _short(k: int, n: int, low: float, high: float) -> str:
    """A count with its interval, where there are letters enough for percentages.

    >>> _short(9, 24, 0.212, 0.573), _short(1, 5, 0.04, 0.6)
    ('9 of 24 (21-57%)', '1 of 5')
    """
    return k_of_n(k, n) if n < PERCENT_FROM else f"{k} of {n} ({100 * low:.0f}-{100 * high:.0f}%)"


def priorities(tables: Path) -> pd.DataFrame:
    """Letters with an area for priority action, and findings a letter, by series."""
    table = pd.read_csv(tables / "findings_by_series.csv")
    table["with priority action"] = [
        k_of_n(k, n) for k, n in zip(table["with_priority_action"], table["n"], strict=True)
    ]
    for what in ("strengths", "improvements"):
        parts = (table[f"{what}_{part}"] for part in ("median", "min", "max"))
        table[what] = [f"{median:g} ({low:g}-{high:g})" for median, low, high in zip(*parts, strict=True)]
    titles = {series.series: series.title for series in read_series()}
    table["series"] = table["series"].map(titles).fillna(table["series"])
    return table[["series", "template", "n", "strengths", "improvements", "with priority action"]]


TABLES: tuple[tuple[str, str, Callable[[Path], pd.DataFrame]], ...] = (
    (
        "Letters by series",
        "*Shows:* how many letters of each series an overview report names (where there is one), how many are in the "
        "catalogue, and how many were read. *Does not show:* what the unread letters say.",
        coverage,
    ),
    (
        "Letters by region",
        "*Shows:* areas and letters of each region, by template. *Does not show:* a sample; one letter stands for "
        "nothing but itself.",
        regions,
    ),
    (
        "Themes praised and criticised",
        "*Shows:* letters with at least one such statement, of all letters of the template; in brackets the 95% "
        "interval (Wilson). *Does not show:* a difference between the templates, which print different things.",
        prevalence,
    ),
    (
        "Findings and priority actions by series",
        "*Shows:* findings printed as strengths and as areas to improve (median, range over letters), and letters "
        "with an area for priority action. *Does not show:* performance; counts follow length and template.",
        priorities,
    ),
)


if __name__ == "__main__":
    main()
