"""Make the parts of a run from its tables: comparisons, figures, workbook, site."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.coding.review import find_doubtful
from jtai_reports.compare.counts import COLUMNS, count, stacked
from jtai_reports.compare.tables import comparison_tables, counted_tables
from jtai_reports.files import write_bytes
from jtai_reports.reference.profiles import Profile
from jtai_reports.show.citing import citation
from jtai_reports.show.plots import all_charts, words
from jtai_reports.show.publish import Edition, publish_site, write_workbook
from jtai_reports.show.save import save_chart
from jtai_reports.store import each_shard, write_csv

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.compare.tables import Tables
    from jtai_reports.corpus import Corpus
    from jtai_reports.reference.readers import Series

CITE = "CITE.txt"
PARTS = ("tables", "figures", "workbook", "site")  # in the order in which they are made


class Source(NamedTuple):
    """What the parts are made from: the coded corpus, what its codes and series mean, and which letters these are."""

    corpus: Corpus
    codebook: Codebook
    series: Sequence[Series]
    letters: Path  # their folder
    invented: bool  # whether the letters are those of the sample
    profile: Profile  # what kind of letters these are


def make_parts(
    source: Source, outputs: Path, *, parts: Collection[str] = PARTS, drawn: Iterable[Path] = ()
) -> list[Path]:
    """Make parts of a run and return their files.

    The site offers the workbook and tables that lie in the outputs by then.

    Args:
        source: what they are made from.
        outputs: the folder of the outputs.
        parts: which of `PARTS`.
        drawn: the files of the figures, where they are not drawn anew.
    """
    tables = comparison_tables(source.corpus, codebook=source.codebook)
    edition = Edition(source.corpus, tables, source.codebook, source.series, source.invented, source.profile)
    written: list[Path] = []
    if "tables" in parts:
        listed = {"coding_review": find_doubtful(source.corpus), **tables}
        written += [write_csv(outputs / "tables" / f"{name}.csv", table) for name, table in listed.items()]
        written.append(write_citation(source.corpus.reports, outputs / "tables", profile=source.profile))
    if "figures" in parts:
        drawn = draw(source, tables, outputs / "figures")
        written += [*drawn, write_citation(source.corpus.reports, outputs / "figures", profile=source.profile)]
    if "workbook" in parts:
        written += write_workbook(edition, outputs, reports=source.letters)
    if "site" in parts:
        written += publish_site(edition, outputs, figures=[path for path in drawn if path.suffix == ".png"])
    return written


def write_counted_tables(
    outputs: Path, codebook: Codebook, *, profile: Profile, shards: int | None = None
) -> list[Path]:
    """Write the comparisons of outputs that lie in shards, from counts of one shard after the other.

    No text is read. A profile of every letter (`area_profiles`) is left out: it would be as long as the tables.
    """
    counts = stacked(count(shard) for shard in each_shard(outputs, COLUMNS, shards=shards))
    tables = counted_tables(counts, codebook=codebook, profiles=False)
    written = [write_csv(outputs / "tables" / f"{name}.csv", table) for name, table in tables.items()]
    return [*written, write_citation(counts.reports, outputs / "tables", profile=profile)]


def draw(source: Source, tables: Tables, folder: Path) -> list[Path]:
    """Draw the figures of a run and return their files."""
    named = words(source.corpus, codebook=source.codebook, series=source.series, profile=source.profile)
    return [path for chart in all_charts(tables, words=named) for path in save_chart(chart, folder)]


def write_citation(reports: pd.DataFrame, folder: Path, *, profile: Profile) -> Path:
    """Write beside tables or figures the line to copy when one of them is cited."""
    line = citation(reports, profile=profile)
    text = f"To cite a file of this folder, give its name and this line:\n\n{line}\n"
    return write_bytes(folder / CITE, text.encode())
