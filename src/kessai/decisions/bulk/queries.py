"""What somebody is to know before answering several cases at once, and which of them they may not answer so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions import access, handed_over, machine, replay
from kessai.decisions import rules as deciding
from kessai.decisions.bulk import rules
from kessai.decisions.pages import case_page
from kessai.decisions.results import CasePage, StepView
from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task that was chosen."""

    tenant_id: int
    case_id: UUID
    position: int


@dataclass(frozen=True, slots=True)
class Ready:
    """A task that may be answered with the others; ``act``: approve or decide."""

    wanted: Wanted
    page: CasePage
    step: StepView
    act: str


@dataclass(frozen=True, slots=True)
class Barred:
    """A task that may not, and why. ``page`` is None where the reader may not see the case."""

    wanted: Wanted
    page: CasePage | None
    refusal: Cannot


def asked(
    *, actor: Actor, wanted: Sequence[Wanted], at: datetime
) -> tuple[tuple[Ready, ...], tuple[Barred, ...]]:
    """Of some tasks those that the actor may answer at once, and those that they may not now, each in its order."""
    ready, barred = [], []
    seeing = access.sight(actor=actor, at=at)
    for one in dict.fromkeys(wanted):
        found = _asked(actor, seeing, one, at)
        if isinstance(found, Ready):
            ready.append(found)
        else:
            barred.append(found)
    return tuple(ready), tuple(barred)


def _asked(actor: Actor, seeing: access.Sight, one: Wanted, at: datetime) -> Ready | Barred:
    try:
        page = case_page(actor=actor, tenant_id=one.tenant_id, case_id=one.case_id, at=at, seeing=seeing)
    except NotFound as refusal:
        told = handed_over.refusal(actor=actor, tenant_id=one.tenant_id, case_id=one.case_id, at=at)
        return Barred(one, None, told or refusal)
    step = next((s for stage in page.stages for s in stage.steps if s.position == one.position), None)
    try:
        return Ready(one, page, _judged(page, step), rules.act_of(step.kind if step else ""))
    except deciding.CannotAct as refusal:
        return Barred(one, page, refusal)


def _judged(page: CasePage, step: StepView | None) -> StepView:
    """The step, if it may be answered so: by the rules that judge the act itself."""
    seen = bytes.fromhex(page.seen)
    now = None
    if step is not None:
        now = replay.Step(step.position, step.stage, step.kind, step.post_id, step.state)
    deciding.judge(
        deciding.CaseNow(page.state, seen),
        now,
        deciding.Attempt(rules.act_of(now.kind if now else ""), seen, ""),
        holds_post=step is not None and (step.mine or page.capacity == machine.ACTING),
        answered_by=f"{step.post_title} {step.name}" if step and step.name else "",
    )
    assert step is not None and now is not None
    rules.judge(allowed=page.bulk, step=now, own=step.mine)
    if page.my_step is None or page.my_step.position != step.position:
        raise deciding.CannotAct(N_("この案件では、あなたのほかの職にも順番が来ています。"), rules.ONE_BY_ONE)
    return step
