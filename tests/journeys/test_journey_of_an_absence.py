"""The decider goes away, the deputy decides, the decider comes back and reads it: in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys import absences
from journeys.walker import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


@pytest.mark.parametrize(
    ("language", "script", "size"),
    [("ja", True, DESK), ("en", False, PHONE)],
    ids=["in Japanese at a desk", "in English on a phone without JavaScript"],
)
def test_a_deputy_decides_while_the_decider_is_away_and_the_decider_reads_it_after(
    opened: Browser, ministry: Installation, language: str, script: bool, size: tuple[int, int]
) -> None:
    address = ministry.url("/").rstrip("/")
    absences.whole(opened, address, f"不在の間の契約 {language}", language=language, script=script, size=size)
