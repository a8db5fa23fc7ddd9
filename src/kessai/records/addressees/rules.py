"""Lists of addressees as people bring them: tidied, duplicates named, lines that mean a group spelt out. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

GROUP_LONGEST = 60
LINE_LONGEST = 200
MEMBERS_MOST = 2000

_NUMBER = re.compile(
    r"(?:[(（]\d{1,4}[)）]"  # (1)
    r"|\d{1,4}[.．、)）](?!\d)"  # 1. but not 1.5
    r"|\d{1,4}(?=[ \t])"  # 1 and a blank
    r"|[①-⑳]|[ア-ン][.．、)）]"
    r"|[・●○◎■□◆◇▪•※]|[-–—*+](?=[ \t]))"
    r"[ \t]*"
)
"""What stands before an entry of a list and is no part of it."""


def group_name(text: str) -> str:
    """The name of a group as it is kept: blanks and ends of lines are one blank."""
    return " ".join(text.replace("\x00", "").split())


def may_be_named(name: str) -> bool:
    """Whether a group may have a name; without "/", since it has a page under its name."""
    return 0 < len(name) <= GROUP_LONGEST and "/" not in name


@dataclass(frozen=True, slots=True)
class Tidied:
    """``lines``: each addressee once; ``doubles``: those that stood there more than once, in their order."""

    lines: tuple[str, ...]
    doubles: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def tidy(text: str) -> Tidied:
    """One addressee a line, from what was typed or pasted: cells of a table joined, numbering and blank lines dropped.

    A cell that holds nothing but a number is numbering, too. Lines that differ in width or blanks only are the same.
    """
    lines: list[str] = []
    doubles: list[str] = []
    seen: set[str] = set()
    for raw in text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = _entry(raw)
        if not line:
            continue
        if (alike := key_of(line)) not in seen:
            seen.add(alike)
            lines.append(line)
        elif line not in doubles:
            doubles.append(line)
    return Tidied(tuple(lines), tuple(doubles))


def _entry(raw: str) -> str:
    cells = [" ".join(cell.split()) for cell in raw.replace("\u3000", " ").split("\t")]
    line = " ".join(cell for cell in cells if cell and not re.fullmatch(r"\d{1,4}", cell))
    while found := _NUMBER.match(line):
        line = line[found.end() :]
    return "" if re.fullmatch(r"\d{0,4}", line.strip()) else line.strip()


def key_of(line: str) -> str:
    """By what two lines are the same addressee."""
    return "".join(unicodedata.normalize("NFKC", line).split())


def added(text: str, more: Sequence[str]) -> Tidied:
    """Lines put behind those that are there; what is there already is among the doubles and stays once."""
    return tidy("\n".join([text, *more]))


def group_of(line: str, groups: Mapping[str, Sequence[str]]) -> str:
    """The group that a line means, 「各都道府県知事」 or 「都道府県知事」; "" where it is an addressee itself."""
    said = re.sub(r"[(（].*[)）]$", "", key_of(line))
    return next((name for name in groups if key_of(name) in (said, said.removeprefix("各"))), "")


def meant(text: str, groups: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The groups that lines of a text mean, in their order."""
    return tuple(dict.fromkeys(name for line in tidy(text).lines if (name := group_of(line, groups))))


def expanded(text: str, groups: Mapping[str, Sequence[str]]) -> Tidied:
    """Lines that mean a group replaced by its addressees; all others stay."""
    lines: list[str] = []
    for line in tidy(text).lines:
        name = group_of(line, groups)
        lines += groups[name] if name else [line]
    return tidy("\n".join(lines))
