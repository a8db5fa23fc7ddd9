"""Who stands at several places of a route, as it is planned or as it is under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from kessai.decisions import access, machine
from kessai.decisions.models import Case
from kessai.decisions.persons.rules import TOGETHER, Place, told_to_drafter, told_to_reader
from kessai.decisions.results import StepView
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import Text
from kessai.organisation.absence import queries as absence
from kessai.organisation.settings import settings_of
from kessai.routing.rules import Plan

NOT_ASKED = (
    *(machine.OWN, machine.CLOSED, machine.REMOVED, machine.MERGED, machine.SKIPPED),
    machine.SPARED,
)


def on_planned(plan: Plan | None, drafter: int, at: datetime) -> tuple[Text, ...]:
    """What a drafter is told of people who hold several posts on the route that a draft would take."""
    steps = [s for s in plan.steps if s.kind not in machine.READING and not s.own] if plan else []
    held = absence.holders(post_ids={step.seat.post_id for step in steps}, at=at)
    places = [
        Place(
            step.seat.post_id,
            step.seat.title,
            {holder.person_id: holder.name for holder in held.get(step.seat.post_id, ())},
            decides=step.kind == machine.DECIDE,
            drafts=plan is not None and step.seat.post_id == plan.drafter.post_id,
        )
        for step in steps
    ]
    people = [person for place in places for person in place.people]
    together = plan is not None and len(people) > len(set(people)) and _together(plan, at)
    return told_to_drafter(places, drafter, together=together)


def _together(plan: Plan, at: datetime) -> bool:
    settings = settings_of(tenant_id=plan.drafter.tenant_id, on=day_in_japan(at))
    return bool(settings["several_posts"] == TOGETHER)


def on_route(
    case: Case, steps: Sequence[StepView], seeing: access.Sight, settings: Mapping[str, object]
) -> tuple[Text, ...]:
    """What a reader is told who holds several posts on the route of a case, or drafted it and holds one."""
    if case.state != machine.ROUTED:
        return ()
    mine = [
        Place(
            seeing.held[step.post_id].post_id,
            step.post_title,
            {seeing.person: seeing.name.name},
            decides=step.kind == machine.DECIDE,
            drafts=seeing.held[step.post_id].post_id == case.drafter_post_id,
        )
        for step in steps
        if step.kind not in machine.READING and step.state not in NOT_ASKED and step.post_id in seeing.held
    ]
    return told_to_reader(
        mine,
        drafted=case.drafter_person_id == seeing.person,
        together=settings["several_posts"] == TOGETHER,
    )
