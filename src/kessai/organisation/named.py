"""How a rulebook names posts and units of the organisation. Pure; lookups finds them."""

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
