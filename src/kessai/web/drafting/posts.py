"""A post is chosen on the page of a draft: words are typed, those that they find are offered, one of them is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kessai.decisions.results import RoutePreview
from kessai.drafting import queries
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.base.choosing import post_by_words
from kessai.web.converters import Ref
from kessai.web.drafting import naming
from kessai.web.entrance import entered

ADD, PREVIEW, HAND = "add", "preview", "hand"
PARTS = (ADD, PREVIEW, HAND)
"""The parts of the page in which a post is chosen: their fields begin so."""
SHOWN = 8
"""So many candidates are shown; more words find the others."""


@dataclass(frozen=True, slots=True)
class Candidate:
    post_id: int
    title: str
    title_en: str
    unit_name: str
    unit_name_en: str
    holder_name: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a part of the page shows of it. ``id``: the candidate that was taken, as it was sent."""

    part: str
    words: str = ""
    id: str = ""
    candidates: Sequence[Candidate] = ()


def of_part(part: str, typed: Mapping[str, str], ref: Ref, at: datetime) -> Choice:
    """What was typed in a part of the page, with the posts that it finds."""
    words = typed.get(f"{part}_post", "")
    found = candidates(ref, words, at) if words else ()
    return Choice(part, words, typed.get(f"{part}_post_id", ""), found)


def on_route(preview: RoutePreview) -> tuple[Candidate, ...]:
    """The posts on the planned route, besides the drafter's own."""
    steps = (step for stage in preview.stages for step in stage.steps if step.state != "own")
    found = {
        step.post_id: Candidate(
            step.post_id, step.post_title, step.post_title_en, step.unit_name, step.unit_name_en, step.name
        )
        for step in steps
    }
    return tuple(found.values())


def candidates(ref: Ref, words: str, at: datetime) -> tuple[Candidate, ...]:
    """The posts that the words find, those that somebody holds first."""
    found = organisation.find_posts(tenant_id=ref.tenant_id, words=words, on=day_in_japan(at), limit=SHOWN)
    there = (
        Candidate(p.post_id, p.title, p.title_en, p.unit_name, p.unit_name_en, p.holder_name) for p in found
    )
    return tuple(sorted(there, key=lambda one: one.holder_name is None))


def chosen(part: str, form: Mapping[str, str], here: Mapping[str, Any]) -> int:
    """The candidate that was taken, or the one post that the words find. Errors: Cannot."""
    if taken := sent.key(form.get(f"{part}_post_id", "")):
        return taken
    words = form.get(f"{part}_post", "")
    return post_by_words(tenant_id=here["tenant_id"], words=words, on=day_in_japan(here["at"]))


@require_GET
@entered
def posts(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponse:
    """The posts that fit what is typed, to take one of, or the units to name, for the page of one's own draft."""
    at = clock.now()
    page = queries.draft(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=at)
    part = request.GET.get("for", ADD)
    if part in naming.UNITS_ONLY:
        found = naming.of_field(part, request.GET.get(f"{part}_find", ""), page.typed, ref, at)
        return render(request, "drafting/_names_found.html", {"choice": found})
    if part not in PARTS:
        raise Http404
    typed = {f"{part}_post": request.GET.get(f"{part}_post", "")}
    return render(request, "drafting/_candidates.html", {"choice": of_part(part, typed, ref, at)})
