"""Texts in the encodings that are met: UTF-8, UTF-16 with its mark, and that of older Windows files."""

from __future__ import annotations

import codecs
import re

_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def text_of(data: bytes, *, cut: bool = False) -> str | None:
    """The text of some bytes; None where they are no text. ``cut``: the bytes may end amid a character."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(data, final=not cut)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None
