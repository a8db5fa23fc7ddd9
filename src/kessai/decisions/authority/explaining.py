"""Why a route is what it is: for any facts, and for a case of the past as it was routed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kessai.decisions import access as cases
from kessai.decisions import continuing, machine, naming, planning
from kessai.decisions.authority import access
from kessai.decisions.authority import rules as comparing
from kessai.decisions.models import Event
from kessai.drafting import queries as drafts
from kessai.drafting.rules import Content
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation
from kessai.organisation.rules import Seat
from kessai.routing import queries as routing
from kessai.routing import tables
from kessai.routing.rules import (
    NOBODY_ADDED,
    ByHand,
    CannotPlan,
    CaseFacts,
    Plan,
    Row,
    Table,
    why_not,
)


class CannotExplain(Cannot):
    """What was asked has no meaning on that day."""


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """A row of the matter. ``why``: why it does not apply, or is not used though it would; None for the chosen."""

    row: Row
    chosen: bool
    why: Text | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A route with its grounds. ``plan`` None: there is none, for the reason and with the remedy of ``refusal``."""

    table: tables.TableInfo
    on: date
    matter: routing.Matter
    facts: CaseFacts
    drafter: Seat
    plan: Plan | None
    refusal: CannotPlan | None
    rows: tuple[RowVerdict, ...]


def explain(
    *,
    actor: Actor,
    tenant_id: int,
    facts: CaseFacts,
    post_id: int,
    on: date,
    at: datetime,
    table_id: int | None = None,
) -> Explained:
    """What the table in force on a day (or any other, a draft too) says of facts drafted by a post that day.

    Errors: NotFound for strangers and for what is not there; CannotExplain where no table is in force that day.
    """
    access.require_reader(actor=actor, tenant_id=tenant_id, on=day_in_japan(at))
    matter = routing.matter(tenant_id=tenant_id, code=facts.matter_code, on=on)
    table = _table(tenant_id, table_id, on)
    seat = organisation.seats(post_ids=[post_id], on=on).get(post_id)
    if seat is None or seat.tenant_id != tenant_id:
        raise NotFound(N_("この職は、この日の組織にありません。"), N_("職を選び直してください。"))
    info = tables.table_info(tenant_id=tenant_id, table_id=table.id, on=day_in_japan(at))
    plan, refusal, rows = _route(table, facts, post_id, on, NOBODY_ADDED)
    return Explained(info, on, matter, facts, seat, plan, refusal, rows)


def _table(tenant_id: int, table_id: int | None, on: date) -> Table:
    if table_id is not None:
        return tables.table(tenant_id=tenant_id, table_id=table_id)
    try:
        return routing.table_in_force(tenant_id=tenant_id, on=on)
    except CannotPlan as refusal:
        raise CannotExplain(refusal.what.message, N_("別の日を選んでください。")) from refusal


def _route(
    table: Table, facts: CaseFacts, post_id: int, on: date, by_hand: ByHand
) -> tuple[Plan | None, CannotPlan | None, tuple[RowVerdict, ...]]:
    plan, refusal = None, None
    try:
        plan = routing.plan_by(table=table, facts=facts, post_id=post_id, on=on, by_hand=by_hand)
    except CannotPlan as found:
        refusal = found
    place = routing.chart_for(post_id=post_id, on=on).drafter_place
    return plan, refusal, _verdicts(table, facts, place)


