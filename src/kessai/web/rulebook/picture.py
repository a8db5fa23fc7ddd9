"""The picture of a question what if: who decides before and after, as two bars joined by ribbons. SVG, no script."""

from __future__ import annotations

from dataclasses import dataclass

from kessai.decisions.authority.rules import Tally
from kessai.organisation.rules import LEVELS
from kessai.routing.rules import CIRCULATION
from kessai.web.rulebook import wording

WIDTH, LEFT, RIGHT, BAR = 520, 200, 304, 16
HEIGHT, GAP = 260, 10


@dataclass(frozen=True, slots=True)
class Block:
    """A level on one side: how many cases it decides. ``y``, ``height``, ``middle`` in units of the picture."""

    level: str
    cases: int
    y: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2 + 5, 1)


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Cases that move from one level to another. ``kind``: up, down, same."""

    path: str
    kind: str
    cases: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Figure:
    before: tuple[Block, ...]
    after: tuple[Block, ...]
    ribbons: tuple[Ribbon, ...]
    width: int
    height: float
    left: int
    right: int
    bar: int


def moves(total: Tally) -> Figure:
    """The picture of the moves of a tally, the highest level on top."""
    compared = sum(total.moves.values()) or 1
    scale = HEIGHT / compared
    order = [*reversed(LEVELS), CIRCULATION]
    before = _side(
        {level: sum(n for (a, _), n in total.moves.items() if a == level) for level in order}, scale
    )
    after = _side(
        {level: sum(n for (_, b), n in total.moves.items() if b == level) for level in order}, scale
    )
    from_y = {level: block.y for level, block in before.items()}
    to_y = {level: block.y for level, block in after.items()}
    ribbons = []
    for a in order:
        for b in order:
            cases = total.moves.get((a, b), 0)
            if not cases:
                continue
            thick = cases * scale
            kind = "same" if a == b else "up" if order.index(b) < order.index(a) else "down"
            path = _path(from_y[a], to_y[b], thick)
            ribbons.append(Ribbon(path, kind, cases, wording.level(a), wording.level(b)))
            from_y[a] += thick
            to_y[b] += thick
    bottom = max((block.y + block.height for block in [*before.values(), *after.values()]), default=0)
    return Figure(
        tuple(before.values()),
        tuple(after.values()),
        tuple(sorted(ribbons, key=lambda ribbon: ribbon.kind != "same")),
        WIDTH,
        round(bottom + 12, 1),
        LEFT,
        RIGHT,
        BAR,
    )


def _side(cases: dict[str, int], scale: float) -> dict[str, Block]:
    blocks, y = {}, 8.0
    for level, n in cases.items():
        if n:
            height = n * scale
            blocks[level] = Block(wording.level(level), n, round(y, 1), round(max(height, 1.5), 1))
            # A label needs its line even beside a block of a few cases.
            y += max(height, 18.0) + GAP
    return blocks


def _path(top: float, to: float, thick: float) -> str:
    x1, x2, half = LEFT + BAR, RIGHT, (LEFT + BAR + RIGHT) / 2
    thick = max(thick, 1.5)
    return (
        f"M{x1} {top:.1f} C{half} {top:.1f} {half} {to:.1f} {x2} {to:.1f} "
        f"L{x2} {to + thick:.1f} C{half} {to + thick:.1f} {half} {top + thick:.1f} {x1} {top + thick:.1f} Z"
    )
