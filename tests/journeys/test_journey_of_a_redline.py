"""A case changes while others have it on the screen: in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys import redlines
from journeys.walker import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


@pytest.mark.parametrize(
    ("language", "script", "size"),
    [("ja", True, DESK), ("en", False, PHONE)],
    ids=["in Japanese at a desk", "in English on a phone without JavaScript"],
)
def test_an_act_on_an_old_page_is_refused_with_the_redline_and_done_again_by_one_press(
    opened: Browser, ministry: Installation, language: str, script: bool, size: tuple[int, int]
) -> None:
    address = ministry.url("/").rstrip("/")
    redlines.whole(opened, address, f"見え消しの契約 {language}", language=language, script=script, size=size)
