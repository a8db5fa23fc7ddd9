"""What the cover sheet's fonts can show, and how the rest is written so that nothing is lost.

PDF/A forbids a character without a glyph. A character the fonts lack, and one that cannot be seen or that turns
the direction of others, is written as its code in the manner of the civil registers: 〔U+1F600〕.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

FONTS = (
    ("noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf"),
    ("noto_cjk_sans_jp_bold", "NotoSansCJKjp-Bold.otf"),
)
FAMILY = "Noto Sans CJK JP"
MINCHO = ("pylopdf_fonts_jp", "NotoSerifJP-Regular.otf")
LETTERS = f"Noto Serif JP|{FAMILY}"
"""The faces of a letter to be issued, the first that has a character: Mincho, as officials send them."""

_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
_PRESENTATION = range(0xFE00, 0xFE10)
_SELECTORS = range(0xE0100, 0xE01F0)
METADATA_LONGEST = 1000
"""Characters. PDF/A allows 32,767 bytes in a string (ISO 19005-2 and -3, 6.1.13)."""
BREAK = "\u200b"
"""Where a run too long for its line may be broken. It never comes from a text: there it is shown as a code."""

_PIECE = 4
_LONG = re.compile(r"[^\s\u2e80-\U0003ffff]{13,}|[^\w\s]{13,}|(\S)\1{12,}")
"""Runs without a place to break: words in letters, punctuation, one character over and over."""


def font_files() -> tuple[Path, ...]:
    """The fonts' files, as their packages were installed."""
    return tuple(Path(str(files(package) / name)) for package, name in FONTS)


def folders() -> list[str]:
    """Where the fonts are, those of letters too."""
    return [str(path.parent) for path in (*font_files(), Path(str(files(MINCHO[0]) / MINCHO[1])))]


def _tables(font: bytes) -> Mapping[bytes, int]:
    count = struct.unpack_from(">H", font, 4)[0]
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * i) for i in range(count))
    return {tag: offset for tag, _, offset, _ in entries}


def _subtables(font: bytes) -> Iterator[tuple[int, int]]:
    """Format and offset of each subtable of ``cmap`` (OpenType 1.9, cmap)."""
    start = _tables(font)[b"cmap"]
    for i in range(struct.unpack_from(">H", font, start + 2)[0]):
        offset = start + struct.unpack_from(">HHI", font, start + 4 + 8 * i)[2]
        yield struct.unpack_from(">H", font, offset)[0], offset


def _characters(font: bytes, offset: int) -> Iterator[int]:
    for i in range(struct.unpack_from(">I", font, offset + 12)[0]):
        first, last, _ = struct.unpack_from(">III", font, offset + 16 + 12 * i)
        yield from range(first, last + 1)


def _variants(font: bytes, offset: int) -> Iterator[tuple[int, int]]:
    """Base character and variation selector of each sequence of a format 14 subtable."""
    for i in range(struct.unpack_from(">I", font, offset + 6)[0]):
        record = offset + 10 + 11 * i
        selector = int.from_bytes(font[record : record + 3], "big")
        default, other = struct.unpack_from(">II", font, record + 3)
        if default:
            for j in range(struct.unpack_from(">I", font, offset + default)[0]):
                at = offset + default + 4 + 4 * j
                base = int.from_bytes(font[at : at + 3], "big")
                yield from ((base + more, selector) for more in range(font[at + 3] + 1))
        if other:
            for j in range(struct.unpack_from(">I", font, offset + other)[0]):
                at = offset + other + 4 + 5 * j
                yield int.from_bytes(font[at : at + 3], "big"), selector


@cache
def _coverage() -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    """Characters and variation sequences that every one of the fonts has."""
    characters, variants = [], []
    for path in font_files():
        font = path.read_bytes()
        found = list(_subtables(font))
        characters.append({c for kind, at in found if kind == 12 for c in _characters(font, at)})
        variants.append({v for kind, at in found if kind == 14 for v in _variants(font, at)})
    return frozenset(set.intersection(*characters)), frozenset(set.intersection(*variants))


def code(character: str) -> str:
    """〔U+1F600〕."""
    return f"〔U+{ord(character):04X}〕"


def _written(character: str, before: str) -> str:
    characters, variants = _coverage()
    point = ord(character)
    if point in _PRESENTATION or point in _SELECTORS:
        if before and (ord(before), point) in variants:
            return character
        # A presentation selector only asks for colour; an ideographic one tells two kanji of a name apart.
        return "" if point in _PRESENTATION else code(character)
    if character == "\n":
        return character
    if character == "\t":
        return " " * 4
    if point not in characters or unicodedata.category(character) in _UNSEEN:
        return code(character)
    return character


def visible(text: str) -> str:
    """The text with every character that would not be seen written as its code; line ends are ``\\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_written(c, text[i - 1] if i else "") for i, c in enumerate(text))


def printable(text: str) -> str:
    """``visible``, with spaces kept as typed and BREAK inside runs that no line could hold."""
    spaced = re.sub(r"(?m)^ +| {2,}", lambda run: "\u00a0" * len(run[0]), visible(text))
    return _LONG.sub(_broken, spaced)


def _broken(run: re.Match[str]) -> str:
    return BREAK.join(run[0][i : i + _PIECE] for i in range(0, len(run[0]), _PIECE))


def all_printable(value: Any) -> Any:
    """The same of every text in a JSON value."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [all_printable(each) for each in value]
    if isinstance(value, dict):
        return {key: all_printable(each) for key, each in value.items()}
    return value


def metadata(text: str) -> str:
    """A text as it stands in a property of the document: on one line, and not too long."""
    return " ".join(visible(text).split())[:METADATA_LONGEST]
