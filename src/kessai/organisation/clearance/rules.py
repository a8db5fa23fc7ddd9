"""Who is cleared for which marking (S28): what a matter asks of whoever sees it, and what a clearance covers. Pure."""

from __future__ import annotations

from collections.abc import Collection

MARKINGS = ("confidentiality1", "confidentiality2", "confidentiality3")
"""機密性の格付, the lowest first."""

MARKED = "confidentiality3"
"""Whoever sees a matter of this marking must be cleared for it."""

EVERYTHING = "*"
"""A clearance for every marking and every handling restriction (取扱制限)."""

LONGEST = 40


def higher(one: str, other: str) -> str:
    """The higher of two markings; "" is none."""
    return max(one, other, key=lambda marking: MARKINGS.index(marking) if marking else -1)


def needs(marking: str, restriction: str) -> tuple[str, ...]:
    """What must be covered to see a matter: its marking, if it is the highest, and its restriction, if it has one."""
    return tuple(sorted({*([MARKED] if marking == MARKED else ()), *([restriction] if restriction else ())}))


def cleared(needed: Collection[str], covers: Collection[str]) -> bool:
    """Whether a clearance covers what a matter needs."""
    return EVERYTHING in covers or set(needed) <= set(covers)
