"""Driving many rows: in this process, or spread over several that share the machine with the database.

Processes, not threads: half of an act's time is Python's own, which threads would take turns at.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import date

from kessai.config import processes
from kessai.config.simulation.rows import Row
from kessai.config.simulation.tally import Driven

AHEAD = 4
"""Rows handed to a process before it is done with the one it has: none waits, and few are left on Ctrl-C."""


def drive_all(rows: Sequence[Row], *, workers: int, seed: int, stop: threading.Event) -> Iterator[Driven]:
    """What came of each row, as it comes. Once ``stop`` is set, rows that were begun are finished, no more.

    The database must be reachable by the settings of the environment when ``workers`` is more than 1.
    """
    if workers == 1:
        yield from _here(rows, seed, stop)
    else:
        yield from _spread(rows, workers, seed, stop)


def _here(rows: Sequence[Row], seed: int, stop: threading.Event) -> Iterator[Driven]:
    driving = _Driving(seed)
    for row in rows:
        if stop.is_set():
            return
        yield driving.drive(row)


def _spread(rows: Sequence[Row], workers: int, seed: int, stop: threading.Event) -> Iterator[Driven]:
    # A fresh interpreter each: a forked one would share the connections of this one.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(seed,)) as pool:
        left = iter(rows)
        going: set[Future[Driven]] = set()
        while True:
            while (
                len(going) < workers * AHEAD and not stop.is_set() and (row := next(left, None)) is not None
            ):
                going.add(pool.submit(_drive_in_worker, row))
            if stop.is_set():
                going = {future for future in going if not future.cancel()}
            if not going:
                return
            done, going = wait(going, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()


class _Driving:
    """A seed, and the cast of the day, assembled again when the day has changed."""

    def __init__(self, seed: int) -> None:
        from kessai.config.simulation import cast

        self.seed = seed
        self.assemble = cast.assemble
        self.cast = cast.assemble(_today())

    def drive(self, row: Row) -> Driven:
        from django.utils import timezone

        from kessai.config.simulation import driver

        if self.cast.day != _today():
            self.cast = self.assemble(_today())
        return driver.drive(row, cast=self.cast, seed=self.seed, clock=timezone.now)


def _today() -> date:
    from django.utils import timezone

    from kessai.kernel.calendar import day_in_japan

    return day_in_japan(timezone.now())


_driving: _Driving | None = None


def _begin(seed: int) -> None:
    """In a worker process: Ctrl-C is left to the one that hands out the rows, and nobody outlives it."""
    global _driving
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    processes.die_with_parent(signal.SIGTERM)
    import django

    django.setup()
    _driving = _Driving(seed)


def _drive_in_worker(row: Row) -> Driven:
    assert _driving is not None
    return _driving.drive(row)
