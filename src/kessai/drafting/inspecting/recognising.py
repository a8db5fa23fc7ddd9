"""What kind of file something is, by its content: run by the program that looks into files, never in the server."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from xml.etree import ElementTree

import olefile
import puremagic
import pypdfium2
from PIL import Image

from kessai.drafting.inspecting.encodings import text_of
from kessai.drafting.inspecting.rules import (
    CSV_OR_TEXT,
    DOCX,
    HTML,
    PPTX,
    RTF,
    SVG,
    UNKNOWN,
    XLSX,
    XML,
)
from kessai.drafting.inspecting.seen import Seen

HEAD = 64 * 1024
PIXELS_MOST = 700_000_000
"""A0 at 600 dots per inch is 558 million."""

UNPACKED_MOST = 200_000_000
"""Bytes: what an archive says it unpacks to; of a larger one the sums are not checked."""

Image.MAX_IMAGE_PIXELS = PIXELS_MOST


def recognise(path: Path) -> Seen:
    """The kind of a file, and whether it holds macros, is locked by a password, or cannot be opened."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if b"%PDF-" in head[:1024]:
        return _pdf(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(path)
    if head.startswith(olefile.MAGIC):
        return _compound(path)
    if (media := _written(head)) is not None:
        return Seen(media)
    media = _by_magic(path, head)
    return _image(path, media) if media.startswith("image/") else Seen(media)


def _pdf(path: Path) -> Seen:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD
        return Seen("application/pdf", encrypted=locked, broken=not locked)
    pages = len(document)
    width, height = document.get_page_size(0) if pages else (0, 0)
    document.close()
    return Seen("application/pdf", pages=pages, width=round(width), height=round(height), broken=pages == 0)


# ── archives: Office since 2007, OpenDocument, and others ──
_MAIN = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_MACROS = ("vbaproject.bin", "macrosheets/")


def _zip(path: Path) -> Seen:
    try:
        with zipfile.ZipFile(path) as archive:
            return _archive(archive)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError):
        return Seen("application/zip", broken=True)


def _archive(archive: zipfile.ZipFile) -> Seen:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    locked = any(entry.flag_bits & 1 for entry in entries)
    if "[Content_Types].xml" in names and not locked:
        return _office(archive, names)
    if "mimetype" in names and not locked:
        media = archive.read("mimetype").decode("ascii", "replace").strip()
        if media.startswith("application/vnd.oasis.opendocument"):
            return _open_document(archive, names, media)
        return Seen(media if media == "application/epub+zip" else "application/zip")
    return Seen("application/zip", encrypted=locked, broken=not locked and _spoilt(archive))


def _office(archive: zipfile.ZipFile, names: Collection[str]) -> Seen:
    macros = any(mark in name.lower() for name in names for mark in _MACROS)
    media = next((kind for main, kind in _MAIN.items() if main in names), None)
    if media is None:
        folders = {name.partition("/")[0] for name in names}
        media = next((kind for main, kind in _MAIN.items() if main.partition("/")[0] in folders), None)
        return Seen(media or "application/zip", macros=macros, broken=media is not None)
    main = next(main for main in _MAIN if main in names)
    return Seen(media, macros=macros, broken=_spoilt(archive) or _no_xml(archive, main))


def _open_document(archive: zipfile.ZipFile, names: Collection[str], media: str) -> Seen:
    manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
    locked = b"encryption-data" in manifest
    macros = any(name.startswith(("Basic/", "Scripts/")) and name.endswith(".xml") for name in names)
    return Seen(media, macros=macros, encrypted=locked, broken=not locked and _spoilt(archive))


def _spoilt(archive: zipfile.ZipFile) -> bool:
    if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_MOST:
        return False
    try:
        return archive.testzip() is not None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError):
        return True


def _no_xml(archive: zipfile.ZipFile, name: str) -> bool:
    try:
        with archive.open(name) as stream:
            for _, element in ElementTree.iterparse(stream):
                element.clear()
    except ElementTree.ParseError:
        return True
    return False


# ── compound files: Office before 2007, locked Office files, mail, 一太郎 ──
_STREAMS = {
    "encryptedpackage": "application/x-ms-encrypted",
    "worddocument": "application/msword",
    "workbook": "application/vnd.ms-excel",
    "book": "application/vnd.ms-excel",
    "powerpoint document": "application/vnd.ms-powerpoint",
    "documenttext": "application/x-js-taro",
    "__properties_version1.0": "application/vnd.ms-outlook",
}
_VBA = ("_vba_project", "_vba_project_cur", "macros", "vba")


def _compound(path: Path) -> Seen:
    try:
        with olefile.OleFileIO(str(path)) as file:
            parts = [part.lower() for entry in file.listdir(streams=True, storages=True) for part in entry]
            media = next((kind for part, kind in _STREAMS.items() if part in parts), None)
            if media is None:
                return Seen("application/x-ole-storage")
            return Seen(
                media,
                macros=any(part in _VBA for part in parts),
                encrypted=media == _STREAMS["encryptedpackage"] or _old_lock(file, media, parts),
            )
    except (OSError, ValueError, IndexError, struct.error):
        return Seen("application/x-ole-storage", broken=True)


def _old_lock(file: olefile.OleFileIO, media: str, parts: Collection[str]) -> bool:
    if media == "application/msword":
        # [MS-DOC] FibBase: fEncrypted is the bit 0x0100 of the flags at 0x0A.
        head = file.openstream("WordDocument").read(12)
        return bool(int.from_bytes(head[10:12], "little") & 0x0100)
    if media == "application/vnd.ms-excel":
        return _has_filepass(file.openstream("Workbook" if "workbook" in parts else "Book").read(4096))
    return "encryptedsummary" in parts


def _has_filepass(head: bytes) -> bool:
    """[MS-XLS] A record FilePass (0x002F) follows the first BOF where the workbook is locked."""
    at = 0
    while at + 4 <= len(head):
        kind, size = struct.unpack_from("<HH", head, at)
        if kind == 0x002F:
            return True
        at += 4 + size
    return False


# ── the rest ──
def _written(head: bytes) -> str | None:
    """What kind of text it is; None where it is no text."""
    text = text_of(head, cut=len(head) == HEAD)
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")[:400].lower()
    if start.startswith("{\\rtf"):
        return RTF
    if start.startswith(("<!doctype html", "<html")):
        return HTML
    if "<svg" in start and start.startswith("<"):
        return SVG
    return XML if start.startswith("<?xml") else CSV_OR_TEXT


def _by_magic(path: Path, head: bytes) -> str:
    if head.startswith((b"MZ", b"\x7fELF")):
        return "application/x-executable"
    try:
        with Image.open(path) as image:
            return Image.MIME.get(image.format or "", UNKNOWN)
    except Exception:  # the library raises whatever a damaged file leads it to
        pass
    try:
        return str(puremagic.from_file(path, mime=True)) or UNKNOWN
    except (puremagic.PureError, ValueError, OSError):
        return UNKNOWN


def _image(path: Path, media: str) -> Seen:
    try:
        with Image.open(path) as image:
            # Counted first: verifying closes the file.
            pages, (width, height) = getattr(image, "n_frames", 1), image.size
            image.verify()
            return Seen(media, pages=pages, width=width, height=height)
    except Exception:  # the library raises whatever a damaged file leads it to
        return Seen(media, broken=media in Image.MIME.values())
