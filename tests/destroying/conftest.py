"""The stage with its own connection, seen by nobody else."""

from __future__ import annotations

import pytest

from stage import ROWS, Stage, build


@pytest.fixture
def stage(db: None) -> Stage:
    """Its cases are partly open: their titles are not told once they are destroyed."""
    return build(rows=[{**row, "disclosure": "partly"} for row in ROWS])
