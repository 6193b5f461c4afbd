"""Draw a page of a letter with what was read on it, so that a person can check at a glance."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.errors import UnreadableFileError, UsageError
from jtai_reports.letter.letter import read_letter
from jtai_reports.pdf.reader import read_file, read_pages
from jtai_reports.settings import DEFAULT_PROFILE

if TYPE_CHECKING:
    from PIL.Image import Image

    from jtai_reports.letter.records import Letter
    from jtai_reports.pdf.records import Line

RESOLUTION = 110  # dots per inch
MARGIN = 3.0  # points between the print and its outline
COLOURS = {
    "heading": "#000000",
    "strengths": "#0072b2",
    "improvements": "#d55e00",
    "priority_actions": "#b2182b",
    "main_findings": "#009e73",
    "headline_findings": "#009e73",
    "practice_example": "#cc79a7",
}
OTHER = "#666666"


class Outline(NamedTuple):
    """A part of a page: a label and a rectangle in points from the page's top left corner."""

    label: str
    colour: str
    x0: float
    top: float
    x1: float
    bottom: float


def show_page(
    path: Path | str, page: int = 1, *, authorities: Path | None = None, profile: str | Path = DEFAULT_PROFILE
) -> Image:
    """A picture of one page with every heading and finding outlined and labelled.

    Labels name the section kind and the finding's place in the letter; 'goes on' marks the second half of a
    finding that starts on an earlier page.

    Args:
        path: the PDF file.
        page: number of the page, from 1.
        authorities: a folder whose `authorities.csv` adds to the known authorities.
        profile: what kind of letter it is: the name of a profile, or the folder of one of your own.

    Returns:
        A PIL image, which a notebook shows as it is.

    Raises:
        UnreadableFileError: the file cannot be read, or is not a letter of the profile.
        UsageError: there is no such file or page.

    Example:
        >>> show_page("reports/sample/90000001.pdf").size[0] > 500
        True
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file.", hint="Name the PDF file of a letter.")
    try:
        content = read_file(path)
        letter = read_letter(read_pages(content), authorities=authorities, profile=profile)
    except UnreadableFileError as fault:
        raise fault.of(path.name) from None
    if not 1 <= page <= letter.n_pages:
        raise UsageError(f"{path}: has no page {page}.", hint=f"Its pages are 1 to {letter.n_pages}.")
    return _drawn(content, page, outlines(letter, page))


def png_bytes(image: Image) -> bytes:
    """A picture as the bytes of a PNG file."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


def outlines(letter: Letter, page: int) -> list[Outline]:
    """What was read on a page: each heading, sub-section and finding with its rectangle."""
    found: list[Outline] = []
    number = 0
    for section in letter.sections:
        found += _around(f"{section.kind} heading", COLOURS["heading"], section.heading_lines, page)
        for finding in section.findings:
            number += 1
            label = f"{section.kind} {number}{'' if finding.page_start == page else ' goes on'}"
            found += _around(label, COLOURS.get(section.kind, OTHER), finding.lines, page)
    return found


def _around(label: str, colour: str, lines: Sequence[Line], page: int) -> Iterator[Outline]:
    here = [line for line in lines if line.page == page]
    if here:
        yield Outline(
            label,
            colour,
            min(line.x0 for line in here) - MARGIN,
            min(line.top for line in here) - MARGIN,
            max(line.x1 for line in here) + MARGIN,
            max(line.bottom for line in here) + MARGIN,
        )


def _drawn(content: bytes, page: int, parts: Sequence[Outline]) -> Image:
    import pdfplumber  # noqa: PLC0415 - heavy
    from PIL import ImageDraw, ImageFont  # noqa: PLC0415

    with pdfplumber.open(io.BytesIO(content)) as document:
        image = document.pages[page - 1].to_image(resolution=RESOLUTION).original.convert("RGB")
    scale = RESOLUTION / 72
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=11)
    for part in parts:
        corners = [scale * edge for edge in (part.x0, part.top, part.x1, part.bottom)]
        draw.rectangle(corners, outline=part.colour, width=2)
        width = draw.textlength(part.label, font=font)
        place = (min(corners[2] + 4, image.width - width - 2), corners[1])
        draw.rectangle((place[0] - 1, place[1], place[0] + width + 1, place[1] + 14), fill="white")
        draw.text(place, part.label, fill=part.colour, font=font)
    return image
