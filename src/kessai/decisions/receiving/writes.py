"""Recording what happened to a receipt, inside the caller's transaction: event, ledger entry and row, or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions.models import Receipt, ReceiptEvent, ReceiptLink
from kessai.decisions.receiving import events, rules
from kessai.ledger import writes as ledger
from kessai.ledger.sealing import Json
from kessai.organisation.queries import HeldPost, PersonName
from kessai.organisation.rules import Seat


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does what to a receipt, in which post, when."""

    kind: str
    act_id: UUID
    at: datetime
    person: PersonName
    seat: HeldPost | Seat
    remark: str = ""


def lock(*, tenant_id: int, receipt_id: UUID) -> Receipt | None:
    """The receipt, its row locked until the transaction ends."""
    assert connection.in_atomic_block
    return Receipt.objects.select_for_update().filter(tenant_id=tenant_id, id=receipt_id).first()


def told(*, tenant_id: int, receipt_id: UUID) -> list[rules.Told]:
    """The events of a receipt as the rules need them, oldest first."""
    rows = ReceiptEvent.objects.filter(tenant_id=tenant_id, receipt_id=receipt_id).order_by("seq")
    return [rules.Told(row.seq, row.kind, row.payload) for row in rows]


def record(
    *, tenant_id: int, receipt_id: UUID, seq: int, doing: Doing, payload: Mapping[str, Json]
) -> ReceiptEvent:
    """Write the event and append its leaf to the ministry's log."""
    assert connection.in_atomic_block
    salt = secrets.token_bytes(32)
    event = ReceiptEvent(
        tenant_id=tenant_id,
        receipt_id=receipt_id,
        seq=seq,
        kind=doing.kind,
        act_id=doing.act_id,
        at=doing.at,
        person_id=doing.person.person_id,
        person_name=doing.person.name,
        post_id=doing.seat.post_id,
        post_title=doing.seat.title,
        unit_name=doing.seat.unit_name,
        remark=doing.remark,
        payload=dict(payload),
        salt=salt,
    )
    bound = events.fields(event)
    event.save(force_insert=True)
    ledger.append(
        tenant_id=tenant_id, case_id=receipt_id, seq=seq, leaf=events.leaf(event, bound, salt), at=doing.at
    )
    return event


def carry_out(*, receipt: Receipt, doing: Doing, payload: Mapping[str, Json]) -> ReceiptEvent:
    """Record an act on a registered receipt, and bring its row to what follows."""
    seq = receipt.last_seq + 1
    mine: dict[str, Any] = {"tenant_id": receipt.tenant_id, "receipt_id": receipt.id}
    event = record(**mine, seq=seq, doing=doing, payload=payload)
    now = rules.standing(told(**mine))
    Receipt.objects.filter(tenant_id=receipt.tenant_id, id=receipt.id).update(
        **columns(now), last_seq=seq, updated_at=doing.at
    )
    return event


def columns(now: rules.Standing) -> dict[str, Any]:
    """What a row says of where its receipt stands."""
    return {
        "state": now.state,
        "post_id": now.post,
        "case_id": UUID(now.cases[-1]) if now.cases else None,
        "title": now.particulars.title,
        "sender": now.particulars.sender,
        "sender_number": now.particulars.sender_number,
        "sent_on": now.particulars.sent_on,
        "arrived_on": now.particulars.arrived_on,
        "medium": now.particulars.medium,
        "medium_en": now.particulars.medium_en,
        "marking": now.particulars.marking,
        "needs": list(now.particulars.needs),
        "files": list(now.files),
    }


def bound(*, tenant_id: int, draft_id: UUID) -> dict[str, Json]:
    """For the payload of a submission: the receipts that its draft was begun from."""
    assert connection.in_atomic_block
    links = ReceiptLink.objects.filter(tenant_id=tenant_id, draft_id=draft_id).values_list(
        "receipt_id", flat=True
    )
    rows = Receipt.objects.filter(tenant_id=tenant_id, id__in=list(links)).order_by("id")
    said: list[Json] = [{"receipt": str(row.id), "number": row.number} for row in rows]
    return {"receipts": said} if said else {}


def answer(*, tenant_id: int, case_id: UUID, doing: Doing) -> None:
    """Record on every receipt that a draft was begun from, that it was submitted; once for each case."""
    assert connection.in_atomic_block
    links = ReceiptLink.objects.filter(tenant_id=tenant_id, draft_id=case_id).values_list(
        "receipt_id", flat=True
    )
    for receipt_id in sorted(links):
        receipt = lock(tenant_id=tenant_id, receipt_id=receipt_id)
        assert receipt is not None
        events_of = told(tenant_id=tenant_id, receipt_id=receipt_id)
        already = any(
            each.kind == rules.ANSWERED_EVENT and each.payload["case"] == str(case_id) for each in events_of
        )
        if not already:
            carry_out(receipt=receipt, doing=doing, payload={"case": str(case_id)})
