"""What follows a decision through the queue. Jobs are put there by the act's own transaction."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


@app.task(
    queue="documents",
    name="decisions.make_cover_sheet",
    # Waits double from two seconds: tried for a day and a half, longer than a disk stays full unnoticed.
    retry=RetryStrategy(max_attempts=16, exponential_wait=2),
)
def make_cover_sheet(tenant_id: int, case_id: str) -> None:
    """Make the cover sheet of a decided case, once."""
    # Imported by the worker only: the web server never loads the typesetter.
    from kessai.decisions import coversheet

    coversheet.make(tenant_id=tenant_id, case_id=UUID(case_id), at=timezone.now())
