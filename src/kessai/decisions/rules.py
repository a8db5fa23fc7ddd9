"""The life of a case on its route: which steps are open, who may do what, what an act changes.

Pure. The same functions write the steps when an act happens and replay them when the record is verified. Which acts
there are, on what and with what, is declared in machine.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kessai.decisions.machine import (
    ABANDON as ABANDON,
)
from kessai.decisions.machine import (
    ABANDONED as ABANDONED,
)
from kessai.decisions.machine import (
    ABANDONED_EVENT as ABANDONED_EVENT,
)
from kessai.decisions.machine import (
    ACT_BY_NAME as ACT_BY_NAME,
)
from kessai.decisions.machine import (
    ACTING as ACTING,
)
from kessai.decisions.machine import (
    ACTS as ACTS,
)
from kessai.decisions.machine import (
    ADD_STEP as ADD_STEP,
)
from kessai.decisions.machine import (
    ANSWERED as ANSWERED,
)
from kessai.decisions.machine import (
    APPROVE as APPROVE,
)
from kessai.decisions.machine import (
    APPROVED as APPROVED,
)
from kessai.decisions.machine import (
    ASKED as ASKED,
)
from kessai.decisions.machine import (
    BLOCKING as BLOCKING,
)
from kessai.decisions.machine import (
    CANCEL as CANCEL,
)
from kessai.decisions.machine import (
    CANCELLED as CANCELLED,
)
from kessai.decisions.machine import (
    CANCELLED_EVENT as CANCELLED_EVENT,
)
from kessai.decisions.machine import (
    CASE_STATES as CASE_STATES,
)
from kessai.decisions.machine import (
    CHANGES as CHANGES,
)
from kessai.decisions.machine import (
    CIRCULATE as CIRCULATE,
)
from kessai.decisions.machine import (
    CLOSED as CLOSED,
)
from kessai.decisions.machine import (
    CONSENT as CONSENT,
)
from kessai.decisions.machine import (
    CONSENTED as CONSENTED,
)
from kessai.decisions.machine import (
    CONSULT as CONSULT,
)
from kessai.decisions.machine import (
    DECIDE as DECIDE,
)
from kessai.decisions.machine import (
    DECIDED as DECIDED,
)
from kessai.decisions.machine import (
    DECIDED_EVENT as DECIDED_EVENT,
)
from kessai.decisions.machine import (
    DECISION as DECISION,
)
from kessai.decisions.machine import (
    DELEGATED as DELEGATED,
)
from kessai.decisions.machine import (
    DONE as DONE,
)
from kessai.decisions.machine import (
    DRAFTER as DRAFTER,
)
from kessai.decisions.machine import (
    ENDED as ENDED,
)
from kessai.decisions.machine import (
    ENDS as ENDS,
)
from kessai.decisions.machine import (
    ESCALATE as ESCALATE,
)
from kessai.decisions.machine import (
    ESCALATED as ESCALATED,
)
from kessai.decisions.machine import (
    FIXING as FIXING,
)
from kessai.decisions.machine import (
    HELD as HELD,
)
from kessai.decisions.machine import (
    HOLD as HOLD,
)
from kessai.decisions.machine import (
    INSTRUCTED as INSTRUCTED,
)
from kessai.decisions.machine import (
    KEEPS as KEEPS,
)
from kessai.decisions.machine import (
    KINDS as KINDS,
)
from kessai.decisions.machine import (
    LET_GO_ON as LET_GO_ON,
)
from kessai.decisions.machine import (
    MACHINE as MACHINE,
)
from kessai.decisions.machine import (
    MERGED as MERGED,
)
from kessai.decisions.machine import (
    MOVE as MOVE,
)
from kessai.decisions.machine import (
    MOVED as MOVED,
)
from kessai.decisions.machine import (
    OBJECT as OBJECT,
)
from kessai.decisions.machine import (
    OBJECTED as OBJECTED,
)
from kessai.decisions.machine import (
    OPEN as OPEN,
)
from kessai.decisions.machine import (
    OPINE as OPINE,
)
from kessai.decisions.machine import (
    OPINED as OPINED,
)
from kessai.decisions.machine import (
    OVERRULED as OVERRULED,
)
from kessai.decisions.machine import (
    OWN as OWN,
)
from kessai.decisions.machine import (
    OWN_CAPACITY as OWN_CAPACITY,
)
from kessai.decisions.machine import (
    POST as POST,
)
from kessai.decisions.machine import (
    POST_REVIEW as POST_REVIEW,
)
from kessai.decisions.machine import (
    READ as READ,
)
from kessai.decisions.machine import (
    READ_EVENT as READ_EVENT,
)
from kessai.decisions.machine import (
    READING as READING,
)
from kessai.decisions.machine import (
    REFUSE as REFUSE,
)
from kessai.decisions.machine import (
    REFUSED as REFUSED,
)
from kessai.decisions.machine import (
    REFUSED_EVENT as REFUSED_EVENT,
)
from kessai.decisions.machine import (
    REJECT as REJECT,
)
from kessai.decisions.machine import (
    REJECTED as REJECTED,
)
from kessai.decisions.machine import (
    REJECTED_EVENT as REJECTED_EVENT,
)
from kessai.decisions.machine import (
    REMINDED as REMINDED,
)
from kessai.decisions.machine import (
    REMOVE_STEP as REMOVE_STEP,
)
from kessai.decisions.machine import (
    REMOVED as REMOVED,
)
from kessai.decisions.machine import (
    RESUME as RESUME,
)
from kessai.decisions.machine import (
    RESUMED as RESUMED,
)
from kessai.decisions.machine import (
    RETURN as RETURN,
)
from kessai.decisions.machine import (
    RETURNED as RETURNED,
)
from kessai.decisions.machine import (
    RETURNED_EVENT as RETURNED_EVENT,
)
from kessai.decisions.machine import (
    REVIEW as REVIEW,
)
from kessai.decisions.machine import (
    REVISE as REVISE,
)
from kessai.decisions.machine import (
    REVISED as REVISED,
)
from kessai.decisions.machine import (
    ROUTED as ROUTED,
)
from kessai.decisions.machine import (
    SECRETARY as SECRETARY,
)
from kessai.decisions.machine import (
    SENT_BACK as SENT_BACK,
)
from kessai.decisions.machine import (
    SETTLE as SETTLE,
)
from kessai.decisions.machine import (
    SETTLED as SETTLED,
)
from kessai.decisions.machine import (
    SKIPPED as SKIPPED,
)
from kessai.decisions.machine import (
    STEP_ADDED as STEP_ADDED,
)
from kessai.decisions.machine import (
    STEP_REMOVED as STEP_REMOVED,
)
from kessai.decisions.machine import (
    SUBMIT as SUBMIT,
)
from kessai.decisions.machine import (
    SUBMITTED as SUBMITTED,
)
from kessai.decisions.machine import (
    SUPERIOR as SUPERIOR,
)
from kessai.decisions.machine import (
    TAKE_BACK as TAKE_BACK,
)
from kessai.decisions.machine import (
    TAKEN_BACK as TAKEN_BACK,
)
from kessai.decisions.machine import (
    WAITING as WAITING,
)
from kessai.decisions.machine import (
    WHO_ADDED as WHO_ADDED,
)
from kessai.decisions.machine import (
    WITH_DRAFTER as WITH_DRAFTER,
)
from kessai.decisions.machine import (
    WITHDRAW as WITHDRAW,
)
from kessai.decisions.machine import (
    WITHDRAWN as WITHDRAWN,
)
from kessai.decisions.machine import (
    WITHDRAWN_EVENT as WITHDRAWN_EVENT,
)
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Plain


class CannotAct(Cannot):
    """The act is refused; nothing has changed. ``changed``: the case is not what was on the screen."""

    def __init__(self, what: str, remedy: str = "", *, changed: bool = False, **params: Plain) -> None:
        super().__init__(what, remedy, **params)
        self.changed = changed


@dataclass(frozen=True, slots=True)
class Step:
    """A place on the route of one round.

    ``acted`` and ``held``: seq of the event that answered it, and of the one that holds it. ``added_by``: the post
    that added it by hand.
    """

    position: int
    stage: int
    kind: str
    post_id: int
    state: str
    acted: int | None = None
    held: int | None = None
    added_by: int | None = None


def event_of(kind: str, act: str) -> str:
    """The kind of event that an act on a kind of step leaves."""
    return CONSENTED if act == APPROVE and kind == CONSENT else ACT_BY_NAME[act].event


def opened(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Open what is to be open: the first stage that is not finished, and whom nobody waits for up to there."""
    unfinished = [s.stage for s in steps if s.kind in BLOCKING and s.state in (WAITING, OPEN, REFUSED)]
    if not unfinished:
        return tuple(steps)
    current = min(unfinished)

    def turn(step: Step) -> bool:
        if step.state != WAITING or step.kind == POST_REVIEW:
            return False
        return step.stage == current if step.kind in BLOCKING else step.stage <= current

    return tuple(replace(step, state=OPEN) if turn(step) else step for step in steps)


