"""The directory of addressees: read by every official of the ministry, kept by those with the duty for its rules."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kessai.decisions.authority.access import require_duty
from kessai.decisions.directory import operations, queries
from kessai.decisions.directory.operations import CannotKeep
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.web import clock
from kessai.web.entrance import entered
from kessai.web.rulebook.views import around
from kessai.web.templatetags.kessai import era

TYPED = ("group", "name_en", "members", "effective")


@require_safe
@entered
def directory(request: HttpRequest, actor: Actor, tenant_id: int) -> HttpResponseBase:
    """The groups of the directory as they are today."""
    found = queries.directory(actor=actor, tenant_id=tenant_id, at=clock.now())
    return render(request, "rules/addressees.html", {"tenant_id": tenant_id, "found": found, **around()})


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def new(request: HttpRequest, actor: Actor, tenant_id: int) -> HttpResponseBase:
    """A new group."""
    require_duty(actor=actor, tenant_id=tenant_id, on=day_in_japan(clock.now()))
    if request.method == "POST":
        return _kept(request, actor, tenant_id, None)
    return _form(request, tenant_id, {"effective": day_in_japan(clock.now()).isoformat()})


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def group(request: HttpRequest, actor: Actor, tenant_id: int, group: str) -> HttpResponseBase:
    """A group with its addressees; for those with the duty, the list to be changed."""
    if request.method == "POST":
        return _kept(request, actor, tenant_id, group)
    page = queries.group(actor=actor, tenant_id=tenant_id, name=group, at=clock.now())
    given = {
        "group": page.group.name,
        "name_en": page.group.name_en,
        "members": "\n".join(page.group.lines),
        "effective": day_in_japan(clock.now()).isoformat(),
    }
    return _form(request, tenant_id, given, page=page)


def _kept(request: HttpRequest, actor: Actor, tenant_id: int, group: str | None) -> HttpResponse:
    given = {key: request.POST.get(key, "") for key in TYPED}
    given["group"] = group if group is not None else given["group"]
    try:
        kept = operations.keep(actor=actor, tenant_id=tenant_id, at=clock.now(), new=group is None, **given)
    except CannotKeep as refusal:
        page = None
        if group is not None:
            page = queries.group(actor=actor, tenant_id=tenant_id, name=group, at=clock.now())
        return _form(request, tenant_id, given, page=page, refusal=refusal, status=409)
    day = era(kept.effective)
    messages.success(
        request,
        ngettext(
            "%(day)sから、「%(name)s」の宛先は%(n)s件です。",
            "%(day)sから、「%(name)s」の宛先は%(n)s件です。",
            kept.members,
        )
        % {"day": day, "name": kept.name, "n": kept.members},
    )
    if kept.doubles:
        named = "、".join(kept.doubles[:5])
        messages.info(request, gettext("重なっていた宛先を1件にしました: %(named)s") % {"named": named})
    return redirect("rules:addressees", tenant_id=tenant_id)


def _form(
    request: HttpRequest,
    tenant_id: int,
    given: dict[str, str],
    *,
    page: queries.GroupPage | None = None,
    refusal: CannotKeep | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "tenant_id": tenant_id,
        "page": page,
        "given": given,
        "refusal": refusal,
        **around(),
    }
    return render(request, "rules/addressee_group.html", context, status=status)
