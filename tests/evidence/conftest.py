"""The stage, seen by the test alone, and committed for those who come by another connection."""

from __future__ import annotations

import pytest

from stage import Stage, build


@pytest.fixture
def stage(db: None) -> Stage:
    return build()


@pytest.fixture
def committed(transactional_db: None) -> Stage:
    return build()
