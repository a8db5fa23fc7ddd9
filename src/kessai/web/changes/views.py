"""Appointment orders and reorganisations: listed, filled, checked, previewed, scheduled, taken back until their day.

Only those who have the duty see them; for everybody else there is no such page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kessai.decisions import impact as impacts
from kessai.decisions.remedies import Remedy
from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_, Text
from kessai.organisation import changes as sets
from kessai.organisation import queries
from kessai.organisation import work as works
from kessai.organisation.changes import CannotChange, ChangeView
from kessai.web import clock
from kessai.web.changes.kinds import KINDS, Kind
from kessai.web.changes.page import state_of
from kessai.web.changes.sending import Sent
from kessai.web.entrance import entered, is_live


def duties(actor: Actor, today: date) -> dict[str, tuple[int, ...]]:
    """The ministries by kind of change; 404 for whoever has neither duty."""
    held = queries.duties(person_id=actor.person_id, on=today)
    found = {key: held[key] for key in KINDS if held[key]}
    if not found:
        raise Http404
    return found


def of_duty(actor: Actor, change_id: UUID, today: date) -> ChangeView:
    """A set that the actor keeps; anything else is not found."""
    change = sets.change(change_id=change_id)
    if change.kind not in KINDS or change.tenant_id not in duties(actor, today).get(change.kind, ()):
        raise NotFound(N_("この予定はありません。"))
    return change


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def listed(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Every set of the ministry, and the form that begins one."""
    at = clock.now()
    today = day_in_japan(at)
    held = duties(actor, today)
    refused: Cannot | None = None
    if request.method == "POST":
        try:
            return redirect("changes:change", change_id=_begin(request, actor, held))
        except NotFound:
            raise
        except Cannot as refusal:
            refused = refusal
    found = [
        (change, state_of(change, today), KINDS[change.kind].name)
        for tenant_id in sorted({tenant for tenants in held.values() for tenant in tenants})
        for change in sets.changes(tenant_id=tenant_id)
        if tenant_id in held.get(change.kind, ())
    ]
    context = {
        "changes": found,
        "kinds": [KINDS[key] for key in held],
        "ministries": [
            queries.tenant(tenant_id=one)
            for one in sorted({tenant for tenants in held.values() for tenant in tenants})
        ],
        "refused": refused,
        "typed": request.POST,
        "today": today,
        "nav": "changes",
        "help_template": "changes/help.html",
    }
    return render(request, "changes/list.html", context, status=409 if refused else 200)


def _begin(request: HttpRequest, actor: Actor, held: Mapping[str, tuple[int, ...]]) -> UUID:
    kind = request.POST.get("kind", "")
    if kind not in held:
        raise CannotChange(N_("発令か改編かを選んでください。"))
    asked = request.POST.get("ministry", "")
    tenant_id = next((one for one in held[kind] if str(one) == asked), held[kind][0])
    return sets.start(
        actor=actor,
        tenant_id=tenant_id,
        kind=kind,
        title=request.POST.get("title", ""),
        effective=day_typed(request.POST.get("effective", "")),
        at=clock.now(),
    )


def day_typed(typed: str) -> date:
    """A day somebody typed. Errors: CannotChange."""
    try:
        found = read_date(typed[:100])
    except Unreadable as refusal:
        raise CannotChange(refusal.text.message, "", **refusal.text.params) from refusal
    if found is None:
        raise CannotChange(N_("施行日が空です。"), N_("令和9年4月1日 か 2027-04-01 のように書いてください。"))
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def change(request: HttpRequest, actor: Actor, change_id: UUID) -> HttpResponseBase:
    """One set with its lines; everything that is done to it comes here."""
    found = of_duty(actor, change_id, day_in_japan(clock.now()))
    sent = Sent(request, actor, found)
    return sent.answer() if request.method == "POST" else sent.page()


@never_cache
@require_safe
@entered
def work(request: HttpRequest, actor: Actor, change_id: UUID) -> HttpResponseBase:
    """How far the worker is; once it is done the page that asked opens again."""
    of_duty(actor, change_id, day_in_japan(clock.now()))
    found = works.work(change_id=change_id)
    here = reverse("changes:change", args=[change_id])
    if found is None or not found.under_way:
        if not is_live(request):
            return redirect(here)
        answer = HttpResponse(status=204)
        answer.headers["HX-Redirect"] = here
        return answer
    if not is_live(request):
        return redirect(here)
    return render(request, "changes/_work.html", {"work": found, "change_id": change_id})


@dataclass(frozen=True, slots=True)
class Offer:
    """A remedy as a button: ``lines`` in JSON, as they come back when it is pressed."""

    text: Text
    lines: str

    @classmethod
    def of(cls, remedy: Remedy) -> Offer:
        return cls(remedy.text, json.dumps([asdict(line) for line in remedy.lines], ensure_ascii=False))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def impact(request: HttpRequest, actor: Actor, change_id: UUID) -> HttpResponseBase:
    """Whom and what the set touches, with what can be done about it."""
    at = clock.now()
    found = of_duty(actor, change_id, day_in_japan(at))
    sent = Sent(request, actor, found)
    refused: Cannot | None = None
    if request.method == "POST":
        try:
            added = sent.add_lines(request.POST.get("lines", ""))
            messages.success(
                request, ngettext("行を%(n)s行加えました。", "行を%(n)s行加えました。", added) % {"n": added}
            )
            return redirect("changes:impact", change_id=change_id)
        except NotFound:
            raise
        except Cannot as refusal:
            refused = refusal
    seen = impacts.impact(actor=actor, change_id=change_id, at=at)
    check = KINDS[found.kind].check(change_id)
    context = {
        "change": sets.change(change_id=change_id),
        "kind": KINDS[found.kind],
        "state": state_of(found, day_in_japan(at)),
        "impact": seen,
        "moved": [step for step in seen.steps if not step.stuck],
        "vacancies": [(one, tuple(map(Offer.of, one.remedies))) for one in seen.vacancies],
        "by_unit": tuple(map(Offer.of, seen.by_unit)),
        "check": check,
        "mapping": check.mapping if check else (),
        "refused": refused,
        "nav": "changes",
        "help_template": "changes/help.html",
    }
    return render(request, "changes/impact.html", context, status=409 if refused else 200)


@require_safe
@entered
def lines_file(request: HttpRequest, actor: Actor, change_id: UUID) -> HttpResponseBase:
    """The lines as typed, as a file that can be loaded again."""
    found = of_duty(actor, change_id, day_in_japan(clock.now()))
    kind = KINDS[found.kind]
    return _csv(kind.write(kind.all_lines(change_id)), f"{found.kind}-{found.effective.isoformat()}.csv")


@require_safe
@entered
def blank(request: HttpRequest, actor: Actor, kind: str) -> HttpResponseBase:
    """A file with the headings only, to fill in."""
    if kind not in duties(actor, day_in_japan(clock.now())):
        raise Http404
    return _csv(_headings(KINDS[kind]), f"{kind}.csv")


def _headings(kind: Kind) -> bytes:
    return kind.write(())


def _csv(body: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
