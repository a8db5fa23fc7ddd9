"""The chart of any day, and what a unit, a post and a person were over time. Officials see their own ministry's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import ERAS, day_in_japan
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Text
from kessai.organisation import histories, queries
from kessai.organisation.clearance import queries as clearance
from kessai.organisation.queries import ChartUnit
from kessai.organisation.reorganising import queries as reorganising
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.chart import export
from kessai.web.chart.found import hits
from kessai.web.chart.over_time import career_lines, post_lines
from kessai.web.chart.page import Tree, View, unit_page
from kessai.web.chart.words import BECAME, said
from kessai.web.entrance import entered

LONGEST = 200
MOST = 50
"""Units, and posts, that a search shows."""
FIRST, LAST = ERAS[-1][0], date(2200, 1, 1)
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """The day that is asked for; ``typed`` and ``refused`` where what was typed is no day: then today is shown."""

    on: date
    today: date
    typed: str = ""
    refused: Text | None = None

    @property
    def other(self) -> date | None:
        """The day if it is not today."""
        return None if self.on == self.today else self.on


@require_safe
@entered
def own(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """To the chart of the reader's ministry."""
    query = request.META.get("QUERY_STRING", "")
    address = reverse("chart:chart", args=[queries.person(person_id=actor.person_id).tenant_id])
    return redirect(f"{address}?{query}" if query else address)


@require_safe
@entered
def chart(request: HttpRequest, actor: Actor, tenant_id: int) -> HttpResponseBase:
    """The tree of a day with one unit open, or what a search found in it."""
    asked = _asked(request)
    _allowed(actor, tenant_id, asked.today)
    view = View(tenant_id, asked.other)
    tree = Tree(queries.chart(tenant_id=tenant_id, on=asked.on), view)
    words = request.GET.get("q", "")[:LONGEST].strip()
    wanted = sent.key(request.GET.get("unit", "")) or 0
    chosen = tree.by_id.get(wanted) if wanted else _home(actor, tree, asked)
    missing = bool(wanted) and chosen is None
    chosen = chosen or tree.root
    found = histories.search(tenant_id=tenant_id, words=words, on=asked.on, limit=MOST + 1) if words else ()
    shown = None
    if chosen is not None and not words:
        seats = histories.seats_of_units(unit_ids=[chosen.unit_id], on=asked.on)
        shown = unit_page(tree, chosen, seats.get(chosen.unit_id, ()))
    context = {
        "tenant_id": tenant_id,
        "asked": asked,
        "words": words,
        "found": hits(found, view, MOST),
        "nodes": tree.nodes(None if words else chosen),
        "unit": shown,
        "wanted": wanted if missing else None,
        "ahead": histories.changes_ahead(tenant_id=tenant_id, on=asked.on),
        "ministries": _ministries(actor, asked.today),
        "keep_unit": wanted if wanted and not missing else None,
        "nav": "chart",
        "help_template": "chart/help.html",
    }
    return render(request, "chart/chart.html", context)


def _home(actor: Actor, tree: Tree, asked: Asked) -> ChartUnit | None:
    """The unit of the reader's first post on that day."""
    held = queries.posts_held(person_id=actor.person_id, on=asked.on)
    return next((tree.by_id[post.unit_id] for post in held if post.unit_id in tree.by_id), None)


@require_safe
@entered
def csv_file(request: HttpRequest, actor: Actor, tenant_id: int) -> HttpResponseBase:
    """Units, posts and holders of a day as CSV."""
    return _file(request, actor, tenant_id, "csv", "text/csv; charset=utf-8", export.as_csv)


@require_safe
@entered
def excel_file(request: HttpRequest, actor: Actor, tenant_id: int) -> HttpResponseBase:
    """The same as a workbook, in which codes keep their zeros."""
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(request, actor, tenant_id, "xlsx", media, export.as_workbook)


