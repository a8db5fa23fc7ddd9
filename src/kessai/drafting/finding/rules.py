"""How words are found in the text of files, by pairs of neighbouring letters. Pure.

Japanese has no blanks between words, and a PDF breaks its lines anywhere: a text is compared in NFKC, without case and
without white space. A text that has every pair of a word may have the word; whether it does is looked up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

BEFORE, AFTER = 18, 50
"""Characters of a passage before and after the word that was found."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a word stands in a text; ``cut`` where something goes before or after."""

    before: str
    word: str
    after: str
    cut_before: bool
    cut_after: bool


def pairs(text: str) -> list[int]:
    """The pairs of neighbouring letters of a text, each as a signed number of 32 bits, once and in order."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return sorted({_number(a, b) for a, b in pairwise(plain)})


def _number(a: str, b: str) -> int:
    """Two letters beyond the first plane may have the number of others: what is found by it is looked up anyway."""
    number = (ord(a) & 0xFFFF) << 16 | (ord(b) & 0xFFFF)
    return number - (1 << 32) if number >= 1 << 31 else number


def pairs_of_words(words: Iterable[str]) -> list[int]:
    """The pairs that a text with all these words has; none for words of one letter."""
    return sorted({pair for word in words for pair in pairs(word)})


def passage(text: str, words: Sequence[str]) -> Passage | None:
    """The first word in its place, if the text has every word."""
    plain = unicodedata.normalize("NFKC", text)
    found = [_pattern(word).search(plain) for word in words]
    if not found or any(each is None for each in found):
        return None
    first = found[0]
    assert first is not None
    start, end = first.span()
    return Passage(
        _line(plain[max(0, start - BEFORE) : start]).lstrip(),
        _line(first[0]),
        _line(plain[end : end + AFTER]).rstrip(),
        start > BEFORE,
        end + AFTER < len(plain),
    )


def _pattern(word: str) -> re.Pattern[str]:
    letters = "".join(unicodedata.normalize("NFKC", word).split())
    return re.compile(r"\s*".join(re.escape(letter) for letter in letters), re.IGNORECASE)


_SPACE_IN_JAPANESE = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")


def _line(text: str) -> str:
    """On one line: a line end between Japanese letters is nothing, any other a blank."""
    return re.sub(r"\s+", " ", _SPACE_IN_JAPANESE.sub("", text))
