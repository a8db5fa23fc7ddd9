from __future__ import annotations

import pytest

import stage as the_stage
from scenario import Scenario


@pytest.fixture
def on_stage(db: None) -> Scenario:
    """One ministry, on which cases are acted out."""
    return Scenario(the_stage.build())
