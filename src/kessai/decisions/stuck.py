"""Steps at which nobody can act today: why, and whom to ask (S26, A59)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation
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
