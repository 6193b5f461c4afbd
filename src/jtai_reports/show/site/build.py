"""Build the site: every page, its style and script, figures and downloads; rewrite only what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.files import write_bytes
from jtai_reports.show.site.area_pages import area_pages, region_pages
from jtai_reports.show.site.context import Context, Link, Material, Page
from jtai_reports.show.site.figures import read_pictures
from jtai_reports.show.site.home_pages import home_pages
from jtai_reports.show.site.letter_pages import letter_pages
from jtai_reports.show.site.theme_pages import theme_pages

if TYPE_CHECKING:
    from jinja2 import Environment

MENU = (
    Link("Home", "index.html"),
    Link("Letters", "letters.html"),
    Link("Themes", "themes.html"),
    Link("Regions", "regions.html"),
    Link("Figures", "figures.html"),
    Link("Methods and caveats", "methods.html"),
    Link("Downloads", "downloads.html"),
)
MENU_OF = {"letters": "letters.html", "areas": "letters.html", "themes": "themes.html", "regions": "regions.html"}


def write_site(
    material: Material, folder: Path, *, shared: Context, figures: Iterable[Path], downloads: Mapping[str, bytes]
) -> list[Path]:
    """Write the site to a folder and return its files, in order; files of an earlier site that are no more go.

    Args:
        material: what the pages are made from.
        folder: where the site goes; what else lies there is removed.
        shared: what all pages show: `title`, how the `letters` and `inspections` are called, what they are `about`
            and say of grades (`no_grade`), `citation`, `caveats`, `licence` with its `licence_address`, and what is
            said of `invented` letters.
        figures: PNG files with their table and text beside them, as `save_chart` writes them.
        downloads: files that a reader may take with them, by name; they go to `files/`.
    """
    pictures = read_pictures(figures)
    pages = [
        *home_pages(material, pictures, list(downloads)),
        *letter_pages(material),
        *theme_pages(material, pictures),
    ]
    pages += [*area_pages(material), *region_pages(material)]
    content = dict(rendered(pages, shared)) | dict(_assets())
    content |= {f"files/{name}": found for name, found in downloads.items()}
    content |= {f"figures/{name}": found for picture in pictures for name, found in picture.files.items()}
    _remove_others(folder, content)
    return [_write_changed(folder / name, content[name]) for name in sorted(content)]


def rendered(pages: Iterable[Page], shared: Context) -> Iterator[tuple[str, bytes]]:
    """The path and the HTML of each page."""
    environment = _environment()
    for page in pages:
        frame = {"site": shared | {"menu": MENU}, "root": "../" * page.path.count("/"), "menu": _menu_of(page.path)}
        html = environment.get_template(page.template).render(frame | page.context)
        yield page.path, (html.strip() + "\n").encode()


def _environment() -> Environment:
    import jinja2  # noqa: PLC0415 - heavy

    return jinja2.Environment(
        loader=jinja2.PackageLoader("jtai_reports.show.site"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def _menu_of(path: str) -> str:
    folder, _, rest = path.partition("/")
    return MENU_OF[folder] if rest else path


def _assets() -> Iterator[tuple[str, bytes]]:
    for item in resources.files("jtai_reports.show.site").joinpath("assets").iterdir():
        yield f"assets/{item.name}", item.read_bytes()


def _remove_others(folder: Path, kept: Mapping[str, bytes]) -> None:
    """Remove the files of an earlier site that this one does not have, and the folders that this leaves empty."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in kept:
            path.unlink()


def _write_changed(path: Path, content: bytes) -> Path:
    if not path.is_file() or path.read_bytes() != content:
        write_bytes(path, content)
    return path
