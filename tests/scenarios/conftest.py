"""The stage of the scenarios. Whatever a scenario did, the record of it replays to what is stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import stage as the_stage
from kessai.decisions import checks, stored
from scenario import Scenario


def assert_record_replays(scenario: Scenario) -> None:
    """Every stored case follows from its events, to the last column."""
    tenant = scenario.stage.tenant_id
    ids = list(stored.case_ids(tenant_id=tenant))
    for case in stored.stored_cases(tenant_id=tenant, case_ids=ids):
        assert checks.check_case(case) == []


@pytest.fixture
def on_stage(db: None) -> Iterator[Scenario]:
    scenario = Scenario(the_stage.build())
    yield scenario
    assert_record_replays(scenario)
