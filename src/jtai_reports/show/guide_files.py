"""A guide as a file: Markdown, HTML, Word or PDF; the same bytes from the same guide."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument

    from jtai_reports.show.guide import Guide, Part

FIXED_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - so that the same guide gives the same bytes
DOCX_SIZES = {"Normal": 10, "List Bullet": 10, "Quote": 9.5, "Heading 1": 13, "Title": 20}  # points
MARKDOWN = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|"})
STYLE = (
    "body{font:11pt/1.4 system-ui,'Liberation Sans',sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:1.6rem;margin-bottom:0}h2{font-size:1.15rem;margin:1.2rem 0 .2rem}"
    "blockquote{margin:.4rem 0;padding-left:.75rem;border-left:3px solid #b9b9b2}"
    ".source,.cite{color:#55554f;font-size:.9rem}@page{size:A4;margin:18mm}"
)


def guide_bytes(guide: Guide, kind: str) -> bytes:
    """The guide as a file of a kind: html, docx, md or pdf.

    Raises:
        UsageError: the library for that kind is not installed.
    """
    try:
        return FORMATS[kind](guide)
    except ModuleNotFoundError as fault:
        hint = "Install the extra 'guide': pip install 'jtai-reports[guide]' (or uv sync --extra guide)."
        raise UsageError(f"A guide as {kind} needs the library {fault.name}.", hint=hint) from fault


def as_markdown(guide: Guide) -> bytes:
    """The guide as Markdown."""
    lines = [f"# {_md(guide.title)}", "", _md(guide.subtitle), ""]
    lines += [f"**{_md(guide.notice)}**", ""] if guide.notice else []
    for part in guide.parts:
        lines += [f"## {_md(part.heading)}", ""]
        lines += [line for text in part.paragraphs for line in (_md(text), "")]
        lines += [f"- {_md(text)}" for text in part.bullets] + ([""] if part.bullets else [])
        lines += [line for quote in part.quotes for line in (f"> {_md(quote.text)}", f"> ({_md(quote.source)})", "")]
    return "\n".join([*lines, "---", "", _md(guide.citation), ""]).encode()


def as_html(guide: Guide) -> bytes:
    """The guide as one page of HTML that needs no other file."""
    notice = f"<p><strong>{escape(guide.notice)}</strong></p>\n" if guide.notice else ""
    parts = "\n".join(_html_part(part) for part in guide.parts)
    return (
        f'<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(guide.title)}</title><style>{STYLE}</style></head>\n<body><main>\n"
        f"<h1>{escape(guide.title)}</h1>\n<p>{escape(guide.subtitle)}</p>\n{notice}{parts}\n"
        f'<p class="cite">{escape(guide.citation)}</p>\n</main></body></html>\n'
    ).encode()


def as_docx(guide: Guide) -> bytes:
    """The guide as a Word document with real headings and styles, in two pages of A4."""
    import docx  # noqa: PLC0415 - in the extra `guide`

    document = docx.Document()
    _set_styles(document)
    document.add_heading(_xml(guide.title), level=0)
    document.add_paragraph(_xml(guide.subtitle))
    if guide.notice:
        document.add_paragraph(_xml(guide.notice), style="Quote")
    for part in guide.parts:
        document.add_heading(_xml(part.heading), level=1)
        for text in part.paragraphs:
            document.add_paragraph(_xml(text)).paragraph_format.keep_with_next = bool(part.bullets)
        for text in part.bullets:
            document.add_paragraph(_xml(text), style="List Bullet")
        for quote in part.quotes:
            document.add_paragraph(_xml(f"“{quote.text}” ({quote.source})"), style="Quote")
    document.add_paragraph(_xml(guide.citation))
    core = document.core_properties
    core.title, core.author, core.language = _xml(guide.title), "jtai_reports", "en-GB"
    core.created = core.modified = FIXED_DAY
    buffer = io.BytesIO()
    document.save(buffer)
    return _with_fixed_times(buffer.getvalue())


def as_pdf(guide: Guide) -> bytes:
    """The guide as a PDF of A4 pages."""
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415 - in the extra `guide`
    from reportlab.lib.units import mm  # noqa: PLC0415
    from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate  # noqa: PLC0415

    styles = _pdf_styles(_pdf_fonts(guide))
    story = [Paragraph(escape(guide.title), styles["title"]), Paragraph(escape(guide.subtitle), styles["text"])]
    story += [Paragraph(escape(guide.notice), styles["heading"])] if guide.notice else []
    story += [KeepTogether(_pdf_part(part, styles)) for part in guide.parts]
    story.append(Paragraph(escape(guide.citation), styles["text"]))
    buffer = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 17 * mm)
    about = {"title": guide.title, "author": "jtai_reports", "lang": "en-GB"}
    SimpleDocTemplate(buffer, pagesize=A4, invariant=1, **about, **margins).build(story)
    return buffer.getvalue()


FORMATS: dict[str, Callable[[Guide], bytes]] = {"html": as_html, "docx": as_docx, "md": as_markdown, "pdf": as_pdf}


def _md(text: str) -> str:
    return text.translate(MARKDOWN)


def _xml(text: str) -> str:
    """Text without the characters that no XML file can hold."""
    return "".join(c for c in text if c.isprintable() or c in "\n\t")


def _set_styles(document: DocxDocument) -> None:
    from docx.shared import Mm, Pt  # noqa: PLC0415 - in the extra `guide`

    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(20)
    page.top_margin = page.bottom_margin = Mm(16)
    for name, size in DOCX_SIZES.items():
        style = document.styles[name]
        style.font.name, style.font.size = "Arial", Pt(size)
        style.paragraph_format.space_before = Pt(8 if name == "Heading 1" else 0)
        style.paragraph_format.space_after = Pt(3)


def _html_part(part: Part) -> str:
    pieces = [f"<h2>{escape(part.heading)}</h2>", *(f"<p>{escape(text)}</p>" for text in part.paragraphs)]
    if part.bullets:
        pieces.append("<ul>" + "".join(f"<li>{escape(text)}</li>" for text in part.bullets) + "</ul>")
    pieces += [
        f'<blockquote>{escape(quote.text)} <span class="source">({escape(quote.source)})</span></blockquote>'
        for quote in part.quotes
    ]
    return "\n".join(pieces)


def _pdf_part(part: Part, styles: dict[str, Any]) -> list[Any]:
    from reportlab.platypus import ListFlowable, Paragraph  # noqa: PLC0415 - heavy

    flow: list[Any] = [Paragraph(escape(part.heading), styles["heading"])]
    flow += [Paragraph(escape(text), styles["text"]) for text in part.paragraphs]
    if part.bullets:
        items = [Paragraph(escape(text), styles["text"]) for text in part.bullets]
        flow.append(ListFlowable(items, bulletType="bullet", start="•", leftIndent=12, bulletFontSize=8))
    return flow + [Paragraph(f"“{escape(q.text)}” ({escape(q.source)})", styles["quote"]) for q in part.quotes]


def _pdf_fonts(guide: Guide) -> tuple[str, str, str]:
    """Names of the fonts for text, headings and quotes: those of every PDF reader, where they have all letters."""
    try:
        str(guide).encode("cp1252")
    except UnicodeEncodeError:
        return _wide_fonts()
    return "Helvetica", "Helvetica-Bold", "Helvetica-Oblique"


def _wide_fonts() -> tuple[str, str, str]:
    """Names of the fonts that come with matplotlib, which have the letters of most languages."""
    from matplotlib import get_data_path  # noqa: PLC0415 - heavy
    from reportlab.pdfbase import pdfmetrics, ttfonts  # noqa: PLC0415 - in the extra `guide`

    names = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique")
    for name in names:
        pdfmetrics.registerFont(ttfonts.TTFont(name, f"{get_data_path()}/fonts/ttf/{name}.ttf"))
    return names


def _pdf_styles(fonts: tuple[str, str, str]) -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415 - in the extra `guide`

    plain, bold, slanted = fonts
    text = ParagraphStyle("text", fontName=plain, fontSize=9.5, leading=12.5, spaceAfter=3)
    return {
        "text": text,
        "title": ParagraphStyle("title", parent=text, fontName=bold, fontSize=18, leading=22, spaceAfter=4),
        "heading": ParagraphStyle(
            "heading", parent=text, fontName=bold, fontSize=12, leading=15, spaceBefore=7, keepWithNext=1
        ),
        "quote": ParagraphStyle("quote", parent=text, fontName=slanted, leftIndent=12, spaceBefore=2),
    }


def _with_fixed_times(content: bytes) -> bytes:
    """A zip file with the times of its members set to one day."""
    import zipfile  # noqa: PLC0415

    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(
                zipfile.ZipInfo(item.filename, FIXED_DAY.timetuple()[:6]), old.read(item), zipfile.ZIP_DEFLATED
            )
    return buffer.getvalue()
