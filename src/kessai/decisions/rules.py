"""The life of a case on its route: which steps are open, who may do what, what an act changes.

Pure. The same functions write the steps when an act happens and replay them when the record is verified.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Plain

ROUTED, RETURNED, DECIDED = "routed", "returned", "decided"
CASE_STATES = (ROUTED, RETURNED, DECIDED)

OWN, WAITING, OPEN, DONE, SENT_BACK, CLOSED = "own", "waiting", "open", "done", "returned", "closed"
MERGED = "merged"
"""Nobody is asked here: the post was merged with one that is asked later on the same route (S12, S27)."""

REVIEW, CONSENT, DECIDE, CIRCULATE = "review", "consent", "decide", "circulate"
POST_REVIEW = "post_review"
"""後閲: whoever was bypassed reads it after the decision. Asked of a post, and blocks nothing."""
READING = (CIRCULATE, POST_REVIEW)

APPROVE, RETURN, DECISION, READ = "approve", "return", "decide", "read"

ACTS = {
    REVIEW: (APPROVE, RETURN),
    CONSENT: (APPROVE, RETURN),
    DECIDE: (DECISION, RETURN),
    CIRCULATE: (READ,),
    POST_REVIEW: (READ,),
}
"""What each kind of step may be answered with."""

SUBMITTED, APPROVED, CONSENTED, RETURNED_EVENT, DECIDED_EVENT, READ_EVENT = (
    "submitted",
    "approved",
    "consented",
    "returned",
    "decided",
    "read",
)
INSTRUCTED = "instructed"
"""事前の指示: the decider tells a deputy beforehand to decide this case. Changes no step."""

OWN_CAPACITY, DELEGATED, ACTING, SECRETARY = "own", "delegated", "acting", "secretary"
"""In which capacity somebody acts: by the own authority, 専決, 代決, as secretary of the post."""


class CannotAct(Cannot):
    """The act is refused; nothing has changed. ``changed``: the case is not what was on the screen."""

    def __init__(self, what: str, remedy: str = "", *, changed: bool = False, **params: Plain) -> None:
        super().__init__(what, remedy, **params)
        self.changed = changed


@dataclass(frozen=True, slots=True)
class Step:
    """A place on the route of one round."""

    position: int
    stage: int
    kind: str
    post_id: int
    state: str


def event_of(kind: str, act: str) -> str:
    """The kind of event that an act on a kind of step leaves."""
    if act == APPROVE:
        return CONSENTED if kind == CONSENT else APPROVED
    return {RETURN: RETURNED_EVENT, DECISION: DECIDED_EVENT, READ: READ_EVENT}[act]


def opened(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Open what is to be open: the first stage that is not finished, and its readers with the decider."""
    unfinished = [s.stage for s in steps if s.kind not in READING and s.state in (WAITING, OPEN)]
    if not unfinished:
        return tuple(steps)
    current = min(unfinished)
    return tuple(
        replace(step, state=OPEN)
        if step.stage == current and step.state == WAITING and step.kind != POST_REVIEW
        else step
        for step in steps
    )


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


def after(steps: Sequence[Step], position: int, act: str, added: Sequence[Step] = ()) -> tuple[Step, ...]:
    """The steps after an act on one of them; ``added``: those that come with it, waiting.

    Post-reviews wait for the decision, and are open from then on (S31).
    """
    steps = (*steps, *added)
    if act == RETURN:
        return tuple(
            replace(step, state=SENT_BACK)
            if step.position == position
            else replace(step, state=CLOSED)
            if step.state in (OPEN, WAITING)
            else step
            for step in steps
        )
    done = tuple(replace(s, state=DONE) if s.position == position else s for s in steps)
    if act == DECISION:
        return tuple(
            replace(s, state=OPEN) if s.kind == POST_REVIEW and s.state == WAITING else s for s in done
        )
    return done if act == READ else opened(done)


def post_review_of(steps: Sequence[Step], bypassed: Step) -> Step:
    """The post-review of a post that somebody acted for: behind all other steps, waiting for the decision."""
    return Step(
        max(step.position for step in steps) + 1, bypassed.stage, POST_REVIEW, bypassed.post_id, WAITING
    )


def case_state_after(state: str, act: str) -> str:
    return {RETURN: RETURNED, DECISION: DECIDED}.get(act, state)


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
    if step.state in (DONE, SENT_BACK):
        raise CannotAct(
            N_("この段階は、%(who)sが先に処理しています。"),
            N_("あなたがすることはありません。"),
            changed=True,
            who=answered_by,
        )
    if step.state == MERGED:
        raise CannotAct(
            N_("この段階の職は統合され、後の段階でまとめて判断することになっています。"),
            N_("案件を開き直して、いまの段階を確かめてください。"),
            changed=True,
        )
    if case.state == RETURNED or step.state == CLOSED:
        raise CannotAct(
            N_("この案件は起案者に差し戻されています。"),
            N_("提出し直されると、あらためて受信箱に入ります。"),
            changed=True,
        )
    if step.state != OPEN:
        raise CannotAct(N_("まだこの段階の番ではありません。"), N_("前の段階が済むと、受信箱に入ります。"))
    if attempt.act not in ACTS[step.kind]:
        if case.state == DECIDED:
            raise CannotAct(
                N_("決裁された案件は変えられません。"),
                N_("改めるときは、新しい案件を起案してください。"),
            )
        raise CannotAct(N_("この段階ではできない操作です。"), N_("案件を開き直してください。"))
    if attempt.act != READ and attempt.seen != case.content_hash:
        raise CannotAct(
            N_("あなたが画面で見ていた版の後に、内容が変わっています。"),
            N_("新しい版を読んでから、もう一度操作してください。"),
            changed=True,
        )
    if attempt.act == RETURN and not attempt.remark.strip():
        raise CannotAct(
            N_("差し戻す理由がありません。"), N_("理由を入れてください。起案者が読んで直します。")
        )


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as replay needs it. ``route``: the planned steps, on a submission.

    ``merged``: positions at which nobody was asked any more when it happened. ``added``: steps that it brought.
    """

    kind: str
    round: int
    position: int | None
    route: tuple[Step, ...] = ()
    merged: tuple[int, ...] = ()
    added: tuple[Step, ...] = ()


ACT_OF = {
    APPROVED: APPROVE,
    CONSENTED: APPROVE,
    RETURNED_EVENT: RETURN,
    DECIDED_EVENT: DECISION,
    READ_EVENT: READ,
}


Rounds = Mapping[int, tuple[Step, ...]]


def happen(state: str, rounds: Rounds, event: Happened) -> tuple[str, Rounds]:
    """State of a case and its steps by round, after one more event."""
    if event.kind == SUBMITTED:
        return ROUTED, {**rounds, event.round: opened(event.route)}
    if event.position is None or event.round not in rounds or event.kind not in ACT_OF:
        return state, rounds
    act = ACT_OF[event.kind]
    steps = after(without(rounds[event.round], event.merged), event.position, act, event.added)
    return case_state_after(state, act), {**rounds, event.round: steps}


def stands(kind: str, event_round: int, case_round: int) -> bool:
    """Whether an event still counts: a submission walks the whole route again (S05)."""
    return kind in (SUBMITTED, RETURNED_EVENT, DECIDED_EVENT, READ_EVENT) or event_round == case_round
