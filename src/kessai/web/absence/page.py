"""What the pages of absences and deputies show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.absence import queries, rules
from kessai.organisation.absence.queries import AbsenceView, DeputySeat, Desk, Principal, SecretarySeat
from kessai.organisation.queries import HeldPost
from kessai.organisation.settings import settings_of
from kessai.routing import queries as routing

KINDS = {
    "leave": N_("休暇"),
    "trip": N_("出張"),
    "training": N_("研修"),
    "illness": N_("病気・療養"),
    "other": N_("その他"),
}
SCOPES = {
    rules.DRAFT: N_("起案（下書きと提出）"),
    rules.READ: N_("閲覧（受信箱と案件を読む、供覧を読了にする）"),
    rules.ABSENCE: N_("不在の登録"),
}
STEPS = {
    "decider": N_("決裁だけを代決できます。"),
    "consents": N_("決裁と合議を代わって処理できます。"),
    "every_step": N_("審査・合議・決裁のすべてを代わって処理できます。"),
}
PAST = timedelta(days=31)
"""How long an absence that is over stays on the page."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Somebody whose absences the reader may record. ``title`` "": the reader."""

    person_id: int
    name: str
    title: str
    absences: tuple[AbsenceLine, ...]


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """``state``: now, next, over (at its end or before)."""

    view: AbsenceView
    kind: str
    state: str
    by: str
    """Who recorded it, if somebody else."""


@dataclass(frozen=True, slots=True)
class DeputyLine:
    """A deputy in order. ``matters``: names; ``able``: one of its holders is there."""

    order: int
    deputy: DeputySeat
    names: str
    matters: tuple[str, ...]
    able: bool
    away: datetime | None


@dataclass(frozen=True, slots=True)
class PostCard:
    """A post of the reader: who stands in for it, who helps, and what the ministry allows."""

    post: HeldPost
    deputies: tuple[DeputyLine, ...]
    secretaries: tuple[SecretarySeat, ...]
    may_name: bool
    steps: str
    vacant_too: bool


def whose(actor: Actor, name: str, served: Mapping[int, Principal], at: datetime) -> tuple[Whose, ...]:
    """The reader, and the holders of the posts whose absences they record as secretary."""
    found = [Whose(actor.person_id, name, "", _absences(actor.person_id, at))]
    posts = {each.post.post_id: each for each in served.values() if rules.ABSENCE in each.scopes}
    for post_id, holders in queries.holders(post_ids=posts, at=at).items():
        found += [
            Whose(h.person_id, h.name, posts[post_id].post.title, _absences(h.person_id, at))
            for h in holders
            if h.person_id not in {one.person_id for one in found}
        ]
    return tuple(found)


def _absences(person_id: int, at: datetime) -> tuple[AbsenceLine, ...]:
    lines = []
    for view in queries.absences(person_id=person_id, since=at - PAST):
        if view.ended_at is not None and view.ended_at <= view.start:
            continue
        over = view.end <= at or view.ended_at is not None
        state = "over" if over else "now" if view.start <= at else "next"
        by = view.recorded_by_name if view.recorded_by != person_id else ""
        lines.append(AbsenceLine(view, KINDS.get(view.kind, view.kind), state, by))
    order = {"now": 0, "next": 1, "over": 2}
    return tuple(sorted(lines, key=lambda line: (order[line.state], line.view.start)))


def cards(actor: Actor, at: datetime) -> tuple[PostCard, ...]:
    """The reader's posts with who stands in for them."""
    today = day_in_japan(at)
    held = organisation.posts_held(person_id=actor.person_id, on=today)
    desks = queries.desks(post_ids=[post.post_id for post in held], at=at)
    helpers = queries.secretaries(post_ids=[post.post_id for post in held], at=at)
    matters = {tenant: matter_names(tenant, at) for tenant in {post.tenant_id for post in held}}
    return tuple(
        _card(post, desks[post.post_id], helpers.get(post.post_id, ()), matters[post.tenant_id], at)
        for post in held
        if post.post_id in desks
    )


def _card(
    post: HeldPost,
    desk: Desk,
    helpers: tuple[SecretarySeat, ...],
    matters: Mapping[str, str],
    at: datetime,
) -> PostCard:
    settings = settings_of(tenant_id=post.tenant_id, on=day_in_japan(at))
    return PostCard(
        post=post,
        deputies=tuple(_deputy(n, each, matters) for n, each in enumerate(once(desk.deputies), start=1)),
        secretaries=helpers,
        may_name=settings["deputies_by_holder"] == "yes",
        steps=STEPS[settings["acting_for"]],
        vacant_too=settings["acting_while_vacant"] == "yes",
    )


def once(deputies: Sequence[DeputySeat]) -> list[DeputySeat]:
    """The deputies without those who stand in already, earlier and for all matters."""
    found: list[DeputySeat] = []
    for each in deputies:
        if not any(one.seat.post_id == each.seat.post_id and not one.matters for one in found):
            found.append(each)
    return found


def _deputy(order: int, deputy: DeputySeat, matters: Mapping[str, str]) -> DeputyLine:
    away = [holder.away for holder in deputy.holders]
    return DeputyLine(
        order=order,
        deputy=deputy,
        names="・".join(holder.name for holder in deputy.holders),
        matters=tuple(matters.get(code, code) for code in deputy.matters),
        able=any(until is None for until in away),
        away=min((until for until in away if until), default=None) if away and all(away) else None,
    )


def matter_names(tenant_id: int, at: datetime) -> dict[str, str]:
    """The names of a ministry's kinds of matter by their codes."""
    return {m.code: m.name for m in routing.matters(tenant_id=tenant_id, on=day_in_japan(at))}
