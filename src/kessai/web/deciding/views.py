"""The case page and the acts on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from kessai.decisions import handed_over, operations, queries
from kessai.decisions.authority import queries as rules
from kessai.decisions.course import operations as course
from kessai.decisions.deputising import operations as deputising
from kessai.decisions.letters import queries as letters
from kessai.decisions.operations import Outcome
from kessai.decisions.telling import queries as telling
from kessai.drafting.inspecting import queries as inspecting
from kessai.drafting.queries import open_blob
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_
from kessai.web import clock, downloads
from kessai.web.base import sent
from kessai.web.base.refusals import refused
from kessai.web.base.wording import told_line
from kessai.web.converters import Ref
from kessai.web.deciding import after, expected, issuing, opening, pins, redlines, talk, ways
from kessai.web.deciding.bench import bench
from kessai.web.entrance import entered

DONE = {
    "approved": N_("承認しました。"),
    "consented": N_("同意しました。"),
    "returned": N_("起案者に差し戻しました。"),
    "decided": N_("決裁しました。"),
    "read": N_("読了にしました。"),
    "instructed": N_("事前の指示を記録しました。"),
    "refused": N_("不同意を記録しました。"),
    "opined": N_("意見を記録しました。"),
    "settled": N_("裁定しました。案件は先に進みます。"),
    "held": N_("保留にしました。"),
    "resumed": N_("保留を解きました。"),
    "rejected": N_("否認しました。"),
    "abandoned": N_("廃案にしました。"),
    "taken_back": N_("引き戻しました。あなたの段階に戻っています。"),
    "objected": N_("異議を記録しました。あらためて合議されます。"),
    "step_added": N_("段階を加えました。"),
    "step_removed": N_("段階を外しました。"),
    "moved": N_("合議先を移しました。"),
    "withdrawn": N_("引き戻しました。下書きに戻っています。"),
    "escalated": N_("裁定に出しました。"),
    "cancelled": N_("取り止めました。"),
    "issue_voided": N_("施行の記録を取り消しました。記録は残っています。"),
    "sealed": N_("公印を押したことを記録しました。"),
    "seal_refused": N_("押印しないことを記録しました。"),
    "reminded": N_("催促しました。"),
    "flagged": N_("指定を付けました。起案者に届きます。"),
    "asked": N_("質問しました。相手の受信箱に入りました。"),
    "answered": N_("回答しました。"),
    "forwarded": N_("回付しました。段階はあなたに残っています。"),
    "reported": N_("回付に返しました。"),
    "dropped": N_("取り下げました。"),
    "readers_added": N_("読む人を加えました。"),
    "circulation_ended": N_("供覧を終えました。"),
    "numbered": N_("文書番号がつきました。"),
}
STAYS = (
    "instructed",
    "held",
    "resumed",
    "taken_back",
    "objected",
    "step_added",
    "step_removed",
    "withdrawn",
    "escalated",
    "cancelled",
    "issue_voided",
    "reminded",
    "flagged",
    "asked",
    "answered",
    "forwarded",
    "reported",
    "dropped",
    "readers_added",
    "circulation_ended",
    "numbered",
)
"""Events after which whoever did it goes on with the same case."""


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def case(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """A case on one screen, with what the reader may do now."""
    if request.method != "POST":
        return _shown(request, actor, ref)
    at = clock.now()
    do = request.POST.get("do", "")
    try:
        if do == "revise":
            course.begin_revision(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at)
            return redirect("drafting:draft", ref=str(ref))
        outcome = _act(request, actor, ref, do, at)
    except NotFound:
        told = handed_over.refusal(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at)
        if told is None:
            raise
        return refused(request, told)
    except Cannot as refusal:
        on_its_own = do == "return" and not _said(request, "reason") and not _said(request, "opinion")
        name = "deciding/return.html" if on_its_own else "deciding/case.html"
        return _shown(request, actor, ref, name=name, status=409, refusal=refusal)
    return onwards(request, actor, ref, outcome, at)


@require_GET
@entered
def send_back(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """The form to return a case, as a page of its own."""
    return _shown(request, actor, ref, name="deciding/return.html")


@require_GET
@entered
def attachment(request: HttpRequest, actor: Actor, ref: Ref, position: int) -> HttpResponseBase:
    """A file of the case: shown where that is harmless, to be saved otherwise or with ``?save``."""
    file = queries.attachment(
        actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, position=position, at=clock.now()
    )
    stream = open_blob(sha256=file.sha256, tenant_id=ref.tenant_id)
    return downloads.answer(stream, name=file.filename, size=file.size, save="save" in request.GET)


@require_GET
@entered
def cover_sheet(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """鑑 as PDF/A; while it is being made, back to the case with a word."""
    sheet = queries.cover_sheet(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=clock.now())
    if sheet is None:
        messages.info(request, gettext("鑑はまだできていません。数秒たってから、もう一度開いてください。"))
        return redirect("deciding:case", ref=str(ref))
    response = HttpResponse(sheet, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="cover-sheet-{str(ref.id)[-12:]}.pdf"'
    response.headers["Content-Security-Policy"] = downloads.PDF_POLICY
    return response


def _act(request: HttpRequest, actor: Actor, ref: Ref, do: str, at: datetime) -> Outcome:
    """The one act that the pressed button stands for."""
    step: dict[str, Any] = {
        "actor": actor,
        "tenant_id": ref.tenant_id,
        "case_id": ref.id,
        "position": sent.place(request.POST.get("position", "")),
        "act_id": sent.act_id(request),
        "at": at,
    }
    seen = request.POST.get("seen", "")
    if do == "instruct":
        del step["position"]
        told = sent.key(request.POST.get("deputy", "")) or 0
        return deputising.instruct(seen=seen, deputy_post_id=told, **step)
    if do == "approve":
        shown = [sent.place(position) for position in request.POST.getlist("goes_on")]
        return operations.approve(seen=seen, opinion=_said(request, "opinion"), goes_on=shown, **step)
    if do == "decide":
        return operations.decide(seen=seen, opinion=_said(request, "opinion"), **step)
    if do == "return":
        return operations.return_to_drafter(seen=seen, reason=_said(request, "reason"), **step)
    if do == "read":
        return operations.mark_read(seen=seen or None, remark=_said(request, "opinion"), **step)
    acts = ways.Sent(request.POST, step, seen, _said(request, "reason"))
    if do in ways.WAYS:
        return ways.WAYS[do](acts)
    raise Cannot(N_("どの操作か読み取れませんでした。"), N_("もう一度ボタンを押してください。"))


def _said(request: HttpRequest, key: str) -> str:
    """What was written: the same question stands twice on the page, in the bar and in the phone's sheet."""
    return next((text for text in request.POST.getlist(key) if text.strip()), "")


