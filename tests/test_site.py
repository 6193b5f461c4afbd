"""The site as files: complete, escaped, alone, small, and rewritten only where something changed."""

from __future__ import annotations

import html
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from jtai_reports.coding.codebook import read_codebook
from jtai_reports.corpus import Corpus
from jtai_reports.making import Source, make_parts
from jtai_reports.reference.profiles import read_profile
from jtai_reports.reference.readers import read_series
from jtai_reports.show.site.figures import read_pictures
from jtai_reports.store import load
from tests.conftest import SAMPLE
from tests.hostile import AREA, IMAGE, SCRIPT, TEXT, make_hostile

LIMIT_PAGE, LIMIT_SITE = 300_000, 10_000_000  # bytes; of the site, for 64 letters


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its ids."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def values(self, tag: str, name: str) -> list[str]:
        return [attributes[name] or "" for found, attributes in self.found if found == tag and name in attributes]


def publish(corpus: Corpus, outputs: Path, *, drawn: Path | None = None) -> Path:
    """The site of a corpus, with the figures of another run."""
    files = sorted(drawn.iterdir()) if drawn else []
    source = Source(corpus, read_codebook(), read_series(), SAMPLE, invented=True, profile=read_profile())
    make_parts(source, outputs, parts=["site"], drawn=files)
    return outputs / "site"


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def contents(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(make_hostile(), tmp_path_factory.mktemp("hostile"))


def test_every_letter_area_theme_and_region_has_a_page(sample_outputs: Path) -> None:
    site, corpus = sample_outputs / "site", load(sample_outputs)
    names = {folder: {path.stem for path in (site / folder).iterdir()} for folder in ("letters", "themes")}
    assert names["letters"] == set(corpus.reports["report_id"])
    assert names["themes"] == {code.id.replace("_", "-") for code in read_codebook().facet("theme")}
    assert len(list((site / "areas").iterdir())) == corpus.reports["authority"].nunique()
    assert len(list((site / "regions").iterdir())) == corpus.reports["region"].nunique()


def test_links_lead_somewhere(sample_outputs: Path) -> None:
    site = sample_outputs / "site"
    ids = {path.resolve(): set(Tags(path).values("div", "id")) | {"main", "how-to-read"} for path in pages(site)}
    dead = []
    for path in pages(site):
        for href in Tags(path).values("a", "href"):
            target, place = urldefrag(href)
            if target.startswith("https://"):
                continue
            file = (path.parent / unquote(target)).resolve() if target else path.resolve()
            if not file.is_file() or (place and place not in ids[file]):
                dead.append((path.name, href))
    assert dead == []


def test_nothing_is_asked_of_another_site(sample_outputs: Path) -> None:
    for path in pages(sample_outputs / "site"):
        tags = Tags(path)
        asked = [*tags.values("img", "src"), *tags.values("script", "src"), *tags.values("link", "href")]
        assert asked
        assert not [address for address in asked if ":" in address or address.startswith("//")]
        assert not tags.values("a", "ping")
        policy = tags.values("meta", "content")
        assert any("default-src 'none'" in content for content in policy)
    style = (sample_outputs / "site" / "assets" / "site.css").read_text()
    assert "url(" not in style
    assert "@import" not in style


def test_every_figure_has_its_text_and_its_table(sample_outputs: Path) -> None:
    site = sample_outputs / "site"
    drawn = sorted((sample_outputs / "figures").glob("*.png"))
    pictures = {picture.name: picture for picture in read_pictures(drawn)}
    shown = Tags(site / "figures.html")
    assert shown.values("img", "src") == [f"figures/{path.name}" for path in drawn]
    for path in pages(site):
        tags = Tags(path)
        for source, alt in zip(tags.values("img", "src"), tags.values("img", "alt"), strict=True):
            name = Path(source).stem
            assert alt == pictures[name].alt_text
            assert f"../{source}".replace(".png", ".csv")[3:] in tags.values("a", "href")
    assert {Path(source).stem for source in Tags(site / "index.html").values("img", "src")} == {
        "timeline", "prevalence_by_series_key_area",
    }  # fmt: skip
    assert len(Tags(site / "themes.html").values("img", "src")) == 3  # one a key area


def test_pages_and_the_site_are_small(sample_outputs: Path) -> None:
    """Measured on the invented letters: a page may grow with its letter, the site with the number of letters."""
    found = contents(sample_outputs / "site")
    assert max(len(content) for name, content in found.items() if name.endswith(".html")) < LIMIT_PAGE
    fixed = sum(len(content) for name, content in found.items() if name.startswith(("figures/", "assets/")))
    growing = sum(len(content) for content in found.values()) - fixed
    assert fixed + growing * 64 / 12 < LIMIT_SITE


def test_text_of_a_letter_is_text_everywhere(hostile: Path) -> None:
    for path in pages(hostile):
        content, tags = path.read_text("utf-8"), Tags(path)
        assert "<script>" not in content
        assert "onerror" not in {name for _, attributes in tags.found for name in attributes}
        assert tags.values("img", "src") == []
        assert not any("javascript:" in href.lower() for href in tags.values("a", "href"))
        assert [address for address in tags.values("script", "src") if not address.endswith("assets/tables.js")] == []
    letter = html.unescape((hostile / "letters" / "letter-01.html").read_text("utf-8"))
    for text in (AREA, IMAGE, SCRIPT, TEXT):
        assert text in letter
    assert SCRIPT in html.unescape((hostile / "methods.html").read_text("utf-8"))  # of a problem and a correction


def test_the_same_corpus_gives_the_same_bytes(hostile: Path, tmp_path: Path) -> None:
    assert contents(publish(make_hostile(), tmp_path)) == contents(hostile)


def test_a_letter_that_changed_rewrites_its_own_pages_only(sample_outputs: Path, tmp_path: Path) -> None:
    corpus, drawn = load(sample_outputs), sample_outputs / "figures"
    site = publish(corpus, tmp_path, drawn=drawn)
    before = {path: path.stat().st_ino for path in site.rglob("*.html")}
    name = corpus.reports["report_id"].iloc[0]
    mine = (corpus.statements["report_id"] == name) & (corpus.statements["polarity"] == "neutral")
    statements = corpus.statements.assign(text=corpus.statements["text"].mask(mine, "Changed."))
    publish(corpus._replace(statements=statements), tmp_path, drawn=drawn)
    rewritten = {path.relative_to(site).as_posix() for path, inode in before.items() if path.stat().st_ino != inode}
    assert rewritten == {f"letters/{name}.html"}


def test_what_is_no_more_goes(sample_outputs: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_outputs / "site", tmp_path / "site")
    (tmp_path / "site" / "letters" / "jtai-gone.html").write_text("gone")
    (tmp_path / "site" / "old").mkdir()
    (tmp_path / "site" / "old" / "page.html").write_text("old")
    publish(load(sample_outputs), tmp_path, drawn=sample_outputs / "figures")
    assert not (tmp_path / "site" / "letters" / "jtai-gone.html").exists()
    assert not (tmp_path / "site" / "old").exists()


def test_invented_letters_are_said_to_be(sample_outputs: Path) -> None:
    assert all("Invented letters." in path.read_text("utf-8") for path in pages(sample_outputs / "site"))


def test_every_page_says_how_to_cite_it(sample_outputs: Path) -> None:
    newest = load(sample_outputs).reports["letter_date"].max()
    line = f"jtai_reports 0.1.0; JTAI letters up to {newest}; n = 12 letters."
    assert all(f'<p class="cite">{line}</p>' in path.read_text("utf-8") for path in pages(sample_outputs / "site"))


def test_a_theme_page_counts_as_the_comparison_does(sample_outputs: Path) -> None:
    """The heading over the quotes and the table by series say in how many letters a theme is praised."""
    page = (sample_outputs / "site" / "themes" / "early-help.html").read_text("utf-8")
    (said,) = re.findall(r"<h2>Praised in (\d+) letters</h2>", page)
    pairs = re.findall(r"<td>(\d+) of \d+</td><td>\d+ of \d+</td></tr>", page)
    assert sum(int(k) for k in pairs) == int(said) > 0
