"""Reading a draft and planning its route: what a preview shows and a submission does, by the same steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kessai.decisions import machine, naming, replay
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.models import Step
from kessai.drafting.rules import Content, Problem, read
from kessai.kernel.words import N_, Text
from kessai.ledger.sealing import Json
from kessai.organisation.clearance import queries as clearance
from kessai.organisation.clearance import rules as marked
from kessai.organisation.clearance.rules import MARKINGS
from kessai.records import queries as records
from kessai.records.issuing import queries as ways
from kessai.records.writes import Filing
from kessai.routing import queries as routing
from kessai.routing.rules import FLAGS, CannotPlan, CaseFacts, Plan, Table


@dataclass(frozen=True, slots=True)
class Planned:
    """A draft as read, and its route if there is one; ``problems`` stop a submission."""

    content: Content
    matter: routing.Matter
    table: Table | None
    plan: Plan | None
    problems: tuple[Problem, ...]


def read_and_plan(
    *,
    tenant_id: int,
    post_id: int,
    matter_code: str,
    typed: Mapping[str, str],
    on: date,
    raised: Collection[str] = (),
) -> Planned:
    """Read what was typed and plan the route by the table and the chart of a day.

    ``raised``: flags raised on the way, which the content has besides those that were typed.
    """
    matter = routing.matter(tenant_id=tenant_id, code=matter_code, on=on)
    reading = read(
        matter_code=matter_code,
        question=matter.question,
        fields=issuing.form_fields(matter.fields, tenant_id=tenant_id, on=on),
        typed=typed,
        today=on,
        known_flags=FLAGS,
        markings=MARKINGS,
        restrictions=clearance.restrictions(tenant_id=tenant_id, on=on),
        layouts=ways.layouts(tenant_id=tenant_id, matter=matter.code, issued=matter.issued, on=on),
    )
    content = replace(reading.content, flags=reading.content.flags.union(raised))
    try:
        planned = plan_content(matter=matter, content=content, post_id=post_id, on=on)
    except CannotPlan as refusal:
        named = naming.named(tenant_id=tenant_id, content=content, post_id=post_id, on=on)
        problems = (*reading.problems, *named.problems, Problem(refusal.field, refusal.what))
        return Planned(content, matter, None, None, problems)
    return replace(planned, problems=(*reading.problems, *planned.problems))


def plan_content(*, matter: routing.Matter, content: Content, post_id: int, on: date) -> Planned:
    """Plan the route of a content by the table and the chart of a day. Errors: CannotPlan."""
    facts = CaseFacts(content.matter_code, content.amount, content.flags, dict(content.values))
    named = naming.named(tenant_id=matter.tenant_id, content=content, post_id=post_id, on=on)
    table, plan = routing.plan_route(facts=facts, post_id=post_id, on=on, by_hand=named.by_hand)
    if plan.circulation:
        check = tuple(_unreadable(plan, content, named.problems))
    else:
        check = tuple(_unfileable(plan, matter.tenant_id, on))
    problems = (*named.problems, *check, *_unkept(plan, matter.tenant_id, on))
    return Planned(content, matter, table, plan, problems)


def _unreadable(plan: Plan, content: Content, named: Sequence[Problem]) -> Iterator[Problem]:
    """What a circulation lacks that would never end, or reach nobody. ``named``: what is unclear of its readers."""
    if not plan.steps and not named:
        yield Problem("readers", Text(N_("読む職・部署を入れてください。")))
    if content.deadline is None:
        yield Problem("deadline", Text(N_("いつまでに読むかを入れてください。")))


def _unfileable(plan: Plan, tenant_id: int, on: date) -> Iterator[Problem]:
    """What would keep the decision from being numbered or filed: said now, not to the decider."""
    if not (plan.row.series or plan.drafter.unit_symbol):
        yield Problem(
            "route", Text(N_("起案する部署に文書記号がありません。文書担当課に登録を頼んでください。"))
        )
    if not records.number_format_known(tenant_id=tenant_id, on=on):
        yield Problem("route", Text(N_("文書番号の書式が定められていません。文書担当課に連絡してください。")))


def _unkept(plan: Plan, tenant_id: int, on: date) -> Iterator[Problem]:
    code = plan.row.retention_code
    if not code and plan.circulation:
        return
    if not records.retention_known(tenant_id=tenant_id, code=code, on=on):
        yield Problem(
            "route",
            Text(
                N_("決裁規程の保存期間「%(code)s」が定められていません。文書担当課に連絡してください。"),
                {"code": code},
            ),
        )


def route_json(plan: Plan) -> list[dict[str, Any]]:
    """The planned route as it goes on the record: posts and titles of the day, with every reason."""
    return [
        {
            "position": position,
            "stage": step.stage,
            "kind": step.kind,
            "post": step.seat.post_id,
            "post_title": step.seat.title,
            "unit": step.seat.unit_name,
            "delegated": step.delegated,
            "own": step.own,
            **({"quorum": step.quorum} if step.quorum is not None else {}),
            "reasons": [
                {
                    "text": reason.text.message,
                    "params": dict(reason.text.params),
                    "row": reason.row,
                    "clause": reason.clause,
                    "row_reason": reason.row_reason,
                    "row_reason_en": reason.row_reason_en,
                    **({"joint": reason.joint} if reason.joint else {}),
                }
                for reason in step.reasons
            ],
        }
        for position, step in enumerate(plan.steps, start=1)
    ]


def ruling_json(planned: Planned) -> dict[str, Json]:
    """By which row of which table a case is decided, and what follows from that: of the payload of a ruling event."""
    assert planned.plan is not None and planned.table is not None
    return {
        "table": planned.table.id,
        "table_name": planned.table.name,
        "row": planned.plan.row.number,
        "filing": filing_json(planned),
        "flags": sorted(planned.content.flags),
        "deputies": list(planned.plan.row.deputies),
        **({"rewording": True} if planned.plan.row.rewording else {}),
        **({"bulk_allowed": True} if planned.plan.row.bulk else {}),
        **({"needs": list(needs)} if (needs := needs_of(planned)) else {}),
        **({"joint": joint_json(planned.plan)} if planned.plan.joint else {}),
    }


def joint_json(plan: Plan) -> list[Json]:
    """The joint units of a case (連名) as they go on the record, each with who decides there, by today's title."""
    return [
        {
            "unit_id": place.unit.unit_id,
            "unit": place.unit.name,
            "post": place.seat.post_id,
            "post_title": place.seat.title,
            "how": place.how,
        }
        for place in plan.joint
    ]


