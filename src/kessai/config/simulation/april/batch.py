"""The orders of April 1: who goes where, as lines of a file, and what the chart must be afterwards.

Chains and swaps of two to seven posts of one rank, a third of them across bureaus; some chains begin with somebody
new and end with somebody who retires, and now and then nobody comes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kessai.config.simulation.chance import chosen, happens
from kessai.organisation.orders.rules import COLUMNS
from kessai.organisation.staffing import MARK

ACROSS_PERCENT, OPEN_PERCENT, LEFT_VACANT_PERCENT = 33, 15, 5
LONGEST_CHAIN = 7


@dataclass(slots=True)
class Batch:
    """One ministry's orders. Posts by code, people by staff number; None: nobody.

    ``before`` and ``after`` hold every touched post; ``new`` are people to be known before; ``folded``
    and ``kept``: posts, or their drafts, that another one takes over, added when a vacancy is resolved so.
    """

    tenant_id: int
    lines: list[dict[str, str]] = field(default_factory=list)
    new: list[tuple[str, str]] = field(default_factory=list)
    before: dict[str, str | None] = field(default_factory=dict)
    after: dict[str, str | None] = field(default_factory=dict)
    folded: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def transfers(self) -> int:
        return sum(1 for staff_no in self.after.values() if staff_no)

    def source(self) -> bytes:
        """The lines as a CSV file."""
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows(self.lines)
        return text.getvalue().encode()

    def people(self) -> bytes:
        """The new people as ``kessai org import-people`` takes them."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(("staff_no", "name"))
        writer.writerows(self.new)
        return text.getvalue().encode()

    def holder(self, post: str, everyone: Mapping[str, str]) -> str | None:
        """Who has the tasks of a post from the day on."""
        while post in self.folded:
            post = self.folded[post]
        return self.after[post] if post in self.after else everyone.get(post) or None


def plan(*, posts: Mapping[int, Mapping[str, str]], transfers: int, seed: int) -> list[Batch]:
    """About ``transfers`` appointments over the ministries, by the number of their posts.

    ``posts``: by ministry, the staff number of the holder by post code.
    """
    total = sum(len(codes) for codes in posts.values())
    made = []
    given = passed = 0
    for tenant_id, codes in sorted(posts.items()):
        passed += len(codes)
        share = transfers * passed // max(total, 1) - given
        given += share
        batch = Batch(tenant_id)
        held = [code for code, staff_no in codes.items() if staff_no]
        # Chains that end with a vacancy have one appointment less than posts.
        for chain in _chains(held, share + share // 20 + LONGEST_CHAIN, seed):
            left = share - batch.transfers
            if left <= 0:
                break
            _move(batch, chain[:left], codes, seed)
        if batch.lines:
            made.append(batch)
    return made


def _chains(held: Sequence[str], wanted: int, seed: int) -> Iterator[Sequence[str]]:
    """Chains of posts of one rank; whoever is in line of a unit moves more often than an officer."""

    def place(code: str) -> int:
        return chosen(seed, "moves", code) % 1000 - (0 if _rank(code) in ("officer", "chief") else 300)

    moving = sorted(held, key=lambda code: (place(code), code))[:wanted]
    groups: dict[tuple[str, str], list[str]] = {}
    for code in moving:
        bureau = "" if happens(ACROSS_PERCENT, seed, "across", code) else ".".join(code.split(".")[:2])
        groups.setdefault((_rank(code), bureau), []).append(code)
    alone: dict[str, list[str]] = {}
    for (rank, _), codes in groups.items():
        yield from _cut(codes, alone.setdefault(rank, []), seed)
    for codes in alone.values():
        last: list[str] = []
        yield from _cut(codes, last, seed)
        yield from ([code] for code in last)


def _cut(codes: list[str], alone: list[str], seed: int) -> Iterator[Sequence[str]]:
    """Chains of two posts or more; a post that is left alone goes to ``alone``."""
    start = 0
    while len(codes) - start > 1:
        length = 2 + chosen(seed, "length", codes[start]) % (LONGEST_CHAIN - 1)
        yield codes[start : start + length]
        start += length
    alone += codes[start:]


def _rank(code: str) -> str:
    return code.partition(MARK)[2].rstrip("0123456789")


def _move(batch: Batch, chain: Sequence[str], codes: Mapping[str, str], seed: int) -> None:
    """Everybody to the next post of the chain; the last one to the first post, or to retirement."""
    batch.before |= {code: codes[code] for code in chain}
    is_open = len(chain) == 1 or happens(OPEN_PERCENT, seed, "open", chain[0])
    for here, there in pairwise(chain):
        _appoint(batch, codes[here], there)
    if not is_open:
        _appoint(batch, codes[chain[-1]], chain[0])
        return
    batch.lines.append(_line("retire", codes[chain[-1]]))
    if happens(LEFT_VACANT_PERCENT * 100 // OPEN_PERCENT, seed, "vacant", chain[0]):
        batch.after[chain[0]] = None
        return
    staff_no = f"N{len(batch.new) + 1:06d}"
    batch.new.append((staff_no, f"新任 {len(batch.new) + 1}"))
    _appoint(batch, staff_no, chain[0])


def _appoint(batch: Batch, staff_no: str, post: str) -> None:
    batch.lines.append(_line("appoint", staff_no, post))
    batch.after[post] = staff_no


def _line(act: str, staff_no: str, post: str = "") -> dict[str, str]:
    return {**dict.fromkeys(COLUMNS, ""), "act": act, "staff_no": staff_no, "post": post}
