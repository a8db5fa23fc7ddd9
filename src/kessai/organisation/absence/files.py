"""Files of deputies by rule: which posts stand in for which, in order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from kessai.kernel.lines import Faults, Line, read_lines
from kessai.kernel.words import N_

REQUIRED = ("post", "ordinal", "deputy")
OPTIONAL = ("matters", "from", "until")


@dataclass(frozen=True, slots=True)
class DeputyLine:
    """A line of the file; ``deputy`` None: the post has no deputies by rule any more."""

    number: int
    post: int
    ordinal: int
    deputy: int | None
    matters: tuple[str, ...]
    start: date | None
    end: date | None


def read_deputies(
    data: bytes, *, posts: Mapping[str, int], matters: Collection[str]
) -> dict[int, list[DeputyLine]]:
    """The deputies of each post that the file names, in order. CSV or Excel.

    Columns post, ordinal, deputy (codes; a post alone takes its deputies away), matters (codes separated by
    blanks, empty for all), from and until (YYYY-MM-DD, the last day; may be empty). Errors: CannotImport.
    """
    faults = Faults()
    found: dict[int, list[DeputyLine]] = {}
    for line in read_lines(data, required=REQUIRED, optional=OPTIONAL, faults=faults):
        read = _read(line, posts, matters, faults)
        if read is None:
            continue
        there = found.setdefault(read.post, [])
        if any(read.deputy is None or other.deputy is None for other in there):
            faults.add(line.number, N_("代決者のない行と、代決者のある行が、同じ職にあります。"))
        elif any(other.ordinal == read.ordinal for other in there):
            faults.add(line.number, N_("この職の第%(n)s順位が二つあります。"), n=read.ordinal)
        there.append(read)
    faults.raise_if_any()
    return {post: sorted(lines, key=lambda each: each.ordinal) for post, lines in found.items()}


def _read(
    line: Line, posts: Mapping[str, int], matters: Collection[str], faults: Faults
) -> DeputyLine | None:
    before = _Count(faults)
    post, deputy = posts.get(line["post"]), posts.get(line["deputy"])
    if post is None:
        before.add(line.number, N_("職「%(post)s」がありません。"), line["post"])
    if deputy is None and line["deputy"]:
        before.add(line.number, N_("職「%(post)s」がありません。"), line["deputy"])
    if post is not None and post == deputy:
        before.add(line.number, N_("職「%(post)s」を、その職自身の代決者にはできません。"), line["post"])
    named = tuple(line["matters"].split())
    for code in named:
        if code not in matters:
            before.add(line.number, N_("事案の種類「%(post)s」がありません。"), code)
    ordinal = line["ordinal"]
    if line["deputy"] and not (ordinal.isdecimal() and 1 <= int(ordinal) <= 99):
        before.add(line.number, N_("順位「%(post)s」は1から99までの数で書いてください。"), ordinal)
    start, end = _day(line, "from", before), _day(line, "until", before)
    if start is not None and end is not None and end < start:
        before.add(line.number, N_("期間の終わり「%(post)s」が、始まりより前です。"), line["until"])
    if before.any or post is None:
        return None
    last = date.fromordinal(end.toordinal() + 1) if end else None
    return DeputyLine(line.number, post, int(ordinal or 0) if deputy else 0, deputy, named, start, last)


class _Count:
    """Faults of one line."""

    def __init__(self, faults: Faults) -> None:
        self.faults, self.any = faults, False

    def add(self, number: int, message: str, what: str) -> None:
        self.any = True
        self.faults.add(number, message, post=what[:100])


def _day(line: Line, column: str, faults: _Count) -> date | None:
    text = line[column]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.add(line.number, N_("日付「%(post)s」は 2027-04-01 のように書いてください。"), text)
        return None
