"""Absences, deputies and secretaries of whoever is signed in; deputies by rule for those who keep the rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kessai.kernel.actor import Actor
from kessai.kernel.calendar import JAPAN, day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.lines import CannotImport
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.absence import operations, queries, rules
from kessai.organisation.queries import HeldPost
from kessai.organisation.settings import settings_of
from kessai.web import clock
from kessai.web.absence import page, typed
from kessai.web.base import sent
from kessai.web.base.language import own_page
from kessai.web.entrance import entered

LARGEST = 5_000_000
"""Bytes of a file of deputies."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def own(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """My absences, and who stands in for my posts."""
    refused: Cannot | None = None
    if request.method == "POST":
        try:
            return _done(request, actor)
        except NotFound:
            raise
        except Cannot as refusal:
            refused = refusal
    at = clock.now()
    served = queries.principals_of(person_id=actor.person_id, at=at)
    name = organisation.person(person_id=actor.person_id).name
    local = at.astimezone(JAPAN)
    tomorrow = (local + timedelta(days=1)).date()
    sent = request.POST if refused else {}
    context = {
        "whose": page.whose(actor, name, served, at),
        "cards": page.cards(actor, at),
        "served": list(served.values()),
        "scopes": page.SCOPES,
        "kinds": page.KINDS,
        "rule_tenants": organisation.ministries_of_duty(
            person_id=actor.person_id, duty="rules", on=day_in_japan(at)
        ),
        "form": {
            "whose": sent.get("whose", str(actor.person_id)),
            "from_day": sent.get("from_day", local.date().isoformat()),
            "from_time": sent.get("from_time", f"{local:%H:%M}"),
            "to_day": sent.get("to_day", tomorrow.isoformat()),
            "to_time": sent.get("to_time", "08:30"),
            "kind": sent.get("kind", "leave"),
            "note": sent.get("note", ""),
        },
        "refused": refused,
        "nav": "absence",
        "help_template": "absence/help.html",
    }
    return render(request, "absence/own.html", context, status=409 if refused else 200)


def _done(request: HttpRequest, actor: Actor) -> HttpResponse:
    do, at = request.POST.get("do", ""), clock.now()
    if do == "back":
        ended = operations.end_absences_under_way(actor=actor, at=at)
        if ended:
            messages.success(request, gettext("不在を終えました。いまから代決はできません。"))
        return redirect(own_page(request, request.POST.get("next", "")))
    word, _, number = do.partition(":")
    if word == "end":
        operations.end_absence(actor=actor, absence_id=sent.key(number) or 0, at=at)
        messages.success(request, gettext("不在を終えました。"))
        return redirect("absence:own")
    whose = sent.key(request.POST.get("whose", ""))
    operations.record_absence(
        actor=actor,
        person_id=actor.person_id if whose is None else whose,
        start=typed.moment(request.POST.get("from_day", ""), request.POST.get("from_time", "")),
        end=typed.moment(request.POST.get("to_day", ""), request.POST.get("to_time", "")),
        kind=request.POST.get("kind", ""),
        note=request.POST.get("note", ""),
        at=at,
    )
    messages.success(request, gettext("不在を登録しました。"))
    return redirect("absence:own")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def post(request: HttpRequest, actor: Actor, post_id: int) -> HttpResponseBase:
    """Who stands in for a post of mine, and who helps."""
    at = clock.now()
    held = {
        each.post_id: each for each in organisation.posts_held(person_id=actor.person_id, on=day_in_japan(at))
    }
    mine = held.get(post_id)
    if mine is None:
        raise Http404
    if request.method != "POST":
        return _post_page(request, mine)
    part = request.POST.get("do", "")
    try:
        if part == "secretaries":
            helpers = typed.secretaries(typed.secretary_rows(request.POST))
            operations.set_secretaries(actor=actor, post_id=post_id, secretaries=helpers, at=at)
            messages.success(request, gettext("秘書を定めました。"))
        else:
            matters = page.matter_names(mine.tenant_id, at)
            named = typed.deputies(typed.deputy_rows(request.POST), matters)
            operations.set_deputies(actor=actor, post_id=post_id, deputies=named, at=at)
            messages.success(request, gettext("代決者を定めました。"))
    except NotFound:
        raise
    except Cannot as refusal:
        return _post_page(request, mine, refused=refusal, part=part)
    return redirect("absence:own")


def _post_page(
    request: HttpRequest, mine: HeldPost, *, refused: Cannot | None = None, part: str = ""
) -> HttpResponse:
    at = clock.now()
    settings = settings_of(tenant_id=mine.tenant_id, on=day_in_japan(at))
    desk = queries.desks(post_ids=[mine.post_id], at=at)[mine.post_id]
    rows = [
        typed.DeputyRow(
            n,
            str(each.seat.post_id),
            each.matters,
            each.starts.isoformat(),
            (each.ends - timedelta(days=1)).isoformat() if each.ends else "",
        )
        for n, each in enumerate((d for d in desk.deputies if d.basis == rules.BY_HOLDER), start=1)
    ]
    helpers = [
        typed.SecretaryRow(n, str(each.seat.post_id), each.scopes)
        for n, each in enumerate(
            queries.secretaries(post_ids=[mine.post_id], at=at).get(mine.post_id, ()), start=1
        )
    ]
    if refused is not None and part == "secretaries":
        helpers = typed.secretary_rows(request.POST)
    elif refused is not None:
        rows = typed.deputy_rows(request.POST)
    words = (request.POST if request.method == "POST" else request.GET).get("find", "")[:100]
    posts = [*(row.post for row in rows), *(row.post for row in helpers)]
    chosen = {post for post in map(sent.key, posts) if post is not None}
    below = settings["deputy_levels_below"]
    by_rule = {d.seat.post_id for d in desk.deputies if d.basis == rules.BY_RULE and not d.matters}
    context: dict[str, Any] = {
        "post": mine,
        "by_rule": [each for each in desk.deputies if each.basis == rules.BY_RULE],
        "may_name": settings["deputies_by_holder"] == "yes",
        "below": below,
        "rows": typed.filled(rows),
        "helpers": typed.filled_secretaries(helpers),
        "candidates": [
            each
            for each in _candidates(mine, rules.deputy_levels(mine.level, below), words, chosen)
            if each.post_id in chosen or each.post_id not in by_rule
        ],
        "helper_candidates": _candidates(mine, rules.deputy_levels("minister", "any"), words, chosen),
        "matters": page.matter_names(mine.tenant_id, at),
        "scopes": page.SCOPES,
        "find": words,
        "refused": refused,
        "part": part,
        "nav": "absence",
        "help_template": "absence/help.html",
    }
    return render(request, "absence/post.html", context, status=409 if refused else 200)


def _candidates(
    post: HeldPost, levels: tuple[str, ...], words: str, chosen: set[int]
) -> list[queries.Candidate]:
    """The posts to choose from, and those that are chosen already."""
    at = clock.now()
    found = list(queries.candidates(post=post, levels=levels, at=at, words=words))
    missing = chosen - {each.post_id for each in found}
    seats = organisation.seats(post_ids=missing, on=day_in_japan(at)) if missing else {}
    return [
        *found,
        *(
            queries.Candidate(
                s.post_id, s.title, s.title_en, s.unit_name, s.unit_name_en, s.holder_name or ""
            )
            for s in seats.values()
        ),
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def by_rule(request: HttpRequest, actor: Actor, tenant_id: int) -> HttpResponseBase:
    """Deputies by rule, sent in as a file by those who keep the rules of the ministry."""
    at = clock.now()
    today = day_in_japan(at)
    if tenant_id not in organisation.ministries_of_duty(person_id=actor.person_id, duty="rules", on=today):
        raise Http404
    refused: Cannot | None = None
    if request.method == "POST":
        try:
            source = _file(request)
            done = operations.import_deputies(
                actor=actor,
                tenant_id=tenant_id,
                source=source,
                matters=page.matter_names(tenant_id, at),
                at=at,
            )
        except Cannot as refusal:
            refused = refusal
        else:
            said = gettext("%(posts)s件の職の代決者を定めました（のべ%(deputies)s件）。")
            messages.success(request, said % {"posts": done.posts, "deputies": done.deputies})
            return redirect("absence:rule", tenant_id=tenant_id)
    context = {
        "ministry": organisation.tenant(tenant_id=tenant_id),
        "refused": refused,
        "bad": refused.lines[:100] if isinstance(refused, CannotImport) else (),
        "nav": "absence",
        "help_template": "absence/help.html",
    }
    return render(request, "absence/rule.html", context, status=409 if refused else 200)


def _file(request: HttpRequest) -> bytes:
    sent = request.FILES.get("file")
    if sent is None or not sent.size:
        raise operations.CannotAppoint(
            N_("ファイルが選ばれていません。"), N_("CSVかExcelのファイルを選んでください。")
        )
    if sent.size > LARGEST:
        raise operations.CannotAppoint(
            N_("ファイルが大きすぎます（%(n)sMBまで）。"),
            N_("分けて送ってください。"),
            n=LARGEST // 1_000_000,
        )
    return bytes(sent.read())