def merged(steps: Sequence[Step], successors: Mapping[int, int]) -> tuple[int, ...]:
    """Positions at which nobody is asked any more: whoever has them by succession is asked later as well.

    ``successors``: abolished posts with the post that has their tasks today. Posts that were merged while each
    had its place on a route act once, at the last of their places (S12, S27). Readers are asked apart.
    """
    asked = [s for s in steps if s.kind in (REVIEW, CONSENT, DECIDE) and s.state in (WAITING, OPEN)]

    def acting(step: Step) -> int:
        return successors.get(step.post_id, step.post_id)

    return tuple(
        step.position
        for step in asked
        if step.kind != DECIDE
        and any(
            (later.stage, later.position) > (step.stage, step.position)
            and later.post_id != step.post_id
            and acting(later) == acting(step)
            for later in asked
        )
    )


def without(steps: Sequence[Step], positions: Collection[int]) -> tuple[Step, ...]:
    """The route once nobody is asked at some positions: what comes after them may be open by that."""
    if not positions:
        return tuple(steps)
    return opened([replace(s, state=MERGED) if s.position in positions else s for s in steps])


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as replay needs it. ``route``: the planned steps, where it begins a round.

    ``merged``: positions at which nobody was asked any more when it happened. ``added``: steps that it brought.
    ``kept``: positions of a new round whose answers stand, with the events that gave them. ``skipped``: positions
    that a superior passed over. ``to``: the position that it was returned to, or that was taken out.
    """

    kind: str
    round: int
    position: int | None
    route: tuple[Step, ...] = ()
    merged: tuple[int, ...] = ()
    added: tuple[Step, ...] = ()
    seq: int = 0
    kept: Mapping[int, int] = field(default_factory=dict)
    skipped: tuple[int, ...] = ()
    to: int | None = None


Rounds = Mapping[int, tuple[Step, ...]]
Effect = Callable[[tuple[Step, ...], Happened], tuple[Step, ...]]
PENDING = (WAITING, OPEN, REFUSED)


def _closed(step: Step) -> Step:
    return replace(step, state=CLOSED, held=None) if step.state in PENDING else step


def _answer(steps: Sequence[Step], event: Happened, state: str) -> tuple[Step, ...]:
    """The step of the event gets its answer, those that it passed over are skipped."""

    def now(step: Step) -> Step:
        if step.position == event.position:
            return replace(step, state=state, acted=event.seq, held=None)
        return replace(step, state=SKIPPED, held=None) if step.position in event.skipped else step

    return tuple(now(step) for step in steps)


def _agreed(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """Approved, or consented: the route goes on. Nothing is left to settle once no unit refuses."""
    steps = _answer(steps, event, DONE)
    if not any(step.state == REFUSED for step in steps):
        steps = tuple(_closed(step) if step.kind == SETTLE else step for step in steps)
    return opened(steps)


def _read(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return _answer(steps, event, DONE)


def _decided(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """Consultations end with the decision (S21); post-reviews are open from then on (S31)."""

    def now(step: Step) -> Step:
        if step.kind == POST_REVIEW and step.state == WAITING:
            return replace(step, state=OPEN)
        return step if step.kind in READING else _closed(step)

    return tuple(now(step) for step in _answer(steps, event, DONE))


def _returned(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    if event.to is None:
        return tuple(_closed(step) for step in _answer(steps, event, SENT_BACK))
    return _reopened(steps, event.to)


def _reopened(steps: tuple[Step, ...], position: int) -> tuple[Step, ...]:
    """That step and the reviews after it act again; consents stand, open parallel tasks are asked again (S04-S07)."""
    stage = next(step.stage for step in steps if step.position == position)
    again = {
        step.post_id for step in steps if step.state == SKIPPED and step.stage > stage and step.kind == REVIEW
    }

    def now(step: Step) -> Step:
        fresh = replace(step, state=WAITING, acted=None, held=None)
        if step.position == position:
            return fresh
        if step.kind == POST_REVIEW and step.state == WAITING and step.post_id in again:
            return replace(step, state=CLOSED)
        if step.stage <= stage or step.kind not in BLOCKING:
            return step
        if step.kind == SETTLE:
            return _closed(step)
        asked_again = step.kind in (REVIEW, DECIDE) and step.state in (DONE, SKIPPED, OPEN)
        return fresh if asked_again or step.state == OPEN else step

    return opened([now(step) for step in steps])


def _withdrawn(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return tuple(_closed(step) for step in steps)


def _taken_back(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """The step is asked again, and what came after it waits; what had been skipped by it is asked again too."""
    own = next(step for step in steps if step.position == event.position)
    restored = {step.post_id for step in steps if step.position in event.skipped}

    def now(step: Step) -> Step:
        if step.position == own.position or step.position in event.skipped:
            return replace(step, state=WAITING, acted=None, held=None)
        if step.kind == POST_REVIEW and step.state == WAITING and step.post_id in restored:
            return replace(step, state=CLOSED)
        return _waits_again(step, own.stage)

    return opened([now(step) for step in steps])


def _waits_again(step: Step, stage: int) -> Step:
    later = step.stage > stage and step.state == OPEN and step.kind in BLOCKING
    return replace(step, state=WAITING, held=None) if later else step


def _refused(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return _answer(steps, event, REFUSED)


def _settled(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    done = _answer(steps, event, DONE)
    return opened([replace(s, state=OVERRULED) if s.state == REFUSED else s for s in done])


def _held(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return tuple(replace(s, held=event.seq) if s.position == event.position else s for s in steps)


def _resumed(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return tuple(replace(s, held=None) if s.position == event.position else s for s in steps)


def _ended(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return tuple(_closed(step) for step in _answer(steps, event, DONE))


def _objected(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    own = next(step for step in steps if step.position == event.position)

    def now(step: Step) -> Step:
        if step.position == own.position:
            return replace(step, state=WAITING, acted=None, held=None)
        return _waits_again(step, own.stage)

    return opened([now(step) for step in steps])


def _opened_only(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return opened(steps)


def _removed(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    return opened([replace(s, state=REMOVED, held=None) if s.position == event.to else s for s in steps])


EFFECTS: Mapping[str, Effect] = {
    APPROVED: _agreed,
    CONSENTED: _agreed,
    DECIDED_EVENT: _decided,
    RETURNED_EVENT: _returned,
    READ_EVENT: _read,
    OPINED: _read,
    WITHDRAWN_EVENT: _withdrawn,
    TAKEN_BACK: _taken_back,
    REFUSED_EVENT: _refused,
    ESCALATED: _opened_only,
    SETTLED: _settled,
    HELD: _held,
    RESUMED: _resumed,
    REJECTED_EVENT: _ended,
    ABANDONED_EVENT: _ended,
    CANCELLED_EVENT: _withdrawn,
    OBJECTED: _objected,
    STEP_ADDED: _opened_only,
    STEP_REMOVED: _removed,
    MOVED: _removed,
}
"""What each kind of event does to the steps of its round. Those not named here change none."""


def _placed(steps: tuple[Step, ...], event: Happened) -> tuple[Step, ...]:
    """With the steps that the event brought; one put between two stages moves the later ones on."""
    for new in event.added:
        if event.kind == STEP_ADDED and new.kind in BLOCKING:
            steps = tuple(replace(s, stage=s.stage + 1) if s.stage >= new.stage else s for s in steps)
        steps = (*steps, new)
    return steps


def _begun(event: Happened) -> tuple[Step, ...]:
    """The first steps of a round; answers that stand are carried over (S06, S19)."""
    return opened(
        [
            replace(step, state=DONE, acted=event.kept[step.position])
            if step.position in event.kept
            else step
            for step in event.route
        ]
    )


def happen(state: str, rounds: Rounds, event: Happened) -> tuple[str, Rounds]:
    """State of a case and its steps by round, after one more event: for the act itself, and for replay."""
    if event.kind == SUBMITTED or (event.kind == REVISED and event.route):
        past = {n: tuple(_closed(step) for step in steps) for n, steps in rounds.items()}
        return ROUTED, {**past, event.round: _begun(event)}
    if event.round not in rounds or event.kind not in EFFECTS:
        return state, rounds
    steps = _placed(without(rounds[event.round], event.merged), event)
    return case_state_after(state, event), {
        **rounds,
        event.round: EFFECTS[event.kind](steps, event),
    }


def case_state_after(state: str, event: Happened) -> str:
    if event.kind == RETURNED_EVENT:
        return RETURNED if event.to is None else state
    if event.kind == WITHDRAWN_EVENT:
        return WITHDRAWN
    return ENDS.get(event.kind, state)


def post_review_of(steps: Sequence[Step], bypassed: Step, nth: int = 1) -> Step:
    """The post-review of a post that was bypassed: behind all other steps, waiting for the decision."""
    position = max(step.position for step in steps) + nth
    return Step(position, bypassed.stage, POST_REVIEW, bypassed.post_id, WAITING)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tries: the act, on which version, with which words."""

    act: str
    seen: bytes | None
    remark: str


