"""What a submission says of the earlier case that its draft was begun from, inside the caller's transaction."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from kessai.decisions import machine
from kessai.decisions.models import Case, CaseLink, DecidedOriginal, Event
from kessai.ledger.sealing import Json


def bound(*, tenant_id: int, draft_id: UUID) -> dict[str, Json]:
    """For the payload of a submission: the case it corrects, with number and original, is copied from, or follows."""
    assert connection.in_atomic_block
    link = CaseLink.objects.filter(tenant_id=tenant_id, draft_id=draft_id).first()
    if link is None:
        return {}
    said: dict[str, Json] = {"case": str(link.earlier_id)}
    if link.kind == CaseLink.CORRECTS:
        mine = {"tenant_id": tenant_id}
        said["number"] = Case.objects.get(id=link.earlier_id, **mine).number
        said["original"] = _original(tenant_id, link.earlier_id)
    return {link.kind: said}


def _original(tenant_id: int, case_id: UUID) -> str:
    """The hex SHA-256 of a decided original; where that was destroyed, as the act says by which it went."""
    mine = {"tenant_id": tenant_id, "case_id": case_id}
    original = DecidedOriginal.objects.filter(**mine).first()
    if original is not None:
        return bytes(original.sha256).hex()
    gone = Event.objects.get(**mine, kind=machine.DESTROYED_EVENT)
    return str(gone.payload["destroyed"]["original"])
