"""After the decision: a case that corrects it, a copy of one that ended without, additions to the cover sheet."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from kessai.decisions.additions import operations as adding
from kessai.decisions.additions import queries as added
from kessai.decisions.afterwards import operations as afterwards
from kessai.decisions.afterwards import queries as linked
from kessai.decisions.receiving import queries as receiving
from kessai.kernel.actor import Actor
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.converters import Ref
from kessai.web.entrance import entered
from kessai.web.templatetags.kessai import by_lang


def shown(actor: Actor, ref: Ref, at: datetime) -> dict[str, Any]:
    """What the case page shows of all this: ``links``, ``additions`` with a form for each, ``receipts``."""
    case: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "case_id": ref.id, "at": at}
    links, additions = linked.links(**case), added.additions(**case)
    return {
        "links": links,
        "earlier": _line(links.earlier) if links.earlier else None,
        "later": [_line(each) for each in links.later],
        "additions": additions,
        "receipts": [(Ref(ref.tenant_id, each.receipt_id), each) for each in receiving.of_case(**case)],
        "may_add": [{"what": each, "act_id": uuid4()} for each in additions.may_add],
    }


def to_add(actor: Actor, at: datetime) -> list[tuple[Ref, added.ToAdd, str]]:
    """The decided cases to whose cover sheets units of the reader may still add something, with what."""
    return [
        (Ref(one.tenant_id, one.case_id), one, by_lang("、".join(one.labels), ", ".join(one.labels_en)))
        for one in added.to_add(actor=actor, at=at)
    ]


def _line(other: linked.LinkedCase) -> dict[str, Any]:
    return {"case": other, "ref": Ref(other.tenant_id, other.case_id)}


@require_POST
@entered
def correct(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponse:
    """Begin the case that corrects a decided one, and go on writing it."""
    made = afterwards.correct(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=clock.now())
    messages.success(
        request,
        gettext(
            "決裁を改める案件の下書きを作りました。添付は写していません。変えるところを直して提出してください。"
        ),
    )
    return redirect("drafting:draft", ref=str(Ref(made.tenant_id, made.draft_id)))


@require_POST
@entered
def copy(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponse:
    """Begin a copy of a case that ended without a decision, and go on writing it."""
    made = afterwards.copy(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=clock.now())
    messages.success(request, gettext("内容を写して下書きを作りました。添付は写していません。"))
    return redirect("drafting:draft", ref=str(Ref(made.tenant_id, made.draft_id)))


@require_POST
@entered
def add(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponse:
    """Add one foreseen item to the cover sheet."""
    adding.add(
        actor=actor,
        tenant_id=ref.tenant_id,
        case_id=ref.id,
        key=request.POST.get("key", ""),
        value=request.POST.get("value", ""),
        act_id=sent.act_id(request),
        at=clock.now(),
    )
    messages.success(request, gettext("鑑に書き足しました。原議は変わりません。"))
    return redirect("deciding:case", ref=str(ref))
