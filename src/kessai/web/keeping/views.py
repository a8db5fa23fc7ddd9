"""Record files whose retention is over, for whoever manages them; and what is left of a destroyed case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kessai.decisions.destroying import operations, queries
from kessai.decisions.evidence import queries as bundles
from kessai.decisions.evidence.documents import CannotBundle
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import era_text
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.records.disposal.rules import CannotDestroy
from kessai.web import clock
from kessai.web.base import sent, wording
from kessai.web.converters import Ref
from kessai.web.entrance import entered
from kessai.web.proof.evidence import answer

GROUNDS = {
    "audit": N_("監査・検査"),
    "litigation": N_("訴訟"),
    "appeal": N_("不服申立て"),
    "disclosure": N_("開示請求"),
    "other": N_("そのほか"),
}
CONSENT, EXTEND, SETTLE, DESTROY = "consent", "extend", "settle", "destroy"


@never_cache
@require_safe
@entered
def files(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The record files that the reader manages and whose period is over."""
    at = clock.now()
    found = queries.files(actor=actor, at=at)
    context = {
        "rows": [(Ref(view.line.tenant_id, view.line.id), view, _disposal(view)) for view in found],
        "more": len(found) >= queries.LIMIT,
        "manages": bool(found) or queries.manages(actor=actor, at=at),
        "nav": "proof",
    }
    return render(request, "keeping/files.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def file(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """One record file: what is in it, the consent, extensions, and the order to destroy it."""
    at, refusal, doing = clock.now(), None, request.POST.get("do", "")
    if request.method == "POST":
        try:
            _act(request, actor, ref, doing, at)
            return redirect("keeping:file", ref=str(ref))
        except Cannot as cannot:
            refusal = cannot
    page = queries.file_page(actor=actor, tenant_id=ref.tenant_id, file_id=ref.id, at=at)
    context = {
        "ref": ref,
        "page": page,
        "line": page.view.line,
        "disposal": _disposal(page.view),
        "grounds": list(GROUNDS.items()),
        "holds": [(hold, GROUNDS.get(hold.ground, hold.ground)) for hold in page.holds],
        "records": [(Ref(ref.tenant_id, each.case_id), each) for each in page.records],
        "at_once": operations.AT_ONCE,
        "refusal": refusal,
        "field": getattr(refusal, "field", ""),
        "tried": doing if refusal else "",
        "typed": request.POST if refusal else {},
        "nav": "proof",
    }
    return render(request, "keeping/file.html", context, status=409 if refusal else 200)


def _disposal(view: queries.FileView) -> str:
    return wording.DISPOSALS.get(view.line.disposal, view.line.disposal)


def _act(request: HttpRequest, actor: Actor, ref: Ref, doing: str, at: datetime) -> None:
    where: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "file_id": ref.id, "at": at}
    typed = request.POST
    if doing == CONSENT:
        said: dict[str, Any] = {name: typed.get(name, "") for name in ("given_by", "reference", "given_on")}
        operations.record_consent(**where, **said)
        messages.success(request, gettext("廃棄の同意を記録しました。"))
    elif doing == EXTEND:
        operations.extend(**where, ground=typed.get("ground", ""), note=typed.get("note", ""))
        messages.success(request, gettext("保存期間の延長を記録しました。"))
    elif doing == SETTLE:
        hold = sent.uuid(typed.get("hold", "")) or UUID(int=0)
        until = operations.settle(**where, hold_id=hold, ended_on=typed.get("ended_on", ""))
        messages.success(
            request, gettext("延長の終わりを記録しました。%(day)sまで保存します。") % {"day": era_text(until)}
        )
    elif doing == DESTROY:
        _destroy(request, where)
    else:
        raise Cannot(N_("何をするかが分かりません。"), N_("画面を開き直して、もう一度押してください。"))


def _destroy(request: HttpRequest, where: dict[str, Any]) -> None:
    if request.POST.get("sure") != "yes":
        raise CannotDestroy(
            N_("元に戻せないことの確認に、印が付いていません。"),
            N_("印を付けて、もう一度押してください。"),
            field="sure",
        )
    ordered = operations.destroy_file(**where, act_id=sent.act_id(request))
    said = ngettext(
        "%(n)d件を廃棄しました。廃棄の記録が残っています。",
        "%(n)d件を廃棄しました。廃棄の記録が残っています。",
        ordered.destroyed,
    )
    messages.success(request, said % {"n": ordered.destroyed})
    for number, why in ordered.refused:
        words = gettext("%(number)sは廃棄していません。%(why)s")
        messages.error(request, words % {"number": number, "why": wording.say(why)})
    if ordered.left > len(ordered.refused):
        messages.warning(request, gettext("まだ残っています。続けるときは、もう一度押してください。"))


@never_cache
@require_safe
@entered
def destroyed(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """What is left of a destroyed case: that it was, and by whom and under which consent it went."""
    page = queries.destroyed(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=clock.now())
    return render(request, "keeping/destroyed.html", {"ref": ref, "page": page, "nav": "proof"})


@never_cache
@require_safe
@entered
def evidence(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """The statement of it, as a bundle that is verified without trusting anybody."""
    page = queries.destroyed(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=clock.now())
    try:
        return answer(bundles.statement(tenant_id=ref.tenant_id, case_id=ref.id), "destroyed")
    except CannotBundle as refusal:
        context = {"ref": ref, "page": page, "refusal": refusal, "nav": "proof"}
        return render(request, "keeping/destroyed.html", context, status=409)