@dataclass(frozen=True, slots=True)
class CaseNow:
    state: str
    content_hash: bytes


STATE_NAMES = {DECIDED: N_("決裁"), REJECTED: N_("否認"), ABANDONED: N_("廃案"), CANCELLED: N_("取止め")}


def judge(case: CaseNow, step: Step | None, attempt: Attempt, *, holds_post: bool, answered_by: str) -> None:
    """Whether the act may be done; raises CannotAct with the reason and what would make it possible.

    ``answered_by`` names who answered the step already, with the time, where somebody did.
    """
    if step is None:
        raise CannotAct(
            N_("この案件の経路は、画面を開いた後に変わっています。"),
            N_("案件を開き直して、いまの状態を確かめてください。"),
            changed=True,
        )
    if not holds_post:
        raise CannotAct(
            N_("この段階を担当する職を、いまは持っていません。"),
            N_("人事異動の後であれば、新しい担当者の受信箱に入っています。"),
        )
    act = ACT_BY_NAME[attempt.act]
    answered = step.state in (DONE, SENT_BACK) and step.state not in act.step_states
    if case.state in ENDED and case.state not in act.case_states and not answered:
        raise _ended_already(case)
    if step.state not in act.step_states:
        raise _not_open(case, step, answered_by)
    if step.kind not in act.kinds or (step.state == REFUSED and step.kind != CONSENT):
        raise CannotAct(N_("この段階ではできない操作です。"), N_("案件を開き直してください。"))
    judge_words(case, attempt)


