"""What an event does to the steps of a case: one function for the act that makes it and for the verification.

Pure. Which acts there are, on what and with what, is declared in machine.py; whether one may be done, in rules.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from kessai.decisions import counting, machine


@dataclass(frozen=True, slots=True)
class Step:
    """A place on the route of one round.

    ``acted`` and ``held``: seq of the event that answered it, and of the one that holds it. ``added_by``: the post
    that added it by hand. ``quorum``: how many of the consents with a number must be given; None: this one must.
    ``answer_by``: the day by which whoever added it asked for the answer.
    """

    position: int
    stage: int
    kind: str
    post_id: int
    state: str
    acted: int | None = None
    held: int | None = None
    added_by: int | None = None
    quorum: int | None = None
    answer_by: date | None = None


def opened(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Open what is to be open: the first stage that is not finished, and whom nobody waits for up to there."""
    steps = by_number(steps)
    unfinished = [
        s.stage
        for s in steps
        if s.kind in machine.BLOCKING and s.state in (machine.WAITING, machine.OPEN, machine.REFUSED)
    ]
    if not unfinished and not only_read(steps):
        return tuple(steps)
    current = min(unfinished, default=max((step.stage for step in steps), default=0))

    def turn(step: Step) -> bool:
        if step.state != machine.WAITING or step.kind == machine.POST_REVIEW:
            return False
        return step.stage == current if step.kind in machine.BLOCKING else step.stage <= current

    return tuple(replace(step, state=machine.OPEN) if turn(step) else step for step in steps)


