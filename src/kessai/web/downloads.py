"""Handing out files that people uploaded: shown only where that is harmless, saved otherwise."""

from __future__ import annotations

from pathlib import PurePath
from typing import BinaryIO

from django.http import FileResponse

_SANDBOX = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""The browsers' own PDF readers do not open in a sandbox; a PDF may run nothing in the page's origin."""

SHOWN = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".txt": "text/plain",
    ".md": "text/plain",
    ".csv": "text/plain",
    ".log": "text/plain",
}
"""What may be shown in the browser, by the file's ending; never HTML or SVG, which could act."""


def kind_of(name: str) -> str:
    """How a file can be shown: pdf, image, text, or "" where it can only be saved."""
    media = SHOWN.get(PurePath(name).suffix.lower(), "")
    return {"application/pdf": "pdf", "text/plain": "text"}.get(media, "image" if media else "")


def answer(stream: BinaryIO, *, name: str, size: int, save: bool = False) -> FileResponse:
    """A stored file as a response; ``save`` asks the browser to keep it instead of showing it."""
    media = SHOWN.get(PurePath(name).suffix.lower(), "")
    if media == "text/plain":
        media = f"text/plain; charset={_charset(stream)}"
    response = FileResponse(
        stream,
        as_attachment=save or not media,
        filename=name,
        content_type=media or "application/octet-stream",
    )
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Security-Policy"] = PDF_POLICY if media == "application/pdf" else _SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, max-age=0, no-store"
    return response


def _charset(stream: BinaryIO) -> str:
    """utf-8, or the encoding of older Windows files where the beginning is not UTF-8."""
    head = stream.read(65_536)
    stream.seek(0)
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8" if error.start > len(head) - 4 else "windows-31j"
    return "utf-8"
