"""Tables of expected outcomes that are kept as text: compared with what is, or written anew on request."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest


def compare(request: pytest.FixtureRequest, table: Path, found: Sequence[str]) -> None:
    """Every line of a table is as it is found; comments are kept. ``--rewrite-tables`` writes what is found."""
    kept = table.read_text().splitlines() if table.exists() else []
    comments = [line for line in kept if line.startswith("#")]
    if request.config.getoption("--rewrite-tables"):
        table.write_text("\n".join([*comments, *found]) + "\n")
        pytest.fail(f"{table.name} was written: read it, line by line", pytrace=False)
    assert list(found) == [line for line in kept if not line.startswith("#")]
