"""Consents of which a number is enough: how many are needed, and which refusals stop a case. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kessai.decisions import machine


class Counted(Protocol):
    """A step, as far as consents are counted."""

    @property
    def state(self) -> str: ...

    @property
    def quorum(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Tally:
    """Of consents of which a number is enough: how many are needed, asked, given, and may still be given."""

    needed: int
    asked: int
    agreed: int
    left: int

    @property
    def enough(self) -> bool:
        return self.agreed >= self.needed

    @property
    def hope(self) -> bool:
        return self.agreed + self.left >= self.needed


def tally(steps: Iterable[Counted]) -> Tally | None:
    """None where every consent must be given. Where fewer are asked than the table's number, all of them must.

    A refusal that was settled is no consent: it lowers the number that is needed, but never to none while somebody is
    asked.
    """
    asked = [s for s in steps if s.quorum is not None and s.state not in (machine.OWN, machine.MERGED)]
    if not asked:
        return None
    over = sum(step.state == machine.OVERRULED for step in asked)
    return Tally(
        needed=min(max(1, max(step.quorum or 0 for step in asked) - over), len(asked) - over),
        asked=len(asked),
        agreed=sum(step.state == machine.DONE for step in asked),
        left=sum(step.state in (machine.WAITING, machine.OPEN, machine.SPARED) for step in asked),
    )


AStep = TypeVar("AStep", bound=Counted)


def stopping(steps: Sequence[AStep]) -> tuple[AStep, ...]:
    """The refusals that leave no way on but to settle them: not those that the consents still asked may outweigh."""
    found = tally(steps)
    hope = found is not None and found.hope
    return tuple(s for s in steps if s.state == machine.REFUSED and not (hope and s.quorum is not None))
