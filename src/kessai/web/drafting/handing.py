"""引継ぎ: the part of the draft's page that gives it to another post."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from kessai.decisions.handing import operations
from kessai.web.base import sent
from kessai.web.converters import Ref
from kessai.web.drafting import posts


def of_draft(request: HttpRequest, ref: Ref, at: datetime) -> dict[str, Any]:
    """What was typed of it."""
    typed = request.POST if request.POST.get("do") == "handover" else {}
    return {
        "hand_tried": bool(typed),
        "hand_choice": posts.of_part(posts.HAND, typed, ref, at),
        "hand_note": typed.get("hand_note", ""),
    }


def hand_over(request: HttpRequest, here: Mapping[str, Any]) -> None:
    """Give the draft to the post that was typed. Errors: Cannot, where that is not one post, or cannot have it."""
    post = posts.chosen(posts.HAND, request.POST, here)
    act_id = sent.act_id(request, "hand_act")
    operations.hand_over(post_id=post, act_id=act_id, note=request.POST.get("hand_note", ""), **here)
    messages.success(request, gettext("下書きを引き継ぎました。これからも読めます。"))