def _verdicts(table: Table, facts: CaseFacts, place: str) -> tuple[RowVerdict, ...]:
    verdicts: list[RowVerdict] = []
    chosen = False
    for row in sorted(table.rows, key=lambda r: r.number):
        if row.matter_code != facts.matter_code:
            continue
        why = why_not(row, facts, place)
        if why is None and chosen:
            why = Text(N_("先の行が当てはまります。"))
        verdicts.append(RowVerdict(row, why is None, why))
        chosen = chosen or why is None
    return tuple(verdicts)


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What the table demanded of a case's route as it rules now, beside what follows again today.

    Recomputed by the table and the organisation of the day it was submitted. ``same``: nothing differs.
    ``table``: None where the table of the record is gone; ``refusal``: why no route follows any more.
    """

    submitted_at: datetime
    on: date
    table_id: int
    table_name: str
    table: tables.TableInfo | None
    in_force: int | None
    row: Row | None
    recorded_row: int
    recorded: tuple[Mapping[str, Any], ...]
    plan: Plan | None
    refusal: CannotPlan | None
    rows: tuple[RowVerdict, ...]
    differences: tuple[comparing.Difference, ...]

    @property
    def same(self) -> bool:
        return self.refusal is None and not self.differences


def recomputed(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> Recomputed:
    """The route of a case computed once more, and where it differs from the recorded one; NotFound for strangers."""
    today = day_in_japan(at)
    cases.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    past = list(
        Event.objects.filter(tenant_id=tenant_id, case_id=case_id, kind__in=machine.RULING).order_by("seq")
    )
    submitted = [event for event in past if event.kind == machine.SUBMITTED][-1]
    payload: Mapping[str, Any] = past[-1].payload
    content = drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=past[-1].revision).content
    content = replace(content, flags=frozenset(payload.get("flags", ())))
    recorded = tuple(continuing.demanded([e for e in past if "route" in e.payload][-1].payload["route"]))
    on = day_in_japan(submitted.at)
    table_id = int(payload["table"])
    try:
        table = tables.table(tenant_id=tenant_id, table_id=table_id)
        info = tables.table_info(tenant_id=tenant_id, table_id=table_id, on=today)
    except NotFound:
        table, info = Table(table_id, str(payload["table_name"]), "", ()), None
    named = naming.named(tenant_id=tenant_id, content=content, post_id=submitted.post_id, on=on)
    plan, refusal, rows = _route(table, facts_of(content), submitted.post_id, on, named.by_hand)
    differences = (
        comparing.differences(
            recorded, planning.route_json(plan), recorded_row=int(payload["row"]), row=plan.row.number
        )
        if plan
        else ()
    )
    return Recomputed(
        submitted_at=submitted.at,
        on=on,
        table_id=table_id,
        table_name=str(payload["table_name"]),
        table=info,
        in_force=_in_force(tenant_id, on),
        row=plan.row if plan else None,
        recorded_row=int(payload["row"]),
        recorded=recorded,
        plan=plan,
        refusal=refusal,
        rows=rows,
        differences=differences,
    )


def facts_of(content: Content) -> CaseFacts:
    """What an authority table looks at of a draft."""
    return CaseFacts(content.matter_code, content.amount, content.flags, dict(content.values))


def _in_force(tenant_id: int, on: date) -> int | None:
    try:
        return routing.table_in_force(tenant_id=tenant_id, on=on, matter_codes=()).id
    except CannotPlan:
        return None


def since(
    *, table: Table, plan: Plan, content: Content, post_id: int, began: date, today: date
) -> comparing.Since | None:
    """What differs from the route by the table of the day a draft was begun; None where nothing does (A63).

    Both by the organisation of today, so that only what the tables say is compared.
    """
    tenant_id = plan.drafter.tenant_id
    if began >= today or _in_force(tenant_id, began) in (None, table.id):
        return None
    facts = facts_of(content)
    try:
        before = routing.table_in_force(tenant_id=tenant_id, on=began, matter_codes=[facts.matter_code])
        named = naming.named(tenant_id=tenant_id, content=content, post_id=post_id, on=today)
        then = routing.plan_by(table=before, facts=facts, post_id=post_id, on=today, by_hand=named.by_hand)
    except CannotPlan:
        return None
    found = comparing.differences(planning.route_json(then), planning.route_json(plan), recorded_row=0, row=0)
    found = tuple(d for d in found if d.what.message != comparing.REASONS)
    return comparing.Since(began, table.id, found) if found else None
