"""The stage with its own connection, seen by nobody else."""

from __future__ import annotations

import pytest
from archive import THEN

from stage import ROWS, Stage, build


@pytest.fixture
def stage(db: None) -> Stage:
    """Long ago. Its cases are partly open: their titles are not told once they are destroyed."""
    made = build(rows=[{**row, "disclosure": "partly"} for row in ROWS])
    made.now = THEN
    return made
