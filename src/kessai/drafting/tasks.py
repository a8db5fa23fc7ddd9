"""What follows a file that was stored, through the queue: a look into it, and the virus scanner."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kessai.drafting.inspecting import operations


@app.task(queue="files", name="drafting.inspect", retry=RetryStrategy(max_attempts=5, exponential_wait=2))
def inspect(tenant_id: int, sha256: str) -> None:
    """What kind of file it is, what is unusual of it, and its text."""
    operations.inspect(tenant_id=tenant_id, sha256=sha256, at=timezone.now())


@app.task(
    queue="files",
    name="drafting.scan",
    # Waits double from two seconds: tried for a day and a half, and again when the file is attached again.
    retry=RetryStrategy(max_attempts=16, exponential_wait=2),
)
def scan(tenant_id: int, sha256: str) -> None:
    """Ask the virus scanner."""
    operations.scan(tenant_id=tenant_id, sha256=sha256, at=timezone.now())
