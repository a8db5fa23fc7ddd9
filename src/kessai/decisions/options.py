"""What else the reader of a case may do now, beyond its main buttons: from the declared machine, with why not.

Each option is judged by the rules that judge the act itself, so that a button that is shown is an act that is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kessai.decisions import (
    access,
    counting,
    machine,
    planning,
    pull_up,
    repeats,
    replay,
    rounds,
    rules,
)
from kessai.decisions.by_hand import rules as by_hand
from kessai.decisions.flagging import rules as flagging
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.reminding import rules as reminding
from kessai.decisions.reminding.queries import last_of
from kessai.decisions.results import Option, Target
from kessai.decisions.rewording import rules as rewording
from kessai.decisions.telling.forecast import Forecast
from kessai.decisions.telling.people import Receiver
from kessai.kernel.words import Text
from kessai.kernel.workdays import Workdays
from kessai.organisation.workdays.queries import workdays
from kessai.routing.rules import FLAGS

IN_THE_BAR = (machine.APPROVE, machine.DECISION, machine.READ, machine.PUT_SEAL)
"""Acts that the page offers as its main buttons."""
AGREE_AFTER_ALL, AHEAD, RETURN_TO = "agree", "ahead", "return_to"
ACT_OF = {AGREE_AFTER_ALL: machine.APPROVE, RETURN_TO: machine.RETURN}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the options follow from."""

    case: Case
    steps: Sequence[replay.Step]
    rows: Mapping[int, Step]
    events: Sequence[Event]
    describe: Mapping[int, str]
    seeing: access.Sight
    on: date
    forecast: Forecast
    settings: Mapping[str, Any]

    @property
    def done(self) -> rules.Done:
        return repeats.walked(self.events, self.case.drafter_post_id)

    @property
    def ruled(self) -> Mapping[str, Any]:
        """What rules the case now."""
        return planning.ruled(event.payload for event in self.events if event.kind in machine.RULING)


def options(facts: Facts) -> tuple[Option, ...]:
    """The acts open to the reader, and those that are not now, with the reason; each with who is told by it."""
    return tuple(_worded(facts, option) for option in _found(facts))


def _worded(facts: Facts, option: Option) -> Option:
    """The option with what follows of it in this ministry."""
    act = machine.ACT_BY_NAME.get(ACT_OF.get(option.name, option.name))
    return replace(option, effect=Text(machine.effect_of(act, facts.settings))) if act else option


def _found(facts: Facts) -> tuple[Option, ...]:
    if facts.case.state in machine.ENDED:
        found = (*_afterwards(facts), *_after_circulation(facts), *_shared(facts))
        return tuple(_telling(facts, option) for option in found)
    return tuple(option if option.why_not else _telling(facts, option) for option in _open(facts))


def _telling(facts: Facts, option: Option) -> Option:
    step = next((step for step in facts.steps if step.position == option.position), None)
    kind = step.kind if step else ""
    if option.name == AHEAD:
        return replace(option, told=_told_ahead(facts, option, kind))
    event = rules.event_of(kind, ACT_OF.get(option.name, option.name))
    if option.targets:
        targets = (
            replace(target, told=facts.forecast.told(event, option.position, to=target.position))
            for target in option.targets
        )
        return replace(option, targets=tuple(targets))
    if option.name == machine.REMOVE_STEP:
        return replace(option, told=facts.forecast.told(event, to=option.position))
    return replace(
        option,
        told=facts.forecast.told(
            event,
            step.position if step else None,
            to=option.position if option.name == machine.MOVE else None,
            skipped=_restored(facts, step) if step and option.name == machine.TAKE_BACK else (),
        ),
    )


def _told_ahead(facts: Facts, option: Option, kind: str) -> tuple[Receiver, ...]:
    reviews = pull_up.post_reviews(facts.steps, option.passed, facts.rows, by="", already=0)
    return facts.forecast.told(
        rules.event_of(kind, machine.DECISION if kind == machine.DECIDE else machine.APPROVE),
        option.position,
        skipped=option.passed,
        added=planning.first_steps(reviews),
    )