def needs_of(planned: Planned) -> tuple[str, ...]:
    """What whoever sees the case must be cleared for (S28)."""
    return marked.needs(marking_of(planned), planned.content.restriction)


def marking_of(planned: Planned) -> str:
    """The marking of the row, or the higher one that the drafter chose."""
    row = planned.plan.row.marking if planned.plan else ""
    return marked.higher(row, planned.content.marking)


RULING = (
    *("table", "table_name", "row", "filing", "flags", "deputies", "rewording", "bulk_allowed", "needs"),
    "joint",
)
"""What ruling_json gives: the last event that says it rules."""


def ruled(payloads: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What rules a case, from what its ruling events say, in order: of the row the last one, all else what fixed it."""
    found: dict[str, Any] = {}
    for said in payloads:
        kept = {key: value for key, value in found.items() if key not in RULING} if "flag" in said else {}
        found = kept | {k: v for k, v in said.items() if not kept or k in RULING}
    return found


def first_steps(route: Sequence[Mapping[str, Any]]) -> tuple[replay.Step, ...]:
    """The steps of a planned route before any is opened."""
    return tuple(
        replay.Step(
            position=int(entry["position"]),
            stage=int(entry["stage"]),
            kind=str(entry["kind"]),
            post_id=int(entry["post"]),
            state=machine.OWN if entry["own"] else machine.WAITING,
            added_by=entry.get("added_by"),
            quorum=entry.get("quorum"),
            answer_by=date.fromisoformat(entry["answer_by"]) if "answer_by" in entry else None,
        )
        for entry in route
    )


def happened(
    *, kind: str, round: int, position: int | None, seq: int, payload: Mapping[str, Any]
) -> replay.Happened:
    """An event as the rules see it: read the same way when it is made and when it is replayed."""
    return replay.Happened(
        kind,
        round,
        position,
        route=first_steps(payload.get("route", ())),
        merged=tuple(payload.get("merged", ())),
        added=first_steps(payload.get("added", ())),
        seq=seq,
        kept={int(place): answer for place, answer in payload.get("kept", {}).items()},
        carried={int(place): was for place, was in payload.get("carried", {}).items()},
        skipped=tuple(payload.get("skipped", ())),
        to=payload.get("to"),
        only_target=payload.get("only_target", False),
        beside_open=payload.get("beside_open", False),
        consents_void=payload.get("consents_void", False),
        reviews_stand=payload.get("reviews_stand", False),
        anew=tuple(payload.get("anew", ())),
    )


def step_rows(
    tenant_id: int,
    case_id: UUID,
    round: int,
    route: Sequence[Mapping[str, Any]],
    steps: Sequence[replay.Step],
    at: datetime,
) -> list[Step]:
    """The rows of a new round's steps."""
    return [
        Step(
            tenant_id=tenant_id,
            case_id=case_id,
            round=round,
            position=step.position,
            stage=step.stage,
            kind=step.kind,
            post_id=step.post_id,
            post_title=entry["post_title"],
            unit_name=entry["unit"],
            reasons=entry["reasons"],
            delegated=entry["delegated"],
            state=step.state,
            opened_at=at if step.state == machine.OPEN else None,
            acted_seq=step.acted,
            held_seq=step.held,
            added_by=step.added_by,
            quorum=step.quorum,
            answer_by=step.answer_by,
        )
        for step, entry in zip(steps, route, strict=True)
    ]


def filing_json(planned: Planned) -> dict[str, Json]:
    """How the decision will be filed, by the row and the matter type in force at submission."""
    assert planned.plan is not None
    row = planned.plan.row
    return {
        "title": planned.content.title,
        "class_large": planned.matter.class_large,
        "class_medium": planned.matter.class_medium,
        "file_name": planned.matter.name,
        "retention_code": row.retention_code,
        "disposal": row.disposal,
        "marking": marking_of(planned),
        "disclosure": row.disclosure,
        **({"series": row.series} if row.series else {}),
    }


def filing_of(value: Json, unit_id: int) -> Filing:
    """The filing that was fixed at submission."""
    assert isinstance(value, dict)
    texts = {key: str(text) for key, text in value.items() if key != "series"}
    return Filing(unit_id=unit_id, **texts)


def series_of(value: Json) -> str:
    """The symbol of the number series that the row demands; "" for the drafting unit's."""
    assert isinstance(value, dict)
    return str(value.get("series", ""))
