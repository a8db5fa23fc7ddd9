"""The facts on which somebody may act in another post's place, as they are at the moment of the act."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kessai.decisions import machine
from kessai.decisions.deputising import rules
from kessai.decisions.deputising.rules import Verdict
from kessai.decisions.models import Case, Event, Step
from kessai.kernel.calendar import day_in_japan
from kessai.organisation.absence import queries as absence
from kessai.organisation.absence.queries import Desk, Holder
from kessai.organisation.absence.rules import covers
from kessai.organisation.clearance import queries as clearance
from kessai.organisation.settings import settings_of


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rule looks at, for one step of one case."""

    desk: Desk
    post: rules.Post
    matter: rules.Matter
    settings: rules.Settings

    def of(self, person_id: int) -> Verdict:
        """Whether a person may act there now."""
        return rules.may_act_for(person_id, self.post, self.matter, self.settings)

    def first_able(self) -> tuple[rules.Deputy, rules.Person] | None:
        return rules.first_able(self.post, self.matter, self.settings)

    def deputy_seat(self, post_id: int) -> absence.DeputySeat:
        return next(deputy for deputy in self.desk.deputies if deputy.seat.post_id == post_id)


def settings_on(*, tenant_id: int, at: datetime) -> rules.Settings:
    found = settings_of(tenant_id=tenant_id, on=day_in_japan(at))
    return rules.Settings(
        acting_for=found["acting_for"],
        while_vacant=found["acting_while_vacant"] == "yes",
        instruction_lifts=found["instruction_lifts"],
    )


def facts_of_step(*, case: Case, kind: str, post_id: int, at: datetime) -> Facts | None:
    """The facts for a step of a case; None where there is no such post any more."""
    events = Event.objects.filter(
        tenant_id=case.tenant_id, case_id=case.id, kind__in=(*machine.RULING, machine.INSTRUCTED)
    )
    return facts_of_steps(case=case, steps={0: (kind, post_id)}, events=list(events), at=at).get(0)


def facts_of_steps(
    *, case: Case, steps: Mapping[int, tuple[str, int]], events: Iterable[Event], at: datetime
) -> dict[int, Facts]:
    """The facts for some steps of a case, by position; ``steps``: their kinds and posts, ``events``: of the case."""
    events = sorted(events, key=lambda event: event.seq)
    ruling = [event for event in events if event.kind in machine.RULING][-1]
    refused = _refused(case) if steps else ()
    posts = {post_id for _, post_id in steps.values()} | {case.drafter_post_id}
    desks = absence.desks(post_ids=posts, at=at) if steps else {}
    able = _cleared(desks.values(), case.needs, at)
    settings = settings_on(tenant_id=case.tenant_id, at=at)
    told = [event.payload["deputy_post"] for event in instructions(case, events)]
    return {
        position: Facts(
            desk=desks[post_id],
            post=post_of(desks[post_id], case.matter_code, able),
            matter=matter_of(
                kind=kind,
                drafter_post=_today(case.drafter_post_id, desks),
                drafter=case.drafter_person_id,
                flags=ruling.payload.get("flags", ()),
                levels=ruling.payload.get("deputies", ()),
                told=told,
                refused_by=refused,
            ),
            settings=settings,
        )
        for position, (kind, post_id) in steps.items()
        if post_id in desks
    }


def facts_of_question(*, case: Case, post_id: int, at: datetime) -> Facts | None:
    """The facts for a question that a post was asked: an answer decides nothing, so no bar of the matter counts."""
    desks = absence.desks(post_ids={post_id, case.drafter_post_id}, at=at)
    if (desk := desks.get(post_id)) is None:
        return None
    matter = matter_of(
        kind=machine.QUESTION,
        drafter_post=_today(case.drafter_post_id, desks),
        drafter=case.drafter_person_id,
        flags=(),
        levels=(),
        told=(),
    )
    able = _cleared([desk], case.needs, at)
    settings = settings_on(tenant_id=case.tenant_id, at=at)
    return Facts(desk, post_of(desk, case.matter_code, able), matter, settings)


def _refused(case: Case) -> tuple[str, ...]:
    """Who does not agree, be it that the case was let go on over their refusal (A30)."""
    refused = Step.objects.filter(
        tenant_id=case.tenant_id,
        case_id=case.id,
        round=case.round,
        state__in=(machine.REFUSED, machine.OVERRULED, machine.OUTVOTED),
    )
    return tuple(step.post_title for step in refused.order_by("position"))