def _restored(facts: Facts, step: replay.Step) -> tuple[int, ...]:
    """The positions that an approval, taken back, had passed over."""
    answer = next((event for event in facts.events if event.seq == step.acted), None)
    skipped = answer.payload.get("skipped", ()) if answer else ()
    return rounds.places_now(facts.events, skipped, since=answer.round) if answer else ()


def _open(facts: Facts) -> list[Option]:
    found: list[Option] = []
    for step in facts.steps:
        if step.post_id in facts.seeing.held:
            found += _on_own(facts, step)
        if step.added_by in facts.seeing.held and rules.may_take_out(facts.case.state, step):
            found.append(_option(machine.REMOVE_STEP, step, what=facts.rows[step.position].post_title))
    found += _on_route(facts)
    if facts.case.drafter_post_id in facts.seeing.held:
        found += _as_drafter(facts)
    found += _reminder(facts)
    if _holds_here(facts):
        found.append(_option(machine.ASK))
    return found


def _reminder(facts: Facts) -> list[Option]:
    """To remind whoever has the case, for those who may; silent where nobody else has it."""
    post_id = reminding.may_remind(facts.case.drafter_post_id, facts.steps, facts.seeing.held)
    told = facts.forecast.told(machine.REMINDED)
    if post_id is None or not told:
        return []
    last = last_of(facts.events)
    days = workdays(tenant_id=facts.case.tenant_id, on=facts.on) if last else Workdays()
    return [
        _judged(
            _option(machine.REMIND),
            lambda: reminding.judge(
                state=facts.case.state, may=True, awaited=True, last=last, today=facts.on, days=days
            ),
        )
    ]


def _on_route(facts: Facts) -> list[Option]:
    """What anybody on the route may do, having acted or not."""
    held = facts.seeing.held
    anybody = facts.settings["raises_flags"] == "route" and flagging.place_on_route(facts.steps, held)
    on_route = anybody or facts.case.drafter_post_id in held
    left = tuple(flag for flag in FLAGS if flag not in facts.ruled.get("flags", ()))
    if not on_route or not left or facts.case.state != machine.ROUTED or facts.case.only_read:
        return []
    return [_option(machine.RAISE_FLAG, choices=left)]


def _afterwards(facts: Facts) -> tuple[Option, ...]:
    """What is left to do with the tasks of a case that has ended: seals, and what is to be read."""
    left = {machine.SEAL: machine.REFUSE_SEAL, machine.CIRCULATE: machine.FORWARD}
    return tuple(
        _option(left[step.kind], step)
        for step in facts.steps
        if step.kind in left
        and step.state == machine.OPEN
        and step.post_id in facts.seeing.held
        and facts.case.state in machine.ACT_BY_NAME[left[step.kind]].case_states
    )


def _shared(facts: Facts) -> list[Option]:
    """To have more people read it."""
    return [_option(machine.SHARE)] if _holds_here(facts) else []


def _holds_here(facts: Facts) -> bool:
    return any(post.tenant_id == facts.case.tenant_id for post in facts.seeing.held.values())


def _option(name: str, step: replay.Step | None = None, *, act: str = "", **more: object) -> Option:
    declared = machine.ACT_BY_NAME[act or name]
    return Option(
        name=name,
        label=Text(declared.label),
        effect=Text(declared.effect),
        reason=bool(declared.reason),
        position=step.position if step else 0,
        **more,  # type: ignore[arg-type]
    )


def _judged(option: Option, judge: Callable[[], object]) -> Option:
    """The option, or why it is not open now."""
    try:
        judge()
    except rules.CannotAct as refusal:
        return option.barred(refusal.what, refusal.remedy)
    return option


