"""引継ぎ: the part of the draft's page that gives it to another post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from kessai.decisions.handing import operations
from kessai.kernel.calendar import day_in_japan
from kessai.web.base import sent
from kessai.web.base.choosing import post_by_words


def of_draft(request: HttpRequest) -> dict[str, Any]:
    """What was typed of it."""
    typed = request.POST if request.POST.get("do") == "handover" else {}
    return {
        "hand_tried": bool(typed),
        "hand_post": typed.get("hand_post", ""),
        "hand_note": typed.get("hand_note", ""),
    }


def hand_over(request: HttpRequest, here: Mapping[str, Any]) -> None:
    """Give the draft to the post that was typed. Errors: Cannot, where that is not one post, or cannot have it."""
    words = request.POST.get("hand_post", "")
    post = post_by_words(tenant_id=here["tenant_id"], words=words, on=day_in_japan(here["at"]))
    act_id = sent.act_id(request, "hand_act")
    operations.hand_over(post_id=post, act_id=act_id, note=request.POST.get("hand_note", ""), **here)
    messages.success(request, gettext("下書きを引き継ぎました。これからも読めます。"))
