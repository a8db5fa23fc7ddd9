"""One case from its row to the decision: every act by the holder of the post whose turn it is.

What the drafter may know is read as the drafter's page reads it, once after each submission; the others act on
the version that page shows.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import uuid4

from kessai.config.simulation import texts
from kessai.config.simulation.cast import MATTER, Cast
from kessai.config.simulation.chance import chosen, happens
from kessai.config.simulation.rows import Row
from kessai.config.simulation.tally import DECIDED, FAILED, REFUSED, WAITING, Driven, Reason
from kessai.decisions import operations as deciding
from kessai.decisions import queries as cases
from kessai.decisions.machine import ACT_BY_NAME, CIRCULATE, DECIDE, OWN, RETURN
from kessai.decisions.operations import CannotSubmit, Outcome
from kessai.decisions.results import CasePage, StepView
from kessai.drafting import operations as drafting
from kessai.drafting.operations import DraftRef
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation

RETURNED_PERCENT = 6
OPINION_PERCENT = 10

Clock = Callable[[], datetime]


def drive(row: Row, *, cast: Cast, seed: int, clock: Clock) -> Driven:
    """Bring one row to its decision, or to its refusal with nothing left behind. Never raises a domain error."""
    driven = Driven(row.line)
    try:
        _Case(row, cast, seed, clock, driven).run()
    except _Waiting as waiting:
        driven.end, driven.reasons = WAITING, (Reason("", waiting.text),)
    except Exception:
        driven.end, driven.error = FAILED, traceback.format_exc()
    return driven


class _Waiting(Exception):
    """Nobody holds the post whose turn it is."""

    def __init__(self, step: StepView) -> None:
        self.text = Text(
            N_("%(unit)sの%(post)sが欠員のため、その段階で止まっています。"),
            {"unit": step.unit_name, "post": step.post_title},
        )


class _Case:
    def __init__(self, row: Row, cast: Cast, seed: int, clock: Clock, driven: Driven) -> None:
        self.row, self.cast, self.seed, self.clock, self.driven = row, cast, seed, clock, driven

    def run(self) -> None:
        refused = self._submitted()
        if refused:
            self.driven.end, self.driven.reasons = REFUSED, refused
            return
        if happens(RETURNED_PERCENT, self.seed, "returned", self.row.line):
            self._walk(returning=True)
            self._correct()
            self._submit()
        self._walk(returning=False)
        self.driven.end = DECIDED

    def _submitted(self) -> tuple[Reason, ...]:
        """Draft and submit; if that is refused, why, and the draft is gone again."""
        at = self.clock()
        try:
            seat = self.cast.drafter(self.row, self.seed)
            assert seat.holder_id is not None
            self.drafter = Actor(seat.holder_id)
            self.draft: DraftRef = drafting.start(
                actor=self.drafter,
                post_id=seat.post_id,
                matter_code=MATTER,
                typed=texts.typed(self.row, day=day_in_japan(at)),
                at=at,
            )
        except Cannot as refusal:
            return (Reason("", refusal.what),)
        self.driven.writing += 1
        try:
            self._submit()
        except Cannot as refusal:
            drafting.discard(
                actor=self.drafter,
                tenant_id=self.draft.tenant_id,
                draft_id=self.draft.draft_id,
                at=self.clock(),
            )
            self.driven.writing += 1
            problems = refusal.problems if isinstance(refusal, CannotSubmit) else ()
            return tuple(Reason(p.field, p.text) for p in problems) or (Reason("", refusal.what),)
        return ()

    def _submit(self) -> None:
        self._count(
            deciding.submit(
                actor=self.drafter,
                tenant_id=self.draft.tenant_id,
                draft_id=self.draft.draft_id,
                act_id=uuid4(),
                at=self.clock(),
            )
        )

    def _correct(self) -> None:
        at = self.clock()
        drafting.save(
            actor=self.drafter,
            tenant_id=self.draft.tenant_id,
            draft_id=self.draft.draft_id,
            typed=texts.corrected(self.row, day=day_in_japan(at), which=self._which),
            version=None,
            at=at,
        )
        self.driven.writing += 1

    @property
    def _which(self) -> int:
        return chosen(self.seed, "reason", self.row.line) % len(texts.RETURN_REASONS)

    def _walk(self, *, returning: bool) -> None:
        """Go along the route as planned; with ``returning``, until somebody on it sends the case back."""
        at = self.clock()
        page = cases.case_page(
            actor=self.drafter, tenant_id=self.draft.tenant_id, case_id=self.draft.draft_id, at=at
        )
        route = [step for stage in page.stages for step in stage.steps if step.state != OWN]
        holders = self._holders([*route, *page.readers], at)
        returners = [step for step in route if step.kind in ACT_BY_NAME[RETURN].kinds]
        last = returners[chosen(self.seed, "returner", self.row.line) % len(returners)] if returning else None
        for step in route:
            if step is last:
                self._return(step, holders, page)
                return
            self._pass(step, holders, page)
        for reader in page.readers:
            if holders.get(reader.post_id) is not None:
                self._count(
                    deciding.mark_read(
                        actor=_holder(reader, holders),
                        tenant_id=page.tenant_id,
                        case_id=page.case_id,
                        position=reader.position,
                        act_id=uuid4(),
                        at=self.clock(),
                    )
                )

    def _holders(self, steps: Iterable[StepView], at: datetime) -> dict[int, int | None]:
        seats = organisation.seats(post_ids={step.post_id for step in steps}, on=day_in_japan(at))
        return {post_id: seat.holder_id for post_id, seat in seats.items()}

    def _pass(self, step: StepView, holders: dict[int, int | None], page: CasePage) -> None:
        assert step.kind != CIRCULATE
        act = deciding.decide if step.kind == DECIDE else deciding.approve
        spoken = happens(OPINION_PERCENT, self.seed, "opinion", self.row.line, step.position)
        which = chosen(self.seed, "words", self.row.line, step.position) % len(texts.OPINIONS)
        outcome = act(
            actor=_holder(step, holders),
            tenant_id=page.tenant_id,
            case_id=page.case_id,
            position=step.position,
            seen=page.seen,
            act_id=uuid4(),
            at=self.clock(),
            opinion=texts.OPINIONS[which] if spoken else "",
        )
        self.driven.number = outcome.number
        self._count(outcome)

    def _return(self, step: StepView, holders: dict[int, int | None], page: CasePage) -> None:
        self._count(
            deciding.return_to_drafter(
                actor=_holder(step, holders),
                tenant_id=page.tenant_id,
                case_id=page.case_id,
                position=step.position,
                seen=page.seen,
                act_id=uuid4(),
                at=self.clock(),
                reason=texts.RETURN_REASONS[self._which],
            )
        )

    def _count(self, outcome: Outcome) -> None:
        self.driven.acts[outcome.kind] += 1


def _holder(step: StepView, holders: dict[int, int | None]) -> Actor:
    holder = holders.get(step.post_id)
    if holder is None:
        raise _Waiting(step)
    return Actor(holder)