def judge_words(case: CaseNow, attempt: Attempt) -> None:
    """That the act is on what was seen, and has its reason."""
    act = ACT_BY_NAME[attempt.act]
    if act.bound and attempt.seen != case.content_hash:
        raise CannotAct(
            N_("あなたが画面で見ていた版の後に、内容が変わっています。"),
            N_("新しい版を読んでから、もう一度操作してください。"),
            changed=True,
        )
    if act.reason and not attempt.remark.strip():
        raise CannotAct(act.reason, N_("理由を入れて、もう一度送ってください。"))


def judge_case(case: CaseNow, attempt: Attempt, *, may: bool) -> None:
    """Whether an act on the case as a whole may be done by somebody for whom it is, or is not (``may``)."""
    act = ACT_BY_NAME[attempt.act]
    if not may:
        raise CannotAct(
            N_("この操作は、起案した職の人だけができます。"), N_("起案者に頼むか、案件で質問してください。")
        )
    if case.state in ENDED:
        raise _ended_already(case)
    if case.state not in act.case_states:
        raise CannotAct(
            N_("この案件はいま起案者の手元にあります。"),
            N_("直して提出するか、取り止めてください。"),
            changed=True,
        )
    judge_words(case, attempt)


def _ended_already(case: CaseNow) -> CannotAct:
    if case.state == DECIDED:
        return CannotAct(
            N_("決裁された案件は変えられません。"), N_("改めるときは、新しい案件を起案してください。")
        )
    return CannotAct(
        N_("この案件は終わっています（%(state)s）。"),
        N_("続けるときは、写して新しい案件を起案してください。"),
        changed=True,
        state=STATE_NAMES[case.state],
    )


