"""The text of a file, for search and for comparison: run by the program that looks into files.

Office files are read by their XML, which holds foot notes, comments and text boxes too; text that was struck out
in tracked changes is left out.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pypdfium2

from kessai.drafting.inspecting.encodings import text_of
from kessai.drafting.inspecting.rules import EXCEL, POWERPOINT, WORD, XLSX, family
from kessai.drafting.inspecting.seen import TEXT_LONGEST

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def text_in(path: Path, media_type: str) -> tuple[str, bool]:
    """The text of a file, and whether it was cut at the longest length; "" where there is none to be had."""
    kind = family(media_type)
    if kind in ("text", "xml"):
        return _cut([_plain(path)])
    if kind == "pdf":
        return _cut(_of_pdf(path))
    if kind == EXCEL and media_type == XLSX:
        return _cut(_of_sheets(path))
    if kind in (WORD, POWERPOINT, "odt", "ods", "odp") and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return _cut(_of_parts(archive, kind))
    return "", False


def _cut(parts: Iterable[str]) -> tuple[str, bool]:
    kept, size = [], 0
    for part in parts:
        kept.append(part)
        size += len(part) + 1
        if size > TEXT_LONGEST:
            break
    text = "\n".join(kept).replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return text[:TEXT_LONGEST], len(text) > TEXT_LONGEST


def _plain(path: Path) -> str:
    with path.open("rb") as stream:
        data = stream.read(TEXT_LONGEST * 4)
    return text_of(data, cut=len(data) == TEXT_LONGEST * 4) or ""


def _of_pdf(path: Path) -> Iterator[str]:
    document = pypdfium2.PdfDocument(path)
    for page in document:
        part = page.get_textpage()
        yield part.get_text_bounded()
        part.close()
        page.close()


def _of_sheets(path: Path) -> Iterator[str]:
    # Opened here: a stored file has no ending, by which the library would refuse its name.
    with path.open("rb") as stream:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        for sheet in book.worksheets:
            yield f"[{sheet.title}]"
            for row in sheet.iter_rows(values_only=True):
                cells = ["" if value is None else str(value) for value in row]
                if any(cells):
                    yield "\t".join(cells).rstrip()


def _of_parts(archive: zipfile.ZipFile, kind: str) -> Iterator[str]:
    names = set(archive.namelist())
    wanted = {
        WORD: ["word/document.xml", "word/footnotes.xml", "word/endnotes.xml", "word/comments.xml"],
        POWERPOINT: list(_slides(archive)) if kind == POWERPOINT else [],
    }.get(kind, ["content.xml"])
    for name in wanted:
        if name in names:
            yield from _paragraphs(archive, name)


def _slides(archive: zipfile.ZipFile) -> Iterator[str]:
    """The slides in the order in which they are shown, each followed by its notes."""
    shown = ElementTree.fromstring(archive.read("ppt/presentation.xml"))
    targets = dict(_relations(archive, "ppt/presentation.xml"))
    for element in shown.iter():
        if _name(element) == "sldId" and (slide := targets.get(element.get(_RELATION, ""))):
            yield slide
            yield from (part for _, part in _relations(archive, slide) if "/notesSlides/" in part)


def _relations(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    folder, name = posixpath.split(part)
    listed = f"{folder}/_rels/{name}.rels"
    if listed in archive.namelist():
        for each in ElementTree.fromstring(archive.read(listed)):
            target = each.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            yield each.get("Id", ""), posixpath.normpath(whole)


_SKIPPED = {"rt", "Fallback", "delText", "instrText"}
"""Readings above characters, second copies of text boxes, what is struck out, codes of fields."""


def _paragraphs(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    root = ElementTree.fromstring(archive.read(name))
    for block in _blocks(root):
        line = re.sub(r"[ \t]+$", "", "".join(_words(block)))
        if line.strip():
            yield line


def _blocks(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Paragraphs in order, those within text boxes too."""
    for child in element:
        if _name(child) in _SKIPPED:
            continue
        if _name(child) in ("p", "h"):
            yield child
        yield from _blocks(child)


def _words(element: ElementTree.Element) -> Iterator[str]:
    kind = _name(element)
    if kind in _SKIPPED:
        return
    if kind in ("tab", "br", "line-break", "cr"):
        yield "\t" if kind == "tab" else "\n"
    open_document = "opendocument" in element.tag
    if element.text and (kind == "t" or open_document):
        yield element.text
    for child in element:
        if _name(child) not in ("p", "h"):
            yield from _words(child)
        if open_document and child.tail:
            yield child.tail


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
