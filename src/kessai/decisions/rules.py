"""Who may do what on a case: verdicts, each with its reason and what would make the act possible.

Pure. Which acts there are, on what and with what, is declared in machine.py; what they change, in replay.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kessai.decisions import machine, replay
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Plain


class CannotAct(Cannot):
    """The act is refused; nothing has changed. ``changed``: the case is not what was on the screen."""

    def __init__(self, what: str, remedy: str = "", *, changed: bool = False, **params: Plain) -> None:
        super().__init__(what, remedy, **params)
        self.changed = changed


def event_of(kind: str, act: str) -> str:
    """The kind of event that an act on a kind of step leaves."""
    return (
        machine.CONSENTED
        if act == machine.APPROVE and kind == machine.CONSENT
        else machine.ACT_BY_NAME[act].event
    )


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tries: the act, on which version, with which words."""

    act: str
    seen: bytes | None
    remark: str


@dataclass(frozen=True, slots=True)
class CaseNow:
    """``flagged``: the event that last raised a flag on this content, if one did."""

    state: str
    content_hash: bytes
    flagged: int | None = None
    only_read: bool = False
    """Circulation only: decided by nobody."""

    @property
    def seen(self) -> bytes:
        """What a bound act must have had on the screen: the content, and behind its hash the last flag raised on it."""
        return self.content_hash + (b"" if self.flagged is None else self.flagged.to_bytes(4, "big"))


STATE_NAMES = {
    machine.DECIDED: N_("決裁"),
    machine.REJECTED: N_("否認"),
    machine.ABANDONED: N_("廃案"),
    machine.CANCELLED: N_("取止め"),
    machine.CIRCULATED: N_("供覧済み"),
}


