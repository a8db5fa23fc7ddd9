"""Letters as PDF/A-2a: the same data gives the same bytes, whenever it is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst

from kessai.decisions import glyphs
from kessai.ledger.sealing import canonical

TEMPLATE = Path(__file__).parent.parent / "typst" / "letters.typ"
VERSION = 1
"""Of how letters are set: pictures made of an earlier one are made again."""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=glyphs.folders())


def key(pages: Sequence[Mapping[str, Any]]) -> str:
    """Hex digest under which what is made of arranged letters is kept."""
    return hashlib.sha256(canonical({"version": VERSION, "letters": list(map(dict, pages))})).hexdigest()


TO_CHECK = "この文書の公印と電子署名は、次のページでだれでも確かめられます。"


def pdf(pages: Sequence[Mapping[str, Any]], *, author: str, made: int, address: str = "") -> bytes:
    """Arranged letters, one behind the other. ``made``: seconds of the day it says of itself (Unix); ``address``: where
    anybody verifies them, as text and QR code below the first page."""
    check = {"address": address, "qr": _qr(address), "text": TO_CHECK} if address else {}
    return typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={
            "sheet": json.dumps(glyphs.all_printable(list(pages)), ensure_ascii=False),
            "title": glyphs.metadata(pages[0]["title"]),
            "author": glyphs.metadata(author),
            "letters": glyphs.LETTERS,
            "check": json.dumps(check, ensure_ascii=False),
        },
        pdf_standards=["a-2a"],
        timestamp=made,
    )


def _qr(text: str) -> str:
    return segno.make_qr(text, error="m").svg_inline(border=0, omitsize=True)
