"""Comments beside the text of a draft: on the page of its drafter, and of those it is shown to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from kessai.decisions import anchors
from kessai.decisions.commenting import operations
from kessai.decisions.commenting.queries import Thread
from kessai.decisions.previewing.queries import unknown
from kessai.web.base import sent
from kessai.web.drafting.form import Form


def by_field(threads: Iterable[Thread]) -> Mapping[str, Sequence[Thread]]:
    """The comments of each field; those that are settled last."""
    found: dict[str, list[Thread]] = {}
    for each in sorted(threads, key=lambda one: one.settled_at is not None):
        found.setdefault(each.field, []).append(each)
    return found


def of_draft(request: HttpRequest, threads: Sequence[Thread], shown: Form) -> dict[str, Any]:
    """What the page of a draft shows of its comments besides those that stand with their fields."""
    boxes = {box.key: box for box in shown.boxes}
    open_ = [each for each in threads if each.settled_at is None]
    return {
        "comments": len(threads),
        "comments_open": [(each, boxes[each.field].label) for each in open_ if each.field in boxes],
        "comments_elsewhere": [each for each in threads if each.field not in boxes],
        "comment_act": uuid4(),
        "replied": replied(request),
    }


def replied(request: HttpRequest) -> tuple[UUID | None, str]:
    """The thread to which an answer was typed that was not taken, and the answer."""
    do, _, what = request.POST.get("do", "").partition(":")
    thread = sent.uuid(what) if do == "reply" else None
    return (thread, request.POST.get(f"reply-{what}", "")) if thread else (None, "")


def add(request: HttpRequest, what: str, here: Mapping[str, Any]) -> None:
    """Put words beside a field, about what was marked in it."""
    form = request.POST
    act_id, about = sent.act_id(request, "comment_act"), anchors.sent(form)
    operations.comment(act_id=act_id, about=about, text=form.get("comment", ""), **here)
    messages.success(request, gettext("コメントしました。起案者の下書きの、その項目の横に出ます。"))


def _reply(request: HttpRequest, what: str, here: Mapping[str, Any]) -> None:
    text = request.POST.get(f"reply-{what}", "")
    operations.reply(thread_id=_id(what), act_id=sent.act_id(request, "comment_act"), text=text, **here)


def _settle(request: HttpRequest, what: str, here: Mapping[str, Any]) -> None:
    operations.settle(thread_id=_id(what), settled=True, **here)


def _unsettle(request: HttpRequest, what: str, here: Mapping[str, Any]) -> None:
    operations.settle(thread_id=_id(what), settled=False, **here)


ACTS: Mapping[str, Callable[[HttpRequest, str, Mapping[str, Any]], None]] = {
    "reply": _reply,
    "settle": _settle,
    "unsettle": _unsettle,
}
"""By the value of the pressed button, before the id of the comment."""


def _id(text: str) -> UUID:
    if (found := sent.uuid(text)) is None:
        raise unknown()
    return found