def _not_open(case: CaseNow, step: Step, answered_by: str) -> CannotAct:
    if step.state in (DONE, SENT_BACK, REFUSED) and answered_by:
        return CannotAct(
            N_("この段階は、%(who)sが先に処理しています。"),
            N_("あなたがすることはありません。"),
            changed=True,
            who=answered_by,
        )
    if step.state == MERGED:
        return CannotAct(
            N_("この段階の職は統合され、後の段階でまとめて判断することになっています。"),
            N_("案件を開き直して、いまの段階を確かめてください。"),
            changed=True,
        )
    if step.state in (SKIPPED, REMOVED):
        return CannotAct(
            N_("この段階は、もう判断を求められていません。"),
            N_("上位者が先に進めたか、段階が外されました。経緯は履歴にあります。"),
            changed=True,
        )
    if case.state in WITH_DRAFTER or step.state == CLOSED:
        return CannotAct(
            N_("この案件は起案者に差し戻されています。"),
            N_("提出し直されると、あらためて受信箱に入ります。"),
            changed=True,
        )
    return CannotAct(N_("まだこの段階の番ではありません。"), N_("前の段階が済むと、受信箱に入ります。"))


def ahead(steps: Sequence[Step], own: Step, below: Collection[int]) -> tuple[int, ...]:
    """引上げ: the positions that a superior passes over by acting ahead (S11); CannotAct if there is one to wait for.

    ``below``: posts below the superior's in the same line.
    """
    before = [
        s for s in steps if s.kind in BLOCKING and s.stage < own.stage and s.state in (WAITING, OPEN, REFUSED)
    ]
    barred = [s for s in before if s.kind != REVIEW or s.post_id not in below]
    if barred:
        raise CannotPullUp(tuple(step.position for step in barred))
    return tuple(step.position for step in before)


