"""Several cases at once (一括): what was chosen in the inbox, read once more; done; and what became of each.

The page before it fixes what an answer is bound to: of each case the content and an id of the act. The page after it
is kept with the session, so that it can be read again; what was done is on the record of each case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kessai.decisions.bulk import operations, queries
from kessai.decisions.bulk.operations import Item, Result
from kessai.decisions.bulk.queries import Ready, Wanted
from kessai.decisions.bulk.rules import MOST
from kessai.decisions.results import StepView
from kessai.decisions.telling.people import Receiver
from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot
from kessai.kernel.words import Text
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.converters import Ref
from kessai.web.deciding.bench import Oddity, odd
from kessai.web.entrance import entered

RUNS_KEPT = 5
"""Pages of results that a session keeps."""
TITLE_LONGEST = 200
ACTS = ("approve", "decide")
SAID = ("refused", "overruled", "outvoted")
"""States of a step that are told even where nothing was written."""


@dataclass(frozen=True, slots=True)
class Line:
    """A case on the page before: ``item`` is what its box sends."""

    ref: Ref
    ready: Ready
    item: str
    checked: bool
    told: tuple[Receiver, ...]
    odd: tuple[Oddity, ...]
    said: tuple[StepView, ...]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def confirm(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Each of the chosen cases with what the act would be; nothing is done yet. POST carries an opinion along."""
    sent = request.POST if request.method == "POST" else request.GET
    wanted = [one for one in map(_wanted, sent.getlist("item")) if one]
    return _asked(request, actor, wanted, opinion=request.POST.get("opinion", ""))


def _asked(
    request: HttpRequest,
    actor: Actor,
    wanted: list[Wanted],
    *,
    opinion: str,
    refusal: Cannot | None = None,
    taken: list[Wanted] | None = None,
) -> HttpResponseBase:
    """The page before it. ``taken``: whose box is set; None: of all."""
    wanted = list(dict.fromkeys(wanted))
    ready, barred = queries.asked(actor=actor, wanted=wanted[:MOST], at=clock.now())
    context = {
        "lines": [_line(one, taken is None or one.wanted in taken) for one in ready],
        "barred": [(Ref(one.wanted.tenant_id, one.wanted.case_id), one) for one in barred],
        "left": max(0, len(wanted) - MOST),
        "most": MOST,
        "opinion": opinion,
        "refusal": refusal,
        "run": uuid4(),
        "nav": "inbox",
    }
    return render(request, "deciding/bulk.html", context, status=409 if refusal else 200)


def _wanted(text: str) -> Wanted | None:
    """A chosen task: ``<tenant>-<case>:<position>``, and what may follow that."""
    name, _, rest = text.partition(":")
    ref, position = Ref.read(name), rest.partition(":")[0]
    place = sent.number(position)
    return None if ref is None or place is None else Wanted(ref.tenant_id, ref.id, place)


def _line(ready: Ready, checked: bool) -> Line:
    page, ref = ready.page, Ref(ready.wanted.tenant_id, ready.wanted.case_id)
    title = page.content.title[:TITLE_LONGEST]
    return Line(
        ref=ref,
        ready=ready,
        item=f"{ref}:{ready.wanted.position}:{ready.act}:{page.seen}:{uuid4()}:{title}",
        checked=checked,
        told=page.told.get(ready.act, ()),
        odd=tuple(odd(page)),
        said=tuple(
            step
            for stage in page.stages
            for step in stage.steps
            if step.acted_at and not step.mine and (step.remark or step.state in SAID)
        ),
    )


@require_POST
@entered
def run(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Answer each of the cases whose box is set, and go on to what became of them."""
    key = str(sent.act_id(request, "run"))
    if key in request.session.get("bulk", {}):
        return redirect("deciding:bulk-done", run=key)
    answered = [found for found in map(_item, request.POST.getlist("item")) if found]
    taken = [Wanted(item.tenant_id, item.case_id, item.position) for item, _ in answered]
    opinion = request.POST.get("opinion", "")
    at = clock.now()
    try:
        results = operations.approve_many(
            actor=actor, items=[item for item, _ in answered], at=at, opinion=opinion
        )
    except Cannot as refusal:
        shown = [one for one in map(_wanted, request.POST.getlist("shown")) if one]
        return _asked(request, actor, shown, opinion=opinion, refusal=refusal, taken=taken)
    titles = {(item.case_id, item.position): title for item, title in answered}
    _keep(request, key, results, titles, opinion, at)
    return redirect("deciding:bulk-done", run=key)


def _item(text: str) -> tuple[Item, str] | None:
    """What the box of a case sent, with the title that stood beside it."""
    wanted, parts = _wanted(text), text.split(":", 5)
    if wanted is None or len(parts) < 6 or parts[2] not in ACTS:
        return None
    if (act_id := sent.uuid(parts[4])) is None:
        return None
    return Item(wanted.tenant_id, wanted.case_id, wanted.position, parts[2], parts[3], act_id), parts[5]


def _keep(
    request: HttpRequest,
    key: str,
    results: tuple[Result, ...],
    titles: dict[tuple[UUID, int], str],
    opinion: str,
    at: datetime,
) -> None:
    lines = [
        {
            "ref": str(Ref(result.item.tenant_id, result.item.case_id)),
            "position": result.item.position,
            "title": titles[result.item.case_id, result.item.position],
            "kind": result.outcome.kind if result.outcome else "",
            "number": result.outcome.number if result.outcome else "",
            "why": _kept(result.refusal.what if result.refusal else None),
            "remedy": _kept(result.refusal.remedy if result.refusal else None),
        }
        for result in results
    ]
    runs = {
        **request.session.get("bulk", {}),
        key: {"at": at.isoformat(), "opinion": opinion, "lines": lines},
    }
    request.session["bulk"] = dict(list(runs.items())[-RUNS_KEPT:])


def _kept(text: Text | None) -> list[Any] | None:
    return [text.message, dict(text.params)] if text else None


@never_cache
@require_GET
@entered
def done(request: HttpRequest, actor: Actor, run: UUID) -> HttpResponseBase:
    """What became of each case: done, with its number where it was decided, or refused, with why and what helps."""
    kept = request.session.get("bulk", {}).get(str(run))
    if kept is None:
        messages.info(
            request, gettext("まとめて処理した結果のページは、もうありません。案件の経過で確かめられます。")
        )
        return redirect("inbox")
    lines = list(_lines(kept["lines"]))
    context = {
        "done": [line for line in lines if line["kind"]],
        "refused": [line for line in lines if not line["kind"]],
        "opinion": kept["opinion"],
        "at": datetime.fromisoformat(kept["at"]),
        "nav": "inbox",
    }
    return render(request, "deciding/bulk_done.html", context)


def _lines(kept: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for line in kept:
        why, remedy = (Text(*line[key]) if line[key] else None for key in ("why", "remedy"))
        yield {**line, "why": why, "remedy": remedy, "item": f"{line['ref']}:{line['position']}"}
