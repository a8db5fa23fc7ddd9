"""Whom an act would tell, said before it is done: by the rules that do it, on the case as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kessai.decisions import replay
from kessai.decisions.models import Case
from kessai.decisions.replay import Step
from kessai.decisions.telling import rules
from kessai.decisions.telling.people import Circle, Receiver


@dataclass(frozen=True, slots=True)
class Forecast:
    """A case, its steps as they are today, everybody around it, and who would act.

    ``asked_by``: by position, the event that asks for the step; whoever did that is told of the answer too.
    ``returned``: what a return to an earlier step asks of others (rules.how_returned).
    """

    case: Case
    steps: Sequence[Step]
    circle: Circle
    by: int
    asked_by: Mapping[int, int] = field(default_factory=dict)
    returned: Mapping[str, bool] = field(default_factory=dict)

    def told(
        self,
        event: str,
        position: int | None = None,
        *,
        to: int | None = None,
        skipped: tuple[int, ...] = (),
        added: tuple[Step, ...] = (),
    ) -> tuple[Receiver, ...]:
        """Whom an event of a kind would tell, beside those who get a task by it."""
        return self._told(event, position, to=to, skipped=skipped, added=added)[0]

    def told_by_all(self, acts: Iterable[tuple[str, int]]) -> tuple[Receiver, ...]:
        """Whom events at some positions, one after the other, would tell together; each person once."""
        found: dict[int, Receiver] = {}
        around = self
        for event, position in acts:
            told, after = around._told(event, position)
            found = {one.person_id: one for one in told} | found
            around = replace(around, steps=after)
        return tuple(found.values())

    def _told(
        self,
        event: str,
        position: int | None,
        *,
        to: int | None = None,
        skipped: tuple[int, ...] = (),
        added: tuple[Step, ...] = (),
    ) -> tuple[tuple[Receiver, ...], tuple[Step, ...]]:
        """Whom it would tell, and the steps after it."""
        seq, round = self.case.last_seq + 1, self.case.round
        happened = replay.Happened(
            event,
            round,
            position,
            seq=seq,
            to=to,
            skipped=skipped,
            added=added,
            only_target=self.returned.get("only_target", False),
            beside_open=self.returned.get("beside_open", False),
            consents_void=self.returned.get("consents_void", False),
        )
        _, rounds = replay.happen(self.case.state, {round: tuple(self.steps)}, happened)
        after = rounds[round]
        asking = self.circle.answered.get(self.asked_by.get(position or 0, 0))
        concerned = self.circle.concerned(
            event,
            by=self.by,
            before=self.steps,
            after=after,
            opened=rules.asked(self.steps, after),
            people=[asking] if asking else (),
        )
        return concerned.told, after
