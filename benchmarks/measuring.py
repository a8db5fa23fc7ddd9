"""Measuring: medians, and one figure beside another."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Watch:
    """Seconds by name; what is measured side by side is measured in turns, so that both meet the same machine."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.taken.setdefault(name, []).append(time.perf_counter() - began)

    def median(self, name: str) -> float:
        return statistics.median(self.taken[name])

    def total(self, *names: str) -> float:
        return sum(sum(self.taken[name]) for name in names)


def repeat(times: int, work: Callable[[], object]) -> list[float]:
    """Seconds of each of several runs."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken


def say(what: str, value: str, beside: str = "") -> None:
    sys.stdout.write(f"  {what:<52} {value:>16}  {beside}".rstrip() + "\n")
    sys.stdout.flush()


def head(what: str) -> None:
    sys.stdout.write(what + "\n")
