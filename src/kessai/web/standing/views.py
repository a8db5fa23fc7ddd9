"""送った案件 and 部署の案件: what is under way, what of it does not move, whom to ask, and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kessai.decisions.standing import queries
from kessai.insight import standing
from kessai.insight.standing import Standing
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.web import clock
from kessai.web.entrance import entered
from kessai.web.standing.lines import line


@never_cache
@require_safe
@entered
def mine(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The cases that I sent: those that do not move, then the others."""
    at = clock.now()
    stands = standing.stand(queries.mine(actor=actor, at=at), at=at)
    headed = queries.headed(actor=actor, on=day_in_japan(at))
    context = _lists(stands, at) | {"headed": headed, "nav": "sent", "keys": "list", "most": queries.LONGEST}
    return render(request, "standing/mine.html", context)


@never_cache
@require_safe
@entered
def unit(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The cases of a unit that I head: drafted in it, and waiting in it. NotFound for who heads none."""
    at = clock.now()
    headed = queries.headed(actor=actor, on=day_in_japan(at))
    wanted = request.GET.get("unit", "")
    post = next((one for one in headed if str(one.unit_id) == wanted or not wanted), None)
    if post is None:
        raise NotFound(
            N_("この部署の案件の一覧は、あなたには開けません。"), N_("部署の長の職で開いてください。")
        )
    of = queries.of_unit(actor=actor, post=post, at=at)
    stands = standing.stand(of.items, at=at)
    context = _lists(stands, at) | {
        "headed": headed,
        "of": of,
        "keys": "list",
        "nav": "sent",
        "most": queries.LONGEST,
    }
    return render(request, "standing/unit.html", context)


def _lists(stands: Sequence[Standing], at: datetime) -> dict[str, Any]:
    """What does not move, the gravest first, and what does."""
    today = day_in_japan(at)
    return {
        "stuck": [line(each, today) for each in standing.stuck(stands)],
        "moving": [line(each, today) for each in stands if not each.troubles],
    }
