"""Recording what happened to a receipt, inside the caller's transaction: event, ledger entry and row, or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import machine
from kessai.decisions.events import moment
from kessai.decisions.models import Case, Receipt, ReceiptEvent, ReceiptLink
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


def going_with(*, tenant_id: int, case_id: UUID, receipts: Collection[UUID]) -> tuple[UUID, ...]:
    """Those of a case's receipts that are kept with it and with nothing else, locked."""
    assert connection.in_atomic_block
    going = []
    for receipt_id in sorted(receipts):
        receipt = lock(tenant_id=tenant_id, receipt_id=receipt_id)
        assert receipt is not None
        found = rules.standing(told(tenant_id=tenant_id, receipt_id=receipt_id))
        if rules.goes_with(found, str(case_id), kept=_kept_with(receipt, found)):
            going.append(receipt_id)
    return tuple(going)


def destroy_with(
    *, tenant_id: int, case_id: UUID, going: Collection[UUID], doing: Doing, consent: Json
) -> set[str]:
    """Destroy the receipts that go with a case, which was just destroyed by an act that names them.

    ``consent``: as the case's event says it. Returned: the hex SHA-256 of their files.
    """
    assert connection.in_atomic_block
    files: set[str] = set()
    for receipt_id in going:
        receipt = lock(tenant_id=tenant_id, receipt_id=receipt_id)
        assert receipt is not None
        events_of = told(tenant_id=tenant_id, receipt_id=receipt_id)
        found = rules.standing(events_of)
        files |= {str(file["sha256"]) for each in events_of for file in each.payload.get("files", ())}
        said = rules.left_of(events_of[0].payload, found) | {
            "registered_at": moment(receipt.registered_at),
            "case": str(case_id),
            "consent": consent,
        }
        _destroy(receipt, replace(doing, at=max(doing.at, receipt.updated_at)), said)
    return files


def _destroy(receipt: Receipt, doing: Doing, payload: Mapping[str, Json]) -> None:
    mine: dict[str, Any] = {"tenant_id": receipt.tenant_id, "receipt_id": receipt.id}
    seq = receipt.last_seq + 1
    record(**mine, seq=seq, doing=doing, payload=payload)
    with connection.cursor() as cursor:
        cursor.execute("SELECT kessai_destroy_receipt(%s, %s)", [receipt.tenant_id, receipt.id])
    Receipt.objects.filter(tenant_id=receipt.tenant_id, id=receipt.id).update(
        **columns(rules.standing(told(**mine))), last_seq=seq, updated_at=doing.at
    )


def _kept_with(receipt: Receipt, found: rules.Standing) -> set[str]:
    """The cases that have a receipt and are there, and the drafts that were begun from it."""
    there = Case.objects.filter(tenant_id=receipt.tenant_id, id__in=[UUID(case) for case in found.cases])
    links = ReceiptLink.objects.filter(tenant_id=receipt.tenant_id, receipt_id=receipt.id)
    return {
        *map(str, there.exclude(state=machine.DESTROYED).values_list("id", flat=True)),
        *map(str, links.values_list("draft_id", flat=True)),
    }


def bound(*, tenant_id: int, draft_id: UUID) -> dict[str, Json]:
    """For the payload of a submission: the receipts that its draft was begun from."""
    assert connection.in_atomic_block
    links = ReceiptLink.objects.filter(tenant_id=tenant_id, draft_id=draft_id).values_list(
        "receipt_id", flat=True
    )
    rows = Receipt.objects.filter(tenant_id=tenant_id, id__in=list(links)).order_by("id")
    said: list[Json] = [{"receipt": str(row.id), "number": row.number} for row in rows]
    return {"receipts": said, **arrived((row.number, row.files) for row in rows)} if said else {}


def arrived(receipts: Iterable[tuple[str, Iterable[Mapping[str, Json]]]]) -> dict[str, Json]:
    """For the payload of a case: the files of receipts, each part of each apart, so that a redacted copy can show one
    and withhold another. Each receipt by its number."""
    files = [{"number": number, **file} for number, of in receipts for file in of]
    return {
        f"received.{n}.{key}": value for n, file in enumerate(files, start=1) for key, value in file.items()
    }


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