def _today(post_id: int, desks: Mapping[int, Desk]) -> int:
    """A post, or the one that has its matters today: no deputy decides what is their own post's draft by now."""
    return desks[post_id].seat.post_id if post_id in desks else post_id


def instructions(case: Case, events: Iterable[Event]) -> list[Event]:
    """What the decider has told deputies beforehand of the version on the route, since a flag was last raised.

    ``events``: its flags among them, for one raised before a return is on the case that is submitted again.
    """
    events, version = list(events), bytes(case.content_hash).hex()
    flagged = max((e.seq for e in events if e.kind == machine.FLAGGED), default=0)
    return [
        e
        for e in events
        if e.kind == machine.INSTRUCTED and e.payload.get("content_hash") == version and e.seq > flagged
    ]


def told(*, case: Case, post_id: int) -> Event | None:
    """The last instruction to a deputy about the version that is on the route."""
    found = Event.objects.filter(
        tenant_id=case.tenant_id, case_id=case.id, kind__in=(machine.INSTRUCTED, machine.FLAGGED)
    ).order_by("seq")
    mine = [e for e in instructions(case, found) if e.payload["deputy_post"] == post_id]
    return mine[-1] if mine else None


def matter_of(
    *,
    kind: str,
    drafter_post: int,
    drafter: int,
    flags: Iterable[str],
    levels: Iterable[str],
    told: Iterable[int],
    refused_by: Iterable[str] = (),
) -> rules.Matter:
    return rules.Matter(
        step=kind,
        drafter_post=drafter_post,
        drafter=drafter,
        flags=frozenset(flags),
        levels=tuple(levels),
        told=frozenset(told),
        refused_by=tuple(refused_by),
    )


def _cleared(desks: Iterable[Desk], needed: Collection[str], at: datetime) -> frozenset[int] | None:
    """Those at some desks who may see a matter; None where it takes nothing."""
    if not needed:
        return None
    people = {
        holder.person_id
        for desk in desks
        for holder in (*desk.holders, *(h for deputy in desk.deputies for h in deputy.holders))
    }
    return clearance.cleared(person_ids=people, needed=needed, at=at)


def post_of(desk: Desk, matter_code: str, able: Collection[int] | None = None) -> rules.Post:
    """A desk as the rule sees it: its deputies for a kind of matter, each once, in order.

    ``able``: who may see the matter; None where it takes nothing.
    """
    deputies: dict[int, rules.Deputy] = {}
    for deputy in desk.deputies:
        if covers(deputy.matters, matter_code):
            deputies.setdefault(
                deputy.seat.post_id,
                rules.Deputy(
                    deputy.seat.post_id,
                    deputy.seat.title,
                    deputy.seat.level,
                    _people(deputy.holders, able),
                ),
            )
    return rules.Post(desk.seat.title, _people(desk.holders, able), tuple(deputies.values()))


def _people(holders: Collection[Holder], able: Collection[int] | None) -> tuple[rules.Person, ...]:
    return tuple(
        rules.Person(h.person_id, h.name, present=h.away is None, cleared=able is None or h.person_id in able)
        for h in holders
    )


def may_act(
    *, rows: Iterable[Mapping[str, Any]], person_id: int, at: datetime
) -> dict[tuple[UUID, int], Facts]:
    """Of the rows of acting.sql those on which a person may act now, by case and position."""
    rows = list(rows)
    posts = {row["post_id"] for row in rows} | {row["drafter_post_id"] for row in rows}
    desks = absence.desks(post_ids=posts, at=at) if rows else {}
    settings = {tenant: settings_on(tenant_id=tenant, at=at) for tenant in {row["tenant_id"] for row in rows}}
    found: dict[tuple[UUID, int], Facts] = {}
    for row in rows:
        desk = desks.get(row["post_id"])
        if desk is None:
            continue
        matter = matter_of(
            kind=row["kind"],
            drafter_post=_today(row["drafter_post_id"], desks),
            drafter=row["drafter_person_id"],
            flags=_listed(row["flags"]),
            levels=_listed(row["deputies"]),
            told=row["told"],
            refused_by=row["refused_by"],
        )
        able = _cleared([desk], row["needs"], at)
        facts = Facts(desk, post_of(desk, row["matter_code"], able), matter, settings[row["tenant_id"]])
        if facts.of(person_id).may:
            found[row["case_id"], row["position"]] = facts
    return found


def _listed(value: Any) -> list[str]:
    """A list out of a raw JSON column."""
    if isinstance(value, str):
        import json

        value = json.loads(value)
    return list(value or ())
