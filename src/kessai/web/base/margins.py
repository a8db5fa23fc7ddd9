"""A text with notes in its margin: which line each note stands beside, and what of the lines is marked. Pure.

From places in the text as it is kept to what a template loops over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kessai.drafting import prose
from kessai.drafting.prose import Block

_END_OF_LINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text that the note of a number is about."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a block. ``file``: the attachment that it refers to; ``marked``: a note is about it."""

    text: str
    file: int | None = None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A block of the text from ``start`` to ``end``. ``notes``: the numbers of those that begin in it."""

    block: Block
    start: int
    end: int
    pieces: tuple[Piece, ...]
    notes: tuple[int, ...]


def rows(text: str, marks: Sequence[Mark]) -> tuple[Row, ...]:
    """The blocks of a text (prose.blocks), each with its notes: every mark that begins at a letter is beside one."""
    lines = _lines(text)
    found = []
    for block in prose.blocks(text):
        of = [next(lines) for _ in range(max(1, len(block.rows)))]
        start, end = of[0][0], of[-1][1]
        notes = tuple(mark.number for mark in marks if start <= mark.start < end)
        found.append(Row(block, start, end, tuple(_pieces(block, text, start, end, marks)), notes))
    return tuple(found)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends, without its end of line."""
    start = 0
    for found in _END_OF_LINE.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _pieces(block: Block, text: str, start: int, end: int, marks: Sequence[Mark]) -> Iterator[Piece]:
    """The runs of a block, cut where a mark begins or ends. Of a table there are none: its note stands for it."""
    at = start + text[start:end].rfind(block.text)
    for run in block.runs:
        upto = at + len(run.text)
        edges = {edge for mark in marks for edge in (mark.start, mark.end) if at < edge < upto}
        for a, b in pairwise(sorted({at, upto} | edges)):
            marked = any(mark.start <= a and b <= mark.end for mark in marks)
            yield Piece(text[a:b], run.file, marked)
        at = upto
