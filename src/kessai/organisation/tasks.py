"""What is too long for an answer: the worker does it, and tells how far it is."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app


@app.task(queue="documents", name="organisation.work_on")
def work_on(change_id: str, version: int) -> None:
    """Check or schedule a set of changes, as it was asked."""
    from kessai.organisation import work

    work.run(change_id=UUID(change_id), version=version, now=timezone.now)
