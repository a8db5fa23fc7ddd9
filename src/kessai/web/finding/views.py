"""Finding a case again by its number, the words of its title or of an attachment, or its drafter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kessai.decisions import queries
from kessai.decisions.destroying import queries as destroying
from kessai.decisions.receiving import queries as receiving
from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.actor import Actor
from kessai.kernel.words import Text
from kessai.web import clock
from kessai.web.converters import Ref
from kessai.web.entrance import entered
from kessai.web.receiving.views import STATES

LONGEST = 200
MOST = 50


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was typed, and as it was read; ``error``: why it could not be."""

    typed: str
    day: date | None = None
    error: Text | None = None


def _day(request: HttpRequest, key: str) -> Day:
    typed = request.GET.get(key, "")[:LONGEST].strip()
    try:
        return Day(typed, read_date(typed))
    except Unreadable as unreadable:
        return Day(typed, error=unreadable.text)


@require_safe
@entered
def search(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The cases that hold every word asked for, the latest first."""
    words = request.GET.get("q", "")[:LONGEST].strip()
    since, until = _day(request, "from"), _day(request, "until")
    found = queries.search(
        actor=actor,
        words=words,
        at=clock.now(),
        limit=MOST + 1,
        issued_from=since.day,
        issued_until=until.day,
    )
    received = receiving.search(actor=actor, words=words, at=clock.now()) if words else ()
    context = {
        "received": [(Ref(line.tenant_id, line.receipt_id), line, STATES[line.state]) for line in received],
        "words": words,
        "since": since,
        "until": until,
        "asked": bool(words or since.day or until.day),
        "found": [(Ref(hit.tenant_id, hit.case_id), hit) for hit in found[:MOST]],
        "more": len(found) > MOST,
        "keeps_records": destroying.manages(actor=actor, at=clock.now()),
        "nav": "proof",
        "keys": "list",
    }
    return render(request, "finding/search.html", context)
