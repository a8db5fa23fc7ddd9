"""What becomes of previews when their draft is submitted or its case ends, inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from kessai.decisions.commenting import writes as commenting
from kessai.decisions.events import moment
from kessai.decisions.models import Preview
from kessai.drafting import queries as drafts
from kessai.ledger.sealing import Json


def bound(*, tenant_id: int, draft_id: UUID) -> dict[str, Json]:
    """For the payload of a submission: who looked at the draft beforehand, and what they remarked on which version."""
    assert connection.in_atomic_block
    mine = Preview.objects.filter(
        tenant_id=tenant_id, draft_id=draft_id, recorded_seq=None, remarked_at__isnull=False
    )
    rows = list(mine.order_by("remarked_at", "id"))
    if not rows:
        return {}
    version = drafts.version_of(tenant_id=tenant_id, draft_id=draft_id)
    return {"previewed": [said(row) | {"changed": row.version != version} for row in rows]}


def said(row: Preview) -> dict[str, Json]:
    """A preview that was remarked on, as it goes on the record."""
    assert row.remarked_at is not None
    return {
        "post": row.post_id,
        "title": row.post_title,
        "unit": row.unit_name,
        "name": row.person_name,
        "person": row.person_id,
        "at": moment(row.remarked_at),
        "remark": row.remark,
        "version": row.version,
    }


def close(*, tenant_id: int, draft_id: UUID, seq: int) -> None:
    """The draft is submitted by the event ``seq``: nobody is asked to look any more."""
    assert connection.in_atomic_block
    Preview.objects.filter(tenant_id=tenant_id, draft_id=draft_id, recorded_seq=None).update(recorded_seq=seq)


def end(*, tenant_id: int, draft_id: UUID, at: datetime) -> None:
    """The case has ended while a revision was in hand: nobody is asked to look, nor sees it, any more.

    What was said beside the text of its draft goes with the working copy.
    """
    assert connection.in_atomic_block
    commenting.drop(tenant_id=tenant_id, draft_id=draft_id)
    Preview.objects.filter(
        tenant_id=tenant_id, draft_id=draft_id, recorded_seq=None, withdrawn_at=None
    ).update(withdrawn_at=at)
