"""Cutting Japanese text into the words that a redline marks.

The cuts are those of BudouX's model of Japanese words, with what an official text needs besides: a number stays with
its counter, and a word does not begin amid a change of script.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources

from budoux import Parser

_MARKS = r"[\u0300-\u036f\u3099\u309a\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
"""What belongs to the character before it: accents, sound marks, variants of a glyph."""

_PIECE = re.compile(
    rf"\n|[ \t\u3000]+"
    rf"|第?[0-9０-９]+(?:[,，.．][0-9０-９]+)*[年月日時分秒円千百十万億兆件名人回号条項%％]*"
    rf"|[A-Za-zＡ-Ｚａ-ｚ]+"
    rf"|(?P<japanese>(?:[ぁ-ゖゝゞァ-ヺーヽヾ々〆〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{_MARKS})+)"
    rf"|.{_MARKS}",
    re.DOTALL,
)
_BEGINS = re.compile(r"(?<=[ぁ-ゖ])(?=[^ぁ-ゖゝゞー\u3099\u309a])")
"""A word seldom goes on in another script after its hiragana."""


@cache
def _parser() -> Parser:
    model = resources.files("budoux").joinpath("models", "ja_word.json")
    return Parser(json.loads(model.read_text(encoding="utf-8")))


def words(text: str) -> list[str]:
    """The words of a text; together they are the text."""
    found: list[str] = []
    for piece in _PIECE.finditer(text):
        found += _japanese(piece[0]) if piece["japanese"] else [piece[0]]
    return found


def _japanese(run: str) -> list[str]:
    found: list[str] = []
    for word in _parser().parse(run):
        for part in _BEGINS.split(word):
            if found and re.match(_MARKS.removesuffix("*"), part):
                found[-1] += part
            else:
                found.append(part)
    return found
