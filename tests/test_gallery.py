"""The gallery in the docs: whole, small, and without a sentence of a letter."""

from __future__ import annotations

import re
from pathlib import Path

from jtai_reports.corpus import read_letters

GALLERY = Path(__file__).parent.parent / "docs" / "gallery.md"


def test_the_gallery_is_whole_and_small() -> None:
    page = GALLERY.read_text("utf-8")
    pictures = sorted((GALLERY.parent / "gallery").glob("*"))
    assert [path.name for path in pictures] == sorted(set(re.findall(r"\(gallery/(\S+?)\)", page)))
    assert sum(path.stat().st_size for path in pictures) < 1_500_000
    readme = (GALLERY.parent.parent / "README.md").read_text("utf-8")
    shown = re.findall(r'src="docs/gallery/(\S+?)" alt="([^"]{40,})"', readme)
    assert len(shown) == 2
    assert {name for name, _ in shown} <= {path.name for path in pictures}


def test_the_gallery_holds_no_sentence_of_a_letter(reference: Path) -> None:
    page = re.sub(r"\s+", " ", GALLERY.read_text("utf-8"))
    statements = read_letters(sorted((reference / "corpus").glob("*.pdf"))).statements["text"]
    assert [text for text in statements if len(text) > 40 and text in page] == []
