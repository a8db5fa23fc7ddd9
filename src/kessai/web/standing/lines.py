"""A case under way on a few lines: who has it and for how long, against what is usual; the day; what is the matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext, ngettext

from kessai.decisions.machine import ASIDE, MERGED, OPEN, REMOVED
from kessai.decisions.results import Place, SentItem, Waiting
from kessai.insight.queries import Look, Stay
from kessai.insight.standing import Standing
from kessai.insight.troubles.rules import Trouble
from kessai.kernel.words import Text
from kessai.web.base import wording
from kessai.web.converters import Ref
from kessai.web.templatetags.kessai import by_lang

STAGES = {"done": "d", "now": "n", "next": ""}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has it now, and for how long. ``usual``: what is usual there; "" where nothing can be said."""

    who: str
    name: str
    how_long: str
    usual: str
    long: bool
    stuck: Text | None = None
    away_until: datetime | None = None
    refused: bool = False
    stand_in: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    ref: Ref
    heading: str
    item: SentItem
    holders: tuple[Holder, ...]
    boxes: tuple[str, ...]
    """The mini route: a class for each stage."""
    stand: str
    late: str
    """By how much the deadline has passed; "" while it has not."""
    look: Look
    troubles: tuple[Trouble, ...]
    in_time: bool
    """As far as can be expected, it is decided by its deadline."""


def line(of: Standing, today: date) -> Line:
    """A case as it is written."""
    item, look = of.item, of.look
    return Line(
        ref=Ref(item.tenant_id, item.case_id),
        heading=item.question or item.title,
        item=item,
        holders=tuple(_holder(waiting, look.stays.get(waiting.position), today) for waiting in item.waiting),
        boxes=tuple(_boxes(item, look)),
        stand=_stand(item.stages),
        late=overdue(item.deadline, today),
        look=look,
        troubles=of.troubles,
        in_time=look.expected is None or item.deadline is None or look.expected.day <= item.deadline,
    )


def overdue(deadline: date | None, today: date) -> str:
    if deadline is None or deadline >= today:
        return ""
    days = (today - deadline).days
    return ngettext("期限を%(n)s日過ぎています", "期限を%(n)s日過ぎています", days) % {"n": days}


def how_long(days: int, *, from_today: bool = False) -> str:
    """きょうから, 3日目: the day of an answer that is given now, in working days."""
    return gettext("きょうから") if from_today else gettext("%(n)s日目") % {"n": days + 1}


def usually(stay: Stay | None) -> str:
    """通常2日目まで: by when half of the answers come."""
    if stay is None or stay.usual is None:
        return ""
    if stay.usual.middle == 0:
        return gettext("通常その日")
    return gettext("通常%(n)s日目") % {"n": stay.usual.middle + 1}


def _holder(waiting: Waiting, stay: Stay | None, today: date) -> Holder:
    since = wording.day_of(waiting.since)
    days = stay.days if stay else (today - since).days
    return Holder(
        by_lang(waiting.post_title, waiting.post_title_en),
        waiting.holder_name or (gettext("廃止") if waiting.abolished else gettext("欠員")),
        how_long(days, from_today=since == today),
        usually(stay),
        bool(stay and stay.long),
        waiting.stuck,
        waiting.away_until,
        waiting.refused,
        waiting.stand_in,
        waiting.held_at is not None,
    )


def _boxes(item: SentItem, look: Look) -> Iterator[str]:
    """A box for each stage: wider where several are asked at once, orange where one takes long."""
    stages: dict[int, list[Place]] = {}
    for place in item.places:
        if place.kind not in ASIDE and place.state not in (MERGED, REMOVED):
            stages.setdefault(place.stage, []).append(place)
    for state, (_, places) in zip(item.stages, sorted(stages.items()), strict=True):
        long = any(
            p.state == OPEN and p.position in look.stays and look.stays[p.position].long for p in places
        )
        box = "l" if state == "now" and long else STAGES.get(state, "")
        yield f"p {box or 'f'}" if len(places) > 1 and box != "d" else "p" if len(places) > 1 else box


def _stand(stages: Sequence[str]) -> str:
    """How far along the route: 5段階の3."""
    if "now" not in stages:
        return ""
    return gettext("%(of)s段階の%(n)s") % {"of": len(stages), "n": stages.index("now") + 1}
