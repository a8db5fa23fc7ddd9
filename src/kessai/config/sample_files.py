"""The files of the sample's cases: real ones, made of their texts by the ending of their names."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import typst

import kessai
from kessai.decisions import glyphs

_PAGE = Path(kessai.__file__).parent / "sample" / "attachment.typ"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD_MAIN}"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def made(filename: str, text: str) -> bytes:
    """The bytes of a file with a text: .pdf, .docx, .xlsx from lines with commas; any other as it is."""
    ending = filename.rpartition(".")[2]
    make = {"pdf": _pdf, "docx": _docx, "xlsx": _xlsx}.get(ending, str.encode)
    return make(text)


def _pdf(text: str) -> bytes:
    fonts = [str(path.parent) for path in glyphs.font_files()]
    return typst.compile(
        str(_PAGE), sys_inputs={"text": text}, font_paths=fonts, ignore_system_fonts=True, format="pdf"
    )


def _xlsx(text: str) -> bytes:
    book = openpyxl.Workbook()
    for line in text.splitlines():
        book.active.append([int(cell) if cell.isdecimal() else cell for cell in line.split(",")])
    book.active.column_dimensions["A"].width = 40
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _docx(text: str) -> bytes:
    lines = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.splitlines())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{_WORD}"><w:body>{lines}</w:body></w:document>'
        )
    return out.getvalue()
