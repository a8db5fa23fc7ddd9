"""The route that a draft would take if it were submitted now, with what stops it: for its drafter, and for others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from kessai.decisions import clearances, machine, planning, rounds
from kessai.decisions.advising import queries as advising
from kessai.decisions.authority import explaining
from kessai.decisions.authority import writes as authority
from kessai.decisions.by_hand import queries as by_hand
from kessai.decisions.by_hand import rules as adding
from kessai.decisions.flagging import queries as flagging
from kessai.decisions.models import Step
from kessai.decisions.persons import queries as persons
from kessai.decisions.receiving import queries as receiving
from kessai.decisions.results import (
    AddedView,
    ReasonView,
    RoutePreview,
    StageView,
    StepView,
    reasons_of,
)
from kessai.drafting import carrying
from kessai.drafting.inspecting import queries as inspecting
from kessai.drafting.queries import DraftPage
from kessai.drafting.rules import Problem
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.routing.rules import Plan, PlannedStep


@dataclass(frozen=True, slots=True)
class Assembled:
    """A planned route with all that stands on it besides what the table demands; no ``entries`` where none is planned.

    ``needs``: what whoever sees it must be cleared for.
    """

    plan: Plan | None
    entries: tuple[adding.Entry, ...]
    needs: tuple[str, ...]
    deadline: date | None = None
    problems: tuple[Problem, ...] = ()
    by_hand: tuple[AddedView, ...] = ()


def of(draft: DraftPage, *, at: datetime, drafter: int | None = None) -> RoutePreview:
    """The planned route of a draft; ``drafter``: the person who is told where else they are on it. No access check."""
    tenant_id, draft_id, today = draft.tenant_id, draft.draft_id, day_in_japan(at)
    planned = read(draft, at=at)
    enacts = authority.bound(
        tenant_id=tenant_id,
        draft_id=draft_id,
        content=planned.content,
        files=[file.sha256 for file in draft.attachments],
        on=today,
    )
    whole = _assembled(draft, planned, at)
    views = _views(whole, at)
    stages: dict[int, list[StepView]] = {}
    for view in views:
        if view.kind != machine.CIRCULATE:
            stages.setdefault(view.stage, []).append(view)
    return RoutePreview(
        content=planned.content,
        stages=tuple(StageView(n, "next", tuple(of)) for n, of in sorted(stages.items())),
        readers=tuple(view for view in views if view.kind == machine.CIRCULATE),
        problems=(
            *planned.problems,
            *enacts.problems,
            *carrying.problems(draft.typed, draft.carried, planned.matter.fields),
            *whole.problems,
            *(
                clearances.problems(drafter, planning.needs_of(planned), tenant_id=tenant_id, at=at)
                if drafter is not None
                else ()
            ),
            *receiving.problems(
                tenant_id=tenant_id, draft_id=draft.draft_id, needs=planning.needs_of(planned)
            ),
            *inspecting.problems(tenant_id=tenant_id, files=draft.attachments, on=today),
        ),
        advice=_advice(draft, planned, today) if drafter is not None else (),
        marking=planning.marking_of(planned),
        marking_by_rule=planned.plan.row.marking if planned.plan else "",
        table_name=planned.table.name if planned.table else "",
        table_name_en=planned.table.name_en if planned.table else "",
        table_id=planned.table.id if planned.table else 0,
        row=planned.plan.row.number if planned.plan else None,
        standard_days=planned.plan.row.standard_days if planned.plan else None,
        since=explaining.since(
            table=planned.table,
            plan=planned.plan,
            content=planned.content,
            post_id=draft.post_id,
            began=day_in_japan(draft.created_at),
            today=today,
        )
        if planned.table and planned.plan
        else None,
        twice=persons.on_planned(planned.plan, drafter, at) if drafter is not None else (),
        by_hand=whole.by_hand,
    )


def _advice(draft: DraftPage, planned: planning.Planned, today: date) -> tuple[Problem, ...]:
    if planned.plan is None:
        return ()
    return advising.advice(
        tenant_id=draft.tenant_id,
        unit_id=planned.plan.drafter.unit_id,
        content=planned.content,
        files=tuple(file.title for file in draft.attachments),
        disclosed=planned.plan.row.disclosure != "closed",
        standard_days=planned.plan.row.standard_days,
        today=today,
    )


def entries_of(draft: DraftPage, *, at: datetime) -> Assembled:
    """The planned route of a draft as it would go on the record. No access check."""
    return _assembled(draft, read(draft, at=at), at)


def _assembled(draft: DraftPage, planned: planning.Planned, at: datetime) -> Assembled:
    """What the table demands, what goes on of the round before, and what the drafter adds (S15)."""
    needs = planning.needs_of(planned)
    added = by_hand.added(
        draft.by_hand,
        drafting_post=draft.post_id,
        needs=needs,
        deadline=planned.content.deadline,
        only_read=planned.plan is not None and planned.plan.circulation,
        at=at,
    )
    route = planning.route_json(planned.plan) if planned.plan else []
    before = rounds.GoesOn(route)
    if draft.revisions and route:
        before = rounds.goes_on(
            tenant_id=draft.tenant_id, case_id=draft.draft_id, route=route, on=day_in_japan(at)
        )
    entries = adding.with_added(before.entries, added.entries) if route else []
    standing = adding.standing(before.entries, added.entries) if route else {}
    mine = (
        *map(partial(_kept, before.entries, standing), draft.by_hand),
        *map(partial(_stays, entries), before.removable(draft.post_id)),
    )
    return Assembled(planned.plan, tuple(entries), needs, planned.content.deadline, added.problems, mine)


def _kept(
    route: Sequence[adding.Entry], standing: Mapping[str, adding.Standing], one: Mapping[str, Any]
) -> AddedView:
    there = standing.get(one["id"])
    return AddedView(
        key=f"unadd:{one['id']}",
        kind=one["kind"],
        title=one["title"],
        reason=one["reason"],
        on_route=not adding.is_asked(route, one["kind"], one["post"]),
        after=one["after"],
        standing=there,
        answer_by=adding.answer_by(one),
        position=there.position if there else 0,
    )


def _stays(route: Sequence[adding.Entry], row: Step) -> AddedView:
    """A step that the drafter added to the round before."""
    there = (e["position"] for e in route if e["post"] == row.post_id and e["kind"] == row.kind)
    return AddedView(
        f"takeout:{row.position}", row.kind, row.post_title, "", True, row.answer_by, position=next(there, 0)
    )


def _views(whole: Assembled, at: datetime) -> list[StepView]:
    steps: Sequence[PlannedStep] = whole.plan.steps if whole.plan else ()
    planned = [
        replace(_planned(entry["position"], step), stage=entry["stage"])
        for entry, step in zip(whole.entries, steps, strict=False)
    ]
    more = whole.entries[len(planned) :]
    seats = organisation.seats(post_ids={e["post"] for e in more}, on=day_in_japan(at)) if more else {}
    return planned + [
        StepView(
            position=entry["position"],
            stage=entry["stage"],
            kind=entry["kind"],
            state=machine.WAITING,
            post_id=entry["post"],
            post_title=entry["post_title"],
            post_title_en=seats[entry["post"]].title_en if entry["post"] in seats else "",
            unit_name=entry["unit"],
            unit_name_en=seats[entry["post"]].unit_name_en if entry["post"] in seats else "",
            name=seats[entry["post"]].holder_name if entry["post"] in seats else None,
            delegated=False,
            opened_at=None,
            acted_at=None,
            remark="",
            reasons=reasons_of(entry["reasons"]),
            mine=False,
            by_hand=True,
            answer_by=adding.answer_by(entry),
        )
        for entry in more
    ]


def read(draft: DraftPage, *, at: datetime) -> planning.Planned:
    """A draft as read today, with its planned route. No access check."""
    raised = flagging.on_draft(draft.tenant_id, draft.draft_id, draft.typed).kept if draft.revisions else ()
    return planning.read_and_plan(
        tenant_id=draft.tenant_id,
        post_id=draft.post_id,
        matter_code=draft.matter_code,
        typed=draft.typed,
        on=day_in_japan(at),
        raised=raised,
    )


def _planned(position: int, step: PlannedStep) -> StepView:
    return StepView(
        position=position,
        stage=step.stage,
        kind=step.kind,
        state=machine.OWN if step.own else machine.WAITING,
        post_id=step.seat.post_id,
        post_title=step.seat.title,
        unit_name=step.seat.unit_name,
        name=step.seat.holder_name,
        post_title_en=step.seat.title_en,
        unit_name_en=step.seat.unit_name_en,
        delegated=step.delegated,
        opened_at=None,
        acted_at=None,
        remark="",
        reasons=tuple(
            ReasonView(r.text, r.row, r.clause, r.row_reason, r.row_reason_en, r.joint) for r in step.reasons
        ),
        mine=False,
        quorum=step.quorum,
    )