class CannotPullUp(CannotAct):
    """Somebody must act first whom nobody may pass over; ``positions`` says at which steps."""

    def __init__(self, positions: Sequence[int]) -> None:
        super().__init__(
            N_("先に判断が要る段階があるため、引き上げて処理できません。"),
            N_("合議と、ほかの系列の審査は飛ばせません。済むと受信箱に入ります。"),
        )
        self.positions = tuple(positions)


def judge_take_back(steps: Sequence[Step], own: Step, describe: Mapping[int, str]) -> None:
    """S08: only while nobody after the own step has acted. ``describe``: who answered, by seq."""
    since = [s.acted for s in steps if s.stage > own.stage and s.acted and own.acted and s.acted > own.acted]
    if since:
        raise CannotAct(
            N_("%(who)sがもう処理しているため、引き戻せません。"),
            N_("差戻しを頼むか、案件で質問してください。"),
            changed=True,
            who=describe.get(min(since), ""),
        )


ACTED = (STEP_ADDED, STEP_REMOVED, MOVED, RETURNED_EVENT, OPINED)
"""Events that answer no step for good and still are acts of somebody on the route (S08)."""


def judge_withdraw(
    steps: Sequence[Step], since: int, events: Mapping[int, str], describe: Mapping[int, str]
) -> None:
    """S08: only while nobody has acted since the submission, event ``since``. ``events``: kinds, by seq."""
    acted = [step.acted for step in steps if step.acted is not None and step.acted > since]
    acted += [seq for seq, kind in events.items() if seq > since and kind in ACTED]
    if acted:
        raise CannotAct(
            N_("%(who)sがもう処理しているため、引き戻せません。"),
            N_("修正を出す、取り止める、または差戻しを頼むことができます。"),
            changed=True,
            who=describe.get(min(acted), ""),
        )


