"""What the worker counts at night."""

from __future__ import annotations

import contextlib

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kessai.insight import operations
from kessai.organisation import queries as organisation


@app.periodic(cron="30 16 * * *")
@app.task(queue="documents", name="insight.nights")
def nights(timestamp: int) -> None:
    """Have every ministry counted anew: at 1:30 in Japan."""
    for tenant in organisation.tenants():
        with contextlib.suppress(AlreadyEnqueued):
            night.configure(queueing_lock=f"insight-{tenant.id}").defer(tenant_id=tenant.id)


@app.task(queue="documents", name="insight.night", retry=RetryStrategy(max_attempts=5, exponential_wait=2))
def night(tenant_id: int) -> None:
    """Count a ministry anew."""
    operations.count(tenant_id=tenant_id, at=timezone.now())
