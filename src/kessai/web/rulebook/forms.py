"""The forms of matters: what drafters are asked for, over time; the next form is written and put into effect here."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kessai.decisions.forms import operations, queries
from kessai.decisions.forms.operations import CannotChangeForm, CannotKeepForm
from kessai.decisions.forms.rules import OF_FORM, Typed
from kessai.drafting.defining.rules import ASKED, FIELDS_MOST, KINDS
from kessai.drafting.fields import FIELDS
from kessai.drafting.rules import read
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.base.wording import FORM_KINDS
from kessai.web.drafting.form import form
from kessai.web.entrance import entered, is_live
from kessai.web.rulebook.form_rows import compared, registry, rows
from kessai.web.rulebook.views import around
from kessai.web.templatetags.kessai import era


@require_safe
@entered
def matters(request: HttpRequest, actor: Actor, tenant_id: int) -> HttpResponseBase:
    """The kinds of matter, each with the way to its form."""
    found = queries.matters(actor=actor, tenant_id=tenant_id, at=clock.now())
    return render(request, "rules/forms.html", {"tenant_id": tenant_id, "found": found, **around()})


@require_safe
@entered
def history(request: HttpRequest, actor: Actor, tenant_id: int, code: str) -> HttpResponseBase:
    """A form over time: each version, what it changed, who put it into effect and when."""
    page = queries.page(actor=actor, tenant_id=tenant_id, code=code, at=clock.now())
    now = next(line for line in page.versions if line.state == "in_force")
    context = {
        "tenant_id": tenant_id,
        "page": page,
        "cells": _form(now.version.fields, {}, tenant_id, tried=False).cells,
        **around(),
    }
    return render(request, "rules/form.html", context)


@require_safe
@entered
def preview(request: HttpRequest, actor: Actor, tenant_id: int, code: str) -> HttpResponseBase:
    """The form that is being written, as its drafters will see it; it asks by what is typed, and keeps nothing."""
    writing = queries.writing(actor=actor, tenant_id=tenant_id, code=code, at=clock.now())
    shown = _form(writing.entries, request.GET.dict(), tenant_id, tried=bool(request.GET.get("tried")))
    context = {
        "tenant_id": tenant_id,
        "writing": writing,
        "form": shown,
        "tried": bool(request.GET.get("tried")),
        **around(),
    }
    name = "rules/_form_preview.html" if is_live(request) else "rules/form_preview.html"
    return render(request, name, context)


def _form(entries: Any, typed: dict[str, str], tenant_id: int, *, tried: bool) -> Any:
    """A form as a draft shows it."""
    today = day_in_japan(clock.now())
    fields = queries.with_choices(entries, tenant_id=tenant_id, on=today)
    reading = read(
        matter_code="",
        question="",
        fields=fields,
        typed={**typed, "title": "-", "text": "-"},
        today=today,
        known_flags=(),
    )
    return form(fields=fields, typed=typed, content=reading.content, problems=reading.problems, tried=tried)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def edit(request: HttpRequest, actor: Actor, tenant_id: int, code: str) -> HttpResponseBase:
    """Write the next form: fields with all that is said of them, their order, the day, and into effect."""
    if request.method == "POST":
        return _Sent(request, actor, tenant_id, code).answer()
    writing = queries.writing(actor=actor, tenant_id=tenant_id, code=code, at=clock.now())
    return _page(request, tenant_id, writing, opened=sent.place(request.GET.get("open", "")))


class _Sent:
    """A form as it was sent: what was typed is kept first, then what the pressed button says is done."""

    def __init__(self, request: HttpRequest, actor: Actor, tenant_id: int, code: str) -> None:
        self.request, self.actor, self.tenant_id, self.code = request, actor, tenant_id, code
        self.at = clock.now()
        self.do, _, what = request.POST.get("do", "save").partition(":")
        self.place = sent.place(what)
        self.here: dict[str, Any] = {"actor": actor, "tenant_id": tenant_id, "code": code, "at": self.at}
        self.version = sent.number(request.POST.get("version", "")) or 0
        # Another one's form is written over by a button that names it only, never while one types.
        self.upon = (sent.number(what) or 0) if self.do == "mine" and not is_live(request) else self.version

    def answer(self) -> HttpResponse:
        if self.do == "discard":
            operations.discard(**self.here)
            messages.success(self.request, gettext("書きかけの様式を捨てました。"))
            return redirect("rules:form", tenant_id=self.tenant_id, code=self.code)
        typed, opened = self._typed()
        try:
            version = operations.keep(
                typed=typed,
                version=self.upon,
                screen=self.request.POST.get("screen", ""),
                **self.here,
            )
        except CannotKeepForm as refusal:
            return self._refused(refusal, typed, version=self.version, over=refusal.version)
        if is_live(self.request):
            writing = queries.writing(**self.here)
            return _page(self.request, self.tenant_id, writing, name="rules/_form_answer.html")
        if self.do == "enact":
            return self._enact(typed, version)
        where = reverse("rules:form-edit", args=[self.tenant_id, self.code])
        return redirect(f"{where}?saved=1" + (f"&open={opened}#fld-{opened}" if opened >= 0 else ""))

    def _enact(self, typed: Typed, version: int) -> HttpResponse:
        try:
            day = operations.enact(version=version, **self.here)
        except CannotKeepForm as refusal:
            return self._refused(refusal, typed, version=version, over=refusal.version)
        except CannotChangeForm as refusal:
            return self._refused(refusal, typed, version=version)
        messages.success(self.request, gettext("%(day)sから、この様式で起案します。") % {"day": era(day)})
        return redirect("rules:form", tenant_id=self.tenant_id, code=self.code)

    def _refused(
        self, refusal: Cannot, typed: Typed, *, version: int, over: int | None = None
    ) -> HttpResponse:
        writing = queries.writing(typed=typed, **self.here)
        name = "rules/_form_refused.html" if is_live(self.request) else "rules/form_edit.html"
        return _page(
            self.request,
            self.tenant_id,
            writing,
            name=name,
            version=version,
            over=over,
            refusal=refusal,
            tried=True,
            status=409,
        )

    def _typed(self) -> tuple[Typed, int]:
        """The form as it was sent, with what the button does to its fields; and the place of the field it is about."""
        post = self.request.POST
        count = sent.number(post.get("count", "0"))
        if count is None or count > 2 * FIELDS_MOST:
            raise Http404
        rows = [
            {name: "\n".join(post.getlist(f"{place}-{name}")) for name in ASKED} for place in range(count)
        ]
        opened = self._moved(rows)
        return Typed(rows=rows, **{name: post.get(name, "") for name in OF_FORM}), opened

    def _moved(self, rows: list[dict[str, str]]) -> int:
        place = self.place
        if self.do == "add":
            rows.append(_new(self.request.POST.get("add", ""), rows))
            return len(rows) - 1
        if not 0 <= place < len(rows):
            return -1
        if self.do == "remove":
            del rows[place]
            return -1
        to = place + {"up": -1, "down": 1}.get(self.do, 0)
        if 0 <= to < len(rows):
            rows[place], rows[to] = rows[to], rows[place]
            return to if self.do in ("up", "down") else -1
        return -1


def _new(key: str, rows: list[dict[str, str]]) -> dict[str, str]:
    """A field that is added: one of the registry's, or a new one of the ministry's own."""
    row = dict.fromkeys(ASKED, "")
    if key in FIELDS:
        return {**row, "key": key}
    there = {each["key"] for each in rows}
    free = next(f"field{n}" for n in range(1, len(rows) + 2) if f"field{n}" not in there)
    return {**row, "key": free, "kind": KINDS[0]}


def _page(
    request: HttpRequest,
    tenant_id: int,
    writing: queries.Writing,
    *,
    name: str = "rules/form_edit.html",
    version: int | None = None,
    over: int | None = None,
    opened: int = -1,
    refusal: Cannot | None = None,
    tried: bool = False,
    status: int = 200,
) -> HttpResponse:
    shown = rows(writing, opened=opened, sent=request.POST, tried=tried)
    context = {
        "tenant_id": tenant_id,
        "writing": writing,
        "typed": writing.typed,
        "version": writing.version if version is None else version,
        "over": over,
        "screen": request.POST.get("screen") or uuid4(),
        "rows": shown,
        "of_form": {f.name: f.text for f in writing.faults if f.place is None},
        "refusal": refusal,
        "differences": compared(writing) if over is not None else (),
        "keep": f"{request.user.pk} {request.path}",
        "tried": tried,
        "kinds": [(kind, FORM_KINDS[kind]) for kind in KINDS],
        "to_add": registry({row.raw["key"] for row in shown}),
        **around(),
    }
    return render(request, name, context, status=status)
