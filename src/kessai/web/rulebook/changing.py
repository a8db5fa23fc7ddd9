"""Changing the rules: send a table in, mend it, put it before the deciders. For those with the duty."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kessai.decisions.authority import operations, queries
from kessai.decisions.authority.access import require_duty
from kessai.decisions.authority.operations import SOURCE_LONGEST, CannotUpload, Sent
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.lines import is_workbook
from kessai.web import clock, downloads
from kessai.web.base import sent
from kessai.web.converters import Ref
from kessai.web.entrance import entered
from kessai.web.rulebook.views import around, changes_in_words, shown

FAULTS_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def new(request: HttpRequest, actor: Actor, tenant_id: int) -> HttpResponseBase:
    """Send in a table that becomes a new draft."""
    require_duty(actor=actor, tenant_id=tenant_id, on=day_in_japan(clock.now()))
    if request.method == "POST":
        return _take(request, actor, tenant_id, None)
    in_force = [
        i
        for i, _ in queries.listed(actor=actor, tenant_id=tenant_id, at=clock.now())
        if i.state == "in_force"
    ]
    given = {"name": in_force[0].name, "name_en": in_force[0].name_en} if in_force else {}
    return _form(request, tenant_id, None, given, in_force=in_force[0] if in_force else None)


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def replace(request: HttpRequest, actor: Actor, tenant_id: int, table_id: int) -> HttpResponseBase:
    """Send in another content for a draft."""
    require_duty(actor=actor, tenant_id=tenant_id, on=day_in_japan(clock.now()))
    if request.method == "POST":
        return _take(request, actor, tenant_id, table_id)
    info, _ = queries.table(actor=actor, tenant_id=tenant_id, table_id=table_id, at=clock.now())
    given = {
        "name": info.name,
        "name_en": info.name_en,
        "effective": info.effective.isoformat(),
        "note": info.note,
    }
    return _form(request, tenant_id, info, given)


def _form(
    request: HttpRequest,
    tenant_id: int,
    info: Any,
    given: dict[str, str],
    *,
    status: int = 200,
    refusal: Cannot | None = None,
    **more: Any,
) -> HttpResponse:
    context = {
        "tenant_id": tenant_id,
        "info": info,
        "given": given,
        "refusal": refusal,
        "limit_mb": SOURCE_LONGEST // 1_000_000,
        **around(),
        **more,
    }
    return render(request, "rules/send.html", context, status=status)


def _take(request: HttpRequest, actor: Actor, tenant_id: int, table_id: int | None) -> HttpResponse:
    """Keep what was sent; to the draft it became, or to the page that says why it became none."""
    given = {key: request.POST.get(key, "") for key in ("name", "name_en", "effective", "note")}
    at = clock.now()
    try:
        kept = _kept(request, actor, tenant_id)
        source, filename = _file(request, "table") or ((kept.source, kept.filename) if kept else (b"", ""))
        examples, examples_filename = _file(request, "examples") or (b"", "")
        if kept and kept.examples and not examples and not is_workbook(source):
            examples, examples_filename = kept.examples, kept.examples_filename
        sent = Sent(
            source=source,
            filename=filename,
            examples=examples or None,
            examples_filename=examples_filename,
            **given,
        )
        made = operations.upload(actor=actor, tenant_id=tenant_id, sent=sent, at=at, table_id=table_id)
    except CannotUpload as refusal:
        info = None
        if table_id is not None:
            info, _ = queries.table(actor=actor, tenant_id=tenant_id, table_id=table_id, at=at)
        return _form(request, tenant_id, info, given, status=409, refusal=refusal)
    if made.table_id is None:
        return redirect("rules:upload", tenant_id=tenant_id, upload_id=made.upload_id)
    messages.success(request, gettext("表を下書きとして保存しました。まだ効力はありません。"))
    return redirect("rules:table", tenant_id=tenant_id, table_id=made.table_id)


def _file(request: HttpRequest, name: str) -> tuple[bytes, str] | None:
    """The bytes and the name of a file that was sent."""
    file = request.FILES.get(name)
    return (file.read(SOURCE_LONGEST + 1), file.name or "") if isinstance(file, UploadedFile) else None


def _kept(request: HttpRequest, actor: Actor, tenant_id: int) -> queries.UploadView | None:
    """What was sent before and could not be read; its files stand in for those that are not chosen again."""
    before = sent.uuid(request.POST.get("kept", ""))
    if before is None:
        return None
    try:
        return queries.upload(actor=actor, tenant_id=tenant_id, upload_id=before, at=clock.now())
    except NotFound:
        return None


@require_safe
@entered
def upload(request: HttpRequest, actor: Actor, tenant_id: int, upload_id: UUID) -> HttpResponseBase:
    """A file that became no draft: every line that cannot be read, and the form to send it again."""
    view = queries.upload(actor=actor, tenant_id=tenant_id, upload_id=upload_id, at=clock.now())
    if view.table_id is not None and not view.faults:
        return redirect("rules:table", tenant_id=tenant_id, table_id=view.table_id)
    info = None
    if view.table_id is not None:
        info, _ = queries.table(actor=actor, tenant_id=tenant_id, table_id=view.table_id, at=clock.now())
    given = {
        "name": view.name,
        "name_en": view.name_en,
        "effective": view.effective.isoformat() if view.effective else "",
        "note": view.note,
    }
    of_form = [text for _, line, text in view.faults if line == 0]
    lines = [fault for fault in view.faults if fault[1] > 0]
    return _form(
        request,
        tenant_id,
        info,
        given,
        view=view,
        of_form=of_form,
        faults=lines[:FAULTS_SHOWN],
        hidden=max(0, len(lines) - FAULTS_SHOWN),
        bad_lines=len({(sheet, line) for sheet, line, _ in lines}),
    )


@require_safe
@entered
def upload_file(request: HttpRequest, actor: Actor, tenant_id: int, upload_id: UUID) -> HttpResponseBase:
    """The file exactly as it was sent in."""
    view = queries.upload(actor=actor, tenant_id=tenant_id, upload_id=upload_id, at=clock.now())
    return downloads.answer(io.BytesIO(view.source), name=view.filename, size=len(view.source), save=True)


@entered
@require_POST
def propose(request: HttpRequest, actor: Actor, tenant_id: int, table_id: int) -> HttpResponseBase:
    """決裁に付す: begin the case that enacts the table, or renew the files of the one begun."""
    try:
        here: dict[str, Any] = {
            "actor": actor,
            "tenant_id": tenant_id,
            "table_id": table_id,
            "at": clock.now(),
        }
        ref = operations.propose(**here, changes=changes_in_words(**here))
    except NotFound:
        raise
    except Cannot as refusal:
        return shown(request, actor, tenant_id, table_id, status=409, refusal=refusal)
    messages.success(
        request, gettext("施行の案件を下書きし、いまの表を添付しました。確かめて提出してください。")
    )
    return redirect("drafting:draft", ref=str(Ref(ref.tenant_id, ref.draft_id)))


@entered
@require_POST
def discard(request: HttpRequest, actor: Actor, tenant_id: int, table_id: int) -> HttpResponseBase:
    """Throw a draft away."""
    try:
        operations.discard(actor=actor, tenant_id=tenant_id, table_id=table_id, at=clock.now())
    except NotFound:
        raise
    except Cannot as refusal:
        return shown(request, actor, tenant_id, table_id, status=409, refusal=refusal)
    messages.success(request, gettext("表の下書きを捨てました。"))
    return redirect("rules:tables", tenant_id=tenant_id)
