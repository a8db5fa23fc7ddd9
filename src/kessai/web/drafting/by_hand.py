"""Steps that the drafter adds by hand: the parts of the draft's page that add, move and take them off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from kessai.decisions import machine
from kessai.decisions.by_hand import operations
from kessai.decisions.by_hand.rules import FIRST, Spot
from kessai.decisions.course import operations as course
from kessai.decisions.results import AddedView, RoutePreview, StageView, StepView
from kessai.web.base import sent
from kessai.web.base.choosing import day_by_words
from kessai.web.converters import Ref
from kessai.web.drafting import posts
from kessai.web.templatetags.kessai import by_lang


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step may stand: behind the posts of a stage of the table."""

    post_id: int
    steps: tuple[StepView, ...]

    @property
    def posts(self) -> str:
        return "、".join(by_lang(step.post_title, step.post_title_en) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Hand:
    """What may be done at a step that was added: the values of its buttons; "" for what may not.

    ``id``: of one that is moved; "" of what the round before had. ``asked``: the table asks the post anyway.
    """

    key: str
    title: str
    kind: str
    id: str
    up: str
    down: str
    asked: bool


def on_route(preview: RoutePreview, *, may_change: bool, circulated: bool = False) -> dict[str, Any]:
    """The planned route as it is drawn; ``may_change``: with what may be done to the steps that were added."""
    hands = {one.position: _hand(one) for one in preview.by_hand if one.position} if may_change else {}
    kept = {one.position: one for one in preview.by_hand if one.position}
    return {
        "may_move": may_change and not circulated,
        "hands": hands,
        "afters": {stage.number: _after(stage, kept) for stage in preview.stages},
        "off_route": [_hand(one) for one in preview.by_hand if not one.position] if may_change else [],
        "table_readers": [step for step in preview.readers if not step.by_hand],
        "hand_readers": [step for step in preview.readers if step.by_hand],
    }


def _after(stage: StageView, kept: Mapping[int, AddedView]) -> int:
    """The post behind which what is dropped behind a stage comes to stand."""
    first = stage.steps[0]
    one = kept.get(first.position)
    return one.after if one and one.standing else first.post_id


def _hand(one: AddedView) -> Hand:
    act, _, which = one.key.partition(":")
    mine = act == "unadd"
    there = one.standing
    return Hand(
        key=one.key,
        title=one.title,
        kind=one.kind,
        id=which if mine and there else "",
        up=_move(which, there.up) if there and there.up else "",
        down=_move(which, there.down) if there and there.down else "",
        asked=not one.on_route,
    )


def _move(which: str, to: Spot) -> str:
    return f"move:{which}:{to.after}:{to.before or ''}"


def of_draft(request: HttpRequest, ref: Ref, preview: RoutePreview, at: datetime) -> dict[str, Any]:
    """Where a step may be put, and what was typed of the next."""
    typed = request.POST if request.POST.get("do") == "addstep" else {}
    stages = [
        [s for s in stage.steps if not s.by_hand and s.state != machine.OWN] for stage in preview.stages
    ]
    return {
        "places": [Place(steps[0].post_id, tuple(steps)) for steps in stages[:-1] if steps],
        "add_tried": bool(typed),
        "add_choice": posts.of_part(posts.ADD, typed, ref, at),
        "add_kind": typed.get("add_kind", ""),
        "add_after": typed.get("add_after", ""),
        "add_answer_by": typed.get("add_answer_by", ""),
        "add_later": "add_later" in typed,
        "add_reason": typed.get("add_reason", ""),
    }


EMPTY: Mapping[str, Any] = {
    "add_tried": False,
    "add_choice": posts.Choice(posts.ADD),
    "add_kind": "",
    "add_after": "",
    "add_answer_by": "",
    "add_later": False,
    "add_reason": "",
}
"""What is typed of the next step, once one was added."""


def _add(request: HttpRequest, what: str, here: Mapping[str, Any]) -> str:
    """Add the step that was typed. Errors: Cannot, where its post is not one, or is not to be asked."""
    operations.add(
        kind=request.POST.get("add_kind", ""),
        post_id=posts.chosen(posts.ADD, request.POST, here),
        after=sent.key(request.POST.get("add_after", "")) or FIRST,
        act_id=sent.act_id(request, "add_act"),
        reason=request.POST.get("add_reason", ""),
        answer_by=day_by_words(request.POST.get("add_answer_by", "")),
        later="add_later" in request.POST,
        **here,
    )
    return gettext("段階を加えました。提出すると経路に入ります。")


def _shift(request: HttpRequest, what: str, here: Mapping[str, Any]) -> str:
    """Move a step: its id, the post that it is to stand behind, and the step that it is to stand before."""
    which, _, place = what.partition(":")
    after, _, before = place.partition(":")
    added, behind = sent.uuid(which), sent.key(after)
    if added is None:
        raise Http404
    operations.move(added=added, to=Spot(-1 if behind is None else behind, before or None), **here)
    return gettext("段階を動かしました。")


def _take_off(request: HttpRequest, what: str, here: Mapping[str, Any]) -> str:
    if (added := sent.uuid(what)) is None:
        return ""
    operations.remove(added=added, **here)
    return gettext("加えた段階を外しました。")


def _take_out(request: HttpRequest, what: str, here: Mapping[str, Any]) -> str:
    """Take out of the case what the drafter had added before it came back."""
    course.remove_step(
        actor=here["actor"],
        tenant_id=here["tenant_id"],
        case_id=here["draft_id"],
        target=sent.place(what),
        act_id=uuid4(),
        at=here["at"],
    )
    return gettext("加えた段階を外しました。")


ACTS: Mapping[str, Callable[[HttpRequest, str, Mapping[str, Any]], str]] = {
    "addstep": _add,
    "move": _shift,
    "unadd": _take_off,
    "takeout": _take_out,
}
"""By the value of the pressed button; each says what it did."""


def heard(preview: RoutePreview, said: str, what: str) -> str:
    """What was done to the route; of a step that is on it, where it stands now."""
    one = next((one for one in preview.by_hand if one.key == f"unadd:{what.partition(':')[0]}"), None)
    for nth, stage in enumerate(preview.stages, start=1):
        for step in stage.steps:
            if one and step.position == one.position:
                return gettext("%(post)sを動かしました。いま%(of)s段階の%(n)s番目です。") % {
                    "post": by_lang(step.post_title, step.post_title_en),
                    "of": len(preview.stages),
                    "n": nth,
                }
    return said
