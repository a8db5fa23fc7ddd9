"""What else the reader of a case may do now, beyond its main buttons: from the declared machine, with why not.

Each option is judged by the rules that judge the act itself, so that a button that is shown is an act that is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kessai.decisions import access, machine, pull_up, replay, rules
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.results import Option, Target
from kessai.decisions.rewording import rules as rewording
from kessai.kernel.words import Text

IN_THE_BAR = (machine.APPROVE, machine.DECISION, machine.READ, machine.PUT_SEAL)
"""Acts that the page offers as its main buttons."""
AGREE_AFTER_ALL, AHEAD, RETURN_TO = "agree", "ahead", "return_to"


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

    @property
    def done(self) -> rules.Done:
        return {e.seq: (e.kind, e.position) for e in self.events if e.round == self.case.round}

    @property
    def fixed(self) -> Mapping[str, Any]:
        """What the last event says that fixed a revision."""
        return [event.payload for event in self.events if event.kind in machine.FIXING][-1]


def options(facts: Facts) -> tuple[Option, ...]:
    """The acts open to the reader, and those that are not now, with the reason."""
    if facts.case.state in machine.ENDED:
        return tuple(
            _option(machine.REFUSE_SEAL, step)
            for step in facts.steps
            if step.kind == machine.SEAL and step.state == machine.OPEN and step.post_id in facts.seeing.held
        )
    found: list[Option] = []
    for step in facts.steps:
        if step.post_id in facts.seeing.held:
            found += _on_own(facts, step)
        if step.added_by in facts.seeing.held and step.state in (machine.WAITING, machine.OPEN):
            found.append(_option(machine.REMOVE_STEP, step, what=facts.rows[step.position].post_title))
    if facts.case.drafter_post_id in facts.seeing.held:
        found += _as_drafter(facts)
    return tuple(found)


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
            lambda: rules.judge_take_back(facts.steps, step, facts.done, facts.describe),
        )
    )
    declared = max((e.seq for e in facts.events if e.payload.get("substance") is False), default=0)
    if rules.may_object(step, declared):
        found.append(_option(machine.OBJECT, step))
    return found


def _on_open(facts: Facts, step: replay.Step) -> list[Option]:
    offered = [name for name in machine.ACTS[step.kind] if name not in (*IN_THE_BAR, machine.RETURN)]
    found = []
    if machine.RETURN in machine.ACTS[step.kind] and (targets := rules.passed(facts.steps, step)):
        names = tuple(Target(t.position, facts.rows[t.position].post_title) for t in targets)
        found.append(_option(RETURN_TO, step, act=machine.RETURN, targets=names))
    for name in offered:
        if name == machine.HOLD and step.held is not None:
            found.append(_option(machine.RESUME, step))
        elif name == machine.REWORD:
            found.append(_judged(_option(name, step), lambda: rewording.judge(facts.fixed)))
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
    return [_option(AHEAD, step, act=act, what=names)] if skipped else []


def _as_drafter(facts: Facts) -> list[Option]:
    if facts.case.state != machine.ROUTED:
        return [_option(machine.CANCEL)]
    began = [e.seq for e in facts.events if e.round == facts.case.round and "route" in e.payload]
    found = [
        _judged(
            _option(machine.WITHDRAW),
            lambda: rules.judge_withdraw(facts.done, max(began), facts.describe),
        ),
        _option(machine.REVISE),
    ]
    settling = any(s.kind == machine.SETTLE and s.state in replay.PENDING for s in facts.steps)
    if any(step.state == machine.REFUSED for step in facts.steps) and not settling:
        found.append(_option(machine.ESCALATE))
    return [*found, _option(machine.CANCEL)]
