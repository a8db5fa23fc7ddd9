"""What arrived from outside: the register of a unit, the form, one receipt and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from kessai.decisions import queries as cases
from kessai.decisions.receiving import operations, queries
from kessai.decisions.receiving.operations import Done
from kessai.decisions.receiving.rules import Typed
from kessai.drafting.queries import open_blob
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan, fiscal_year, fiscal_year_text
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.lines import write_lines
from kessai.kernel.words import N_
from kessai.organisation.clearance.rules import MARKINGS
from kessai.organisation.settings import settings_of
from kessai.routing import queries as routing
from kessai.web import clock, downloads
from kessai.web.base import sent
from kessai.web.base.choosing import post_by_words
from kessai.web.base.wording import marking_name
from kessai.web.converters import Ref
from kessai.web.entrance import entered
from kessai.web.receiving import files, form

STATES = {
    "registered": N_("受付のみ"),
    "assigned": N_("処理中"),
    "answered": N_("起案済み"),
    "joined": N_("案件に追加済み"),
    "handled": N_("処理済み"),
    "destroyed": N_("廃棄済み"),
}
KINDS = {
    "received": N_("収受"),
    "corrected": N_("訂正"),
    "assigned": N_("担当の指定"),
    "answered": N_("起案の提出"),
    "joined": N_("案件への追加"),
    "handled": N_("決裁を経ない処理"),
    "destroyed": N_("廃棄"),
}
DONE = {
    "assign": N_("担当の職に渡しました。"),
    "handle": N_("処理済みにしました。"),
    "join": N_("案件に加えました。"),
}
COLUMNS = (
    *(N_("収受番号"), N_("届いた日"), N_("件名"), N_("発信者"), N_("発信者の文書番号"), N_("発信者の日付")),
    *(N_("届いた方法"), N_("機密性の格付"), N_("状態"), N_("担当"), N_("案件の文書番号")),
)


def _chosen(request: HttpRequest, actor: Actor, at: datetime) -> tuple[Any, ...]:
    """The units to choose from, the chosen one with its ministry, and the year."""
    units = queries.units(actor=actor, at=at)
    asked = request.GET.get("unit", "")
    unit = next(
        (each for each in units if str(each[1].unit_id) == asked), units[0] if units and not asked else None
    )
    year = sent.number(request.GET.get("year", ""))
    now = fiscal_year(day_in_japan(at))
    return units, unit, year if year and 1000 <= year <= 9999 else now


@require_safe
@entered
def register(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """収受簿: what arrived for a unit in a fiscal year, the latest first."""
    at = clock.now()
    units, unit, year = _chosen(request, actor, at)
    page = sent.number(request.GET.get("page", ""), longest=4) or 1
    if unit is None and request.GET.get("unit"):
        raise NotFound(N_("この部署の収受簿は見られません。"))
    found = (
        queries.register(actor=actor, tenant_id=unit[0], unit_id=unit[1].unit_id, year=year, at=at, page=page)
        if unit
        else None
    )
    context = {
        "units": [each for _, each in units],
        "found": found,
        "rows": [(Ref(line.tenant_id, line.receipt_id), line, STATES[line.state]) for line in found.lines]
        if found
        else [],
        "years": [(each, fiscal_year_text(each)) for each in found.years] if found else [],
        "page": page,
        "more": found is not None and found.total > page * queries.PAGE,
        "nav": "receiving",
    }
    return render(request, "receiving/register.html", context)


@require_safe
@entered
def register_csv(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The register as CSV, all of its lines."""
    at = clock.now()
    _, unit, year = _chosen(request, actor, at)
    if unit is None:
        raise NotFound(N_("この部署の収受簿は見られません。"))
    found = queries.register(
        actor=actor, tenant_id=unit[0], unit_id=unit[1].unit_id, year=year, at=at, page=None
    )
    rows = [
        (
            *(line.number, line.arrived_on.isoformat(), line.title, line.sender, line.sender_number),
            *(line.sent_on.isoformat() if line.sent_on else "", line.medium),
            *(marking_name(line.marking), gettext(STATES[line.state]), line.post_title, line.case_number),
        )
        for line in reversed(found.lines)
    ]
    response = HttpResponse(
        write_lines([gettext(name) for name in COLUMNS], rows), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="receipts-{unit[1].unit_id}-{year}.csv"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Register what arrived."""
    at = clock.now()
    units = queries.units(actor=actor, at=at)
    today = day_in_japan(at)
    if request.method != "POST" or not units:
        typed = Typed("", "", "", "", today.isoformat(), "", _usual(units, at))
        return _form(request, at, units, typed)
    asked = request.POST.get("unit", "")
    tenant_id, unit = next((each for each in units if str(each[1].unit_id) == asked), units[0])
    typed = form.typed_in(request)
    files, refusal = form.files_of(request, actor, tenant_id, at)
    if refusal is None:
        try:
            done = operations.register(
                actor=actor,
                tenant_id=tenant_id,
                unit_id=unit.unit_id,
                typed=typed,
                files=files,
                act_id=sent.act_id(request),
                at=at,
                remark=request.POST.get("remark", ""),
            )
        except Cannot as refused:
            refusal = refused
    if refusal is not None:
        return _form(
            request,
            at,
            units,
            typed,
            chosen=unit.unit_id,
            files=form.all_kept(files, tenant_id),
            refusal=refusal,
        )
    messages.success(request, gettext("収受しました。収受番号は %(number)s です。") % {"number": done.number})
    return redirect("receiving:receipt", ref=str(Ref(done.tenant_id, done.receipt_id)))


def _form(
    request: HttpRequest,
    at: datetime,
    units: tuple[Any, ...],
    typed: Typed,
    *,
    chosen: int | None = None,
    files: Any = (),
    refusal: Cannot | None = None,
    **more: Any,
) -> HttpResponse:
    tenants = {tenant for tenant, _ in units}
    context = {
        "units": [each for _, each in units],
        "chosen": chosen,
        "typed": typed,
        "files": files,
        "media": _media(tenants, at),
        "markings": MARKINGS,
        "remark": request.POST.get("remark", ""),
        "refusal": refusal,
        "act_id": request.POST.get("act_id") or uuid4(),
        "nav": "receiving",
        **more,
    }
    return render(request, "receiving/new.html", context, status=409 if refusal else 200)


def _usual(units: tuple[Any, ...], at: datetime) -> str:
    """The marking of what arrives, as the ministry of the first unit has it."""
    tenant_id = units[0][0] if units else None
    return str(settings_of(tenant_id=tenant_id, on=day_in_japan(at))["receipt_marking"]) if tenant_id else ""


def _media(tenants: set[int], at: datetime) -> list[tuple[str, str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for tenant_id in tenants:
        found |= queries.media(tenant_id=tenant_id, on=day_in_japan(at))
    return [(code, *names) for code, names in found.items()]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def correct(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """Correct what was registered, by a later entry."""
    at = clock.now()
    where: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "receipt_id": ref.id, "at": at}
    page = queries.receipt_page(**where)
    names = {
        names[0]: code for code, names in queries.media(tenant_id=ref.tenant_id, on=day_in_japan(at)).items()
    }
    units = ((ref.tenant_id, None),)
    if request.method != "POST":
        typed = form.typed_of(page.particulars, names.get(page.particulars.medium, ""))
        return _form(
            request, at, units, typed, files=form.all_kept(page.files, ref.tenant_id), wrong=page, ref=ref
        )
    typed = form.typed_in(request)
    files, refusal = form.files_of(request, actor, ref.tenant_id, at)
    if refusal is None:
        try:
            operations.correct(
                **where,
                typed=typed,
                files=files,
                act_id=sent.act_id(request),
                reason=request.POST.get("remark", ""),
            )
        except Cannot as refused:
            refusal = refused
    if refusal is not None:
        return _form(
            request,
            at,
            units,
            typed,
            files=form.all_kept(files, ref.tenant_id),
            refusal=refusal,
            wrong=page,
            ref=ref,
        )
    messages.success(request, gettext("訂正を記録しました。初めの記録も残っています。"))
    return redirect("receiving:receipt", ref=str(ref))


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def receipt(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """One receipt, and what is done with it: given to a post, answered, added to a case, closed."""
    if request.method != "POST":
        return _shown(request, actor, ref)
    where: dict[str, Any] = {
        "actor": actor,
        "tenant_id": ref.tenant_id,
        "receipt_id": ref.id,
        "at": clock.now(),
    }
    do = request.POST.get("do", "")
    try:
        if do == "begin":
            made = operations.begin(**where, matter_code=request.POST.get("matter", ""))
            messages.success(
                request, gettext("回答の下書きを作りました。届いた文書を添付し、項目を埋めてあります。")
            )
            return redirect("drafting:draft", ref=str(Ref(made.tenant_id, made.draft_id)))
        if do not in WAYS:
            raise Cannot(N_("どの操作か読み取れませんでした。"), N_("もう一度ボタンを押してください。"))
        WAYS[do](request, where)
    except Cannot as refusal:
        if isinstance(refusal, NotFound) and do not in ("begin", "join"):
            raise
        return _shown(request, actor, ref, refusal=refusal)
    messages.success(request, gettext(DONE[do]))
    return redirect("receiving:receipt", ref=str(ref))


def _assign(request: HttpRequest, where: Mapping[str, Any]) -> Done:
    words = request.POST.get("post", "").strip()
    post_id = post_by_words(tenant_id=where["tenant_id"], words=words, on=day_in_japan(where["at"]))
    return operations.assign(
        **where, post_id=post_id, act_id=sent.act_id(request), remark=request.POST.get("remark", "")
    )


def _handle(request: HttpRequest, where: Mapping[str, Any]) -> Done:
    return operations.handle(**where, act_id=sent.act_id(request), reason=request.POST.get("reason", ""))


def _join(request: HttpRequest, where: Mapping[str, Any]) -> Done:
    case_id = _case(request.POST.get("case", ""), where)
    return operations.join(
        **where, case_id=case_id, act_id=sent.act_id(request), remark=request.POST.get("remark", "")
    )


WAYS: Mapping[str, Callable[[HttpRequest, Mapping[str, Any]], Done]] = {
    "assign": _assign,
    "handle": _handle,
    "join": _join,
}


def _case(words: str, where: Mapping[str, Any]) -> UUID:
    """The one case that the words find: an address, a number or words of its title."""
    words = words.strip()
    named = Ref.read(words.rstrip("/").rsplit("/", 1)[-1])
    if named is not None and named.tenant_id == where["tenant_id"]:
        return named.id
    found = [
        hit
        for hit in cases.search(actor=where["actor"], words=words, at=where["at"], limit=9)
        if hit.tenant_id == where["tenant_id"]
    ]
    exact = [hit for hit in found if words in (hit.number, hit.title)]
    if len(exact or found) == 1:
        return (exact or found)[0].case_id
    if not found:
        raise Cannot(
            N_("「%(words)s」に当たる案件が見つかりません。"),
            N_("文書番号か、件名の言葉を入れ直してください。"),
            words=words,
        )
    raise Cannot(
        N_("「%(words)s」に当たる案件が一つに決まりません。"),
        N_("言葉を足してください。候補：%(names)s"),
        words=words,
        names="、".join(hit.title for hit in found[:8]),
    )


def _shown(request: HttpRequest, actor: Actor, ref: Ref, refusal: Cannot | None = None) -> HttpResponse:
    at = clock.now()
    page = queries.receipt_page(actor=actor, tenant_id=ref.tenant_id, receipt_id=ref.id, at=at)
    context = {
        "ref": ref,
        "page": page,
        "state": STATES[page.state],
        "history": [(KINDS[each.kind], each) for each in page.history],
        "cases": [(Ref(ref.tenant_id, each.case_id), each) for each in page.cases],
        "drafts": [(Ref(ref.tenant_id, each.case_id), each) for each in page.drafts],
        "files": files.arrived(ref, page, at),
        "matters": routing.matters(tenant_id=ref.tenant_id, on=day_in_japan(at)),
        "refusal": refusal,
        "tried": request.POST.get("do", "") if refusal else "",
        "typed": request.POST,
        "nav": "receiving",
    }
    return render(request, "receiving/receipt.html", context, status=409 if refusal else 200)


@require_GET
@entered
def file(request: HttpRequest, actor: Actor, ref: Ref, position: int) -> HttpResponseBase:
    """A file that arrived: shown where that is harmless, to be saved otherwise or with ``?save``."""
    found = queries.file(
        actor=actor, tenant_id=ref.tenant_id, receipt_id=ref.id, position=position, at=clock.now()
    )
    stream = open_blob(sha256=found.sha256, tenant_id=ref.tenant_id)
    return downloads.answer(stream, name=found.filename, size=found.size, save="save" in request.GET)