def onwards(request: HttpRequest, actor: Actor, ref: Ref, outcome: Outcome, at: datetime) -> HttpResponse:
    """To the next case that waits, or to the inbox, saying what was done."""
    here = reverse("deciding:case", kwargs={"ref": str(ref)})
    told = telling.names_of_told(
        tenant_id=ref.tenant_id, case_id=ref.id, seqs=(*outcome.with_it, outcome.seq)
    )
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>{}',
            gettext(DONE[outcome.kind]),
            here,
            outcome.number or gettext("その案件を見る"),
            format_html(' <span class="sub">{}</span>', told_line(told)) if told else "",
        ),
    )
    if outcome.kind in STAYS:
        opening.leads_to(request, ref, at)
        return redirect("deciding:case", ref=str(ref))
    waiting = [Ref(item.tenant_id, item.case_id) for item in queries.home(actor=actor, at=at).inbox]
    wanted = Ref.read(request.POST.get("next", ""))
    following = wanted if wanted in waiting else waiting[0] if waiting else None
    if following is None:
        return redirect("inbox")
    opening.leads_to(request, following, at)
    return redirect("deciding:case", ref=str(following))


def _shown(
    request: HttpRequest,
    actor: Actor,
    ref: Ref,
    *,
    name: str = "deciding/case.html",
    status: int = 200,
    refusal: Cannot | None = None,
) -> HttpResponse:
    at = clock.now()
    page = opening.opened(request, actor, ref, at)
    today = day_in_japan(at)
    found = inspecting.verdicts(
        tenant_id=ref.tenant_id,
        files=[(view.file.sha256, view.file.filename) for view in page.attachments],
        on=today,
    )
    around = bench(page, queries.home(actor=actor, at=at), today, found)
    context: dict[str, Any] = {
        "ref": ref,
        "page": page,
        "bench": around,
        "refusal": refusal,
        "standing": expected.shown(page, at),
        "enacts": rules.enacts(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at),
        "opinion": _said(request, "opinion"),
        "reason": _said(request, "reason"),
        "act_id": uuid4(),
        "printed_at": at,
        "tried": request.POST.get("do", "") if refusal else "",
        "choice": request.POST.get("choice", "") if refusal else "",
        "typed_post": request.POST.get("post", "") if refusal else "",
        "typed_names": request.POST.get("names", "") if refusal else "",
        "letters": letters.of_case(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at),
        **after.shown(actor, ref, at),
        **issuing.shown(actor, ref, page, at),
        **(talked := talk.shown(request, actor, ref, page, at, refused=refusal is not None)),
        "pins": pins.shown(page, talked["talk"]),
        "nav": "inbox" if page.my_step else "",
        "help_template": "deciding/help.html",
        "keys": "case",
        **(redlines.after_refusal(request, actor, ref, page, at) if refusal else {}),
    }
    return render(request, name, context, status=status)
