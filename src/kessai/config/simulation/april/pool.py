"""Work spread over processes, each a fresh interpreter on the database of the run."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any, TypeVar

from kessai.config import processes

Given = TypeVar("Given")
Made = TypeVar("Made")


class Pool:
    """A pool of processes that is ready when it is entered."""

    def __init__(self, workers: int) -> None:
        # A fresh interpreter each: a forked one would share the connections of this one.
        context = multiprocessing.get_context("spawn")
        self.workers = workers
        self.pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(cancel_futures=True)

    def each(self, do: Callable[..., Made], items: Sequence[Given], **given: Any) -> Iterator[Made]:
        """What a function of a module makes of each item, as it comes."""
        size = max(1, min(20, len(items) // (self.workers * 4)))
        parts = [items[start : start + size] for start in range(0, len(items), size)]
        for done in as_completed([self.pool.submit(_part, do, part, given) for part in parts]):
            yield from done.result()

    def all(self, do: Callable[..., Made], parts: Sequence[Any], *given: Any) -> list[Made]:
        """What a function makes of one part for each process, all at the same time."""
        return [future.result() for future in [self.pool.submit(do, part, *given) for part in parts]]


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    processes.die_with_parent(signal.SIGTERM)
    import django

    django.setup()


def _part(do: Callable[..., Any], items: Sequence[Any], given: dict[str, Any]) -> list[Any]:
    return [do(item, **given) for item in items]
