"""The job that mails notices, put into the queue by the transaction that makes them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

MAIL = "notifications.write"
"""The job that makes e-mails of notices; its room is above this one, so it is called by its name."""


def mail(*, tenant_id: int, notices: Sequence[UUID]) -> None:
    """Have some notices of this transaction go out as e-mails too, once it is committed."""
    assert connection.in_atomic_block
    if notices:
        job = app.configure_task(MAIL, queue="mail")
        job.defer(tenant_id=tenant_id, notices=[str(notice) for notice in notices])
