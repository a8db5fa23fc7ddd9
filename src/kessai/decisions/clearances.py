"""What the acts and pages of a case ask of clearances (S28): who may be asked, who may put it in, whom to turn to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from kessai.decisions.rules import CannotAct
from kessai.drafting.rules import Problem
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation
from kessai.organisation.clearance import queries
from kessai.organisation.rules import Seat

NOBODY_CLEARED = N_("「%(post)s」には、この格付・取扱制限の案件を扱える人がいません。")
_NOT_CLEARED = N_("この格付・取扱制限の案件を扱う指定を、あなたは受けていません。")
_ASK = (
    N_("扱える人に頼むか、%(ask)sに指定を頼んでください。"),
    N_("扱える人に頼むか、格付・取扱制限を扱う部署に指定を頼んでください。"),
)
_DRAFTER = (
    N_("この案件の格付・取扱制限では、指定を受けた人だけが起案できます。%(ask)sに指定を頼んでください。"),
    N_(
        "この案件の格付・取扱制限では、指定を受けた人だけが起案できます。格付・取扱制限を扱う部署に指定を頼んでください。"
    ),
)
_STUCK = (
    N_("「%(post)s」に、この格付・取扱制限の案件を扱える人がいません。%(ask)sに指定を頼んでください。"),
    N_(
        "「%(post)s」に、この格付・取扱制限の案件を扱える人がいません。格付・取扱制限を扱う部署に指定を頼んでください。"
    ),
)


def _asking(said: tuple[str, str], tenant_id: int, at: datetime, **params: str) -> Text:
    """A message that names whom to ask for a clearance, if there is one today."""
    head = organisation.whom_to_ask(tenant_id=tenant_id, duty="clearance", on=day_in_japan(at))
    if head is None or head.holder_name is None:
        return Text(said[1], params)
    return Text(said[0], {**params, "ask": f"{head.title}（{head.holder_name}）"})


def require(person_id: int, needed: Collection[str], *, tenant_id: int, at: datetime) -> None:
    """Nobody makes a case into one that they may not see. Errors: CannotAct."""
    if person_id not in queries.cleared(person_ids=[person_id], needed=needed, at=at):
        refusal = CannotAct(_NOT_CLEARED)
        refusal.remedy = _asking(_ASK, tenant_id, at)
        raise refusal


def problems(person_id: int, needed: Collection[str], *, tenant_id: int, at: datetime) -> Iterator[Problem]:
    """What stops a drafter who may not see what they would put in."""
    if person_id not in queries.cleared(person_ids=[person_id], needed=needed, at=at):
        yield Problem("marking", _asking(_DRAFTER, tenant_id, at))


def require_post(seat: Seat, needed: Collection[str], *, at: datetime) -> None:
    """A post with nobody who may see the case is not asked by hand; who they are is not said. Errors: CannotAct."""
    if queries.posts_without(post_ids=[seat.post_id], needed=needed, at=at):
        raise CannotAct(
            NOBODY_CLEARED,
            N_("ほかの職を選ぶか、格付・取扱制限を扱う部署に相談してください。"),
            post=seat.title,
        )


def stuck(
    *,
    tenant_id: int,
    asked: Mapping[int, str],
    seats: Mapping[int, Seat],
    needed: Collection[str],
    at: datetime,
) -> dict[int, Text]:
    """Those of the posts that are asked at which nobody may see the case, each with whom to ask."""
    now = {post: seats[post] for post in asked if post in seats}
    posts = {seat.post_id for seat in now.values()}
    without = queries.posts_without(post_ids=posts, needed=needed, at=at)
    return {
        post: _asking(_STUCK, tenant_id, at, post=seat.title)
        for post, seat in now.items()
        if seat.post_id in without
    }
