"""What else the reader of a case may do now, beyond its main buttons: from the declared machine, with why not.

Each option is judged by the rules that judge the act itself, so that a button that is shown is an act that is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kessai.decisions import access, pull_up, rules
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.results import Option, Target
from kessai.kernel.words import Text

IN_THE_BAR = (rules.APPROVE, rules.DECISION, rules.READ)
"""Acts that the page offers as its main buttons."""
AGREE_AFTER_ALL, AHEAD, RETURN_TO = "agree", "ahead", "return_to"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the options follow from."""

    case: Case
    steps: Sequence[rules.Step]
    rows: Mapping[int, Step]
    events: Sequence[Event]
    describe: Mapping[int, str]
    seeing: access.Sight
    on: date


def options(facts: Facts) -> tuple[Option, ...]:
    """The acts open to the reader, and those that are not now, with the reason."""
    if facts.case.state in rules.ENDED:
        return ()
    found: list[Option] = []
    for step in facts.steps:
        if step.post_id in facts.seeing.held:
            found += _on_own(facts, step)
        if step.added_by in facts.seeing.held and step.state in (rules.WAITING, rules.OPEN):
            found.append(_option(rules.REMOVE_STEP, step, what=facts.rows[step.position].post_title))
    if facts.case.drafter_post_id in facts.seeing.held:
        found += _as_drafter(facts)
    return tuple(found)


def _option(name: str, step: rules.Step | None = None, *, act: str = "", **more: object) -> Option:
    declared = rules.ACT_BY_NAME[act or name]
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


def _on_own(facts: Facts, step: rules.Step) -> list[Option]:
    if step.state == rules.OPEN:
        return _on_open(facts, step)
    if step.state == rules.WAITING and step.kind in (rules.REVIEW, rules.DECIDE):
        return _ahead(facts, step)
    if step.kind not in (rules.REVIEW, rules.CONSENT) or step.state not in (rules.DONE, rules.REFUSED):
        return []
    found = []
    if step.state == rules.REFUSED:
        found.append(_option(AGREE_AFTER_ALL, step, act=rules.APPROVE))
    if facts.case.state == rules.ROUTED:
        found.append(
            _judged(
                _option(rules.TAKE_BACK, step),
                lambda: rules.judge_take_back(facts.steps, step, facts.describe),
            )
        )
    declared = max((e.seq for e in facts.events if e.payload.get("substance") is False), default=0)
    if step.kind == rules.CONSENT and step.state == rules.DONE and step.acted and declared > step.acted:
        found.append(_option(rules.OBJECT, step))
    return found


def _on_open(facts: Facts, step: rules.Step) -> list[Option]:
    offered = [name for name in rules.ACTS[step.kind] if name not in (*IN_THE_BAR, rules.RETURN)]
    found = []
    if rules.RETURN in rules.ACTS[step.kind] and (targets := rules.passed(facts.steps, step)):
        names = tuple(Target(t.position, facts.rows[t.position].post_title) for t in targets)
        found.append(_option(RETURN_TO, step, act=rules.RETURN, targets=names))
    for name in offered:
        if name == rules.HOLD and step.held is not None:
            found.append(_option(rules.RESUME, step))
        elif name != rules.MOVE or step.added_by is not None:
            found.append(_option(name, step))
    return found


def _ahead(facts: Facts, step: rules.Step) -> list[Option]:
    act = rules.DECISION if step.kind == rules.DECIDE else rules.APPROVE
    try:
        skipped = pull_up.skipped_by(facts.steps, step, facts.rows, facts.on)
    except rules.CannotAct as refusal:
        return [_option(AHEAD, step, act=act).barred(refusal.what, refusal.remedy)]
    names = "、".join(facts.rows[position].post_title for position in skipped)
    return [_option(AHEAD, step, act=act, what=names)] if skipped else []


def _as_drafter(facts: Facts) -> list[Option]:
    if facts.case.state != rules.ROUTED:
        return [_option(rules.CANCEL)]
    began = [e.seq for e in facts.events if e.round == facts.case.round and "route" in e.payload]
    found = [
        _judged(
            _option(rules.WITHDRAW),
            lambda: rules.judge_withdraw(
                facts.steps, max(began), {e.seq: e.kind for e in facts.events}, facts.describe
            ),
        ),
        _option(rules.REVISE),
    ]
    settling = any(s.kind == rules.SETTLE and s.state == rules.OPEN for s in facts.steps)
    if any(step.state == rules.REFUSED for step in facts.steps) and not settling:
        found.append(_option(rules.ESCALATE))
    return [*found, _option(rules.CANCEL)]
