"""The files of one's own draft: each of them, and their list with what was found in them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kessai.drafting import operations, queries
from kessai.drafting.inspecting import queries as inspecting
from kessai.drafting.uploading import operations as sending
from kessai.drafting.uploading import queries as uploading
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.web import clock, downloads
from kessai.web.base import sent
from kessai.web.converters import Ref
from kessai.web.entrance import entered


@require_GET
@entered
def attachment(request: HttpRequest, actor: Actor, ref: Ref, file_id: UUID) -> HttpResponseBase:
    """A file of one's own draft."""
    page = queries.draft(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=clock.now())
    file = next((file for file in page.attachments if file.id == file_id), None)
    if file is None:
        raise Http404
    stream = queries.open_blob(sha256=file.sha256, tenant_id=ref.tenant_id, own=True)
    return downloads.answer(stream, name=file.filename, size=file.size, save="save" in request.GET)


LOOKS = (1, 2, 4, 8, 16)
"""Seconds until the list is asked for again while the queue looks into a file; then the reader does so."""


@require_GET
@entered
def files(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponse:
    """The list of a draft's files by itself, for a page that waits for what the queue finds in them."""
    at = clock.now()
    page = queries.draft(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=at)
    looked = sent.number(request.GET.get("look", ""))
    context = {"ref": ref, "page": page, **listed(page, at, looked or 0)}
    answer = render(request, "drafting/_file_list.html", context)
    if looked is None or not context["look_again"]:
        # A file has come or gone, or all that was looked into is: the check of the draft is made anew.
        answer.headers["HX-Trigger"] = "kessai:files"
    return answer


def listed(page: queries.DraftPage, at: datetime, looked: int = 0) -> dict[str, Any]:
    """The files with what was found in them, and after how many seconds to look again; 0: not at all."""
    said = inspecting.verdicts(
        tenant_id=page.tenant_id,
        files=[(file.sha256, file.filename) for file in page.attachments],
        on=day_in_japan(at),
    )
    found = [(file, said[file.sha256, file.filename]) for file in page.attachments]
    waits = any(verdict.waiting for _, verdict in found)
    return {
        "files": found,
        "on_their_way": uploading.on_their_way(tenant_id=page.tenant_id, draft_id=page.draft_id),
        "look_again": next((n for n in LOOKS if n > looked), 0) if waits else 0,
    }


def _detach(request: HttpRequest, file_id: UUID, here: Mapping[str, Any]) -> None:
    operations.detach(attachment_id=file_id, **here)


def _retitle(request: HttpRequest, file_id: UUID, here: Mapping[str, Any]) -> None:
    title = request.POST.get(f"retitle-{file_id}", "")
    operations.retitle(attachment_id=file_id, title=title, **here)


def _drop(request: HttpRequest, upload_id: UUID, here: Mapping[str, Any]) -> None:
    # One that has come as a whole meanwhile, or was dropped elsewhere, is no error.
    with contextlib.suppress(NotFound):
        sending.drop(upload_id=upload_id, **here)


ACTS: Mapping[str, Callable[[HttpRequest, UUID, Mapping[str, Any]], None]] = {
    "detach": _detach,
    "retitle": _retitle,
    "drop": _drop,
}
"""By the value of the pressed button: what a drafter does with a file that is there."""
