"""Who held what when, as lines of a page: gaps in which nobody held a post stand between its holders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from kessai.organisation.histories import Career, PersonHistory, PostHistory
from kessai.web.chart.words import APPOINTMENTS, said
from kessai.web.templatetags.kessai import by_lang


@dataclass(frozen=True, slots=True)
class HolderLine:
    """``href`` "": nobody held the post."""

    starts: date
    ends: date | None
    name: str = ""
    href: str = ""
    kind: str = ""
    change_title: str = ""


@dataclass(frozen=True, slots=True)
class CareerLine:
    held: Career
    kind: str


def post_lines(history: PostHistory, tenant_id: int) -> tuple[HolderLine, ...]:
    """The holders of a post and the times without one, the latest first."""
    held = [
        HolderLine(
            one.starts,
            one.ends,
            by_lang(one.name, one.name_en),
            reverse("chart:person", args=[tenant_id, one.person_id]),
            said(APPOINTMENTS, one.kind),
            one.change_title,
        )
        for one in history.holders
    ]
    vacant = [HolderLine(gap.starts, gap.ends) for gap in history.vacant]
    return tuple(sorted((*held, *vacant), key=lambda line: line.starts, reverse=True))


def career_lines(history: PersonHistory) -> tuple[CareerLine, ...]:
    return tuple(CareerLine(one, said(APPOINTMENTS, one.kind)) for one in history.held)
