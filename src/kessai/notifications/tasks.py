"""What the worker does with letters. Whatever fails is tried again by the queue; no act knows of it."""

from __future__ import annotations

import contextlib
from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kessai.decisions.telling.mailing import MAIL
from kessai.notifications import operations, post, queries
from kessai.organisation import queries as organisation

# Waits double from two seconds: tried for a day and a half, longer than a mail server is down unnoticed.
RETRY = RetryStrategy(max_attempts=16, exponential_wait=2)


@app.task(queue="mail", name=MAIL, retry=RETRY)
def write(tenant_id: int, notices: list[str]) -> None:
    """Make the letters of notices that an act left, or a day."""
    operations.write(tenant_id=tenant_id, notice_ids=[UUID(notice) for notice in notices], at=timezone.now())


@app.task(queue="mail", name=post.SEND, retry=RETRY)
def send(tenant_id: int, letter: str) -> None:
    """Send a letter."""
    operations.send(tenant_id=tenant_id, letter_id=UUID(letter), at=timezone.now())


@app.task(queue="mail", name="notifications.send_digest", retry=RETRY)
def send_digest(tenant_id: int, person_id: int) -> None:
    """Send what waits to be sent to a person together."""
    operations.send_digest(tenant_id=tenant_id, person_id=person_id, at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(queue="mail", name="notifications.digests")
def digests(timestamp: int) -> None:
    """Have everybody's mail of the day sent that is due, each by a job of its own."""
    for tenant in organisation.tenants():
        for person_id in queries.people_with_digests_due(tenant_id=tenant.id, at=timezone.now()):
            with contextlib.suppress(AlreadyEnqueued):
                lock = f"digest-{tenant.id}-{person_id}"
                send_digest.configure(queueing_lock=lock).defer(tenant_id=tenant.id, person_id=person_id)