def _file(
    request: HttpRequest,
    actor: Actor,
    tenant_id: int,
    ending: str,
    media: str,
    made: Callable[[tuple[histories.ChartLine, ...], date], bytes],
) -> HttpResponse:
    asked = _asked(request)
    _allowed(actor, tenant_id, asked.today)
    if asked.refused:
        raise Cannot(asked.refused.message, "", **asked.refused.params)
    body = made(histories.chart_lines(tenant_id=tenant_id, on=asked.on), asked.on)
    answer = HttpResponse(body, content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="chart-{asked.on.isoformat()}.{ending}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@entered
def unit(request: HttpRequest, actor: Actor, tenant_id: int, unit_id: int) -> HttpResponseBase:
    """What a unit was called and belonged to, what it came from and what became of it."""
    today = day_in_japan(clock.now())
    _allowed(actor, tenant_id, today)
    history = histories.unit_history(tenant_id=tenant_id, unit_id=_known(unit_id))
    if history is None:
        raise Http404
    context = {
        "tenant_id": tenant_id,
        "unit_id": unit_id,
        "history": history,
        "today": today,
        "nav": "chart",
        "help_template": "chart/help.html",
    }
    return render(request, "chart/unit.html", context)


@require_safe
@entered
def post(request: HttpRequest, actor: Actor, tenant_id: int, post_id: int) -> HttpResponseBase:
    """Who held a post when, what it was called when, and which post takes over from it."""
    today = day_in_japan(clock.now())
    _allowed(actor, tenant_id, today)
    history = histories.post_history(tenant_id=tenant_id, post_id=_known(post_id))
    if history is None:
        raise Http404
    context = {
        "tenant_id": tenant_id,
        "history": history,
        "lines": post_lines(history, tenant_id),
        "cleared": _cleared(actor, tenant_id, post_id=post_id),
        "today": today,
        "nav": "chart",
        "help_template": "chart/help.html",
    }
    return render(request, "chart/post.html", context)


@require_safe
@entered
def person(request: HttpRequest, actor: Actor, tenant_id: int, person_id: int) -> HttpResponseBase:
    """What a person held when."""
    today = day_in_japan(clock.now())
    _allowed(actor, tenant_id, today)
    history = histories.person_history(tenant_id=tenant_id, person_id=_known(person_id))
    if history is None:
        raise Http404
    context = {
        "tenant_id": tenant_id,
        "history": history,
        "lines": career_lines(history),
        "cleared": _cleared(actor, tenant_id, person_id=person_id),
        "today": today,
        "nav": "chart",
        "help_template": "chart/help.html",
    }
    return render(request, "chart/person.html", context)


@login_not_required
@require_safe
def became_of_all(request: HttpRequest) -> HttpResponseBase:
    """Which ministry the former unit was of; straight to it where there is only one."""
    ministries = queries.tenants()
    if len(ministries) == 1:
        return redirect("chart:became", tenant_id=ministries[0].id)
    return render(request, "chart/ministries.html", {"ministries": ministries})


@login_not_required
@require_safe
def became(request: HttpRequest, tenant_id: int) -> HttpResponseBase:
    """For everybody: what became of a unit that was reorganised, by its former name."""
    try:
        ministry = queries.tenant(tenant_id=_known(tenant_id))
    except LookupError:
        raise Http404 from None
    words = request.GET.get("q", "")[:LONGEST].strip()
    today = day_in_japan(clock.now())
    found = reorganising.what_became(tenant_id=tenant_id, on=today, words=words, limit=MOST + 1)
    context = {
        "ministry": ministry,
        "words": words,
        "found": [(one, said(BECAME, one.how)) for one in found[:MOST]],
        "more": len(found) > MOST,
    }
    return render(request, "chart/became.html", context)


def _cleared(
    actor: Actor, tenant_id: int, post_id: int | None = None, person_id: int | None = None
) -> tuple[clearance.Line, ...] | None:
    """What a post or a person is cleared for: for them, and for those who give clearances; None for others."""
    at = clock.now()
    today = day_in_japan(at)
    gives = tenant_id in queries.ministries_of_duty(person_id=actor.person_id, duty="clearance", on=today)
    held = {post.post_id for post in queries.posts_held(person_id=actor.person_id, on=today)}
    if not (gives or person_id == actor.person_id or post_id in held):
        return None
    return clearance.listed(tenant_id=tenant_id, at=at, post_id=post_id, person_id=person_id)


def _allowed(actor: Actor, tenant_id: int, today: date) -> None:
    """404 for a ministry that is not the reader's."""
    if tenant_id not in histories.ministries_of(person_id=actor.person_id, on=today):
        raise Http404


def _ministries(actor: Actor, today: date) -> tuple[queries.TenantName, ...]:
    """The reader's ministries where they are several."""
    ids = histories.ministries_of(person_id=actor.person_id, on=today)
    return tuple(queries.tenant(tenant_id=one) for one in ids) if len(ids) > 1 else ()


def _asked(request: HttpRequest) -> Asked:
    now: datetime = clock.now()
    today = day_in_japan(now)
    typed = request.GET.get("on", "")[:LONGEST].strip()
    try:
        on = read_date(typed)
    except Unreadable as refusal:
        return Asked(today, today, typed, refusal.text)
    if on is not None and not FIRST <= on <= LAST:
        return Asked(
            today,
            today,
            typed,
            Text(
                N_("%(first)s年から%(last)s年までの日付を入力してください。"),
                {"first": FIRST.year + 1, "last": LAST.year - 1},
            ),
        )
    return Asked(on or today, today)


def _known(id: int) -> int:
    """404 for a number larger than any id."""
    if id > LARGEST_ID:
        raise Http404
    return id
