"""What follows a file that was stored, through the queue: a look into it, and the virus scanner."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kessai.drafting.inspecting import operations
from kessai.drafting.showing import operations as showing
from kessai.organisation import queries as organisation

MISSED_MOST = 5_000
"""Files that one night's work looks into again."""


@app.task(queue="files", name="drafting.inspect", retry=RetryStrategy(max_attempts=5, exponential_wait=2))
def inspect(tenant_id: int, sha256: str) -> None:
    """What kind of file it is, what is unusual of it, and its text."""
    seen = operations.inspect(tenant_id=tenant_id, sha256=sha256, at=timezone.now())
    if seen is not None and showing.convertible(seen):
        convert.defer(tenant_id=tenant_id, sha256=sha256)


# One at a time: LibreOffice wants more of a machine than everything else here.
@app.task(
    queue="files",
    name="drafting.convert",
    lock="drafting.convert",
    retry=RetryStrategy(max_attempts=3, exponential_wait=4),
)
def convert(tenant_id: int, sha256: str) -> None:
    """A PDF of an Office file, so that its pages can be shown."""
    showing.convert(tenant_id=tenant_id, sha256=sha256, at=timezone.now())


@app.periodic(cron="40 17 * * *")
@app.task(queue="files", name="drafting.sweep")
def sweep(timestamp: int) -> None:
    """Each night in Japan: old pictures, uploads nobody went on with, and files nobody has looked into."""
    # Which imports this.
    from kessai.drafting.uploading import operations as uploading

    showing.sweep(now=timezone.now())
    for tenant in organisation.tenants():
        uploading.sweep(tenant_id=tenant.id, at=timezone.now())
        for sha256 in operations.missed(tenant_id=tenant.id, limit=MISSED_MOST):
            inspect.defer(tenant_id=tenant.id, sha256=sha256)


@app.task(
    queue="files",
    name="drafting.scan",
    # Waits double from two seconds: tried for a day and a half, and again when the file is attached again.
    retry=RetryStrategy(max_attempts=16, exponential_wait=2),
)
def scan(tenant_id: int, sha256: str) -> None:
    """Ask the virus scanner."""
    operations.scan(tenant_id=tenant_id, sha256=sha256, at=timezone.now())