def _on_own(facts: Facts, step: replay.Step) -> list[Option]:
    if step.state == machine.OPEN:
        return _on_open(facts, step)
    if step.state == machine.WAITING and step.kind in (machine.REVIEW, machine.DECIDE):
        return _ahead(facts, step)
    answered = step.kind in (machine.REVIEW, machine.CONSENT) and step.state in (
        machine.DONE,
        machine.REFUSED,
    )
    if facts.case.state != machine.ROUTED or not answered:
        return []
    found = []
    if step.state == machine.REFUSED:
        found.append(_option(AGREE_AFTER_ALL, step, act=machine.APPROVE))
    found.append(
        _judged(
            _option(machine.TAKE_BACK, step),
            lambda: rules.judge_take_back(
                facts.steps, step, facts.done, facts.describe, by=_answered_by(facts, step)
            ),
        )
    )
    declared = max((e.seq for e in facts.events if e.payload.get("substance") is False), default=0)
    if rules.may_object(step, declared):
        found.append(_option(machine.OBJECT, step))
    return found


def _answered_by(facts: Facts, step: replay.Step) -> int:
    return next(event.person_id for event in facts.events if event.seq == step.acted)


def _on_open(facts: Facts, step: replay.Step) -> list[Option]:
    acts = machine.acts_on(step.kind, facts.settings)
    offered = [name for name in acts if name not in (*IN_THE_BAR, machine.RETURN)]
    found = []
    if machine.RETURN in acts and (targets := rules.passed(facts.steps, step)):
        names = tuple(Target(t.position, facts.rows[t.position].post_title) for t in targets)
        found.append(_option(RETURN_TO, step, act=machine.RETURN, targets=names))
    for name in offered:
        if name == machine.HOLD and step.held is not None:
            found.append(_option(machine.RESUME, step))
        elif name == machine.REWORD:
            found.append(_judged(_option(name, step), lambda: rewording.judge(facts.ruled)))
        elif name == machine.ADD_STEP:
            found.append(_judged(_option(name, step), lambda: by_hand.judge_approver(facts.settings)))
        elif name != machine.MOVE or step.added_by is not None:
            found.append(_option(name, step))
    return found


def _ahead(facts: Facts, step: replay.Step) -> list[Option]:
    act = machine.DECISION if step.kind == machine.DECIDE else machine.APPROVE
    try:
        skipped = pull_up.skipped_by(facts.steps, step, facts.rows, facts.on)
    except rules.CannotAct as refusal:
        return [_option(AHEAD, step, act=act).barred(refusal.what, refusal.remedy)]
    names = "、".join(facts.rows[position].post_title for position in skipped)
    return [_option(AHEAD, step, act=act, what=names, passed=skipped)] if skipped else []


def _after_circulation(facts: Facts) -> list[Option]:
    """What is left when a circulation is over: a number, if the drafter wants one after all."""
    mine = facts.case.drafter_post_id in facts.seeing.held
    if facts.case.state != machine.CIRCULATED or facts.case.number or not mine:
        return []
    return [_option(machine.NUMBER)]


def _of_circulation(facts: Facts) -> list[Option]:
    found = [_option(machine.ADD_READERS), _option(machine.END_CIRCULATION)]
    return found if facts.case.number else [*found, _option(machine.NUMBER)]


def _reroute(facts: Facts) -> Option:
    """The drafter of a case on its way is told who may add a step to it now."""
    return _judged(
        _option(machine.ADD_STEP), lambda: by_hand.require_with_drafter(False, settings=facts.settings)
    )


def _as_drafter(facts: Facts) -> list[Option]:
    if facts.case.state != machine.ROUTED:
        return [_option(machine.CANCEL)]
    found = [
        _judged(
            _option(machine.WITHDRAW),
            lambda: rules.judge_withdraw(facts.done, facts.describe),
        ),
        _option(machine.REVISE),
        *([] if facts.case.only_read else [_reroute(facts)]),
        *(_of_circulation(facts) if facts.case.only_read else ()),
    ]
    settling = any(s.kind == machine.SETTLE and s.state in replay.PENDING for s in facts.steps)
    if counting.stopping(facts.steps) and not settling:
        found.append(_option(machine.ESCALATE))
    return [*found, _option(machine.CANCEL)]
