"""Steps that a drafter adds by hand before submitting (S15): which, and where they come to stand. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
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
"""A step as it goes on the record (planning.route_json); one to be added has its ``id`` with the draft, and ``after``:
the post it stands behind."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for what is added: behind the post ``after``, before one that stands there; None: behind all."""

    after: int
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an addition stands on the planned route, and the next places before and behind that, if there are any."""

    position: int
    up: Spot | None
    down: Spot | None


BEFORE_SUBMITTING = N_("起案者に差し戻してもらえば、提出し直す前に加えられます。")


def require_with_drafter(
    with_drafter: bool, *, settings: Mapping[str, object] = MappingProxyType({})
) -> None:
    """Only until it is submitted, and when it came back."""
    if not with_drafter:
        approvers = settings.get("adds_steps") != "drafter"
        raise CannotAct(
            N_("この案件は経路の途中にあるため、起案者は経路を変えられません。"),
            N_("いま審査か合議をしている職に、段階を加えるよう頼んでください。")
            if approvers
            else BEFORE_SUBMITTING,
            changed=True,
        )


def judge_approver(settings: Mapping[str, object]) -> None:
    """Whether the approver who has the case may add a step to it (S15)."""
    if settings["adds_steps"] == "drafter":
        raise CannotAct(N_("この府省では、段階を加えられるのは起案者だけです。"), BEFORE_SUBMITTING)


def judge(kind: str, said: str, *, only_read: bool, there: int) -> None:
    """Whether a step may be added to a draft. ``there``: how many are already."""
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
    new = _new(route, added)
    if not new:
        return [dict(entry) for entry in route]
    keys = [_key(route, one, nth) for nth, one in enumerate(new, start=1)]
    stages = {int(entry["stage"]) for entry in route}
    number = {key: n for n, key in enumerate(sorted({*((stage, 0) for stage in stages), *keys}), start=1)}
    last = _last(route)
    return [
        *(dict(entry) | {"stage": number[entry["stage"], 0]} for entry in route),
        *(
            {name: value for name, value in one.items() if name not in ("id", "after")}
            | {"position": last + nth, "stage": number[key]}
            for nth, (one, key) in enumerate(zip(new, keys, strict=True), start=1)
        ),
    ]


def standing(route: Sequence[Mapping[str, Any]], added: Collection[Mapping[str, Any]]) -> dict[str, Standing]:
    """By its id, where each addition stands that ``with_added`` puts on a planned route."""
    new = _new(route, added)
    gaps = _gaps(route)
    there = {stage: [one["id"] for one in new if _waits_in(route, one) == stage] for stage in gaps}
    return {
        one["id"]: Standing(_last(route) + nth, *_beside(route, gaps, there, one))
        for nth, one in enumerate(new, start=1)
    }


def moved(
    kept: Sequence[Mapping[str, Any]], which: str, to: Spot, route: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """What is kept with a draft, with one of it at another place of the planned route. Errors: CannotAct."""
    one = next((one for one in kept if one["id"] == which), None)
    if one is None:
        raise CannotAct(
            N_("動かそうとした段階は、もう外されています。"), N_("いまの経路を見てください。"), changed=True
        )
    if to.after != FIRST and to.after not in {entry["post"] for entry in route}:
        raise CannotAct(
            N_("置こうとした所の職が、経路からなくなっています。"),
            N_("いまの経路を見て、もう一度動かしてください。"),
            changed=True,
        )
    others = [other for other in kept if other["id"] != which]
    place = next((n for n, other in enumerate(others) if other["id"] == to.before), len(others))
    return [*others[:place], {**one, "after": to.after}, *others[place:]]


def _new(route: Sequence[Mapping[str, Any]], added: Collection[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of what is added, what the route does not ask anyway."""
    return [one for one in added if not is_asked(route, one["kind"], one["post"])]


def _last(route: Sequence[Mapping[str, Any]]) -> int:
    return max((int(entry["position"]) for entry in route), default=0)


def _gaps(route: Sequence[Mapping[str, Any]]) -> list[int]:
    """The stages behind which something may stand: FIRST, and each that somebody answers but the last."""
    return [FIRST, *sorted({int(e["stage"]) for e in route if e["kind"] in machine.BLOCKING})[:-1]]


def _behind(route: Sequence[Mapping[str, Any]], one: Mapping[str, Any]) -> int:
    """The stage behind which it stands: that of its post; of one that is gone, the last before the decider."""
    before = _gaps(route)[1:]
    behind = [e["stage"] for e in route if e["post"] == one["after"] and e["stage"] in before]
    return 0 if one["after"] == FIRST else max(behind or before, default=0)


def _key(route: Sequence[Mapping[str, Any]], one: Mapping[str, Any], nth: int) -> tuple[int, int]:
    """Where it stands: behind a stage of the route, in the order of the additions; or in the stage that follows."""
    stage = _behind(route, one)
    if one["kind"] in machine.BLOCKING:
        return (stage, nth)
    return (min(e["stage"] for e in route if e["stage"] > stage), 0)


def _waits_in(route: Sequence[Mapping[str, Any]], one: Mapping[str, Any]) -> int | None:
    """Behind which stage it is asked in its turn; None for what is asked with the next."""
    return _behind(route, one) if one["kind"] in machine.BLOCKING else None


def _beside(
    route: Sequence[Mapping[str, Any]],
    gaps: Sequence[int],
    there: Mapping[int, Sequence[str]],
    one: Mapping[str, Any],
) -> tuple[Spot | None, Spot | None]:
    """The places before and behind that of an addition: past its neighbour, else past the stage of the table."""
    here = _behind(route, one)
    order, gap = there[here], gaps.index(here)
    nth = order.index(one["id"]) if one["id"] in order else None
    up = down = None
    if nth:
        up = Spot(one["after"], order[nth - 1])
    elif gap > 0:
        up = Spot(_anchor(route, gaps[gap - 1]))
    if nth is not None and nth + 1 < len(order):
        down = Spot(one["after"], order[nth + 2] if nth + 2 < len(order) else None)
    elif gap + 1 < len(gaps):
        following = there[gaps[gap + 1]]
        down = Spot(_anchor(route, gaps[gap + 1]), following[0] if following and nth is not None else None)
    return up, down


def _anchor(route: Sequence[Mapping[str, Any]], stage: int) -> int:
    """A post behind which whatever stands, stands behind the stage."""
    if stage == FIRST:
        return FIRST
    return next(int(e["post"]) for e in route if e["stage"] == stage and e["kind"] in machine.BLOCKING)
