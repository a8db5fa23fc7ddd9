"""PDFs that are made here of data, and their pages as pictures: kept by a digest of the data, made again when lost."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from kessai.drafting.showing import operations, sizes
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_

PDF = "printed.pdf"

_PDFIUM = threading.Lock()
"""PDFium is not thread-safe, and a server answers in several threads. Pictures are made by a process of their own."""


def kept(*, tenant_id: int, key: str, make: Callable[[], bytes]) -> Path:
    """The PDF under a hex digest of what it is made of; made where it is not there."""
    path = operations.folder(tenant_id, key) / PDF
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".making-")
        with os.fdopen(handle, "wb") as out:
            out.write(make())
        Path(name).rename(path)
    return path


def pages(pdf: Path) -> int:
    """How many pages a PDF has that was made here."""
    import pypdfium2

    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def picture(pdf: Path, *, page: int, width: int) -> Path:
    """A page, from 1, as a WebP of one of the widths. Errors: NotFound, CannotShow."""
    if width not in sizes.WIDTHS or not 1 <= page <= pages(pdf):
        raise NotFound(N_("この頁はありません。"), N_("案件か下書きの画面から開き直してください。"))
    made = pdf.parent / f"{page}-{width}.webp"
    if not made.exists():
        operations.paint(pdf, "pdf", page, width, made)
    return made
