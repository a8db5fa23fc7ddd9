"""Correcting the wording of a case: write, see the redline, put it in. Each step is a page of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kessai.decisions.redline import queries as redline
from kessai.decisions.rewording import operations, queries
from kessai.decisions.rewording.rules import is_word
from kessai.drafting.letters import LABELS, part_of
from kessai.drafting.rules import Problem
from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import Text
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.base.refusals import refused
from kessai.web.converters import Ref
from kessai.web.entrance import entered


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def reword(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponse:
    """The form; its redline (``do=preview``); and the act (``do=put``), from the page that shows the redline."""
    at = clock.now()
    typed = {key: str(request.POST[key]) for key in request.POST if is_word(key)}
    refusal: Cannot | None = None
    if request.POST.get("do") == "put":
        try:
            _put(request, actor, ref, typed, at)
        except NotFound:
            raise
        except Cannot as caught:
            refusal = caught
        else:
            messages.success(request, gettext("字句を直しました。新しい版になっています。"))
            return redirect("deciding:case", ref=str(ref))
    return _shown(request, actor, ref, typed, at, refusal)


@dataclass(frozen=True, slots=True)
class Box:
    """Words of a letter that may be corrected."""

    key: str
    label: str
    value: str
    rows: int
    error: Text | None


def _letters(words: Mapping[str, str], problems: Iterable[Problem]) -> list[list[Box]]:
    """By letter, the words of it that may be corrected."""
    wrong = {problem.field: problem.text for problem in problems}
    found: dict[str, list[Box]] = {}
    for key, value in words.items():
        if (of := part_of(key)) is not None:
            rows = 12 if of[1] == "text" else 2
            found.setdefault(of[0], []).append(Box(key, LABELS[of[1]], value, rows, wrong.get(key)))
    return list(found.values())


def _put(request: HttpRequest, actor: Actor, ref: Ref, typed: Mapping[str, str], at: datetime) -> None:
    operations.reword(
        actor=actor,
        tenant_id=ref.tenant_id,
        case_id=ref.id,
        position=sent.place(request.POST.get("position", "")),
        seen=request.POST.get("seen", ""),
        words=typed,
        act_id=sent.act_id(request),
        at=at,
        note=request.POST.get("note", ""),
    )


def _shown(
    request: HttpRequest,
    actor: Actor,
    ref: Ref,
    typed: Mapping[str, str],
    at: datetime,
    refusal: Cannot | None,
) -> HttpResponse:
    here: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "case_id": ref.id, "at": at}
    try:
        now = queries.wording(typed=typed or None, **here)
    except NotFound:
        raise
    except Cannot as barred:
        return refused(request, refusal or barred)
    context = {
        "ref": ref,
        "now": now,
        "words": {**now.words, **typed},
        "note": request.POST.get("note", ""),
        "act_id": uuid4(),
        "refusal": refusal,
        "problems": {problem.field: problem.text for problem in now.problems},
        "changes": redline.since_seen(seen=request.POST.get("seen", ""), **here) if typed else None,
        "letters": _letters({**now.words, **typed}, now.problems),
        "preview": request.POST.get("do") in ("preview", "put") and not now.problems,
    }
    status = 409 if refusal or (now.problems and request.POST.get("do") != "edit") else 200
    return render(request, "deciding/reword.html", context, status=status)
