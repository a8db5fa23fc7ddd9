"""事前確認: the page on which somebody reads a draft before its submission, and the drafter's part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from kessai.decisions.commenting import queries as commenting
from kessai.decisions.letters import queries as letters
from kessai.decisions.pages import fields_of
from kessai.decisions.previewing import operations, queries
from kessai.decisions.previewing.rules import COMMENT, EDIT, LEVELS, READ
from kessai.decisions.results import FieldView, RoutePreview
from kessai.drafting import prose
from kessai.drafting.queries import open_blob
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_
from kessai.routing import queries as routing
from kessai.web import clock, downloads
from kessai.web.base import sent
from kessai.web.converters import Ref
from kessai.web.drafting import comments, posts
from kessai.web.drafting.by_hand import on_route
from kessai.web.drafting.files import listed
from kessai.web.drafting.form import labelled
from kessai.web.entrance import entered


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def preview(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """A draft as it stands now, for somebody who was asked to look at it; and what they say of it."""
    at = clock.now()
    here: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "draft_id": ref.id, "at": at}
    refused: Cannot | None = None
    if request.method == "POST":
        do, _, what = request.POST.get("do", "").partition(":")
        if do not in COMMENTS:
            _remark(request, here)
            return redirect("drafting:preview", ref=str(ref))
        try:
            COMMENTS[do](request, what, here)
            return redirect(f"{request.path}#h-margin")
        except NotFound:
            raise
        except Cannot as refusal:
            refused = refusal
    context = _context(request, here, ref) | {"refused": refused}
    return render(request, "drafting/preview.html", context, status=409 if refused else 200)


COMMENTS = {**comments.ACTS, "comment": comments.add}


def _remark(request: HttpRequest, here: Mapping[str, Any]) -> None:
    operations.remark(
        preview_id=_id(request.POST.get("preview", "")),
        version=sent.number(request.POST.get("version", "")) or 0,
        text=request.POST.get("remark", ""),
        **here,
    )
    messages.success(request, gettext("返事をしました。起案者の下書きの画面に出ます。"))


def _context(request: HttpRequest, here: Mapping[str, Any], ref: Ref) -> dict[str, Any]:
    shown, on = queries.shown(**here), day_in_japan(here["at"])
    matter = routing.matter(tenant_id=ref.tenant_id, code=shown.draft.matter_code, on=on)
    threads = comments.by_field(commenting.threads(**here))
    labels = {key: label for key, (label, _) in labelled(matter.fields).items()}
    fields = fields_of(shown.route.content)
    typed = request.POST if request.method == "POST" else request.GET
    return {
        "ref": ref,
        "shown": shown,
        "matter": matter,
        "preview": shown.route,
        "fields": [(field, _day(field)) for field in fields],
        "blocks": prose.blocks(shown.route.content.text),
        "margin": [(labels.get(key, key), thread) for key, found in threads.items() for thread in found],
        "may_be_about": [
            (key, label) for key, label in labels.items() if shown.draft.typed.get(key, "").strip()
        ],
        "typed": typed,
        "about": typed.get("field", "text"),
        "comment_act": uuid4(),
        "replied": comments.replied(request),
        "letters": letters.of_preview(**here),
        **listed(shown.draft, here["at"]),
        **on_route(shown.route, may_change=False),
        "nav": "inbox",
    }


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


LEVEL_NAMES = {
    COMMENT: N_("見て意見を返してもらう（コメントもできる）"),
    EDIT: N_("一緒に書いてもらう（提出はできない）"),
    READ: N_("読んでもらうだけ"),
}


def of_draft(
    request: HttpRequest, actor: Actor, ref: Ref, route: RoutePreview, at: datetime
) -> dict[str, Any]:
    """What the page of one's own draft shows of it: whom it is shown to, and what was typed of the next."""
    typed = request.POST if request.POST.get("do") == "preview" else {}
    choice = posts.of_part(posts.PREVIEW, typed, ref, at)
    return {
        "previews": queries.asked(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=at),
        "preview_tried": bool(typed),
        "preview_choice": choice if choice.words else replace(choice, candidates=posts.on_route(route)),
        "preview_note": typed.get("preview_note", ""),
        "preview_level": typed.get("preview_level", "") or COMMENT,
        "preview_levels": [(level, LEVEL_NAMES[level]) for level in LEVELS],
    }


def _ask(request: HttpRequest, what: str, here: Mapping[str, Any]) -> None:
    """Show the draft to the post that was typed. Errors: Cannot, where that is not one post, or not to be asked."""
    post = posts.chosen(posts.PREVIEW, request.POST, here)
    act_id = sent.act_id(request, "preview_act")
    operations.ask(
        post_id=post,
        act_id=act_id,
        note=request.POST.get("preview_note", ""),
        level=request.POST.get("preview_level", "") or COMMENT,
        **here,
    )
    messages.success(request, gettext("相手に見せました。相手の受信箱に入っています。"))


def _withdraw(request: HttpRequest, what: str, here: Mapping[str, Any]) -> None:
    operations.withdraw(preview_id=_id(what), **here)


ACTS: Mapping[str, Callable[[HttpRequest, str, Mapping[str, Any]], None]] = {
    "preview": _ask,
    "unpreview": _withdraw,
}
"""By the value of the pressed button: what a drafter does with previews."""


def _id(text: str) -> UUID:
    if (found := sent.uuid(text)) is None:
        raise queries.unknown()
    return found
