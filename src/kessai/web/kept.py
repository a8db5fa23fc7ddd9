"""What was sent but could not be taken, given back: the session had ended, or the page's token was too old.

Nothing typed may be lost by either. The page shows every line and sends it again as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext
from django.views.csrf import csrf_failure as plain_csrf_failure

from kessai.drafting.fields import FIELDS
from kessai.drafting.letters import LABELS as LETTERS
from kessai.drafting.letters import part_of
from kessai.kernel.words import N_

SILENT = ("csrfmiddlewaretoken",)
UNSEEN = (
    "do",
    "version",
    "act_id",
    "screen",
    "stood",
    "asked",
    "comment_act",
    "hand_act",
    "field",
    "prefix",
    "suffix",
    "preview_level",
    "seen",
    "position",
    "next",
    "tried",
    "post",
    "matter",
    "flags",
    "lowered",
    "choice",
    "preview",
    "preview_act",
    "item",
    "shown",
    "letters",
    "others_letter",
    "run",
    "add_later",
    "later",
)
LABELS = {
    "title": N_("件名"),
    "text": N_("伺い文"),
    "reason": N_("理由"),
    "deadline": N_("決裁の期限"),
    "urgent_reason": N_("急ぐ理由"),
    "opinion": N_("意見"),
    "remark": N_("意見"),
    "answer_by": N_("回答の期限"),
    "add_answer_by": N_("回答の期限"),
    "preview_post": N_("職（職名か部署名）"),
    "preview_note": N_("見てほしいこと"),
    "hand_post": N_("職（職名か部署名）"),
    "hand_note": N_("伝えること"),
    "comment": N_("コメント"),
    "quote": N_("どの箇所に"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A value that was sent. ``seen``: shown to the person, not only sent along."""

    key: str
    label: str
    value: str
    seen: bool


def lines(request: HttpRequest) -> tuple[Line, ...]:
    """Everything the form held, in its order."""
    found = []
    for key, values in request.POST.lists():
        if key in SILENT:
            continue
        of_letter = part_of(key)
        label = FIELDS[key].label if key in FIELDS else LABELS.get(key, key)
        label = LETTERS[of_letter[1]] if of_letter else label
        for value in values:
            found.append(
                Line(key, gettext(label), str(value), key not in UNSEEN and bool(str(value).strip()))
            )
    return tuple(found)


def signed_out(request: HttpRequest) -> HttpResponse:
    """Answer a POST of somebody whose session has ended: 401, with everything that was sent."""
    return _give_back(request, status=401, expired=True)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a POST with an outdated token: what came from our own page is given back, the rest is refused."""
    if request.headers.get("Sec-Fetch-Site", "") != "same-origin":
        refused: HttpResponseForbidden = plain_csrf_failure(request, reason=reason)
        return refused
    return _give_back(request, status=403, expired=not request.user.is_authenticated)


def _give_back(request: HttpRequest, *, status: int, expired: bool) -> HttpResponse:
    context = {
        "lines": lines(request),
        "files": [file.name for _, files in request.FILES.lists() for file in files],
        "expired": expired,
        "sign_in": resolve_url(settings.LOGIN_URL),
        "action": request.get_full_path(),
    }
    name = "drafting/_expired.html" if getattr(request, "htmx", False) else "drafting/kept.html"
    return render(request, name, context, status=status)
