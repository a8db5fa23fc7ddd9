"""Flags raised while a case is under way (S23): which stand, who may raise one, how one is lowered. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from kessai.decisions import machine
from kessai.decisions.replay import Step
from kessai.decisions.rules import Attempt, CannotAct, CaseNow, judge_state, judge_words
from kessai.kernel.words import N_
from kessai.routing.rules import FLAGS


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag as it was last raised, by event ``seq``; ``lowered``: the event by which the drafter took it off."""

    flag: str
    seq: int
    lowered: int | None = None

    @property
    def key(self) -> str:
        """What the draft's form says to take this one off, and no later one of the same name."""
        return f"{self.flag}:{self.seq}"


class Said(Protocol):
    """An event as it is stored."""

    kind: str
    seq: int
    payload: Mapping[str, Any]


def raised(events: Iterable[Said]) -> tuple[Raised, ...]:
    """Every flag that was raised on the way, as it was last raised, in that order."""
    found: dict[str, Raised] = {}
    for event in sorted(events, key=lambda each: each.seq):
        if event.kind == machine.FLAGGED:
            flag = str(event.payload["flag"])
            found.pop(flag, None)
            found[flag] = Raised(flag, event.seq)
        elif event.kind in machine.FIXING:
            for flag in event.payload.get("lowered", ()):
                found[flag] = replace(found[flag], lowered=event.seq)
    return tuple(found.values())


def standing(of: Iterable[Raised]) -> frozenset[str]:
    """The flags that no drafter has taken off."""
    return frozenset(each.flag for each in of if each.lowered is None)


def taken_off(typed: Mapping[str, str], of: Iterable[Raised]) -> frozenset[str]:
    """The flags that the drafter takes off in so many words, and does not put on the draft themselves.

    A word that speaks of a flag raised earlier than the one that stands takes nothing off.
    """
    said = typed.get("lowered", "").split()
    own = typed.get("flags", "").split()
    return frozenset(r.flag for r in of if r.lowered is None and r.key in said and r.flag not in own)


def place_on_route(steps: Iterable[Step], held: Collection[int]) -> Step | None:
    """The step of the post as which somebody speaks on a route: one that is asked, else the first; None if none is.

    A consulted unit is on the route: its opinion is asked for before the decision. Readers are not: circulation is
    read only and gives no say (handbook 1, A12), and a flag moves the decision. Whoever was passed over, or acted for,
    is on it by the step itself, not by the post-review.
    """
    mine = [
        s for s in steps if s.post_id in held and s.state != machine.REMOVED and s.kind not in machine.ASIDE
    ]
    return min(mine, key=lambda s: (s.state != machine.OPEN, s.position), default=None)


def judge(
    now: CaseNow,
    attempt: Attempt,
    flag: str,
    *,
    on_route: bool,
    there: Mapping[str, str],
    drafter_only: bool = False,
) -> None:
    """Whether a flag may be raised. ``there``: the flags that the case has, each with who put it on.

    ``drafter_only``: the ministry lets nobody but the drafter raise one, and ``on_route`` says whether it is they.

    Errors: CannotAct.
    """
    if now.only_read:
        raise CannotAct(
            N_("供覧だけの案件には、指定を付けられません。"), N_("だれも決裁しないので、そのまま読めます。")
        )
    if not on_route and drafter_only:
        raise CannotAct(
            N_("この府省では、指定を付けられるのは起案者だけです。"), N_("起案者に頼んでください。")
        )
    if not on_route:
        raise CannotAct(
            N_("指定を付けられるのは、この案件の経路にある職だけです。"),
            N_("経路にある職の人に頼んでください。"),
        )
    act = machine.ACT_BY_NAME[machine.RAISE_FLAG]
    judge_state(now, act, N_("提出し直されてから付けるか、起案者に付けてもらってください。"))
    if flag not in FLAGS:
        raise CannotAct(N_("指定が選ばれていません。"), N_("指定を一つ選んで、もう一度送ってください。"))
    if flag in there:
        raise CannotAct(
            N_("この指定は、もう付いています（%(who)s）。"),
            N_("ほかの指定を選ぶか、そのまま進めてください。"),
            changed=True,
            who=there[flag],
        )
    judge_words(now, attempt)
