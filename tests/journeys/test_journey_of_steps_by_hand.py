"""A drafter adds steps by hand, and has an ended case read by more: in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys import adding
from journeys.walker import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


@pytest.mark.parametrize(
    ("language", "script", "size"),
    [("ja", True, DESK), ("en", False, PHONE)],
    ids=["in Japanese at a desk", "in English on a phone without JavaScript"],
)
def test_a_step_is_added_by_hand_and_an_ended_case_given_to_a_reader(
    opened: Browser, ministry: Installation, language: str, script: bool, size: tuple[int, int]
) -> None:
    address = ministry.url("/").rstrip("/")
    adding.whole(opened, address, f"段階を加える契約 {language}", language=language, script=script, size=size)
