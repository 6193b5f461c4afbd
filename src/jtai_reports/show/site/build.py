"""Build the site: every page, its style and script, the figures; rewrite only what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.files import write_bytes
from jtai_reports.show.site.area_pages import area_pages, region_pages
from jtai_reports.show.site.context import Context, Material, Page
from jtai_reports.show.site.home_pages import home_pages
from jtai_reports.show.site.letter_pages import letter_pages
from jtai_reports.show.site.theme_pages import theme_pages

if TYPE_CHECKING:
    from jinja2 import Environment

MENU = (
    ("Home", "index.html"),
    ("Letters", "letters.html"),
    ("Themes", "themes.html"),
    ("Regions", "regions.html"),
    ("Methods and caveats", "methods.html"),
    ("Downloads", "downloads.html"),
)
MENU_OF = {"letters": "letters.html", "areas": "letters.html", "themes": "themes.html", "regions": "regions.html"}


def write_site(material: Material, folder: Path, *, shared: Context, figures: Sequence[Path] = ()) -> list[Path]:
    """Write the site to a folder and return its files, in order; files of an earlier site that are no more go.

    Args:
        material: what the pages are made from.
        folder: where the site goes; nothing else may lie there.
        shared: what all pages show: title, citation, caveats, whether the letters are invented, charts.
        figures: the files of the figures that pages show.
    """
    pages = [*home_pages(material, shared), *letter_pages(material), *theme_pages(material)]
    pages += [*area_pages(material), *region_pages(material)]
    content = dict(rendered(pages, shared)) | dict(_assets())
    content |= {f"figures/{path.name}": path.read_bytes() for path in figures}
    written = [_write_changed(folder / name, content[name]) for name in sorted(content)]
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path not in set(written):
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return written


def rendered(pages: Iterable[Page], shared: Context) -> Iterator[tuple[str, bytes]]:
    """The path and the HTML of each page."""
    environment = _environment()
    for page in pages:
        depth = page.path.count("/")
        frame = {"site": shared | {"menu": MENU}, "root": "../" * depth, "menu": _menu_of(page.path)}
        html = environment.get_template(page.template).render(frame | page.context)
        yield page.path, (html + "\n").encode()


def _environment() -> Environment:
    import jinja2  # noqa: PLC0415 - heavy

    loader = jinja2.PackageLoader("jtai_reports.show.site")
    return jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )


def _menu_of(path: str) -> str:
    folder, _, rest = path.partition("/")
    return MENU_OF[folder] if rest else path


def _assets() -> Iterator[tuple[str, bytes]]:
    for item in resources.files("jtai_reports.show.site").joinpath("assets").iterdir():
        yield f"assets/{item.name}", item.read_bytes()


def _write_changed(path: Path, content: bytes) -> Path:
    if not path.is_file() or path.read_bytes() != content:
        write_bytes(path, content)
    return path
