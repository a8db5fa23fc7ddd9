"""Marking notices as seen."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kessai.decisions import access
from kessai.decisions.models import Notice
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan


def mark_seen(*, actor: Actor, until: datetime, at: datetime) -> int:
    """Mark the actor's notices told up to a moment as seen; how many that were. Later ones stay."""
    with transaction.atomic():
        ministries = access.ministries(actor=actor, on=day_in_japan(at))
        mine = Notice.objects.filter(
            tenant_id__in=ministries, person_id=actor.person_id, seen_at=None, told_at__lte=until
        )
        return mine.update(seen_at=at)
