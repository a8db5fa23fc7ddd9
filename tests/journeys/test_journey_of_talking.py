"""A question is asked and answered, a consent is passed on inside the unit and comes back: in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys import talking
from journeys.walker import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


@pytest.mark.parametrize(
    ("language", "script", "size"),
    [("ja", True, DESK), ("en", False, PHONE)],
    ids=["in Japanese at a desk", "in English on a phone without JavaScript"],
)
def test_a_question_is_answered_and_a_consent_is_passed_on_inside_the_unit(
    opened: Browser, ministry: Installation, language: str, script: bool, size: tuple[int, int]
) -> None:
    address = ministry.url("/").rstrip("/")
    talking.whole(opened, address, f"質問のある契約 {language}", language=language, script=script, size=size)
