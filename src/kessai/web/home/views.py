"""Home is the inbox."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kessai.decisions import queries
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.web import clock
from kessai.web.entrance import entered
from kessai.web.home.page import arranged


@never_cache
@require_safe
@entered
def home(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What waits for me, my drafts, and where what I sent stands."""
    at = clock.now()
    chosen = request.GET.get("post", "")
    page = arranged(
        queries.home(actor=actor, at=at),
        today=day_in_japan(at),
        post_id=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None,
    )
    return render(request, "home/inbox.html", {"page": page, "nav": "inbox"})
