"""The worker: runs what acts left in the queue, and takes up what a worker that died had begun."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal

from procrastinate import App
from procrastinate.contrib.django import app as django_app
from procrastinate.exceptions import ConnectorException

CONCURRENCY = 3
GRACE_SECONDS = 10.0
LOOK_FOR_STALLED_SECONDS = 15.0
STALLED_AFTER_SECONDS = 30.0

logger = logging.getLogger(__name__)


def work() -> None:
    """Work until SIGTERM or SIGINT; jobs that are running get a grace to finish."""
    asyncio.run(_work())


async def _work() -> None:
    with django_app.replace_connector(django_app.connector.get_worker_connector()) as app:  # type: ignore[attr-defined]
        async with app.open_async():
            worker = asyncio.create_task(
                app.run_worker_async(
                    concurrency=CONCURRENCY,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    delete_jobs="successful",
                )
            )
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                # Cancelled twice, it would leave its running jobs instead of waiting for them.
                loop.add_signal_handler(number, lambda: worker.cancelling() or worker.cancel())
            retrying = asyncio.create_task(_retry_stalled(app))
            with contextlib.suppress(asyncio.CancelledError):
                await worker
            retrying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await retrying


async def _retry_stalled(app: App) -> None:
    while True:
        try:
            stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
            for job in stalled:
                logger.warning("job %s (%s) was left unfinished; trying again", job.id, job.task_name)
                await app.job_manager.retry_job(job)
        except ConnectorException:
            logger.warning("the queue does not answer", exc_info=True)
        await asyncio.sleep(LOOK_FOR_STALLED_SECONDS)
