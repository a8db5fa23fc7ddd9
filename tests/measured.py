"""Which tests coverage is measured in: all that run the measured code themselves."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from coverage import Coverage


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Those that drive browsers and processes only talk to it, and would take three times as long at that."""
    stopped: list[Coverage] = []
    if any(item.get_closest_marker(mark) for mark in ("journey", "fault")):
        # A worker measures within a measurement.
        while (measuring := Coverage.current()) is not None:
            measuring.stop()
            stopped.append(measuring)
    try:
        return (yield)
    finally:
        for measuring in reversed(stopped):
            measuring.start()
