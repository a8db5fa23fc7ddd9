"""What changed: the difference of two revisions as a page; and what a refused act is shown, with the way to go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from kessai.decisions import queries
from kessai.decisions.redline import queries as redline
from kessai.decisions.results import CasePage, HistoryItem
from kessai.drafting.queries import open_blob
from kessai.kernel.actor import Actor
from kessai.kernel.words import N_
from kessai.web import clock, downloads
from kessai.web.base import sent
from kessai.web.base.wording import say
from kessai.web.converters import Ref
from kessai.web.deciding.bench import place
from kessai.web.entrance import entered


@require_GET
@entered
def changes(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponse:
    """見え消し: two revisions of a case, ``from`` and ``to``; of what the reader last acted on, if none is named."""
    at = clock.now()
    found = redline.changes(
        actor=actor,
        tenant_id=ref.tenant_id,
        case_id=ref.id,
        before=sent.number(request.GET.get("from", "")),
        after=sent.number(request.GET.get("to", "")),
        at=at,
    )
    queue = place(queries.home(actor=actor, at=at).inbox, ref)
    whole = "whole" in request.GET
    return render(
        request,
        "deciding/changes.html",
        {
            "ref": ref,
            "changes": found,
            "whole": whole,
            "act_id": uuid4(),
            "printed_at": at,
            "queue": queue,
        },
    )


@require_GET
@entered
def attachment(
    request: HttpRequest, actor: Actor, ref: Ref, revision: int, position: int
) -> HttpResponseBase:
    """A file of one revision, as whoever acted on it saw it."""
    file = queries.attachment(
        actor=actor,
        tenant_id=ref.tenant_id,
        case_id=ref.id,
        revision=revision,
        position=position,
        at=clock.now(),
    )
    stream = open_blob(sha256=file.sha256, tenant_id=ref.tenant_id)
    return downloads.answer(stream, name=file.filename, size=file.size, save="save" in request.GET)


@dataclass(frozen=True, slots=True)
class Again:
    """The button that does a refused act on the revision that is there now: of which form, with which value."""

    form: str
    do: str
    label: str


def after_refusal(
    request: HttpRequest, actor: Actor, ref: Ref, page: CasePage, at: datetime
) -> dict[str, Any]:
    """What changed and what was done since the page that was sent, and the same act on what is there now."""
    upto = sent.number(request.POST.get("upto", ""))
    found = redline.since_seen(
        actor=actor,
        tenant_id=ref.tenant_id,
        case_id=ref.id,
        seen=request.POST.get("seen", ""),
        at=at,
    )
    return {
        "changes": found,
        "meanwhile": _meanwhile(page, upto) if upto else (),
        "again": next(_again(request, page), None) if found else None,
        "typed_to": request.POST.get("to", ""),
        "typed_kind": request.POST.get("kind", ""),
        "typed_answer_by": request.POST.get("answer_by", ""),
        "typed_later": "later" in request.POST,
    }


def _meanwhile(page: CasePage, upto: int) -> tuple[HistoryItem, ...]:
    return tuple(event for event in page.history if event.seq > upto)


IN_THE_BAR = {"approve": N_("承認する"), "decide": N_("決裁する")}
CALLED = {
    "ahead": N_("引き上げて処理する"),
    "agree": N_("同意に改める"),
    "return_to": N_("前の段階に差し戻す"),
}
"""What options are called that are not an act of their own."""


def _again(request: HttpRequest, page: CasePage) -> Iterator[Again]:
    do = request.POST.get("do", "")
    if do in IN_THE_BAR and do in page.acts and page.my_step:
        label = N_("同意する") if page.my_step.kind == "consent" else IN_THE_BAR[do]
        yield Again("acts", do, gettext(N_("代決する") if page.capacity == "acting" else label))
    if do == "return" and "return" in page.acts:
        yield Again("back", do, gettext("差し戻す"))
    name = do.partition("_")[0] if do.startswith("ahead_") else do
    if do == "instruct":
        deputy = request.POST.get("deputy", "")
        if any(str(each.post_id) == deputy and each.told_at is None for each in page.tellable):
            yield Again(f"o-instruct-{deputy}", do, gettext("指示する"))
    options = [option for option in page.options if option.name == name and option.why_not is None]
    at = sent.number(request.POST.get("position", ""))
    for option in sorted(options, key=lambda option: option.position != at):
        label = gettext(CALLED[name]) if name in CALLED else say(option.label)
        yield Again(f"o-{option.name}-{option.position}", do, label)
