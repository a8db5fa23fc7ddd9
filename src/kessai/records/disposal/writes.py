"""Putting on record what becomes of a record file, inside the caller's transaction."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection

from kessai.kernel.identifiers import new_id
from kessai.organisation.queries import HeldPost, PersonName
from kessai.records.disposal.rules import Consent
from kessai.records.models import DisposalConsent, RetentionHold


def keep_consent(
    *, tenant_id: int, file_id: UUID, consent: Consent, person: PersonName, post: HeldPost, at: datetime
) -> None:
    """Record a consent to the destruction of a file."""
    assert connection.in_atomic_block
    DisposalConsent(
        tenant_id=tenant_id,
        id=new_id(),
        file_id=file_id,
        given_by=consent.given_by,
        reference=consent.reference,
        given_on=consent.given_on,
        recorded_at=at,
        person_id=person.person_id,
        person_name=person.name,
        post_title=post.signs_as,
    ).save(force_insert=True)


def extend(
    *, tenant_id: int, file_id: UUID, ground: str, note: str, person: PersonName, post: HeldPost, at: datetime
) -> None:
    """Keep a file beyond its period until further notice."""
    assert connection.in_atomic_block
    RetentionHold(
        tenant_id=tenant_id,
        id=new_id(),
        file_id=file_id,
        ground=ground,
        note=note,
        begun_at=at,
        person_id=person.person_id,
        person_name=person.name,
        post_title=post.signs_as,
    ).save(force_insert=True)


def settle(*, tenant_id: int, hold_id: UUID, until: date, by: str, at: datetime) -> None:
    """Say until when a file is kept for what was put on it."""
    assert connection.in_atomic_block
    rows = RetentionHold.objects.filter(tenant_id=tenant_id, id=hold_id)
    rows.update(until=until, settled_at=at, settled_by=by)
