"""Recording an act, inside the caller's transaction: event, ledger entry, steps and case, or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import events, machine, planning, replay
from kessai.decisions.access import SQL
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.previewing import writes as previewing
from kessai.decisions.talking import writes as talking
from kessai.decisions.telling import writes as telling
from kessai.drafting import writes as drafting
from kessai.ledger import writes as ledger
from kessai.ledger.sealing import Json
from kessai.organisation.queries import HeldPost, PersonName
from kessai.organisation.rules import Seat


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does what, in which post and capacity, at what time."""

    kind: str
    act_id: UUID
    at: datetime
    person: PersonName
    seat: Seat | HeldPost
    capacity: str
    position: int | None
    remark: str

    @property
    def title(self) -> str:
        return self.seat.signs_as if isinstance(self.seat, HeldPost) else self.seat.title


def record(
    *,
    tenant_id: int,
    case_id: UUID,
    seq: int,
    round: int,
    revision: int,
    doing: Doing,
    payload: Mapping[str, Json],
    content: Mapping[str, Json] | None = None,
    attachments: Sequence[Mapping[str, Json]] = (),
) -> Event:
    """Write the event and append its leaf to the ministry's log."""
    assert connection.in_atomic_block
    salt = secrets.token_bytes(32)
    event = Event(
        tenant_id=tenant_id,
        case_id=case_id,
        seq=seq,
        kind=doing.kind,
        act_id=doing.act_id,
        at=doing.at,
        person_id=doing.person.person_id,
        person_name=doing.person.name,
        post_id=doing.seat.post_id,
        post_title=doing.title,
        unit_name=doing.seat.unit_name,
        capacity=doing.capacity,
        round=round,
        position=doing.position,
        revision=revision,
        remark=doing.remark,
        payload=dict(payload),
        salt=salt,
    )
    bound = events.fields(event, content=content, attachments=attachments)
    event.save(force_insert=True)
    ledger.append(
        tenant_id=tenant_id, case_id=case_id, seq=seq, leaf=events.leaf(event, bound, salt), at=doing.at
    )
    return event


def carry_out(
    *,
    case: Case,
    before: Sequence[replay.Step],
    doing: Doing,
    payload: Mapping[str, Json],
    changes: Mapping[str, object] | None = None,
) -> Event:
    """Record an act on a case's current round, with all that follows for its steps, its state and its draft."""
    assert connection.in_atomic_block
    seq = case.last_seq + 1
    event = record(
        tenant_id=case.tenant_id,
        case_id=case.id,
        seq=seq,
        round=case.round,
        revision=case.revision,
        doing=doing,
        payload=payload,
    )
    happened = planning.happened(
        kind=doing.kind, round=case.round, position=doing.position, seq=seq, payload=payload
    )
    state, rounds = replay.happen(case.state, {case.round: tuple(before)}, happened)
    set_steps(case=case, before=before, after=rounds[case.round], payload=payload, at=doing.at)
    heard = talking.follow(case=case, event=event, state=state, steps=rounds[case.round])
    telling.tell(
        case=case,
        event=event,
        before=before,
        after=rounds[case.round],
        also_posts=heard.posts,
        also_people=heard.people,
    )
    if state in machine.WITH_DRAFTER and state != case.state:
        drafting.reopen(
            tenant_id=case.tenant_id, draft_id=case.id, person=doing.person.person_id, at=doing.at
        )
    elif state in machine.ENDED and case.state not in machine.ENDED:
        drafting.close(tenant_id=case.tenant_id, draft_id=case.id)
        previewing.end(tenant_id=case.tenant_id, draft_id=case.id, at=doing.at)
    now = {"last_seq": seq, "updated_at": doing.at, **(changes or {})}
    if case.state not in machine.ENDED:
        now |= {"state": state}
    Case.objects.filter(tenant_id=case.tenant_id, id=case.id).update(**now)
    return event


def set_steps(
    *,
    case: Case,
    before: Sequence[replay.Step],
    after: Sequence[replay.Step],
    payload: Mapping[str, Json],
    at: datetime,
) -> None:
    """Store what an act changed of the steps of the current round, and the steps that it brought."""
    assert connection.in_atomic_block
    was = {step.position: step for step in before}
    new = [step for step in after if step.position not in was]
    added: Any = payload.get("added", [])
    Step.objects.bulk_create(planning.step_rows(case.tenant_id, case.id, case.round, added, new, at))
    changed = [step for step in after if step.position in was and step != was[step.position]]
    with connection.cursor() as cursor:
        cursor.execute(
            SQL["set_steps"],
            {
                "tenant": case.tenant_id,
                "case": case.id,
                "round": case.round,
                "positions": [step.position for step in changed],
                "states": [step.state for step in changed],
                "stages": [step.stage for step in changed],
                "acted": [step.acted for step in changed],
                "held": [step.held for step in changed],
                "at": at,
            },
        )


def lock_case(*, tenant_id: int, case_id: UUID) -> Case | None:
    """The case, its row locked until the transaction ends."""
    assert connection.in_atomic_block
    return Case.objects.select_for_update().filter(tenant_id=tenant_id, id=case_id).first()
