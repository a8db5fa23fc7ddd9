"""What follows an act through the queue, at once or on its day. Jobs are put there by the act's own transaction."""

from __future__ import annotations

import contextlib
import logging
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

from kessai.decisions.reminding import operations as reminding
from kessai.kernel.errors import Cannot
from kessai.ledger import tasks as ledger
from kessai.organisation import queries as organisation

logger = logging.getLogger(__name__)


@app.task(
    queue="documents",
    name="decisions.make_cover_sheet",
    # Waits double from two seconds: tried for a day and a half, longer than a disk stays full unnoticed.
    retry=RetryStrategy(max_attempts=16, exponential_wait=2),
)
def make_cover_sheet(tenant_id: int, case_id: str) -> None:
    """Make the cover sheet of a decided case, once."""
    # Imported when it runs: the acts that put the job there need nothing of how a sheet is made.
    from kessai.decisions import coversheet
    from kessai.decisions.destroying import queries

    if queries.is_destroyed(tenant_id=tenant_id, case_id=UUID(case_id)):
        return
    coversheet.make(tenant_id=tenant_id, case_id=UUID(case_id), at=timezone.now())
    sign_cover_sheet.defer(tenant_id=tenant_id, case_id=case_id)
    ledger.stamp_soon(tenant_id)


class UntilItIsSigned(BaseRetryStrategy):
    """What only waits for its key, or for a time stamp, is tried until it is signed: after seconds, later each hour."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, Cannot):
            return RetryStrategy(max_attempts=16, exponential_wait=2).get_retry_decision(
                exception=exception, job=job
            )
        return RetryDecision(retry_in={"seconds": min(2 ** min(job.attempts + 1, 12), 3600)})


# A job of its own: the sheet can be read meanwhile.
@app.task(queue="documents", name="decisions.sign_cover_sheet", retry=UntilItIsSigned())
def sign_cover_sheet(tenant_id: int, case_id: str) -> None:
    """Sign the latest cover sheet of a case, once."""
    from kessai.decisions import coversheet

    coversheet.sign(tenant_id=tenant_id, case_id=UUID(case_id), at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queue="mail", name="decisions.announce_faults", queueing_lock="decisions.announce_faults")
def announce_faults(timestamp: int) -> None:
    """Tell the operator of what has failed to be signed for longer than a moment."""
    from kessai.decisions.signatures import operations

    operations.announce(at=timezone.now())


@app.periodic(cron="30 16 * * *")
@app.task(queue="documents", name="decisions.renew_stamps", queueing_lock="decisions.renew_stamps")
def renew_stamps(timestamp: int) -> None:
    """Have the time stamps of every ministry's signed files renewed that end soon: each night in Japan."""
    for tenant in organisation.tenants():
        _renew_soon(tenant.id)


def _renew_soon(tenant_id: int) -> None:
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        renew_stamps_of.configure(queueing_lock=f"renew-{tenant_id}").defer(tenant_id=tenant_id)


# One at a time; what could not be done is tried again the next night.
@app.task(queue="documents", name="decisions.renew_stamps_of", lock="decisions.renew_stamps")
def renew_stamps_of(tenant_id: int) -> None:
    """Renew time stamps of a ministry's signed files, and leave the rest to another job."""
    from kessai.decisions.signatures import renewing

    found = renewing.renew(tenant_id=tenant_id, at=timezone.now(), within=renewing.in_good_time())
    for each in found.failed:
        logger.warning("the stamp of %s was not renewed: %s", each.version.sha256, each.why)
    if found.more:
        _renew_soon(tenant_id)


# One at a time: a large case wants some gigabytes.
@app.task(
    queue="documents",
    name="decisions.make_whole_file",
    lock="decisions.make_whole_file",
    retry=RetryStrategy(max_attempts=5, exponential_wait=4),
)
def make_whole_file(tenant_id: int, case_id: str) -> None:
    """Make the PDF of everything of a case as it is now."""
    from kessai.decisions.wholefile import operations

    operations.make(tenant_id=tenant_id, case_id=UUID(case_id), at=timezone.now())


@app.periodic(cron="0 23,0-8 * * *")
@app.task(queue="mail", name="decisions.days")
def days(timestamp: int) -> None:
    """Have the day's work of every ministry done: at 8:00 in Japan, and each hour after for what was missed."""
    for tenant in organisation.tenants():
        with contextlib.suppress(AlreadyEnqueued):
            day.configure(queueing_lock=f"day-{tenant.id}").defer(tenant_id=tenant.id)


@app.task(queue="mail", name="decisions.day", retry=RetryStrategy(max_attempts=5, exponential_wait=2))
def day(tenant_id: int) -> None:
    """Do the day's work of a ministry: reminders, and what drafters are to know."""
    reminding.day(tenant_id=tenant_id, at=timezone.now())


@app.task(
    queue="documents",
    name="decisions.end_circulation",
    retry=RetryStrategy(max_attempts=16, exponential_wait=2),
)
def end_circulation(tenant_id: int, case_id: str) -> None:
    """End a circulation whose date has passed; nothing where it has ended, or its date was moved."""
    from kessai.decisions.circulating import operations

    operations.end_on_its_date(tenant_id=tenant_id, case_id=UUID(case_id), at=timezone.now())


@app.periodic(cron="10 18 * * *")
@app.task(queue="files", name="decisions.remove_released_files")
def remove_released_files(timestamp: int) -> None:
    """Each night in Japan: what was thrown away, detached or destroyed, and what had to wait then."""
    for tenant in organisation.tenants():
        remove_files.defer(tenant_id=tenant.id)


@app.task(
    queue="files",
    name="decisions.remove_files",
    retry=RetryStrategy(max_attempts=5, exponential_wait=4),
)
def remove_files(tenant_id: int, case_id: str = "") -> None:
    """Delete the files of a ministry that nothing names any more; those that came lately wait for the next time.

    ``case_id``: of a case that was destroyed, whose copies as one PDF go, too.
    """
    from kessai.decisions.destroying import removing

    if case_id:
        removing.remove_copies(tenant_id=tenant_id, case_id=UUID(case_id))
    removing.remove_released(tenant_id=tenant_id, at=timezone.now())
