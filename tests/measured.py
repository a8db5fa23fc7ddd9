"""Which tests coverage is measured in: all that run the measured code themselves."""

from __future__ import annotations

from collections.abc import Generator

import coverage
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Those that drive browsers and processes only talk to it, and would take three times as long at that."""
    talks = any(item.get_closest_marker(mark) for mark in ("journey", "fault"))
    measuring = coverage.Coverage.current() if talks else None
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()
