"""The payloads of receipts that go to the ledger, version 1: which fields of an event are bound, each apart.

A leaf says that it is of a receipt; where a case's leaf has the case, it has the receipt.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from kessai.decisions.events import VERSION, moment
from kessai.ledger.sealing import Json, canonical, digests

MARK = b'"of":"receipt"'


class StoredEvent(Protocol):
    """An event of a receipt as it is stored."""

    tenant_id: int
    receipt_id: UUID
    seq: int
    kind: str
    act_id: UUID
    at: datetime
    person_id: int
    person_name: str
    post_id: int
    post_title: str
    unit_name: str
    remark: str
    payload: dict[str, Json]


def fields(event: StoredEvent) -> dict[str, Json]:
    """Every bound field of an event by name."""
    bound: dict[str, Json] = {
        "kind": event.kind,
        "act": str(event.act_id),
        "time": moment(event.at),
        "person": event.person_id,
        "name": event.person_name,
        "post": event.post_id,
        "post_title": event.post_title,
        "unit": event.unit_name,
        "remark": event.remark,
    }
    return bound | {f"payload.{key}": value for key, value in event.payload.items()}


def leaf(event: StoredEvent, bound: dict[str, Json], salt: bytes) -> bytes:
    """The leaf of an event: where it belongs, and the salted digest of each field. No content."""
    return canonical(
        {
            "v": VERSION,
            "log": event.tenant_id,
            "of": "receipt",
            "case": str(event.receipt_id),
            "seq": event.seq,
            "fields": digests(salt, bound),
        }
    )
