from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from installation import Installation, Installer, free_port


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Installer]:
    """Makes installations; each is stopped and removed after the test."""
    made: list[Installation] = []

    def make(**env: str) -> Installation:
        made.append(Installation(tmp_path / f"home{len(made)}", free_port(), env))
        return made[-1]

    yield make
    # The last may stand on the first one's database.
    for installation in reversed(made):
        installation.close()


@pytest.fixture
def installation(install: Installer) -> Installation:
    return install()