def by_number(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Once as many agree as are needed, the others are spared and refusals stop nothing; until then they do."""
    found = counting.tally(steps)
    becomes = _ENOUGH if found and found.enough else _NOT_ENOUGH
    return tuple(
        replace(step, state=becomes[step.state], held=None)
        if step.quorum is not None and step.state in becomes
        else step
        for step in steps
    )


_ENOUGH = {
    machine.WAITING: machine.SPARED,
    machine.OPEN: machine.SPARED,
    machine.REFUSED: machine.OUTVOTED,
}
_NOT_ENOUGH = {machine.SPARED: machine.WAITING, machine.OUTVOTED: machine.REFUSED}


def only_read(steps: Sequence[Step]) -> bool:
    """Whether nobody is asked for anything but to read: the route of a circulation-only case."""
    return not any(step.kind in machine.BLOCKING for step in steps)


def all_read(steps: Sequence[Step]) -> bool:
    """Whether a circulation-only case has been read by all that are still asked to, and by somebody."""
    return (
        only_read(steps)
        and not any(step.state in PENDING for step in steps)
        and any(step.state == machine.DONE for step in steps)
    )


def merged(
    steps: Sequence[Step], successors: Mapping[int, int], already: Collection[int] = ()
) -> tuple[int, ...]:
    """Positions at which nobody is asked any more: whoever has them by succession is asked later as well.

    ``successors``: abolished posts with the post that has their tasks today. Posts that were merged while each
    had its place on a route act once, at the last of their places (S12, S27). Readers are asked apart.
    ``already``: positions of a new round that were such in the one before; an answer at the later place covers them.
    """
    places = [s for s in steps if s.kind in (machine.REVIEW, machine.CONSENT, machine.DECIDE)]
    asked = [s for s in places if s.state in (machine.WAITING, machine.OPEN)]

    def acting(step: Step) -> int:
        return successors.get(step.post_id, step.post_id)

    def covering(step: Step) -> Sequence[Step]:
        answered = [s for s in places if s.state in PASSED] if step.position in already else []
        return [*asked, *answered]

    return tuple(
        step.position
        for step in asked
        if step.kind != machine.DECIDE
        and any(
            (later.stage, later.position) > (step.stage, step.position)
            and later.post_id != step.post_id
            and acting(later) == acting(step)
            for later in covering(step)
        )
    )


def without(steps: Sequence[Step], positions: Collection[int]) -> tuple[Step, ...]:
    """The route once nobody is asked at some positions: what comes after them may be open by that."""
    if not positions:
        return tuple(steps)
    return opened(
        [replace(s, state=machine.MERGED, held=None) if s.position in positions else s for s in steps]
    )


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as replay needs it. ``route``: the planned steps, where it begins a round.

    ``merged``: positions at which nobody was asked any more when it happened, of the round that it begins if it begins
    one. ``added``: steps that it brought.
    ``kept``: positions of a new round whose answers stand, with the events that gave them. ``carried``: positions of
    a new round that go on with those of the round before. ``skipped``: positions that a superior passed over.
    ``anew``: of these, the ones whose answers lapse (S19).
    ``to``: the position that it was returned to, or that was taken out. ``only_target``, ``beside_open``,
    ``consents_void``: of a return to a step, that the reviews after it stand, that those beside the one that returns
    stay open, and that the consents after it lapse (S04, S07, S06). ``reviews_stand``: of one to the drafter, that a
    resubmission may go on from there (S05).
    """

    kind: str
    round: int
    position: int | None
    route: tuple[Step, ...] = ()
    merged: tuple[int, ...] = ()
    added: tuple[Step, ...] = ()
    seq: int = 0
    kept: Mapping[int, int] = field(default_factory=dict)
    carried: Mapping[int, int] = field(default_factory=dict)
    anew: tuple[int, ...] = ()
    skipped: tuple[int, ...] = ()
    to: int | None = None
    only_target: bool = False
    beside_open: bool = False
    consents_void: bool = False
    reviews_stand: bool = False


Rounds = Mapping[int, tuple[Step, ...]]
Effect = Callable[[tuple[Step, ...], Happened], tuple[Step, ...]]
PENDING = (machine.WAITING, machine.OPEN, machine.REFUSED)
ANSWERED = (machine.DONE, machine.REFUSED, machine.OVERRULED, machine.SKIPPED)
PASSED = (*ANSWERED, machine.SPARED, machine.OUTVOTED)


def _closed(step: Step) -> Step:
    return replace(step, state=machine.CLOSED, held=None) if step.state in PENDING else step


def _answer(steps: Sequence[Step], event: Happened, state: str) -> tuple[Step, ...]:
    """The step of the event gets its answer, those that it passed over are skipped."""

    def now(step: Step) -> Step:
        if step.position == event.position:
            return replace(step, state=state, acted=event.seq, held=None)
        return replace(step, state=machine.SKIPPED, held=None) if step.position in event.skipped else step

    return tuple(now(step) for step in steps)


def _agreed(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """Approved, or consented: the route goes on."""
    return opened(_nothing_left_to_settle(_answer(steps, event, machine.DONE)))


def _nothing_left_to_settle(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Once no refusal stops the case, nobody is asked to settle it."""
    steps = by_number(steps)
    if counting.stopping(steps):
        return steps
    return tuple(_closed(step) if step.kind == machine.SETTLE else step for step in steps)


def _read(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return _answer(steps, event, machine.DONE)


def _decided(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """Consultations end with the decision (S21); whoever is to read is asked from then on (S31)."""

    def now(step: Step) -> Step:
        if step.kind not in machine.READING:
            return _closed(step)
        return replace(step, state=machine.OPEN) if step.state == machine.WAITING else step

    return tuple(now(step) for step in _answer(steps, event, machine.DONE))


def _returned(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    if event.to is None:
        return _handed_back(_answer(steps, event, machine.SENT_BACK), reviews=event.reviews_stand)
    return _reopened(steps, event, event.to)


def _handed_back(steps: Sequence[Step], *, reviews: bool = False) -> tuple[Step, ...]:
    """With the drafter: nobody is asked. What may stand yet (S05, S06), stays with who is to read it afterwards."""
    kinds = (machine.CONSENT, machine.REVIEW) if reviews else (machine.CONSENT,)
    standing = [step for step in steps if step.kind in kinds]
    return tuple(
        step if step.kind == machine.POST_REVIEW and is_due(step, standing) else _closed(step)
        for step in steps
    )


def _reopened(steps: tuple[Step, ...], event: Happened, position: int) -> tuple[Step, ...]:
    """That step and the reviews after it act again; consents stand, open parallel tasks are asked again (S04-S07)."""
    answered = () if event.only_target else (machine.DONE, machine.SKIPPED)
    stage = next(step.stage for step in steps if step.position == position)

    def now(step: Step) -> Step:
        fresh = replace(step, state=machine.WAITING, acted=None, held=None)
        if step.position == position:
            return fresh
        if step.stage <= stage or step.kind not in machine.BLOCKING:
            return step
        if step.state == machine.OPEN:
            return step if event.beside_open and step.position != event.position else fresh
        if step.kind == machine.CONSENT:
            return fresh if event.consents_void and step.state == machine.DONE else step
        asked_again = step.kind in (machine.REVIEW, machine.DECIDE) and step.state in answered
        return fresh if asked_again else step

    return opened([now(step) for step in steps])


def _withdrawn(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return _handed_back(steps)


def _cancelled(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return tuple(_closed(step) for step in steps)


def _taken_back(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """The step is asked again, and what came after it waits; what had been skipped by it is asked again too."""
    own = next(step for step in steps if step.position == event.position)

    def now(step: Step) -> Step:
        if step.position == own.position or step.position in event.skipped:
            return replace(step, state=machine.WAITING, acted=None, held=None)
        return _waits_again(step, own.stage)

    return opened(_nothing_left_to_settle([now(step) for step in steps]))


def _waits_again(step: Step, stage: int) -> Step:
    later = step.stage > stage and step.state == machine.OPEN and step.kind in machine.BLOCKING
    return replace(step, state=machine.WAITING, held=None) if later else step


def _refused(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """Where another unit stops the case too, who is to settle the earlier refusal may not be above it (S22)."""
    steps = _answer(steps, event, machine.REFUSED)
    if all(step.position != event.position for step in counting.stopping(steps)):
        return steps
    return tuple(_closed(step) if step.kind == machine.SETTLE else step for step in steps)


def _settled(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """What was sent up is settled: a refusal that stopped nothing is not."""
    settled = {step.position for step in counting.stopping(steps)}
    done = _answer(steps, event, machine.DONE)
    return opened([replace(s, state=machine.OVERRULED) if s.position in settled else s for s in done])


def _held(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return tuple(replace(s, held=event.seq) if s.position == event.position else s for s in steps)


def _resumed(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return tuple(replace(s, held=None) if s.position == event.position else s for s in steps)


def _ended(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return tuple(_closed(step) for step in _answer(steps, event, machine.DONE))


def _circulation_over(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return tuple(_closed(step) if step.kind == machine.CIRCULATE else step for step in steps)


def _objected(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    own = next(step for step in steps if step.position == event.position)

    def now(step: Step) -> Step:
        if step.position == own.position:
            return replace(step, state=machine.WAITING, acted=None, held=None)
        return _waits_again(step, own.stage)

    return opened([now(step) for step in steps])


def _issued(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """The seal that is needed is asked for; a record that lost its force asks for none any more."""

    def now(step: Step) -> Step:
        if step.position == event.to:
            return _closed(step)
        asked = step.kind == machine.SEAL and step.state == machine.WAITING
        return replace(step, state=machine.OPEN) if asked else step

    return tuple(now(step) for step in steps)


def _unchanged(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return steps


def _opened_only(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return opened(steps)


def _asked_to_read(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """Readers that are added are asked at once, be it that the case has ended (S15)."""
    new = {step.position for step in event.added}
    return tuple(replace(step, state=machine.OPEN) if step.position in new else step for step in steps)


def _removed(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return opened(
        [replace(s, state=machine.REMOVED, held=None) if s.position == event.to else s for s in steps]
    )


EFFECTS: Mapping[str, Effect] = {
    machine.APPROVED: _agreed,
    machine.CONSENTED: _agreed,
    machine.DECIDED_EVENT: _decided,
    machine.RETURNED_EVENT: _returned,
    machine.READ_EVENT: _read,
    machine.OPINED: _read,
    machine.WITHDRAWN_EVENT: _withdrawn,
    machine.TAKEN_BACK: _taken_back,
    machine.REFUSED_EVENT: _refused,
    machine.ESCALATED: _opened_only,
    machine.SETTLED: _settled,
    machine.HELD: _held,
    machine.RESUMED: _resumed,
    machine.REJECTED_EVENT: _ended,
    machine.ABANDONED_EVENT: _ended,
    machine.CANCELLED_EVENT: _cancelled,
    machine.REVISED: _unchanged,
    machine.OBJECTED: _objected,
    machine.STEP_ADDED: _opened_only,
    machine.STEP_REMOVED: _removed,
    machine.MOVED: _removed,
    machine.ISSUED: _issued,
    machine.ISSUE_VOIDED: _issued,
    machine.ISSUE_WAIVED: _unchanged,
    machine.RECEIPT_JOINED: _unchanged,
    machine.SEALED: _read,
    machine.SEAL_REFUSED: _refused,
    machine.REMINDED: _unchanged,
    machine.OPENED: _unchanged,
    machine.FORWARDED: _opened_only,
    machine.READERS_ADDED: _asked_to_read,
    machine.CIRCULATION_ENDED: _circulation_over,
    machine.EXPIRED: _circulation_over,
    machine.NUMBERED: _unchanged,
    machine.DESTROYED_EVENT: _unchanged,
}
"""What each kind of event does to the steps of its round. Those not named here change none."""


def _placed(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """With the steps that the event brought; one put between two stages moves the later ones on."""
    for new in event.added:
        if event.kind == machine.STEP_ADDED and new.kind in machine.BLOCKING:
            steps = tuple(replace(s, stage=s.stage + 1) if s.stage >= new.stage else s for s in steps)
        steps = (*steps, new)
    return steps


def _begun(event: Happened, before: Sequence[Step]) -> tuple[Step, ...]:
    """The first steps of a round; answers that stand are carried over (S06, S19, S23)."""
    was = {step.position: step for step in before}

    def now(step: Step) -> Step:
        if step.position in event.merged:
            return replace(step, state=machine.MERGED)
        if step.position in event.kept:
            return replace(step, state=machine.DONE, acted=event.kept[step.position])
        if step.position in event.carried and step.position not in event.anew:
            return _gone_on(step, was[event.carried[step.position]])
        return step

    steps = opened([now(step) for step in event.route])
    return tuple(replace(step, held=None) if step.state == machine.WAITING else step for step in steps)


def _gone_on(step: Step, was: Step) -> Step:
    """A step of a new round in the state it had in the one before; whoever was asked there is asked in its turn.

    Whether a refusal is outvoted, and a consent spared, is counted anew.
    """
    state = machine.REFUSED if was.state == machine.OUTVOTED else was.state
    return replace(step, state=state if state in ANSWERED else step.state, acted=was.acted, held=was.held)


BEGINS = (machine.REVISED, machine.FLAGGED)
"""Events that begin a round if they bring a route; a submission always does."""


def happen(state: str, rounds: Rounds, event: Happened) -> tuple[str, Rounds]:
    """State of a case and its steps by round, after one more event: for the act itself, and for replay."""
    if event.kind == machine.SUBMITTED or (event.kind in BEGINS and event.route):
        past = {n: tuple(_closed(step) for step in steps) for n, steps in rounds.items()}
        begun = _begun(event, rounds.get(event.round - 1, ()))
        return machine.ROUTED, {**past, event.round: begun}
    if event.round not in rounds or event.kind not in EFFECTS:
        return state, rounds
    placed = _placed(without(rounds[event.round], event.merged), event)
    steps = _due(EFFECTS[event.kind](placed, event))
    return _state_after(state, event, steps), {**rounds, event.round: steps}


def _state_after(state: str, event: Happened, steps: Sequence[Step]) -> str:
    if event.kind in machine.COMPLETES and state == machine.ROUTED and all_read(steps):
        return machine.COMPLETES[event.kind]
    if event.kind == machine.RETURNED_EVENT:
        return machine.RETURNED if event.to is None else state
    if event.kind == machine.WITHDRAWN_EVENT:
        return machine.WITHDRAWN
    return machine.ENDS.get(event.kind, state)


def post_review_of(steps: Sequence[Step], bypassed: Step, nth: int = 1) -> Step:
    """The post-review of a post that was bypassed: behind all other steps, waiting for the decision."""
    position = max(step.position for step in steps) + nth
    return Step(position, bypassed.stage, machine.POST_REVIEW, bypassed.post_id, machine.WAITING)


class Placed(Protocol):
    """A step, as the rules see it or as it is stored."""

    @property
    def stage(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def post_id(self) -> int: ...
    @property
    def state(self) -> str: ...


def is_due(review: Placed, steps: Iterable[Placed]) -> bool:
    """Whether what a post is to read afterwards still is: the answer given in its place, or that it was passed over."""
    return review.state == machine.WAITING and any(
        (step.stage, step.post_id) == (review.stage, review.post_id)
        and step.kind != machine.POST_REVIEW
        and step.state in (machine.DONE, machine.SKIPPED)
        for step in steps
    )


def _due(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Post-reviews wait as long as the answer, or the passing over, stands that they are of."""
    return tuple(
        replace(step, state=machine.CLOSED)
        if step.kind == machine.POST_REVIEW and step.state == machine.WAITING and not is_due(step, steps)
        else step
        for step in steps
    )


def asks_alike(kind: str, other: str) -> bool:
    """Whether a post is asked once for both: for the same, or for what the route waits for (S12)."""
    return kind == other or {kind, other} <= set(machine.BLOCKING)


def stands(
    kind: str, seq: int, steps: Sequence[Step], *, latest: bool = True, lapsed: Collection[str] = ()
) -> bool:
    """Whether an event still counts: answers while they are that of their step, instructions for their revision.

    ``latest``: it was done on the revision that is on the route. ``lapsed``: kinds of answers that count no more, as
    the case is back with its drafter (continuing.lapsed).
    """
    if kind == machine.INSTRUCTED:
        return latest
    if kind in lapsed:
        return False
    if kind not in (
        machine.APPROVED,
        machine.CONSENTED,
        machine.OPINED,
        machine.REFUSED_EVENT,
        machine.SETTLED,
    ):
        return True
    return any(step.acted == seq for step in steps)
