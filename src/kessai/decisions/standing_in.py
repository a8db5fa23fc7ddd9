"""What a case page says of absences: who is away, who may act instead, and what the reader may do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from kessai.decisions import access, machine
from kessai.decisions.deputising import queries as deputising
from kessai.decisions.deputising import rules as acting
from kessai.decisions.deputising.queries import Facts
from kessai.decisions.models import Case, Event
from kessai.decisions.results import StandInView, StepView, Tellable

ASKING = (machine.REVIEW, machine.CONSENT, machine.DECIDE)


def facts_of(
    case: Case, steps: Sequence[StepView], events: Sequence[Event], at: datetime
) -> dict[int, Facts]:
    """The facts for the steps of a case under way that are asked, and for those to come, by position."""
    if case.state != machine.ROUTED:
        return {}
    asked = {
        step.position: (step.kind, step.post_id)
        for step in steps
        if step.state in (machine.OPEN, machine.WAITING) and step.kind in ASKING
    }
    return deputising.facts_of_steps(case=case, steps=asked, events=events, at=at)


def with_absences(steps: Sequence[StepView], facts: Mapping[int, Facts]) -> list[StepView]:
    """The steps, each with until when its post is away and who may act there."""
    return [_with_absence(step, facts[step.position]) if step.position in facts else step for step in steps]


def _with_absence(step: StepView, facts: Facts) -> StepView:
    away = facts.desk.away
    if away is None and not facts.desk.vacant:
        return step
    able = facts.first_able()
    nobody = None
    if able is None and not facts.desk.vacant:
        nobody = acting.why_nobody(facts.post, facts.matter, facts.settings)
    return replace(
        step,
        away_until=away,
        stand_in=f"{able[0].title} {able[1].name}" if able else "",
        no_stand_in=nobody[0] if nobody else None,
        wait_for=nobody[1] if nobody else None,
    )


def as_deputy(
    steps: Sequence[StepView], facts: Mapping[int, Facts], seeing: access.Sight
) -> tuple[StepView, StandInView] | None:
    """The open step at which the reader is a deputy, and whether they may act there; one where they may, if any."""
    barred = None
    for step in steps:
        if step.state != machine.OPEN or step.position not in facts or step.post_id not in seeing.stands_in:
            continue
        of = facts[step.position]
        verdict = of.of(seeing.person)
        if verdict.deputy is not None:
            found = (
                step,
                StandInView(
                    post_title=of.desk.seat.title,
                    post_title_en=of.desk.seat.title_en,
                    names=of.desk.names,
                    away_until=of.desk.away,
                    vacant=of.desk.vacant,
                    my_title=verdict.deputy.title,
                    my_title_en=_title_en(of, verdict.deputy.title),
                    order=verdict.order,
                    may=verdict.may,
                    told=verdict.told,
                    why=verdict.why,
                    remedy=verdict.remedy,
                ),
            )
            if verdict.may:
                return found
            barred = barred or found
    return barred


def _title_en(of: Facts, title: str) -> str:
    """The English title of the deputy's post; "" where it has none."""
    return next((one.seat.title_en for one in of.desk.deputies if one.seat.title == title), "")


def tellable(
    case: Case, steps: Sequence[StepView], facts: Mapping[int, Facts], events: Sequence[Event]
) -> tuple[Tellable, ...]:
    """The deputies whom the reader may tell beforehand, where the decider's step is the reader's and not answered."""
    mine = next((s for s in steps if s.kind == machine.DECIDE and s.mine and s.position in facts), None)
    if mine is None or facts[mine.position].settings.instruction_lifts == acting.NOTHING:
        return ()
    told = {e.payload["deputy_post"]: e.at for e in deputising.instructions(case, events)}
    return tuple(
        Tellable(
            deputy.post_id,
            deputy.title,
            "・".join(person.name for person in deputy.holders),
            order,
            told.get(deputy.post_id),
        )
        for order, deputy in enumerate(facts[mine.position].post.deputies, start=1)
        if deputy.holders
    )
