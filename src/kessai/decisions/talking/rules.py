"""Questions on a case and what a head passes on (回付): which are open after an event, and who may do what. Pure.

A request is made to a post and changes no step. A question is open until it is answered, until it is no longer
needed, or until the case ends; a 回付 until it comes back or the head's step is no longer open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kessai.decisions import machine
from kessai.decisions.replay import Step
from kessai.decisions.rules import CannotAct
from kessai.kernel.words import N_

MADE_BY = {machine.ASKED: machine.QUESTION, machine.FORWARDED: machine.FORWARD}
ANSWERED_BY = (machine.ANSWERED, machine.REPORTED)
CLOSED_BY = (*ANSWERED_BY, machine.DROPPED)
ANSWER_TO = {machine.QUESTION: machine.ANSWER, machine.FORWARD: machine.REPORT}


@dataclass(frozen=True, slots=True)
class Request:
    """Something a post was asked. ``seq``: the event that asked; ``closed``: the one by which it was over.

    ``position``: of the step that a head passed on; None for a question.
    """

    seq: int
    kind: str
    post_id: int
    round: int
    position: int | None
    closed: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An event as it bears on requests. ``state`` and ``steps``: of the case and its current round after it."""

    kind: str
    seq: int
    round: int
    position: int | None
    payload: Mapping[str, Any]
    state: str
    steps: Sequence[Step]


def after(requests: Sequence[Request], said: Said) -> tuple[Request, ...]:
    """The requests of a case after one more event: for the act itself, and for the verification."""
    made = []
    if said.kind in MADE_BY:
        post_id = int(said.payload["asked_post"])
        made = [Request(said.seq, MADE_BY[said.kind], post_id, said.round, said.position)]
    return tuple(_closed(_moved(request, said), said) for request in (*requests, *made))


def _moved(request: Request, said: Said) -> Request:
    """What was passed on goes on with its step, where a round goes on with those of the one before.

    What is over stays where it was.
    """
    if request.closed is not None:
        return request
    for place, was in said.payload.get("carried", {}).items():
        if (request.round, request.position) == (said.round - 1, was):
            return replace(request, round=said.round, position=int(place))
    return request


def _closed(request: Request, said: Said) -> Request:
    if request.closed is not None:
        return request
    settled = said.kind in CLOSED_BY and said.payload["request"] == request.seq
    return request if not settled and _needed(request, said) else replace(request, closed=said.seq)


def _needed(request: Request, said: Said) -> bool:
    if request.kind == machine.QUESTION:
        return said.state not in machine.ENDED
    return request.round == said.round and any(
        step.position == request.position and step.state == machine.OPEN for step in said.steps
    )


def judge_ask(state: str, words: str, *, askable: bool, own: bool, speaks: bool) -> None:
    """Whether a post may be asked. ``askable``: it has to do with the case; ``own``: the asker holds nothing else."""
    if state not in machine.ACT_BY_NAME[machine.ASK].case_states:
        raise CannotAct(
            N_("この案件は終わっているため、質問できません。"),
            N_("起案した部署に直接尋ねてください。"),
            changed=True,
        )
    if not speaks:
        raise CannotAct(
            N_("質問できるのは、この府省できょう職を持っている人です。"),
            N_("発令の後であれば、新しい職で開き直してください。"),
        )
    if not askable:
        raise CannotAct(
            N_("質問できるのは、起案した職、経路の職、これまでに処理した職です。"),
            N_("ほかの職の意見が要るときは、段階を加えるか、起案者に頼んでください。"),
        )
    if own:
        raise CannotAct(N_("自分の職には質問できません。"), N_("ほかの職を選んでください。"))
    judge_words(machine.ASK, words)


def judge_words(act: str, words: str) -> None:
    missing = machine.ACT_BY_NAME[act].reason
    if missing and not words:
        raise CannotAct(missing, N_("書いて、もう一度送ってください。"))


def judge_open(request: Request | None, *, may: bool, over: str) -> None:
    """Whether a request is open to whoever would answer or drop it. ``over``: by what it was over, in words."""
    if request is None:
        raise CannotAct(N_("その質問は見つかりません。"), N_("案件を開き直してください。"), changed=True)
    if not may:
        raise CannotAct(
            N_("この質問・回付は、いまあなたの職のものではありません。"),
            N_("人事異動の後であれば、新しい担当者の受信箱に入っています。"),
        )
    if request.closed is not None:
        raise CannotAct(
            N_("この質問・回付は、もう済んでいます：%(over)s"),
            N_("あなたがすることはありません。"),
            changed=True,
            over=over,
        )


def judge_answer(request: Request, act: str, words: str) -> None:
    """A question is answered in words; what was passed on may come back without any."""
    if act != ANSWER_TO[request.kind]:
        raise CannotAct(N_("この段階ではできない操作です。"), N_("案件を開き直してください。"))
    judge_words(act, words)


def judge_forward(*, inside: bool, own: bool, already: bool, post: str) -> None:
    """回付 goes to the own unit or below it, and to each post once. ``own``: it is the head's own post."""
    if not inside:
        raise CannotAct(
            N_("%(post)sは、あなたの部署にもその下にもないため、回付できません。"),
            N_("ほかの部署の意見は、段階を加えるか、案件で質問して聞いてください。"),
            post=post,
        )
    if own:
        raise CannotAct(N_("自分の職には回付できません。"), N_("ほかの職を選んでください。"))
    if already:
        raise CannotAct(
            N_("%(post)sには、もう回付しています。"),
            N_("返事を待つか、待たずに処理してください。"),
            post=post,
        )
