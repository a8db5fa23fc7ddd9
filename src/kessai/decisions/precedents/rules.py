"""How alike two texts are, for words without blanks between them. Pure."""

from __future__ import annotations

import re
import unicodedata

GRAMS_MOST = 60
"""Of a query: a title has about thirty."""

_IGNORED = re.compile(r"[\W\d_]+|について$|に関する件$")


def plain(text: str) -> str:
    """NFKC, small letters, without blanks, signs and digits: a year or an amount makes no two cases alike."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text).lower())


def grams(text: str) -> tuple[str, ...]:
    """The pairs of neighbouring characters, each once, in order; of one character, itself."""
    letters = plain(text)
    if len(letters) < 2:
        return (letters,) if letters else ()
    return tuple(dict.fromkeys(letters[i : i + 2] for i in range(len(letters) - 1)))


def likeness(one: str, other: str) -> float:
    """From 0 to 1: twice the pairs that both have, by the pairs of each (Dice)."""
    mine, theirs = set(grams(one)), set(grams(other))
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0


def held(wanted: str, question: str) -> float:
    """From 0 to 1: the share of the pairs wanted that a question has, however long it is."""
    asked = set(grams(wanted))
    return len(asked & set(grams(question))) / len(asked) if asked else 0.0


def score(*, question: str, text: str, wanted: str, written: str, own_unit: bool, same_matter: bool) -> float:
    """How good a precedent is. ``wanted``: what a drafter wants, or titles it; ``written``: the text so far.

    The question, which holds the title, counts most; of two that are as like, one's own unit and the same kind of
    matter come first.
    """
    like = held(wanted, question)
    if written:
        like += 0.5 * likeness(text, written)
    return like + (0.1 if own_unit else 0.0) + (0.2 if same_matter else 0.0)
