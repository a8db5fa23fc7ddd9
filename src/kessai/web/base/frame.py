"""What every page says around its content: who is signed in, holding which posts, in which ministry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext

from kessai.decisions import queries as decisions
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.absence import queries as absence
from kessai.organisation.queries import HeldPost
from kessai.web import clock
from kessai.web.base import wording

APPOINTMENTS = {
    "regular": N_("%(post)s（%(since)sから）"),
    "concurrent": N_("%(post)s（併任・%(since)sから）"),
    "acting_in_charge": N_("%(post)s（事務取扱・%(since)sから）"),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """``main_post``: the regular post and how many others; ``posts``: each with since when; ``waiting``: tasks.

    ``duties``: what the person keeps for a ministry today: orders, reorganisation, rules. ``away_until``: while
    they are recorded absent.
    """

    signed_in: bool = False
    known: bool = False
    person_name: str = ""
    main_post: str = ""
    posts: tuple[str, ...] = ()
    ministry: str = ""
    waiting: int = 0
    duties: tuple[str, ...] = ()
    away_until: datetime | None = None


def frame(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor: ``frame``, read from the database only where a template shows it."""
    return {"frame": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> Frame:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Frame()
    if user.person_id is None:
        return Frame(signed_in=True, person_name=user.get_username())
    at = clock.now()
    today = day_in_japan(at)
    english = get_language() == "en"
    person = organisation.person(person_id=user.person_id)
    ministry = organisation.tenant(tenant_id=person.tenant_id)
    posts = organisation.posts_held(person_id=user.person_id, on=today)
    duties = organisation.duties(person_id=user.person_id, on=today)
    return Frame(
        signed_in=True,
        known=True,
        person_name=(english and person.name_en) or person.name,
        main_post=_main(posts, english),
        posts=tuple(_line(post, today, english) for post in posts),
        ministry=(english and ministry.name_en) or ministry.name,
        waiting=decisions.waiting(actor=Actor(user.person_id), at=at),
        duties=tuple(duty for duty, held in duties.items() if held),
        away_until=absence.absent(person_ids=[user.person_id], at=at).get(user.person_id),
    )


def _title(post: HeldPost, english: bool) -> str:
    return (english and post.title_en) or post.title


def _main(posts: tuple[HeldPost, ...], english: bool) -> str:
    if not posts:
        return gettext("職なし")
    title = _title(posts[0], english)
    if len(posts) == 1:
        return title
    return gettext("%(post)s ほか%(n)s") % {"post": title, "n": len(posts) - 1}


def _line(post: HeldPost, today: date, english: bool) -> str:
    unit = (english and post.unit_name_en) or post.unit_name
    return gettext(APPOINTMENTS.get(post.kind, APPOINTMENTS["regular"])) % {
        "post": wording.post_line(_title(post, english), unit),
        "since": wording.era(post.since, english=english),
    }
