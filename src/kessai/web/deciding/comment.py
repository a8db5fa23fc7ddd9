"""Writing about one place of a case: the passage or the page, the words, and the act that takes them along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kessai.decisions import anchors, handed_over, operations, queries
from kessai.decisions.anchors import Anchor, CannotPin, Page
from kessai.decisions.operations import Outcome
from kessai.decisions.pinning import queries as pinning
from kessai.decisions.results import CasePage
from kessai.decisions.talking import operations as talking
from kessai.decisions.talking import queries as talks
from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.base.refusals import refused
from kessai.web.converters import Ref
from kessai.web.deciding import pins
from kessai.web.deciding.bench import place
from kessai.web.deciding.views import STAYS, onwards
from kessai.web.entrance import entered


@dataclass(frozen=True, slots=True)
class Sent:
    """A form about a place. ``step``: who, which case, which step, which act, when, and the place."""

    form: Mapping[str, str]
    step: Mapping[str, Any]

    @property
    def words(self) -> str:
        return self.form.get("words", "")

    @property
    def seen(self) -> str:
        return self.form.get("seen", "")

    def number(self, key: str) -> int:
        return sent.key(self.form.get(key, "")) or 0


def _return(s: Sent) -> Outcome:
    if to := s.number("back_to"):
        return operations.return_to(seen=s.seen, reason=s.words, to=to, **s.step)
    return operations.return_to_drafter(seen=s.seen, reason=s.words, **s.step)


def _ask(s: Sent) -> Outcome:
    on_case = {key: value for key, value in s.step.items() if key != "position"}
    return talking.ask(post_id=s.number("to"), question=s.words, **on_case)


DOES: Mapping[str, Callable[[Sent], Outcome]] = {
    "ask": _ask,
    "approve": lambda s: operations.approve(seen=s.seen, opinion=s.words, **s.step),
    "decide": lambda s: operations.decide(seen=s.seen, opinion=s.words, **s.step),
    "return": _return,
    "refuse": lambda s: operations.refuse_consent(seen=s.seen, reason=s.words, **s.step),
    "opine": lambda s: operations.opine(seen=s.seen, opinion=s.words, **s.step),
    "object": lambda s: operations.object_to(seen=s.seen, reason=s.words, **s.step),
    "read": lambda s: operations.mark_read(seen=s.seen or None, remark=s.words, **s.step),
}
"""By the value of the pressed button, which for all but a question is followed by the position of the step."""


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def comment(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponse:
    """The place that was marked, with a form; what is written is kept with the act that is pressed."""
    at = clock.now()
    if request.method != "POST":
        return _shown(request, actor, ref, at)
    about = marked_in(request.POST, None)
    try:
        outcome = _act(request, actor, ref, about, at)
    except NotFound:
        told = handed_over.refusal(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at)
        if told is None:
            raise
        return refused(request, told)
    except Cannot as refusal:
        return _shown(request, actor, ref, at, refusal)
    answer = onwards(request, actor, ref, outcome, at)
    if isinstance(about, Page) and outcome.kind in STAYS:
        there = redirect("deciding:attachment-view", ref=str(ref), position=about.attachment)
        there["Location"] += f"?page={about.page}"
        return there
    return answer


def _act(request: HttpRequest, actor: Actor, ref: Ref, about: Anchor | None, at: datetime) -> Outcome:
    do, _, position = request.POST.get("do", "").partition("-")
    if do not in DOES:
        raise Cannot(N_("どの操作か読み取れませんでした。"), N_("もう一度ボタンを押してください。"))
    step = {
        "actor": actor,
        "tenant_id": ref.tenant_id,
        "case_id": ref.id,
        "position": sent.place(position),
        "act_id": sent.act_id(request),
        "at": at,
        "about": about,
    }
    return DOES[do](Sent(request.POST, step))


def marked_in(form: QueryDict, page: CasePage | None) -> Anchor | None:
    """The place that a form or an address names; None for none.

    A passage in its words, or between two places of a field of the version ``rev``, if that is the one of ``page``.
    """
    if "attachment" in form:
        return Page(_number(form, "attachment"), _number(form, "page"))
    name = form.get("field", "")
    if not name:
        return None
    if page is not None and "to" in form and _number(form, "rev") == page.revision:
        text = anchors.texts(page.content.to_json()).get(name, "")
        return anchors.passage(name, text, _number(form, "from"), _number(form, "to"))
    return anchors.sent(form)


def _number(form: QueryDict, key: str) -> int:
    return sent.number(form.get(key, "")) or 0


def _shown(
    request: HttpRequest, actor: Actor, ref: Ref, at: datetime, refusal: Cannot | None = None
) -> HttpResponse:
    """The form. A place that is not there is shown as it was marked, and the form goes without it."""
    context = form(request, actor, ref, at)
    posted = request.method == "POST"
    about = marked_in(request.POST if posted else request.GET, None if posted else context["page"])
    gone = None
    if about is not None:
        try:
            about = pinning.marked(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, about=about, at=at)
        except CannotPin as cannot:
            gone, about, refusal = about, None, refusal or cannot
    context |= {"about": about, "gone": gone, "refusal": refusal, "words": request.POST.get("words", "")}
    return render(request, "deciding/comment.html", context, status=409 if refusal else 200)


def form(request: HttpRequest, actor: Actor, ref: Ref, at: datetime) -> dict[str, Any]:
    """What the form about a place needs, and the page around it: the case, its comments, the acts open now."""
    page = queries.case_page(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at)
    talk = talks.talk(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at)
    return {
        "ref": ref,
        "page": page,
        "talk": talk,
        "pins": pins.shown(page, talk),
        "queue": place(queries.home(actor=actor, at=at).inbox, ref),
        "act_id": uuid4(),
        "tried_to": request.POST.get("to", ""),
        "back_to": request.POST.get("back_to", ""),
    }
