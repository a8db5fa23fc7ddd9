"""Steps that a drafter adds by hand before submitting (S15): which, and where they come to stand. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from kessai.decisions import machine, replay
from kessai.decisions.rules import CannotAct
from kessai.kernel.words import N_

KINDS = (machine.REVIEW, machine.CONSENT, machine.CONSULT, machine.CIRCULATE)
"""What may be added by hand, by the drafter or on the way."""
ANSWERING = (machine.CONSENT, machine.CONSULT)
"""Of these the answer may be asked for by a day (A11)."""
REASON = N_("%(post)sが加えました：%(said)s")
MOST = 20
FIRST = 0
"""In place of a post: before the first that the table asks."""

Entry = dict[str, Any]
"""A step as it goes on the record (planning.route_json); one to be added has ``after``: the post it stands behind."""


def judge(kind: str, said: str, *, with_drafter: bool, only_read: bool, there: int) -> None:
    """Whether a step may be added to a draft. ``there``: how many are already."""
    if not with_drafter:
        raise CannotAct(
            N_("この案件は経路の途中にあるため、起案者は段階を加えられません。"),
            N_("いま審査か合議をしている職に、段階を加えるよう頼んでください。"),
            changed=True,
        )
    if only_read:
        raise CannotAct(
            N_("供覧だけの案件に、審査や合議の段階は加えられません。"),
            N_("読む人は「供覧する職・部署」に入れてください。"),
        )
    if kind not in KINDS:
        raise CannotAct(N_("加えられない種類の段階です。"), N_("種類を選び直してください。"))
    if not said:
        raise CannotAct(
            machine.ACT_BY_NAME[machine.ADD_STEP].reason, N_("理由を入れて、もう一度送ってください。")
        )
    if there >= MOST:
        raise CannotAct(
            N_("起案者が加えられる段階は%(n)s件までです。"),
            N_("要らない段階を外してから加えてください。"),
            n=MOST,
        )


def judge_answer_by(
    kind: str, answer_by: date | None, *, today: date, deadline: date | None, later: bool
) -> None:
    """Whether an answer may be asked for by a day, which ends nothing: a consultation is closed by the decision.

    ``deadline``: of the case. ``later``: whoever adds it said that the answer may come after that.
    """
    if answer_by is None:
        return
    if kind not in ANSWERING:
        raise CannotAct(
            N_("回答の期限を付けられるのは、合議と協議だけです。"),
            N_("回答の期限を空欄にするか、合議か協議を選んでください。"),
        )
    if answer_by < today:
        raise CannotAct(
            N_("回答の期限（%(day)s）は、もう過ぎています。"),
            N_("きょうか、それより後の日を入れてください。"),
            day=_spelled(answer_by),
        )
    if deadline is not None and deadline < answer_by and not later:
        raise CannotAct(
            N_("回答の期限（%(day)s）が、決裁の期限（%(deadline)s）より後です。"),
            N_("決裁の期限までの日にするか、「決裁の期限より後でもよい」に印を付けてください。"),
            day=_spelled(answer_by),
            deadline=_spelled(deadline),
        )


def still_ahead(answer_by: date | None, today: date) -> date | None:
    """The day for the answer of a step that somebody else is asked for; none where it has passed."""
    return answer_by if answer_by is not None and answer_by >= today else None


def _spelled(day: date) -> str:
    return f"{day.year}/{day.month}/{day.day}"


def judge_kept(one: Mapping[str, Any], *, only_read: bool, today: date, deadline: date | None) -> None:
    """Whether a step that was added to a draft can go on the route that the draft would take now."""
    if only_read and one["kind"] != machine.CIRCULATE:
        raise CannotAct(
            N_("供覧だけの案件になったため、加えた「%(post)s」には頼めません。"),
            N_("外してください。読んでもらう職は「供覧する職・部署」に入れてください。"),
            post=one["title"],
        )
    judge_answer_by(
        one["kind"], answer_by(one), today=today, deadline=deadline, later=one.get("later", False)
    )


def answer_by(one: Mapping[str, Any]) -> date | None:
    """The day by which the answer of a step kept with a draft is asked for."""
    return date.fromisoformat(one["answer_by"]) if "answer_by" in one else None


def judge_twice(route: Sequence[Mapping[str, Any]], kind: str, post_id: int, post: str) -> None:
    """A post is asked once (S12). ``route``: every step planned so far, those added among them."""
    if is_asked(route, kind, post_id):
        raise CannotAct(
            N_("%(post)sは、もうこの経路に入っています。"), N_("ほかの職を選んでください。"), post=post
        )


def is_asked(route: Sequence[Mapping[str, Any]], kind: str, post_id: int) -> bool:
    return any(
        entry["post"] == post_id and replay.asks_alike(entry["kind"], kind) and not entry["own"]
        for entry in route
    )


def with_added(route: Sequence[Mapping[str, Any]], added: Collection[Mapping[str, Any]]) -> list[Entry]:
    """A planned route with what is added in its place, behind a post and before the decider, one after the other.

    A post that the route asks anyway is not added. Who gives an opinion or reads is asked with the next stage.
    """
    new = [one for one in added if not is_asked(route, one["kind"], one["post"])]
    if not new:
        return [dict(entry) for entry in route]
    keys = [_key(route, one, nth) for nth, one in enumerate(new, start=1)]
    stages = {int(entry["stage"]) for entry in route}
    number = {key: n for n, key in enumerate(sorted({*((stage, 0) for stage in stages), *keys}), start=1)}
    last = max(entry["position"] for entry in route)
    return [
        *(dict(entry) | {"stage": number[entry["stage"], 0]} for entry in route),
        *(
            {name: value for name, value in one.items() if name != "after"}
            | {"position": last + nth, "stage": number[key]}
            for nth, (one, key) in enumerate(zip(new, keys, strict=True), start=1)
        ),
    ]


def _key(route: Sequence[Mapping[str, Any]], one: Mapping[str, Any], nth: int) -> tuple[int, int]:
    """Where it stands: behind a stage of the route, in the order of the additions; or in the stage that follows."""
    before = sorted({e["stage"] for e in route if e["kind"] in machine.BLOCKING})[:-1]
    behind = [e["stage"] for e in route if e["post"] == one["after"] and e["stage"] in before]
    stage = 0 if one["after"] == FIRST else max(behind or before, default=0)
    if one["kind"] in machine.BLOCKING:
        return (stage, nth)
    return (min(e["stage"] for e in route if e["stage"] > stage), 0)
