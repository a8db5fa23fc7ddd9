"""The proposal text as official documents are set: 記, numbered items, tables, references to attachments. Pure.

The text itself is what is kept, bound by its hash, compared and read aloud: no markup beside what officials write by
hand. Numbers are those of 公用文: 第1, 1, (1), ア, (ア). The cells of a table stand between 「｜」, or between tabs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

LEVELS = ("第1", "1", "(1)", "ア", "(ア)")
"""The kinds of number, from the outermost."""

KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"

_KANJI = "一二三四五六七八九十"
_MARK = re.compile(
    rf"(第[0-9０-９{_KANJI}]{{1,3}}(?=[ 　\t])"
    r"|[（(][0-9０-９]{1,2}[）)]"
    rf"|[（(][{KANA}][）)]"
    r"|[0-9０-９]{1,2}[.．]?(?=[ 　\t])|[0-9０-９]{1,2}[.．](?![0-9０-９])"
    rf"|[{KANA}][.．]?(?=[ 　\t])|[{KANA}][.．])"
    r"[ 　\t]*(\S.*)$"
)
_FILE = re.compile(r"(?:添付|別添)\s?([0-9０-９]{1,2})(?![0-9０-９])")
_CELLS = re.compile(r"[\t|｜]")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line; ``file``: the place of the attachment that it refers to, from 1."""

    text: str
    file: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """``kind``: p, ki (記), end (以上), item, table or gap. An item has its ``number`` and how deep it stands.

    A table has ``rows`` of cells, the first of them its head.
    """

    kind: str
    runs: tuple[Run, ...] = ()
    number: str = ""
    depth: int = 0
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def blocks(text: str) -> tuple[Block, ...]:
    """A text as it is shown. Nothing of it is left out, and nothing added."""
    lines = _lines(text)
    deep = {
        level: n for n, level in enumerate(sorted({level for level, _, _ in map(_item, lines) if level >= 0}))
    }
    found: list[Block] = []
    for is_table, of in groupby(lines, key=lambda line: bool(_cells(line))):
        if is_table:
            found.append(Block("table", rows=tuple(_cells(line) for line in of)))
        else:
            found += (_block(line, deep) for line in of)
    return tuple(found)


def _lines(text: str) -> list[str]:
    """Browsers send the ends of lines as CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _block(raw: str, deep: dict[int, int]) -> Block:
    line = raw.strip(" 　\t")
    level, number, words = _item(raw)
    if not line:
        return Block("gap")
    if line.replace("　", "").replace(" ", "") == "記":
        return Block("ki", (Run("記"),))
    if line == "以上":
        return Block("end", (Run(line),))
    if level >= 0:
        return Block("item", tuple(_runs(words)), number, deep[level])
    return Block("p", tuple(_runs(raw.rstrip())))


def _item(raw: str) -> tuple[int, str, str]:
    """Level, number and words of a numbered line; level -1 of any other."""
    found = _MARK.match(raw.strip(" 　\t"))
    if found is None:
        return -1, "", ""
    return level_of(found[1]), found[1], found[2]


def level_of(mark: str) -> int:
    """Which of LEVELS a number is of."""
    if mark[0] == "第":
        return 0
    inner = mark.strip("()（）.．")
    kana = inner in KANA
    return (4 if kana else 2) if mark[0] in "(（" else 3 if kana else 1


def _cells(line: str) -> tuple[str, ...]:
    """The cells of a line of a table, () for any other line: two or more between bars or tabs."""
    bare = line.strip(" 　\t")
    if _MARK.match(bare):
        return ()
    barred = bare[:1] in "|｜" and bare[-1:] in "|｜" and len(bare) > 1
    if not barred and "\t" not in bare:
        return ()
    parts = _CELLS.split(bare[1:-1] if barred else bare)
    return tuple(part.strip(" 　") for part in parts) if len(parts) > 1 else ()


def _runs(text: str) -> Iterator[Run]:
    """The text with what in it names an attachment."""
    at = 0
    for found in _FILE.finditer(text):
        if found.start() > at:
            yield Run(text[at : found.start()])
        yield Run(found[0], int(found[1]))
        at = found.end()
    if at < len(text):
        yield Run(text[at:])


def number(level: int, nth: int) -> str:
    """The nth number of a level, from 1: 第1 · 1 · (1) · ア · (ア); kana begin anew after the last."""
    kana = KANA[(nth - 1) % len(KANA)]
    return (f"第{nth}", str(nth), f"({nth})", kana, f"({kana})")[level]


def tidy(text: str) -> str:
    """The same text with its items numbered through, indented by how deep they stand, and tables with bars.

    Numbers begin anew under each item further out, and after 記. A number that stood in a sentence stays as it is.
    """
    lines = [line.rstrip(" 　\t") for line in _lines(unicodedata.normalize("NFC", text))]
    deep = {
        level: n for n, level in enumerate(sorted({level for level, _, _ in map(_item, lines) if level >= 0}))
    }
    counts = [0] * len(LEVELS)
    return "\n".join(_tidied(line, counts, deep) for line in _without_double_gaps(lines))


def _tidied(line: str, counts: list[int], deep: dict[int, int]) -> str:
    if cells := _cells(line):
        return "｜" + "｜".join(cells) + "｜"
    level, _, words = _item(line)
    if line.strip(" 　") in ("記", "別記"):
        counts[:] = [0] * len(LEVELS)
    if level < 0:
        return line
    counts[level] += 1
    counts[level + 1 :] = [0] * (len(LEVELS) - level - 1)
    return f"{'　' * deep[level]}{number(level, counts[level])}　{words}"


def _without_double_gaps(lines: Sequence[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        if line or (place and lines[place - 1]):
            yield line