def judge(
    case: CaseNow,
    step: replay.Step | None,
    attempt: Attempt,
    *,
    holds_post: bool,
    answered_by: str,
    settings: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Whether the act may be done; raises CannotAct with the reason and what would make it possible.

    ``answered_by`` names who answered the step already, or gave the case to its drafter, with the time.
    ``settings``: of the ministry, where the act has another place by them (machine.Also).
    """
    if step is None:
        raise CannotAct(
            N_("この案件の経路は、画面を開いた後に変わっています。"),
            N_("案件を開き直して、いまの状態を確かめてください。"),
            changed=True,
        )
    act = machine.ACT_BY_NAME[attempt.act]
    if not holds_post:
        # On a route that began anew, the position on an old page may be another's by now.
        _judge_seen(case, attempt)
        raise CannotAct(
            N_("この段階を担当する職を、いまは持っていません。"),
            N_("人事異動の後であれば、新しい担当者の受信箱に入っています。"),
        )
    answered = step.state in (machine.DONE, machine.SENT_BACK) and step.state not in act.step_states
    if case.state in machine.ENDED and case.state not in act.case_states and not answered:
        raise _ended_already(case)
    if step.state not in act.step_states:
        raise _not_open(case, step, answered_by)
    if case.state not in act.case_states:
        raise _with_drafter(case, answered_by)
    kinds = machine.kinds_of(act, settings)
    if step.kind not in kinds or (step.state == machine.REFUSED and step.kind != machine.CONSENT):
        # What the page calls this step may be of another kind since a flag was raised.
        if content_of(attempt.seen) == case.content_hash:
            _judge_seen(case, attempt)
        raise CannotAct(N_("この段階ではできない操作です。"), N_("案件を開き直してください。"))
    judge_words(case, attempt)


def judge_words(case: CaseNow, attempt: Attempt) -> None:
    """That the act is on what was seen, and has its reason."""
    act = machine.ACT_BY_NAME[attempt.act]
    _judge_seen(case, attempt)
    if act.reason and not attempt.remark.strip():
        raise CannotAct(act.reason, N_("理由を入れて、もう一度送ってください。"))


def _judge_seen(case: CaseNow, attempt: Attempt) -> None:
    """An act that is not bound is so all the same where it says what was seen: a reading (供覧)."""
    bound = machine.ACT_BY_NAME[attempt.act].bound or attempt.seen is not None
    if bound and attempt.seen != case.seen:
        raise changed_since(case, attempt.seen)


def changed_since(case: CaseNow, seen: bytes | None) -> CannotAct:
    """Why an act from an older page is refused: there is another content, or a flag was raised."""
    if content_of(seen) == case.content_hash:
        return CannotAct(
            N_("あなたが画面を開いた後に、重要・異例などの指定が付いています。"),
            N_("指定とその理由を読んでから、もう一度操作してください。"),
            changed=True,
        )
    return CannotAct(
        N_("あなたが画面で見ていた版の後に、内容が変わっています。"),
        N_("新しい版を読んでから、もう一度操作してください。"),
        changed=True,
    )


def content_of(seen: bytes | None) -> bytes:
    """The content hash in what a page carried (CaseNow.seen); b"" where it carried nothing."""
    return (seen or b"")[:HASH_SIZE]


HASH_SIZE = 32


def judge_case(case: CaseNow, attempt: Attempt, *, may: bool) -> None:
    """Whether an act on the case as a whole may be done by somebody for whom it is, or is not (``may``)."""
    act = machine.ACT_BY_NAME[attempt.act]
    if not may:
        raise CannotAct(
            N_("この操作は、起案した職の人だけができます。"), N_("起案者に頼むか、案件で質問してください。")
        )
    if act.only_read and not case.only_read:
        raise CannotAct(
            N_("決裁する案件ではできない操作です。"),
            N_("供覧だけの案件で使います。案件を開き直してください。"),
        )
    judge_state(case, act, N_("直して提出するか、取り止めてください。"))
    judge_words(case, attempt)


def judge_state(case: CaseNow, act: machine.Act, remedy: str) -> None:
    """That the case is where the act can be done; ``remedy`` is for one that is with its drafter."""
    if case.state in machine.ENDED and case.state not in act.case_states:
        raise _ended_already(case)
    if case.state not in act.case_states:
        raise CannotAct(N_("この案件はいま起案者の手元にあります。"), remedy, changed=True)


def _ended_already(case: CaseNow) -> CannotAct:
    if case.state == machine.DECIDED:
        return CannotAct(
            N_("決裁された案件は変えられません。"), N_("改めるときは、新しい案件を起案してください。")
        )
    if case.state == machine.CIRCULATED:
        return CannotAct(
            N_("この供覧は終わっています。"), N_("内容はこのまま読むことができます。"), changed=True
        )
    return CannotAct(
        N_("この案件は終わっています（%(state)s）。"),
        N_("続けるときは、写して新しい案件を起案してください。"),
        changed=True,
        state=STATE_NAMES[case.state],
    )


def _not_open(case: CaseNow, step: replay.Step, answered_by: str) -> CannotAct:
    if step.state in (machine.DONE, machine.SENT_BACK, machine.REFUSED) and answered_by:
        return CannotAct(
            N_("この段階は、%(who)sが先に処理しています。"),
            N_("あなたがすることはありません。"),
            changed=True,
            who=answered_by,
        )
    if step.kind == machine.SEAL:
        return CannotAct(
            N_("この押印の求めは、施行の記録が訂正されたため、なくなりました。"),
            N_("あなたがすることはありません。"),
            changed=True,
        )
    if step.state == machine.MERGED:
        return CannotAct(
            N_("この段階の職は統合され、後の段階でまとめて判断することになっています。"),
            N_("案件を開き直して、いまの段階を確かめてください。"),
            changed=True,
        )
    if step.state in (machine.SPARED, machine.OUTVOTED):
        return CannotAct(
            N_("決裁規程が求める数の同意がそろい、この合議の答えを待たずに進んでいます。"),
            N_("心配があるときは、案件で質問するか、決裁者に知らせてください。"),
            changed=True,
        )
    if step.state in (machine.SKIPPED, machine.REMOVED):
        return CannotAct(
            N_("この段階は、もう判断を求められていません。"),
            N_("上位者が先に進めたか、段階が外されました。経緯は履歴にあります。"),
            changed=True,
        )
    if case.state in machine.ENDED:
        return _ended_already(case)
    if case.state in machine.WITH_DRAFTER or step.state == machine.CLOSED:
        return _with_drafter(case, answered_by)
    return CannotAct(N_("まだこの段階の番ではありません。"), N_("前の段階が済むと、受信箱に入ります。"))


def _with_drafter(case: CaseNow, by: str) -> CannotAct:
    return CannotAct(
        N_("この案件は引き戻されています（%(who)s）。")
        if case.state == machine.WITHDRAWN
        else N_("この案件は起案者に差し戻されています（%(who)s）。"),
        N_("提出し直されると、あらためて受信箱に入ります。"),
        changed=True,
        who=by,
    )


def ahead(steps: Sequence[replay.Step], own: replay.Step, below: Collection[int]) -> tuple[int, ...]:
    """引上げ: the positions that a superior passes over by acting ahead (S11); CannotAct if there is one to wait for.

    ``below``: posts below the superior's in the same line.
    """
    before = [
        s
        for s in steps
        if s.kind in machine.BLOCKING
        and s.stage < own.stage
        and s.state in (machine.WAITING, machine.OPEN, machine.REFUSED)
    ]
    barred = [s for s in before if s.kind != machine.REVIEW or s.post_id not in below]
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


ACTED = frozenset(
    {machine.CONSENTED}
    | {act.event for act in machine.MACHINE if act.who in (machine.POST, machine.WHO_ADDED, machine.ON_ROUTE)}
) - {machine.HELD, machine.RESUMED, machine.REVISED, machine.FORWARDED}
"""S08: what is an act of somebody on the route, though it may have been taken back since: all but holding and 回付.

Opening is one of them where it is on the record at all.
"""


def acted(kind: str, position: int | None) -> bool:
    """A revision is an act of the route where it was done at a step of it: a correction of wording."""
    return kind in ACTED or (kind == machine.REVISED and position is not None)


@dataclass(frozen=True, slots=True)
class Deed:
    """An event as these rules need it: ``position`` now of the step it was done at, and by whom.

    ``confirmed_with``: the act by which the same person confirmed it as another post (S13).
    """

    kind: str
    position: int | None
    person: int
    confirmed_with: int | None = None

    def counts(self, senders: Collection[int]) -> bool:
        """Whether it ends that ``senders`` take back what they sent: that they open it themselves does not."""
        own = self.kind == machine.OPENED and self.person in senders
        return acted(self.kind, self.position) and not own


Done = Mapping[int, Deed]
"""The events since a case was put on its route, by seq."""


def judge_take_back(
    steps: Sequence[replay.Step], own: replay.Step, done: Done, describe: Mapping[int, str], *, by: int
) -> None:
    """S08: only while nobody after the own step has acted. ``describe``: who did what, by seq.

    ``by``: who answered the own step. What the same confirmation was as other posts (S13) is taken back first, from
    the last on.
    """
    assert own.acted is not None
    after = {step.position for step in steps if step.stage > own.stage}
    together = {seq: done[seq].position for seq in _confirmed_with(done, own.acted)}
    undone = {
        seq
        for seq, deed in done.items()
        if (deed.kind, deed.person) == (machine.TAKEN_BACK, by) and deed.position in together.values()
    }
    since = [
        seq
        for seq, deed in done.items()
        if seq > own.acted
        and deed.position in after
        and deed.counts([by])
        and seq not in together
        and seq not in undone
    ]
    if since:
        raise _too_late(done, describe, min(since), N_("差戻しを頼むか、案件で質問してください。"))
    if any(step.acted in together for step in steps):
        raise CannotAct(
            N_("同じ確認で、後の段階の職としても記録しています。"),
            N_("後の段階の分から順に引き戻してください。"),
        )


def _confirmed_with(done: Done, first: int) -> tuple[int, ...]:
    """The acts that the confirmation of an act was besides, in their order."""
    found = [first]
    for seq in sorted(done):
        if done[seq].confirmed_with in found:
            found.append(seq)
    return tuple(found[1:])


def _too_late(done: Done, describe: Mapping[int, str], seq: int, remedy: str) -> CannotAct:
    return CannotAct(
        N_("%(who)sがもう開いているため、引き戻せません。")
        if done[seq].kind == machine.OPENED
        else N_("%(who)sがもう処理しているため、引き戻せません。"),
        remedy,
        changed=True,
        who=describe[seq],
    )


def judge_withdraw(done: Done, describe: Mapping[int, str]) -> None:
    """S08: only while nobody has acted since the case was put on its route."""
    senders = {deed.person for deed in done.values() if deed.kind in machine.FIXING and deed.position is None}
    later = [seq for seq, deed in done.items() if deed.counts(senders)]
    if later:
        raise _too_late(
            done, describe, min(later), N_("修正を出す、取り止める、または差戻しを頼むことができます。")
        )


def passed(steps: Sequence[replay.Step], own: replay.Step) -> tuple[replay.Step, ...]:
    """The steps that the own one may return the case to: reviews before it that have approved."""
    return tuple(
        s for s in steps if s.kind == machine.REVIEW and s.stage < own.stage and s.state == machine.DONE
    )


def how_returned(settings: Mapping[str, object]) -> dict[str, bool]:
    """What a return to an earlier step asks of others where the ministry has it otherwise (S04, S06, S07)."""
    found = {
        "only_target": settings["return_asks"] == "target",
        "beside_open": settings["beside_return"] == "open",
        "consents_void": settings["consents_at_return"] == "void",
    }
    return {key: True for key, otherwise in found.items() if otherwise}


def how_handed_back(settings: Mapping[str, object]) -> dict[str, bool]:
    """What a return to the drafter says where the ministry has a resubmission go on from there (S05)."""
    return {"reviews_stand": True} if settings["resubmission_from"] == "returned" else {}


def judge_target(steps: Sequence[replay.Step], own: replay.Step, to: int) -> None:
    """A18: a return goes only to a step already passed."""
    if to not in {step.position for step in passed(steps, own)}:
        raise CannotAct(
            N_("差し戻せるのは、起案者か、もう承認した前の段階だけです。"),
            N_("差戻し先を選び直してください。"),
        )


def may_act_ahead(state: str, step: replay.Step, act: str) -> bool:
    """Whether an approval or a decision at a step that waits is a pull-up (引上げ)."""
    return (
        state == machine.ROUTED
        and step.state == machine.WAITING
        and (step.kind, act) in ((machine.REVIEW, machine.APPROVE), (machine.DECIDE, machine.DECISION))
    )


def judge_resume(step: replay.Step) -> None:
    if step.held is None:
        raise CannotAct(N_("この段階は保留されていません。"), N_("そのまま処理できます。"), changed=True)


def may_object(own: replay.Step, declared: int) -> bool:
    """S20: a consent that stands, given before the substance was declared unchanged, last by event ``declared``."""
    return (
        own.kind == machine.CONSENT
        and own.state == machine.DONE
        and own.acted is not None
        and declared > own.acted
    )


def judge_objection(own: replay.Step, declared: int) -> None:
    if not may_object(own, declared):
        raise CannotAct(
            N_("同意した後に「主旨は変わらない」とした修正はありません。"),
            N_("心配があるときは、案件で質問するか、決裁者に知らせてください。"),
        )


def may_take_out(state: str, step: replay.Step) -> bool:
    """S16: a step that somebody added, while it has not acted, be the case under way or with its drafter."""
    if state == machine.ROUTED:
        return step.state in (machine.WAITING, machine.OPEN)
    return state in machine.WITH_DRAFTER and step.state == machine.CLOSED and step.acted is None


def on_route(steps: Sequence[replay.Step], post_id: int, kind: str) -> bool:
    """Whether a post is still to answer a step of the kind, or any that the route waits for, if it is one (S12)."""
    return any(
        s.post_id == post_id
        and replay.asks_alike(s.kind, kind)
        and s.state in (*replay.PENDING, machine.SPARED)
        for s in steps
    )
