"""Figures: what they say, that nothing overlaps, that colours can be told apart, and that bytes stay the same."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.backend_bases import RendererBase
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from jtai_reports.coding.codebook import read_codebook
from jtai_reports.coding.coder import code_corpus
from jtai_reports.compare.letters import select_letters
from jtai_reports.compare.tables import comparison_tables
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.reference.readers import read_series
from jtai_reports.settings import CompareSettings
from jtai_reports.show.plots import (
    Chart,
    Words,
    all_charts,
    plot_agencies_by_theme,
    plot_both_sides,
    plot_codes_by_authority,
    plot_coverage,
    plot_prevalence_by_series,
    plot_repeats,
    plot_shares,
    plot_timeline,
    words,
)
from jtai_reports.show.plots.chart import FAINT, HEIGHT, INK, QUIET, SMALL, STRENGTH, WEAKNESS, WIDTH, fill, paper
from jtai_reports.show.plots.grid import MOST, grid_pages
from jtai_reports.show.save import save_chart

BREAK = "break of 2020-2022: letters change"
FEW_DRAWS = CompareSettings(draws=50)
COLUMNS = ["report_id", "authority", "series", "template", "code", "said"]
GRID = [  # a letter and what it says on two themes
    ("r1", "Corrie", "da_2016", "2016-2020", "joint_working", "both"),
    ("r1", "Corrie", "da_2016", "2016-2020", "early_help", "not mentioned"),
    ("r2", "Ashvale", "da_2016", "2016-2020", "joint_working", "praised"),
    ("r2", "Ashvale", "da_2016", "2016-2020", "early_help", "criticised"),
    ("r3", "Zell", "cse_2016", "2016-2020", "joint_working", "both"),
    ("r3", "Zell", "cse_2016", "2016-2020", "early_help", "both"),
]


def coded(files: list[Path]) -> Corpus:
    return code_corpus(read_letters(files), codebook=read_codebook(None))


@pytest.fixture(scope="module")
def sample(sample_files: list[Path]) -> Corpus:
    return coded(sample_files)


def charts_of(corpus: Corpus) -> Iterator[Chart]:
    yield from all_charts(comparison_tables(corpus, settings=FEW_DRAWS), words=words(corpus))


def drawn_texts(chart: Chart, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float, Bbox]]:
    """Every text that is really drawn, its size in points and its box in dots, at the resolution that is saved."""
    found: list[tuple[str, float, Bbox]] = []
    draw = Text.draw

    def noted(self: Text, renderer: RendererBase) -> None:
        if self.get_visible() and self.get_text().strip():
            found.append((self.get_text(), float(self.get_fontsize()), self.get_window_extent(renderer)))
        draw(self, renderer)

    monkeypatch.setattr(Text, "draw", noted)
    with paper():
        chart.figure.set_dpi(150)
        chart.figure.canvas.draw()
    monkeypatch.undo()
    return found


def faults(chart: Chart, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that leave the page, lie over one another or are too small, and a page that is too large."""
    wide, high = chart.figure.get_size_inches()
    said = [] if wide <= WIDTH and high <= HEIGHT else [f"{chart.name}: {wide} by {high} inches"]
    texts = drawn_texts(chart, monkeypatch)
    page = chart.figure.bbox.padded(1)
    for text, size, box in texts:
        if size < SMALL:
            said.append(f"{chart.name}: {text!r} has {size} points")
        if box.x0 < page.x0 or box.y0 < page.y0 or box.x1 > page.x1 or box.y1 > page.y1:
            said.append(f"{chart.name}: {text!r} leaves the page")
    for (one, _, box), (other, _, second) in itertools.combinations(texts, 2):
        if box.padded(-1.5).overlaps(second.padded(-1.5)):
            said.append(f"{chart.name}: {one!r} over {other!r}")
    return said


def test_nothing_overlaps_on_the_sample(sample: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent.parent)
    names = set()
    for chart in charts_of(sample):
        names.add(chart.name)
        assert faults(chart, monkeypatch) == []
    expected = {"findings_by_authority", "timeline", "coverage_by_region", "praised_and_criticised"}
    expected |= {f"prevalence_by_series_{of}" for of in ("understanding", "collaboration", "leadership", "agency")}
    expected |= {f"{what}_{year}" for what in ("codes_by_authority", "agencies_by_theme") for year in (2016, 2022)}
    assert expected | {"key_areas_by_letter", "shares_within_template"} <= names


