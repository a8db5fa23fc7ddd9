"""Files are dropped, pasted and sent in parts over a connection that breaks, and leafed through: in the browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys import attaching
from journeys.walker import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


@pytest.mark.parametrize(
    ("language", "script", "size"),
    [("ja", True, DESK), ("en", True, PHONE), ("en", False, PHONE)],
    ids=["in Japanese at a desk", "in English on a phone", "in English on a phone without JavaScript"],
)
def test_files_are_attached_in_every_way_and_leafed_through(
    opened: Browser,
    ministry: Installation,
    tmp_path: Path,
    language: str,
    script: bool,
    size: tuple[int, int],
) -> None:
    address = ministry.url("/").rstrip("/")
    attaching.whole(opened, address, tmp_path, language=language, script=script, size=size)
