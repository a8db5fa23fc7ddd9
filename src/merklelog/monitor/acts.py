"""The acts of one case in a log: whether one is missing between others, or one stands there twice."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """An entry of the case: its index in the log, its ``seq`` in the case, and the bytes."""

    index: int
    seq: int
    leaf: bytes


@dataclass(slots=True)
class Acts:
    """Collects the entries that name a case; ``seq`` counts its acts from 1."""

    case: str
    found: list[Found] = field(default_factory=list)

    def take(self, index: int, leaf: bytes) -> None:
        """Look at an entry."""
        # Reading JSON is slow, and most entries are of other cases.
        if self.case.encode() not in leaf:
            return
        try:
            said: Any = json.loads(leaf)
        except (ValueError, RecursionError):
            return
        if isinstance(said, dict) and said.get("case") == self.case and type(said.get("seq")) is int:
            self.found.append(Found(index, said["seq"], leaf))

    @property
    def seqs(self) -> list[int]:
        """In the order of the log."""
        return [each.seq for each in self.found]

    @property
    def missing(self) -> list[tuple[int, int]]:
        """Stretches, first and last, of those that must be there because a later one is."""
        there = sorted({0, *(seq for seq in self.seqs if seq > 0)})
        return [(before + 1, seq - 1) for before, seq in pairwise(there) if seq > before + 1]

    @property
    def twice(self) -> list[int]:
        """Those of which there is more than one."""
        return sorted(seq for seq, times in Counter(self.seqs).items() if times > 1)

    @property
    def misplaced(self) -> list[int]:
        """Those that stand after a later one, or count from below 1."""
        return [
            each.seq
            for before, each in zip([None, *self.found], self.found, strict=False)
            if each.seq < 1 or (before is not None and each.seq < before.seq)
        ]

    @property
    def whole(self) -> bool:
        """Whether there are acts, each once, without a gap, in order. That no later one follows nobody can tell."""
        return bool(self.found) and not (self.missing or self.twice or self.misplaced)
