"""PDFs as they should not be, made by hand: each function gives the bytes of one."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

import pikepdf
from reportlab.pdfgen.canvas import Canvas

TEXT = b"BT /F1 12 Tf 72 700 Td (Joint targeted area inspection of Nowhere) Tj ET"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def assembled(*objects: bytes, root: int = 1) -> bytes:
    """A PDF of the objects, numbered from 1, with a right cross-reference table."""
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return out + end % (size, table, size, root, len(out))


def stream(content: bytes, extra: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), extra, content)


def one_page(content: bytes, font: bytes = FONT) -> bytes:
    """A PDF of one page with one font, from the object that holds the page's content."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>"
    page %= b"<< /Font << /F1 5 0 R >> >>"
    return assembled(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, content, font
    )


def no_pages() -> bytes:
    """A PDF whose page tree is empty."""
    return assembled(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>")


def cyclic_pages() -> bytes:
    """A PDF whose page tree holds itself."""
    return assembled(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 4 >>",
        b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 4 /Parent 2 0 R >>",
    )


def deep_pages(depth: int) -> bytes:
    """A PDF whose page stands under so many levels of its page tree."""
    levels = [
        b"<< /Type /Pages /Kids [%d 0 R] /Count 1 %s>>" % (n + 3, b"/Parent %d 0 R " % (n + 1) if n else b"")
        for n in range(depth)
    ]
    page = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] >>" % (depth + 1)
    return assembled(b"<< /Type /Catalog /Pages 2 0 R >>", *levels, page)


def deep_arrays(depth: int) -> bytes:
    """A PDF whose page holds arrays in arrays in arrays."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots %s%s >>" % (b"[" * depth, b"]" * depth)
    return assembled(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page)


def many_pages(n_pages: int) -> bytes:
    """A PDF of so many empty pages."""
    kids = b" ".join(b"%d 0 R" % (n + 3) for n in range(n_pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    return assembled(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, n_pages),
        *[page] * n_pages,
    )


def false_count(count: int) -> bytes:
    """A PDF of one page that says it has so many."""
    return one_page(stream(TEXT)).replace(b"/Count 1", b"/Count %d" % count)


def picture_only(n_pages: int = 2) -> bytes:
    """A scan: pages that hold a picture and no text."""
    from PIL import Image

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=True)
    for _ in range(n_pages):
        canvas.drawInlineImage(Image.new("L", (60, 80), 200), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def locked(content: bytes, *, user: str, owner: str = "owner") -> bytes:
    """A PDF encrypted with passwords; without a user password it can be opened, but not printed."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        allowed = pikepdf.Permissions(print_lowres=False, print_highres=False, extract=False)
        pdf.save(out, encryption=pikepdf.Encryption(user=user, owner=owner, allow=allowed))
    return out.getvalue()


def unknown_lock() -> bytes:
    """A PDF encrypted by a handler that nobody knows."""
    trailer = b"/Encrypt << /Filter /Nobody /V 99 /R 99 >> /ID [<00> <00>] /Root"
    return one_page(stream(TEXT)).replace(b"/Root", trailer)


def bomb(gibibytes: int, *, filters: bytes = b"/FlateDecode") -> bytes:
    """A PDF whose page unpacks to so many GiB: one block of spaces, which may be repeated, over and over."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = head + block * (1024 * gibibytes) + packer.flush()
    for _ in range(filters.count(b"/") - 1):
        packed = zlib.compress(packed, 1)
    return one_page(stream(packed, b"/Filter [%s]" % filters))


def bomb_in_objects() -> bytes:
    """A PDF whose page tree lies in an object stream that unpacks to 4 GiB."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"2 0 3 60 <</Type/Pages/Kids[3 0 R]/Count 1>>".ljust(2**10))
    head += packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = head + block * 4096 + packer.flush()
    catalogue = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects = stream(packed, b"/Type /ObjStm /N 2 /First 9 /Filter /FlateDecode")
    out, offsets = b"%PDF-1.7\n", []
    for number, content in ((1, catalogue), (4, objects)):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = [(0, 0, 0), (1, offsets[0], 0), (2, 4, 0), (2, 4, 1), (1, offsets[1], 0), (1, len(out), 0)]
    table = b"".join(bytes([kind]) + place.to_bytes(4, "big") + bytes([index]) for kind, place, index in rows)
    index = stream(table, b"/Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R")
    return out + b"5 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (index, len(out))


def many_marks(n_marks: int) -> bytes:
    """A PDF whose page draws one letter so many times, each as an object of its own."""
    rows = b"".join(b"1 0 0 1 %d %d Tm (a) Tj " % (n % 500, 40 + n // 500 % 780) for n in range(n_marks))
    return one_page(stream(zlib.compress(b"BT /F1 9 Tf " + rows + b"ET", 9), b"/Filter /FlateDecode"))


def written(pages: Sequence[Sequence[str]], *, font: str = "Helvetica", bold: Sequence[str] = ()) -> bytes:
    """A PDF of plain pages of lines; the lines named in `bold` are set in bold type."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=True)
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.setFont("Helvetica-Bold" if line in bold else font, 11)
            canvas.drawString(72, 770 - 15 * number, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
