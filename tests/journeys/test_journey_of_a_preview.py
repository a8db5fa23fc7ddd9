"""A draft is shown to others before its submission, remarked on, changed and submitted: in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys import previewing
from journeys.walker import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


@pytest.mark.parametrize(
    ("language", "script", "size"),
    [("ja", True, DESK), ("en", False, PHONE)],
    ids=["in Japanese at a desk", "in English on a phone without JavaScript"],
)
def test_a_draft_is_shown_and_remarked_on_before_it_is_submitted(
    opened: Browser, ministry: Installation, language: str, script: bool, size: tuple[int, int]
) -> None:
    address = ministry.url("/").rstrip("/")
    previewing.whole(
        opened, address, f"見せてから出す契約 {language}", language=language, script=script, size=size
    )
