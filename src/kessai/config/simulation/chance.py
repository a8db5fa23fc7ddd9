"""Chance that is the same every time: numbers drawn from a seed and a name."""

from __future__ import annotations

import hashlib


def chosen(seed: int, *names: str | int) -> int:
    """A number in [0, 2**64), the same for the same seed and names on every machine."""
    text = "\x1f".join(str(name) for name in (seed, *names))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def happens(percent: int, seed: int, *names: str | int) -> bool:
    """Whether something that happens to ``percent`` of all happens to this one."""
    return chosen(seed, *names) % 100 < percent