def passed(steps: Sequence[Step], own: Step) -> tuple[Step, ...]:
    """The steps that the own one may return the case to: reviews before it that have approved."""
    return tuple(s for s in steps if s.kind == REVIEW and s.stage < own.stage and s.state == DONE)


def judge_target(steps: Sequence[Step], own: Step, to: int) -> None:
    """A18: a return goes only to a step already passed."""
    if to not in {step.position for step in passed(steps, own)}:
        raise CannotAct(
            N_("差し戻せるのは、起案者か、もう承認した前の段階だけです。"),
            N_("差戻し先を選び直してください。"),
        )


def answers_standing(steps: Sequence[Step], kinds: Collection[str]) -> dict[int, int]:
    """Posts whose answer in a round stands, with the event that gave it: consents, or approvals too (S06, S19)."""
    return {s.post_id: s.acted for s in steps if s.kind in kinds and s.state == DONE and s.acted is not None}


def kept(route: Sequence[Step], standing: Mapping[int, int], kinds: Collection[str]) -> dict[int, int]:
    """Positions of a new route at which an answer given before stands."""
    return {
        s.position: standing[s.post_id]
        for s in route
        if s.kind in kinds and s.state == WAITING and s.post_id in standing
    }


def stands(kind: str, seq: int, steps: Sequence[Step], *, latest: bool = True) -> bool:
    """Whether an event still counts: answers while they are that of their step, instructions for their revision.

    ``latest``: it was done on the revision that is on the route.
    """
    if kind == INSTRUCTED:
        return latest
    if kind not in (APPROVED, CONSENTED, OPINED, REFUSED_EVENT, SETTLED):
        return True
    return any(step.acted == seq for step in steps)


def may_act_ahead(state: str, step: Step, act: str) -> bool:
    """Whether an approval or a decision at a step that waits is a pull-up (引上げ)."""
    return (
        state == ROUTED
        and step.state == WAITING
        and (step.kind, act) in ((REVIEW, APPROVE), (DECIDE, DECISION))
    )


def judge_resume(step: Step) -> None:
    if step.held is None:
        raise CannotAct(N_("この段階は保留されていません。"), N_("そのまま処理できます。"), changed=True)


def judge_objection(own: Step, declared: int) -> None:
    """S20: ``declared``: the event by which the drafter last said that the substance is unchanged."""
    if own.acted is None or declared < own.acted:
        raise CannotAct(
            N_("同意した後に「主旨は変わらない」とした修正はありません。"),
            N_("心配があるときは、案件で質問するか、決裁者に知らせてください。"),
        )
