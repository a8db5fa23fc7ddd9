"""What a search in the chart found, with where each line leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from kessai.organisation.histories import Found
from kessai.web.chart.page import Line, View, line
from kessai.web.templatetags.kessai import by_lang


@dataclass(frozen=True, slots=True)
class UnitHit:
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class PostHit:
    title: str
    href: str
    unit: str
    unit_href: str
    holders: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """``more``: there are more units or posts than are shown."""

    units: tuple[UnitHit, ...]
    posts: tuple[PostHit, ...]
    more: bool


def hits(found: Sequence[Found], view: View, most: int) -> Hits:
    units = [hit for hit in found if hit.post_id is None]
    posts = [hit for hit in found if hit.post_id is not None]
    return Hits(
        tuple(
            UnitHit(by_lang(hit.unit_name, hit.unit_name_en), view.chart(unit=hit.unit_id))
            for hit in units[:most]
        ),
        tuple(
            PostHit(
                title=by_lang(hit.title, hit.title_en),
                href=reverse("chart:post", args=[view.tenant_id, hit.post_id]),
                unit=by_lang(hit.unit_name, hit.unit_name_en),
                unit_href=view.chart(unit=hit.unit_id),
                holders=tuple(line(view.tenant_id, holder) for holder in hit.holders),
            )
            for hit in posts[:most]
        ),
        more=len(units) > most or len(posts) > most,
    )
