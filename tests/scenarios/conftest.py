"""The stage of the scenarios. Whatever one did, the five sentences that are always true are checked after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import stage as the_stage
from always import assert_true_in_every_scenario
from scenario import Scenario


def assert_record_replays(scenario: Scenario) -> None:
    """The record replays to what is stored, and the sentences that are always true are."""
    assert_true_in_every_scenario(scenario.stage)


@pytest.fixture
def on_stage(db: None) -> Iterator[Scenario]:
    scenario = Scenario(the_stage.build())
    yield scenario
    assert_record_replays(scenario)
