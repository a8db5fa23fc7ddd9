"""Telling somebody who comes from a page opened before the day that their post is another's now."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions.access import SQL
from kessai.decisions.rules import CannotAct
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import JAPAN, day_in_japan
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.queries import LeftPost

WITHIN_DAYS = 7
"""How long a page may have been open for its reader to be told more than that there is no such case."""


def refusal(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> CannotAct | None:
    """Since when a post on the case's route, which was the actor's while the case was there, is another's.

    None for everybody else: they are not told that there is a case.
    """
    left = organisation.posts_left(person_id=actor.person_id, on=day_in_japan(at), within_days=WITHIN_DAYS)
    if not left:
        return None
    with connection.cursor() as cursor:
        posts = [post.post_id for post in left]
        cursor.execute(
            SQL["handed_over"],
            {
                "tenant": tenant_id,
                "case": case_id,
                "posts": posts,
                "person": actor.person_id,
                "day": day_in_japan(at),
                "at": at,
            },
        )
        asked = dict(cursor.fetchall())
    for post in left:
        if post.post_id in asked and asked[post.post_id].astimezone(JAPAN).date() < post.since:
            return _told(post)
    return None


def _told(post: LeftPost) -> CannotAct:
    day: dict[str, Any] = {"title": post.title, "month": post.since.month, "day": post.since.day}
    remedy = N_("書いたものは失われていません。要るときは写して、いまの担当者に渡してください。")
    if post.holder_name is None:
        what = N_("「%(title)s」は、%(month)s月%(day)s日からあなたの職ではありません。いまは欠員です。")
        return CannotAct(what, remedy, **day)
    what = N_("「%(title)s」の職は、%(month)s月%(day)s日から%(who)sが担当しています。")
    return CannotAct(what, remedy, **day, who=post.holder_name)
