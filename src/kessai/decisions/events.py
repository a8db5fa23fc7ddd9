"""The payloads that go to the ledger, version 1: which fields of an event are bound, each apart.

The same function reads a stored event back when the record is verified, so what it leaves out is not covered.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from kessai.kernel.calendar import JAPAN
from kessai.ledger.sealing import Json, canonical, digests, field_salt

VERSION = 1
VALUES = "content.values"


class StoredEvent(Protocol):
    """An event as it is stored."""

    tenant_id: int
    case_id: UUID
    seq: int
    kind: str
    act_id: UUID
    at: datetime
    person_id: int
    person_name: str
    post_id: int
    post_title: str
    unit_name: str
    capacity: str
    round: int
    position: int | None
    revision: int
    remark: str
    payload: dict[str, Json]


def moment(at: datetime) -> str:
    """UTC with microseconds: the one spelling of a time in the record."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_in_japan(at: datetime) -> str:
    """11/24 16:42, in Japan."""
    return at.astimezone(JAPAN).strftime("%-m/%-d %H:%M")


def fields(
    event: StoredEvent,
    *,
    content: Mapping[str, Json] | None = None,
    attachments: Sequence[Mapping[str, Json]] = (),
) -> dict[str, Json]:
    """Every bound field of an event by name; on a submission, of the revision it submits too."""
    bound: dict[str, Json] = {
        "kind": event.kind,
        "act": str(event.act_id),
        "time": moment(event.at),
        "person": event.person_id,
        "name": event.person_name,
        "post": event.post_id,
        "post_title": event.post_title,
        "unit": event.unit_name,
        "capacity": event.capacity,
        "round": event.round,
        "position": event.position,
        "revision": event.revision,
        "remark": event.remark,
    }
    bound |= {f"payload.{key}": value for key, value in event.payload.items()}
    bound |= _of_content(content or {})
    for number, file in enumerate(attachments, start=1):
        bound |= {f"attachment.{number}.{key}": value for key, value in file.items()}
    return bound


def _of_content(content: Mapping[str, Json]) -> dict[str, Json]:
    """The fields of the form each apart: a redacted copy can show one and withhold another."""
    bound = {f"content.{key}": value for key, value in content.items()}
    values = bound.get(VALUES)
    if isinstance(values, Mapping):
        del bound[VALUES]
        bound |= {f"{VALUES}.{key}": value for key, value in values.items()}
    return bound


def leaf(event: StoredEvent, bound: Mapping[str, Json], salt: bytes) -> bytes:
    """The leaf of an event: where it belongs, and the salted digest of each field. No content."""
    return canonical(
        {
            "v": VERSION,
            "log": event.tenant_id,
            "case": str(event.case_id),
            "seq": event.seq,
            "fields": digests(salt, bound),
        }
    )


def disclosed(event: StoredEvent, bound: Mapping[str, Json], salt: bytes) -> dict[str, Json]:
    """An event as it is handed out with nothing withheld: its leaf (base64), and each field with its own salt
    (base64url without padding), by which whoever has it can compute the digests in the leaf."""
    return {
        "leaf": base64.b64encode(leaf(event, bound, salt)).decode("ascii"),
        "fields": {
            name: {
                "salt": base64.urlsafe_b64encode(field_salt(salt, name)).rstrip(b"=").decode("ascii"),
                "value": value,
            }
            for name, value in bound.items()
        },
    }
