"""Real documents, made for tests: whole, locked, broken, with macros, under a wrong name."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

import msoffcrypto
import openpyxl
import pypdf
import typst
from docx import Document
from PIL import Image, ImageDraw
from pptx import Presentation


def pdf(*pages: str) -> bytes:
    """A PDF with a page for each text."""
    body = '#set page(width: 148mm, height: 105mm)\n#set text(font: ("Noto Sans CJK JP", "Noto Sans JP"))\n'
    return typst.compile((body + "\n#pagebreak()\n".join(pages or ("Plan",))).encode())


def locked_pdf(password: str = "secret") -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(pdf("locked")))
    writer.encrypt(password, algorithm="AES-256")
    return _saved(writer.write)


def docx(*paragraphs: str, table: Sequence[Sequence[str]] = ()) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        made = document.add_table(rows=len(table), cols=len(table[0]))
        for row, texts in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    return _saved(document.save)


def xlsx(*rows: Sequence[object], sheet: str = "積算") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    return _saved(book.save)


def pptx(*slides: str, notes: str = "") -> bytes:
    show = Presentation()
    for title in slides:
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = title
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    return _saved(show.save)


def with_macros(office: bytes, folder: str = "word") -> bytes:
    """An Office file with a project of macros in it."""
    made = io.BytesIO(office)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(f"{folder}/vbaProject.bin", b"Attribute VB_Name")
    return made.getvalue()


def locked_office(office: bytes, password: str = "secret") -> bytes:
    """As Office itself locks it: a compound file with the encrypted package."""
    made = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(office)).encrypt(password, made)
    return made.getvalue()


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return made.getvalue()


def locked_zip() -> bytes:
    """A ZIP whose entry says that it is encrypted, in its own head and in the directory."""
    made = bytearray(zipped(plan=b"x" * 20))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = made.index(mark) + at
        struct.pack_into("<H", made, place, struct.unpack_from("<H", made, place)[0] | 1)
    return bytes(made)


def picture(kind: str = "PNG", size: tuple[int, int] = (320, 200)) -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).line((0, 0, *size), fill="black", width=4)
    return _saved(lambda to: image.save(to, kind))


def _saved(save: object) -> bytes:
    made = io.BytesIO()
    save(made)  # type: ignore[operator]
    return made.getvalue()


ODT = "application/vnd.oasis.opendocument.text"


def open_document(title: str, *paragraphs: str) -> bytes:
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    lines = "".join(f"<text:p>{line}</text:p>" for line in paragraphs)
    content = (
        f'<office:document-content xmlns:office="{office}" xmlns:text="{text}"><office:body><office:text>'
        f"<text:h>{title}</text:h>{lines}</office:text></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODT}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    parts = {"content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}
    return zipped(mimetype=ODT.encode(), **parts)


def spoilt(archive: bytes) -> bytes:
    """The same with other bytes in the middle of its first entry."""
    made = bytearray(archive)
    middle = 100
    made[middle : middle + 40] = bytes(40)
    return bytes(made)
