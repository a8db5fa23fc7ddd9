"""事前確認: the page on which somebody reads a draft before its submission, and the drafter's part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from kessai.decisions.pages import fields_of
from kessai.decisions.previewing import operations, queries
from kessai.decisions.results import FieldView
from kessai.drafting import prose
from kessai.drafting.queries import open_blob
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.routing import queries as routing
from kessai.web import clock, downloads
from kessai.web.base.choosing import post_by_words
from kessai.web.converters import Ref
from kessai.web.drafting.files import listed
from kessai.web.entrance import entered


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def preview(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """A draft as it stands now, for somebody who was asked to look at it; and what they say of it."""
    at = clock.now()
    here: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "draft_id": ref.id, "at": at}
    if request.method == "POST":
        version = request.POST.get("version", "")
        operations.remark(
            preview_id=_id(request.POST.get("preview", "")),
            version=int(version) if version.isdecimal() and len(version) < 9 else 0,
            text=request.POST.get("remark", ""),
            **here,
        )
        messages.success(request, gettext("返事をしました。起案者の下書きの画面に出ます。"))
        return redirect("drafting:preview", ref=str(ref))
    shown = queries.shown(**here)
    matter = routing.matter(tenant_id=ref.tenant_id, code=shown.draft.matter_code, on=day_in_japan(at))
    context = {
        "ref": ref,
        "shown": shown,
        "matter": matter,
        "preview": shown.route,
        "fields": [(field, _day(field)) for field in fields_of(shown.route.content)],
        "blocks": prose.blocks(shown.route.content.text),
        **listed(shown.draft, at),
        "nav": "inbox",
    }
    return render(request, "drafting/preview.html", context)


@require_GET
@entered
def attachment(request: HttpRequest, actor: Actor, ref: Ref, file_id: UUID) -> HttpResponseBase:
    """A file of a draft that the reader was asked to look at."""
    file = queries.attachment(
        actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, file_id=file_id, at=clock.now()
    )
    stream = open_blob(sha256=file.sha256, tenant_id=ref.tenant_id)
    return downloads.answer(stream, name=file.filename, size=file.size, save="save" in request.GET)


def _day(field: FieldView) -> date | None:
    """The value of a field, where it is a day."""
    return date.fromisoformat(field.value) if field.kind == "date" else None


def of_draft(request: HttpRequest, actor: Actor, ref: Ref, at: datetime) -> dict[str, Any]:
    """What the page of one's own draft shows of it: whom it is shown to, and what was typed of the next."""
    sent = request.POST if request.POST.get("do") == "preview" else {}
    return {
        "previews": queries.asked(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=at),
        "preview_tried": bool(sent),
        "preview_post": sent.get("preview_post", ""),
        "preview_note": sent.get("preview_note", ""),
    }


def _ask(request: HttpRequest, what: str, here: Mapping[str, Any]) -> None:
    """Show the draft to the post that was typed. Errors: Cannot, where that is not one post, or not to be asked."""
    words = request.POST.get("preview_post", "")
    post = post_by_words(tenant_id=here["tenant_id"], words=words, on=day_in_japan(here["at"]))
    try:
        act_id = UUID(request.POST.get("preview_act", ""))
    except ValueError:
        act_id = uuid4()
    operations.ask(post_id=post, act_id=act_id, note=request.POST.get("preview_note", ""), **here)
    messages.success(request, gettext("事前確認を頼みました。相手の受信箱に入りました。"))


def _withdraw(request: HttpRequest, what: str, here: Mapping[str, Any]) -> None:
    operations.withdraw(preview_id=_id(what), **here)


ACTS: Mapping[str, Callable[[HttpRequest, str, Mapping[str, Any]], None]] = {
    "preview": _ask,
    "unpreview": _withdraw,
}
"""By the value of the pressed button: what a drafter does with previews."""


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise queries.unknown() from None
