"""Steps that the drafter adds by hand: the part of the draft's page that adds them and takes them off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from kessai.decisions import machine
from kessai.decisions.by_hand import operations
from kessai.decisions.by_hand.rules import FIRST
from kessai.decisions.course import operations as course
from kessai.decisions.results import RoutePreview, StepView
from kessai.kernel.calendar import day_in_japan
from kessai.web.base.choosing import day_by_words, post_by_words
from kessai.web.templatetags.kessai import by_lang


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step may stand: behind the posts of a stage of the table."""

    post_id: int
    steps: tuple[StepView, ...]

    @property
    def posts(self) -> str:
        return "、".join(by_lang(step.post_title, step.post_title_en) for step in self.steps)


def of_draft(request: HttpRequest, preview: RoutePreview) -> dict[str, Any]:
    """Where a step may be put, and what was typed of the next."""
    sent = request.POST if request.POST.get("do") == "addstep" else {}
    stages = [
        [s for s in stage.steps if not s.by_hand and s.state != machine.OWN] for stage in preview.stages
    ]
    return {
        "places": [Place(steps[0].post_id, tuple(steps)) for steps in stages[:-1] if steps],
        "add_tried": bool(sent),
        "add_post": sent.get("add_post", ""),
        "add_kind": sent.get("add_kind", ""),
        "add_after": sent.get("add_after", ""),
        "add_answer_by": sent.get("add_answer_by", ""),
        "add_later": "add_later" in sent,
        "add_reason": sent.get("add_reason", ""),
    }


def _add(request: HttpRequest, what: str, here: Mapping[str, Any]) -> None:
    """Add the step that was typed. Errors: Cannot, where its post is not one, or is not to be asked."""
    words = request.POST.get("add_post", "")
    post = post_by_words(tenant_id=here["tenant_id"], words=words, on=day_in_japan(here["at"]))
    after = request.POST.get("add_after", "")
    try:
        act_id = UUID(request.POST.get("add_act", ""))
    except ValueError:
        act_id = uuid4()
    operations.add(
        kind=request.POST.get("add_kind", ""),
        post_id=post,
        after=int(after) if after.isdecimal() and len(after) < 19 else FIRST,
        act_id=act_id,
        reason=request.POST.get("add_reason", ""),
        answer_by=day_by_words(request.POST.get("add_answer_by", "")),
        later="add_later" in request.POST,
        **here,
    )
    messages.success(request, gettext("段階を加えました。提出すると経路に入ります。"))


def _take_off(request: HttpRequest, what: str, here: Mapping[str, Any]) -> None:
    try:
        added = UUID(what)
    except ValueError:
        return
    operations.remove(added=added, **here)
    messages.success(request, gettext("加えた段階を外しました。"))


def _take_out(request: HttpRequest, what: str, here: Mapping[str, Any]) -> None:
    """Take out of the case what the drafter had added before it came back."""
    course.remove_step(
        actor=here["actor"],
        tenant_id=here["tenant_id"],
        case_id=here["draft_id"],
        target=int(what) if what.isdecimal() and len(what) < 6 else -1,
        act_id=uuid4(),
        at=here["at"],
    )
    messages.success(request, gettext("加えた段階を外しました。"))


ACTS: Mapping[str, Callable[[HttpRequest, str, Mapping[str, Any]], None]] = {
    "addstep": _add,
    "unadd": _take_off,
    "takeout": _take_out,
}
"""By the value of the pressed button."""
