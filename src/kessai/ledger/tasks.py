"""Stamps of time, asked for by the worker."""

from __future__ import annotations

import contextlib
import logging
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kessai.kernel.errors import Cannot
from kessai.ledger import stamping
from kessai.signing import clocks

SOON = timedelta(minutes=1)
"""From a decision to the stamp on it: those of a minute share one."""

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queue="timestamps", name="ledger.stamps", queueing_lock="ledger.stamps")
def stamps(timestamp: int) -> None:
    """Have every log stamped that has grown and was last stamped long enough ago."""
    at = timezone.now()
    for tenant_id in dict.fromkeys(each.tenant_id for each in stamping.standing(at=at)):
        if stamping.due(tenant_id=tenant_id, at=at, after=stamping.interval()):
            _defer(tenant_id, timedelta(0))


@app.task(queue="timestamps", name="ledger.stamp")
def stamp(tenant_id: int) -> None:
    """Have a log stamped if it has grown. What fails is tried again by the next minute's job."""
    at = timezone.now()
    try:
        asked = stamping.due(tenant_id=tenant_id, at=at, after=timedelta(0))
        stamping.stamp(tenant_id=tenant_id, at=at, asked=asked)
    except Cannot as error:
        logger.warning("log %s was not stamped: %s", tenant_id, error)


def stamp_soon(tenant_id: int) -> None:
    """A decision was made: it is stamped without waiting for the interval. Outside of a transaction only."""
    if clocks.clocks():
        _defer(tenant_id, SOON)


def _defer(tenant_id: int, wait: timedelta) -> None:
    job = stamp.configure(
        queueing_lock=f"ledger.stamp-{tenant_id}", schedule_in={"seconds": int(wait.total_seconds())}
    )
    with contextlib.suppress(AlreadyEnqueued):
        job.defer(tenant_id=tenant_id)
