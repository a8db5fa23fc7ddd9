"""``kessai simulate cases``: real contract cases from drafter to decider, and what came of them."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils import timezone

from kessai.config.simulation import cast, crew, rows
from kessai.config.simulation.progress import Progress
from kessai.config.simulation.tally import Tally
from kessai.kernel.calendar import day_in_japan


def run(*, path: Path, limit: int, seed: int, workers: int, in_order: bool, progress: bool = True) -> Tally:
    """Try up to ``limit`` direct rows. On Ctrl-C the cases that were begun are brought to their end first.

    Errors: CannotReadCases, CannotSimulate.
    """
    selection = rows.select(path, limit=limit, seed=seed, in_order=in_order)
    cast.assemble(day_in_japan(timezone.now()))
    tally = Tally(selection.skipped)
    workers = max(1, min(workers, len(selection.rows)))
    began = time.monotonic()
    with _stopping() as stop, Progress(len(selection.rows)) as shown:
        for driven in crew.drive_all(selection.rows, workers=workers, seed=seed, stop=stop):
            tally.add(driven)
            tally.seconds = time.monotonic() - began
            if progress:
                shown.show(tally)
        tally.interrupted = stop.is_set() and tally.tried < len(selection.rows)
    return tally


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Set by the first Ctrl-C or SIGTERM; the second Ctrl-C does what it always does."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def first(number: int, frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.signal(number, first) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
