"""How rulebooks and officials name posts and units of the organisation. Pure; lookups finds them."""

from __future__ import annotations

from dataclasses import dataclass

from kessai.organisation.naming import FUNCTIONS
from kessai.organisation.rules import LEVELS


@dataclass(frozen=True, slots=True)
class Name:
    """What a rulebook calls a post by.

    ``post:<code>`` is that post; ``accounting`` or ``unit:<code>`` the head of the unit with that function or
    code; with ``@<level>`` behind it, the nearest post in line of that level or higher, in that unit or above.
    """

    text: str
    whose: str
    """Without the level."""
    level: str


def read_name(text: str) -> Name | None:
    """A name as a rulebook writes it; None if it is no name at all, whether or not there is such a post."""
    whose, at, level = text.partition("@")
    kind, colon, code = whose.partition(":")
    if at and (level not in LEVELS or kind == "post"):
        return None
    if colon:
        return Name(text, whose, level) if kind in ("post", "unit") and code else None
    return Name(text, whose, level) if whose in FUNCTIONS else None


@dataclass(frozen=True, slots=True)
class UnitReach:
    """A unit that has posts. ``levels``: of the posts in line in it and above it; ``place``: one of PLACES."""

    code: str
    name: str
    place: str
    levels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Called:
    """A post or a unit (``kind``) that a text may call. ``above``: names of the units it is in, the nearest first."""

    kind: str
    id: int
    code: str
    name: str
    above: tuple[str, ...]

    @property
    def in_full(self) -> str:
        """With the unit it is in, which tells it from others of its name."""
        return f"{self.above[0]} {self.name}" if self.above else self.name


def is_called(text: str, found: Called) -> bool:
    """Whether a text, without its blanks, calls it: by code, by name, or by name after units it is in.

    「総務課長」, 「政策局 総務課長」, 「政策局 総務課 総務課長」.
    """
    if text in (found.code, _bare(found.name)):
        return True
    names = [_bare(name) for name in found.above]
    paths = {"".join(reversed(names[:n])) for n in range(1, len(names) + 1)} | set(names)
    return text in {path + _bare(found.name) for path in paths}


def _bare(name: str) -> str:
    return "".join(name.split())
