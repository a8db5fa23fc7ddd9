"""The same ministry and visitors as for the other pages; files of a test are its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from web.conftest import as_, stage

__all__ = ["as_", "stage"]


@pytest.fixture(autouse=True)
def own_blobs(settings: Any, tmp_path: Path) -> None:
    settings.KESSAI_BLOBS = tmp_path
