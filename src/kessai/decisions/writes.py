"""Recording an act, inside the caller's transaction: event, ledger entry, steps and case, or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from kessai.decisions import events, rules
from kessai.decisions.access import SQL
from kessai.decisions.models import Case, Event
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
        post_title=doing.seat.title,
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


def set_steps(
    *,
    tenant_id: int,
    case_id: UUID,
    round: int,
    before: Sequence[rules.Step],
    after: Sequence[rules.Step],
    acted: int | None,
    seq: int,
    at: datetime,
) -> None:
    """Store what an act changed of the steps; ``acted`` is the position that was answered by event ``seq``."""
    assert connection.in_atomic_block
    was = {step.position: step.state for step in before}
    changed = [step for step in after if step.state != was[step.position]]
    with connection.cursor() as cursor:
        cursor.execute(
            SQL["set_steps"],
            {
                "tenant": tenant_id,
                "case": case_id,
                "round": round,
                "positions": [step.position for step in changed],
                "states": [step.state for step in changed],
                "acted": acted,
                "seq": seq,
                "at": at,
            },
        )


def lock_case(*, tenant_id: int, case_id: UUID) -> Case | None:
    """The case, its row locked until the transaction ends."""
    assert connection.in_atomic_block
    return Case.objects.select_for_update().filter(tenant_id=tenant_id, id=case_id).first()