def test_one_letter_is_enough(sample: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    one = select_letters(sample, series=sample.reports["series"].dropna().iloc[0])
    first = one.reports["report_id"].iloc[0]
    kept = {
        name: frame[frame["report_id"] == first] if "report_id" in frame else frame
        for name, frame in one._asdict().items()
    }
    charts = list(charts_of(Corpus(**kept)))
    assert len(charts) == 12  # no shares of a single letter, no second template
    assert [fault for chart in charts for fault in faults(chart, monkeypatch)] == []
    for chart in charts:
        assert "n = 1 letter " in " ".join(" ".join(text.get_text() for text in chart.figure.texts).split())


def test_letters_that_are_not_coded_have_figures_too(sample: Corpus) -> None:
    plain = sample._replace(statements=sample.statements.assign(polarity=pd.array([None] * len(sample.statements))))
    assert [chart.name for chart in charts_of(plain)] == ["findings_by_authority", "timeline", "coverage_by_region"]


def test_nothing_overlaps_on_real_letters(reference: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = coded(sorted((reference / "corpus").glob("*.pdf")))
    assert [fault for chart in charts_of(corpus) for fault in faults(chart, monkeypatch)] == []


def test_nothing_overlaps_with_all_series_and_long_names(sample: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [(s.series, s.template) for s in read_series()]
    letters = len(sample.reports)
    many: dict[str, list[pd.DataFrame]] = {name: [] for name in Corpus._fields}
    for number, (series, template) in enumerate(names * 3):
        source = sample.reports.iloc[number % letters]
        for name, frame in sample._asdict().items():
            keys = [key for key in ("report_id", "statement_id", "finding_id", "section_id") if key in frame]
            if name == "reports":
                own = frame[frame["report_id"] == source["report_id"]].assign(
                    series=series, template=template, authority=f"Long Name upon the {'Very Long ' * 3}River {number}"
                )
            else:
                own = frame[frame[keys[0]].str.startswith(source["report_id"])] if keys else frame
            many[name].append(own.assign(**{key: own[key] + f"x{number}" for key in keys}))
    corpus = Corpus(**{name: pd.concat(frames, ignore_index=True) for name, frames in many.items()})
    found = [fault for chart in charts_of(corpus) for fault in faults(chart, monkeypatch)]
    too_high = [
        fault for fault in found if fault.startswith("coverage_by_region: 7.1 by")
    ]  # 45 areas that are not there
    assert [fault for fault in found if fault not in too_high] == []


# ---- colours


def seen(colour: str, kind: str) -> tuple[float, float, float]:
    """A colour as people with a kind of colour blindness see it (Machado, Oliveira and Fernandes 2009)."""
    from colorspacious import cspace_convert
    from matplotlib.colors import to_rgb

    space = {"name": "sRGB1+CVD", "cvd_type": kind, "severity": 100}
    return tuple(cspace_convert(to_rgb(colour), space, "sRGB1").clip(0, 1))


@pytest.mark.parametrize("kind", ["deuteranomaly", "protanomaly", "tritanomaly"])
@pytest.mark.parametrize("pair", list(itertools.combinations((STRENGTH, WEAKNESS, FAINT, INK), 2)))
def test_colours_used_together_are_told_apart(kind: str, pair: tuple[str, str]) -> None:
    from colorspacious import deltaE

    one, other = (seen(colour, kind) for colour in pair)
    assert deltaE(one, other, input_space="sRGB1") > 20  # 2 is just seen, 20 at a glance


def test_the_sides_are_told_apart_without_colour() -> None:
    from colorspacious import cspace_convert
    from matplotlib.colors import to_rgb

    lightness = [cspace_convert(to_rgb(colour), "sRGB1", "CIELab")[0] for colour in (STRENGTH, WEAKNESS, QUIET)]
    assert lightness[1] - lightness[0] > 5
    with paper():
        chart = plot_codes_by_authority(grid())
    marks = {line.get_marker() for axes in chart.figure.axes for line in axes.lines if len(points(line)) == 1}
    assert {"o", "s"} <= marks


# ---- what figures say


def points(line: Line2D) -> list[tuple[float, float]]:
    return list(zip(np.asarray(line.get_xdata()), np.asarray(line.get_ydata()), strict=True))


def grid() -> pd.DataFrame:
    return pd.DataFrame(GRID, columns=COLUMNS).assign(facet="theme")


def test_authorities_stand_alphabetically_within_series_in_order_of_time() -> None:
    chart = plot_codes_by_authority(grid())
    labels = [label.get_text() for label in chart.figure.axes[0].get_yticklabels()]
    assert labels == ["Zell", "Ashvale", "Corrie"]
    assert "Working together: 1 praised, 2 both." in chart.alt_text
    assert "Early help: 1 criticised, 1 both, 1 not mentioned." in chart.alt_text


def test_many_letters_take_pages_and_series_stay_whole() -> None:
    rows = [(f"r{n:03}", f"Area {n}", "da_2016" if n < 20 else "neglect_2017") for n in range(40)]
    table = pd.DataFrame(rows, columns=COLUMNS[:3]).assign(template="2016-2020", code="early_help", said="both")
    pages = grid_pages(table.assign(facet="theme"), words())
    assert [page["report_id"].nunique() for page in pages] == [20, 20]
    assert MOST == 34


def prevalence_table() -> pd.DataFrame:
    rows = [
        (series, template, "key_area", "leadership", side, k, n, k / n, 0.1, 0.9)
        for series, template, n, praised, criticised in (
            ("da_2016", "2016-2020", 4, 3, 1),
            ("front_door", "2022-", 12, 12, 6),
            ("da_2024", "2022-", 2, 0, 2),
        )
        for side, k in (("strength", praised), ("weakness", criticised))
    ]
    columns = ["series", "template", "facet", "code", "polarity", "k", "n", "share", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def test_the_break_is_marked_and_no_line_crosses_it() -> None:
    axes = plot_prevalence_by_series(prevalence_table()).figure.axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert texts.count(BREAK) == 1
    (place,) = (text.xy[1] for text in axes.texts if text.get_text() == BREAK)  # type: ignore[attr-defined]
    places = axes.get_yticks()
    assert places[0] < place < places[1]
    joined = [line for line in axes.lines if line.get_linestyle() == "-" and len({y for _, y in points(line)}) > 1]
    assert joined == []


def test_few_letters_are_given_as_k_and_n_and_no_percentage() -> None:
    chart = plot_prevalence_by_series(prevalence_table())
    (axes,) = chart.figure.axes
    assert axes.get_yticklabels()[0].get_text() == "Domestic abuse (2016-17), n = 4"
    assert [text.get_text() for text in axes.texts if text.get_text() != BREAK] == [
        "3",
        "1",
        "12",
        "6",
        "0",
        "2",
    ]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["none", "half", "all"]
    everything = " ".join(text.get_text() for text in chart.figure.findobj(Text))
    assert "%" not in everything.replace("95% interval", "")
    assert "n = 18 letters (4 of 2016-2020, 14 from 2022)" in everything
    assert "Leadership: 2016-2020: praised in 3 of 4; 2016-2020: criticised in 1 of 4; 2022-: praised in 12 of 14" in (
        chart.alt_text
    )


def test_bars_are_as_long_as_their_counts() -> None:
    rows = [("strength", 9), ("weakness", 6), ("both", 5)]
    table = pd.DataFrame(rows, columns=["polarity", "k"]).assign(
        template="2022-", facet="theme", code="early_help", n=12, share=0.5, low=0.1, high=0.9
    )
    chart = plot_both_sides(table[table["polarity"] != "both"], table[table["polarity"] == "both"])
    bars = [patch for patch in chart.figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert sorted(bar.get_width() for bar in bars) == [-5, -1, 4, 5]  # both to either side; 1 criticises only, 4 praise
    assert "Early help: 9 praise, 6 criticise, 5 both" in chart.alt_text


def test_counts_are_printed_in_the_heat_map() -> None:
    rows = [("police", "strength", 7), ("police", "weakness", 0), ("health", "strength", 2), ("health", "weakness", 12)]
    table = pd.DataFrame(rows, columns=["agency", "polarity", "k"]).assign(
        template="2022-", facet="theme", code="early_help", n=12, share=0.5, low=0.1, high=0.9
    )
    praised, criticised = plot_agencies_by_theme(table).figure.axes
    assert [text.get_text() for text in praised.texts if text.get_text().isdigit()] == ["7", "2"]
    assert [text.get_text() for text in criticised.texts if text.get_text().isdigit()] == ["0", "12"]


def test_coverage_shows_regions_without_letters() -> None:
    rows = [
        ("London", "Ashvale", True, 1, "r1", "2016-2020"),
        ("London", "Birch", True, 1, None, None),
        ("North East", "Corrie", True, 0, None, None),
        ("North East", "Dunmoor (old)", False, 0, None, None),
    ]
    table = pd.DataFrame(rows, columns=["region", "authority", "exists", "catalogue", "report_id", "template"])
    table = table.assign(authority_type="x", series=None, letter_date=None)
    other = table.iloc[[0]].assign(region=None, authority="Elsewhere", report_id="r2", template="2022-")
    chart = plot_coverage(table, pd.concat([table.iloc[[0]], other]))
    texts = [text.get_text() for text in chart.figure.texts]
    assert [text for text in texts if text in ("North East", "London")] == ["North East", "London"]
    assert "1 authority, none read" in texts
    assert "2 authorities, 1 + 0 read" in texts
    marks = ["letter of 2016-2020", "letter known, not read", "no letter known", "letter from 2022"]
    assert chart.table["mark"].tolist() == marks


def test_the_timeline_counts_letters_and_priority_actions(sample: Corpus) -> None:
    tables = comparison_tables(sample, settings=FEW_DRAWS)
    chart = plot_timeline(tables["findings_by_authority"], tables["series"])
    by_authority = tables["findings_by_authority"]
    assert chart.table["read"].sum() == len(sample.reports[sample.reports["series"].notna()])
    with_priority = int((by_authority["priority_actions"] > 0).sum())
    assert chart.table["with_priority_action"].sum() == with_priority > 0
    crossing = [
        line
        for line in chart.figure.axes[0].lines
        if line.get_linestyle() == "-" and len(points(line)) > 1 and line.get_color() != ".93"
    ]
    assert crossing == []


def test_shares_have_a_panel_for_each_layer() -> None:
    rows = [("2016-2020", "single", 5, 100), ("2022-", "summary", 6, 40), ("2022-", "main", 6, 90)]
    table = pd.DataFrame(rows, columns=["template", "layer", "n", "judged"]).assign(
        facet="theme", code="early_help", polarity="strength", statements=4, k=3, share=0.05, low=0.02, high=0.08
    )
    chart = plot_shares(table)
    assert len(chart.figure.axes) == 3
    assert "From 2022: summary (6 letters): most praise on Early help (4 of 40); no criticism." in chart.alt_text


def test_repeats_stand_side_by_side_with_the_break_between() -> None:
    table = prevalence_table().assign(facet="theme", code="early_help", repeats="domestic_abuse")
    chart = plot_repeats(table[table["series"].str.startswith("da_")])
    assert len(chart.figure.axes) == 2
    walls = [line for line in chart.figure.artists if isinstance(line, Line2D) and line.get_color() == QUIET]
    assert len(walls) == 1
    assert chart.name == "repeats_domestic_abuse"


def test_names_of_people_s_own_are_printed_as_they_are() -> None:
    named = Words({("key_area", "leadership"): "Costs $5 & <more> $"}, {}, {"da_2016": "_$x^2$_"})
    chart = plot_prevalence_by_series(prevalence_table(), words=named)
    with paper(), warnings.catch_warnings():
        warnings.simplefilter("error")
        chart.figure.canvas.draw()
    assert chart.figure.axes[0].get_yticklabels()[0].get_text() == "_$x^2$_, n = 4"


def test_lines_are_as_narrow_as_asked() -> None:
    assert fill("one two three", 100) == "one two three"
    assert fill("one two, n = 5", 0.6).splitlines()[-1] == "n = 5"
    assert fill("one two three four", 0.3, most=2).count("\n") == 1
    assert fill("abcdefghijklmnopqrstuvwxyz", 0.5).endswith("…")


# ---- files


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    first = save_chart(plot_codes_by_authority(grid()), tmp_path / "a")
    second = save_chart(plot_codes_by_authority(grid()), tmp_path / "b")
    assert [path.name for path in first] == [
        f"codes_by_authority_2016.{end}" for end in ("csv", "png", "svg", "alt.txt")
    ]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_reader_s_own_settings_change_nothing(tmp_path: Path) -> None:
    import matplotlib as mpl

    plain = save_chart(plot_codes_by_authority(grid()), tmp_path / "a")[1].read_bytes()
    with mpl.rc_context({"font.size": 20, "savefig.bbox": "tight", "axes.facecolor": "red"}):
        assert save_chart(plot_codes_by_authority(grid()), tmp_path / "b")[1].read_bytes() == plain


def test_alternative_text_is_in_every_file(tmp_path: Path) -> None:
    from PIL import Image

    chart = plot_codes_by_authority(grid().assign(authority="A & <b>"))
    _, png, svg, alt = save_chart(chart, tmp_path)
    assert alt.read_text() == chart.alt_text + "\n"
    with Image.open(png) as image:
        assert image.info["Description"] == chart.alt_text
    root = ElementTree.fromstring(svg.read_text())  # noqa: S314 - our own file
    assert root.get("role") == "img"
    assert root.findtext("{http://www.w3.org/2000/svg}desc") == chart.alt_text
