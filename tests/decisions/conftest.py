"""The stage, for tests that are rolled back and for tests that commit; and doing things at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

import stage as the_stage
from always import assert_true_in_every_scenario
from stage import Stage

AtOnce = Callable[[Sequence[Callable[[], Any]]], list[Any]]


@pytest.fixture
def stage(db: None) -> Iterator[Stage]:
    yield (built := the_stage.build())
    assert_true_in_every_scenario(built)


@pytest.fixture
def committed_stage(transactional_db: None) -> Iterator[Stage]:
    yield (built := the_stage.build())
    assert_true_in_every_scenario(built)


@pytest.fixture
def at_once() -> AtOnce:
    """Run calls in threads that start together; what each returned or raised, in their order."""

    def run(calls: Sequence[Callable[[], Any]]) -> list[Any]:
        barrier = Barrier(len(calls))

        def one(call: Callable[[], Any]) -> Any:
            try:
                barrier.wait(timeout=30)
                return call()
            except Exception as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as pool:
            return [future.result(timeout=60) for future in [pool.submit(one, call) for call in calls]]

    return run
