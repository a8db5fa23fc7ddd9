"""Steps at which nobody can act today: why, and whom to ask (S26, S28, A59)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from kessai.decisions import clearances
from kessai.decisions.deputising import queries as deputising
from kessai.decisions.deputising.rules import STEPS
from kessai.decisions.models import Case
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation
from kessai.organisation.absence import queries as absence
from kessai.organisation.rules import Seat

_SAYS = {
    "orders": (
        N_("「%(post)s」は欠員で、誰も処理できません。発令の予定を%(ask)sに確かめてください。"),
        N_("「%(post)s」は欠員で、誰も処理できません。発令の予定を、人事を扱う部署に確かめてください。"),
    ),
    "reorganisation": (
        N_(
            "「%(post)s」は廃止され、引き継ぐ職がありません。引き継ぐ職を決めるよう、%(ask)sに頼んでください。"
        ),
        N_(
            "「%(post)s」は廃止され、引き継ぐ職がありません。引き継ぐ職を決めるよう、組織を扱う部署に頼んでください。"
        ),
    ),
}


def stuck(
    *,
    tenant_id: int,
    asked: Mapping[int, str],
    seats: Mapping[int, Seat],
    on: date,
    able: Collection[int] = (),
) -> dict[int, Text]:
    """Those of the posts that are asked today at which nobody can act, each with why and whom to ask.

    ``asked``: posts with the titles they had on the route; ``seats``: as they are on the day; ``able``: posts for
    which a deputy can act although they are vacant.
    """
    duties = {
        post: "reorganisation" if seats.get(post) is None else "orders"
        for post in asked
        if post not in able and (post not in seats or seats[post].holder_id is None)
    }
    asks = {
        duty: organisation.whom_to_ask(tenant_id=tenant_id, duty=duty, on=on) for duty in set(duties.values())
    }
    found: dict[int, Text] = {}
    for post, duty in duties.items():
        title = seats[post].title if post in seats else asked[post]
        ask = asks[duty]
        if ask is None or ask.holder_name is None:
            found[post] = Text(_SAYS[duty][1], {"post": title})
        else:
            found[post] = Text(_SAYS[duty][0], {"post": title, "ask": f"{ask.title}（{ask.holder_name}）"})
    return found


def by_kind(
    *, asked: Mapping[tuple[int, str], Mapping[int, str]], seats: Mapping[int, Seat], at: datetime
) -> dict[tuple[int, str], Text]:
    """Why nobody can answer a kind of step at a post, by post and kind.

    ``asked``: by ministry and kind, the posts with the titles they had on the route.
    """
    found: dict[tuple[int, str], Text] = {}
    for (tenant, kind), posts in asked.items():
        vacant = [post for post in posts if post in seats and seats[post].holder_id is None]
        able = _with_deputy(tenant, kind, vacant, at)
        said = stuck(tenant_id=tenant, asked=posts, seats=seats, on=day_in_japan(at), able=able)
        found |= {(post, kind): why for post, why in said.items()}
    return found


def _with_deputy(tenant_id: int, kind: str, posts: Collection[int], at: datetime) -> set[int]:
    """Vacant posts for which a deputy is there, where deputies answer the kind of step for such too (S01, S02)."""
    settings = deputising.settings_on(tenant_id=tenant_id, at=at) if posts else None
    if settings is None or not settings.while_vacant or kind not in STEPS[settings.acting_for]:
        return set()
    desks = absence.desks(post_ids=posts, at=at)
    return {post for post, desk in desks.items() if any(deputy.holders for deputy in desk.deputies)}


def unseen(
    *, case: Case, asked: Mapping[int, tuple[str, str]], seats: Mapping[int, Seat], at: datetime
) -> dict[int, Text]:
    """Those of the posts that are asked in a case at which nobody may see it, each with whom to ask (S28).

    ``asked``: posts with the kind of step and the title they had on the route. A deputy who may see it and act now
    is somebody.
    """
    titles = {post: title for post, (_, title) in asked.items()}
    said = clearances.stuck(tenant_id=case.tenant_id, asked=titles, seats=seats, needed=case.needs, at=at)
    return {post: why for post, why in said.items() if not _deputy(case, asked[post][0], post, at)}


def _deputy(case: Case, kind: str, post_id: int, at: datetime) -> bool:
    facts = deputising.facts_of_step(case=case, kind=kind, post_id=post_id, at=at)
    return facts is not None and facts.first_able() is not None
