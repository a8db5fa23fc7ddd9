"""Letters as PDF/A-2a: the same data gives the same bytes, whenever it is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

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


def pdf(pages: Sequence[Mapping[str, Any]], *, author: str, made: int) -> bytes:
    """Arranged letters, one behind the other. ``made``: seconds of the day it says of itself (Unix)."""
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
        },
        pdf_standards=["a-2a"],
        timestamp=made,
    )
