"""Finding a case again by its number, the words of its title, or its drafter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kessai.decisions import queries
from kessai.kernel.actor import Actor
from kessai.web import clock
from kessai.web.converters import Ref
from kessai.web.entrance import entered

LONGEST = 200
MOST = 50


@require_safe
@entered
def search(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The cases that hold every word asked for, the latest first."""
    words = request.GET.get("q", "")[:LONGEST].replace("\x00", " ").strip()
    found = queries.search(actor=actor, words=words, at=clock.now(), limit=MOST + 1) if words else ()
    context = {
        "words": words,
        "found": [(Ref(hit.tenant_id, hit.case_id), hit) for hit in found[:MOST]],
        "more": len(found) > MOST,
        "nav": "proof",
    }
    return render(request, "finding/search.html", context)
