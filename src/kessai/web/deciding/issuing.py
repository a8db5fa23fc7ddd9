"""Recording that a decision was issued (施行), as a page of its own; and what the case page shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kessai.decisions import queries as cases
from kessai.decisions.issuing import operations, queries
from kessai.decisions.issuing.queries import IssuePage, IssueView
from kessai.decisions.repeats import Outcome
from kessai.decisions.results import CasePage
from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.converters import Ref
from kessai.web.deciding.after import to_add
from kessai.web.entrance import entered

STATES = {
    "due": N_("未施行"),
    "partly": N_("一部施行"),
    "sealing": N_("押印待ち"),
    "complete": N_("施行済み"),
    "waived": N_("施行しない"),
}


def shown(actor: Actor, ref: Ref, page: CasePage, at: datetime) -> dict[str, Any]:
    """What the case page shows: ``issue``, and ``seal_asked`` where the reader's step is to seal one."""
    if page.state != "decided":
        return {}
    found = queries.issue_page(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at)
    mine = page.my_step.position if page.my_step and page.my_step.kind == "seal" else None
    return {
        "issue": found if found.state else None,
        "issue_state": STATES.get(found.state, ""),
        "seal_asked": next((each for each in found.issues if each.seal and each.seal.position == mine), None),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def issue(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """The form of an issue; with ``?replaces=<seq>`` of the one that corrects an earlier record."""
    at = clock.now()
    if request.method != "POST":
        return _form(request, actor, ref, at)
    case: dict[str, Any] = {
        "actor": actor,
        "tenant_id": ref.tenant_id,
        "case_id": ref.id,
        "act_id": sent.act_id(request),
        "at": at,
    }
    try:
        outcome = _recorded(request, case)
    except Cannot as refusal:
        return _form(request, actor, ref, at, refusal=refusal)
    done = {
        "issued": gettext("施行を記録しました。"),
        "issue_waived": gettext("施行しないことを記録しました。"),
    }
    messages.success(request, done[outcome.kind])
    return redirect("deciding:case", ref=str(ref))


def _recorded(request: HttpRequest, case: Mapping[str, Any]) -> Outcome:
    form = request.POST
    if form.get("do") == "waive_issue":
        return operations.waive(**case, reason=form.get("reason", ""))
    try:
        issued_on = read_date(form.get("issued_on", ""))
    except Unreadable as unreadable:
        raise Cannot(unreadable.text.message, "", **unreadable.text.params) from unreadable
    if issued_on is None:
        raise Cannot(N_("施行の日がありません。"), N_("施行した日を入れてください。"))
    issue = operations.Sent(
        issued_on=issued_on,
        method=form.get("method", ""),
        addressees=[*form.getlist("addressee"), *form.get("others", "").splitlines()],
        sender=form.get("sender", ""),
        files=_files(form),
        seal=form.get("seal", ""),
        replaces=sent.number(form.get("replaces", "")),
        others_letter=sent.number(form.get("others_letter", "")) or 1,
    )
    return operations.issue(**case, sent=issue, remark=form.get("remark", ""))


def _files(form: QueryDict) -> list[int]:
    """The attachments that are to go along, by their places."""
    return [place for place in map(sent.number, form.getlist("file")) if place is not None]


def _form(
    request: HttpRequest, actor: Actor, ref: Ref, at: datetime, refusal: Cannot | None = None
) -> HttpResponse:
    where: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "case_id": ref.id, "at": at}
    page, found = cases.case_page(**where), queries.issue_page(**where)
    seq = sent.number((request.POST or request.GET).get("replaces", ""))
    wrong = next((each for each in found.issues if each.seq == seq), None)
    context = {
        "ref": ref,
        "page": page,
        "issue": found,
        "wrong": wrong,
        "typed": _typed(request, found, wrong, day_in_japan(at)),
        "refusal": refusal,
        "tried": request.POST.get("do", ""),
        "reason": request.POST.get("reason", ""),
        "act_id": request.POST.get("act_id") or uuid4(),
    }
    return render(request, "deciding/issue.html", context, status=409 if refusal else 200)


def _typed(
    request: HttpRequest, found: IssuePage, wrong: IssueView | None, today: date
) -> Mapping[str, Any] | None:
    """What stands in the form: as it was sent; else as the record that is corrected; else as the draft foresees."""
    if found.offered is None:
        return None
    offered = found.offered
    if request.method == "POST" and request.POST.get("do") == "issue":
        form = request.POST
        keys = ("issued_on", "method", "others", "sender", "seal", "remark")
        files = _files(form)
        return {key: form.get(key, "") for key in keys} | {
            "addressees": form.getlist("addressee"),
            "files": files,
            "choices": found.remaining or form.getlist("addressee"),
            "others_letter": sent.number(form.get("others_letter", "")) or 1,
        }
    method = wrong.method if wrong else offered.planned_method
    seal = wrong.seal.name if wrong and wrong.seal else offered.planned_seal
    chosen = wrong.addressees if wrong else found.remaining
    sender = next((each.key for each in offered.senders if wrong and each.name == wrong.sender), None)
    return {
        "issued_on": (wrong.issued_on if wrong else today).isoformat(),
        "method": next((each.code for each in offered.methods if each.name == method), ""),
        "seal": next((each.code for each in offered.seals if each.name == seal), ""),
        "sender": sender or offered.senders[0].key,
        "addressees": chosen,
        "choices": tuple(dict.fromkeys((*(wrong.addressees if wrong else ()), *found.remaining))),
        "others": "",
        "others_letter": 1,
        "files": [each.position for each in wrong.documents]
        if wrong
        else [number for number, _ in offered.files],
        "remark": "",
    }


@never_cache
@require_safe
@entered
def due(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What the reader may still issue, of their unit or of the whole ministry; and add to cover sheets."""
    at = clock.now()
    found = queries.due(actor=actor, at=at)
    rows = [(Ref(each.tenant_id, each.case_id), each, STATES[each.state]) for each in found]
    context = {"rows": rows, "most": queries.DUE_LONGEST, "to_add": to_add(actor, at), "nav": "inbox"}
    return render(request, "deciding/due.html", context)
