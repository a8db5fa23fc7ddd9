"""Home is the inbox."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kessai.decisions import queries
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.receiving import queries as receiving
from kessai.decisions.telling import operations as marking
from kessai.decisions.telling import queries as telling
from kessai.insight import standing
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.converters import Ref
from kessai.web.deciding.after import to_add
from kessai.web.entrance import entered
from kessai.web.home.page import arranged


@never_cache
@require_safe
@entered
def home(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What waits for me, my drafts, and where what I sent stands."""
    at = clock.now()
    home = queries.home(actor=actor, at=at)
    page = arranged(
        home,
        sent=standing.stand(home.sent, at=at),
        today=day_in_japan(at),
        post_id=sent.key(request.GET.get("post", "")),
    )
    received = [
        (Ref(line.tenant_id, line.receipt_id), line) for line in receiving.to_handle(actor=actor, at=at)
    ]
    to_issue = [(Ref(one.tenant_id, one.case_id), one) for one in issuing.due(actor=actor, at=at)]
    told = [(Ref(one.tenant_id, one.case_id), one) for one in telling.unseen(actor=actor, at=at)]
    return render(
        request,
        "home/inbox.html",
        {
            "page": page,
            "nav": "inbox",
            "keys": "list",
            "told": told,
            "received": received,
            "to_add": to_add(actor, at),
            "to_issue": [pair for pair in to_issue if pair[1].mine],
            "others_to_issue": any(not one.mine for _, one in to_issue),
            "now": at.isoformat(),
        },
    )


@require_POST
@entered
def seen(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Mark the notices that were on the screen as seen."""
    at = clock.now()
    try:
        until = datetime.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        until = at
    if until.tzinfo is None:
        until = at
    marking.mark_seen(actor=actor, until=min(until, at), at=at)
    return redirect("inbox")
