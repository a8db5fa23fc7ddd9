"""What coverage is measured in: the tests that need no database."""

from __future__ import annotations

from collections.abc import Generator

import coverage
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Rules are proved by tests of their own; measured too, all the others would take half as long again."""
    measuring = coverage.Coverage.current() if _needs_more(item) else None
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


def _needs_more(item: pytest.Item) -> bool:
    """Whether it needs a database or processes."""
    asks: list[str] = getattr(item, "fixturenames", [])
    marks = ("django_db", "journey", "fault")
    return "django_db_setup" in asks or any(item.get_closest_marker(mark) for mark in marks)
