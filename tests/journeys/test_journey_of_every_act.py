"""Cases that do not go straight, in the browser: refused and settled, pulled up, returned to the middle, corrected."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys import courses
from journeys.courses import Course
from journeys.walker import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

WAYS = {
    courses.refused_and_settled: "合議が不同意になる契約",
    courses.pulled_up: "引き上げて処理する契約",
    courses.back_to_the_middle: "途中に差し戻す契約",
    courses.corrected: "決裁の後に改める契約",
}


@pytest.mark.parametrize(
    ("language", "script", "size"),
    [("ja", True, DESK), ("en", False, PHONE)],
    ids=["in Japanese at a desk", "in English on a phone without JavaScript"],
)
@pytest.mark.parametrize(("play", "title"), WAYS.items(), ids=[play.__name__ for play in WAYS])
def test_the_case_comes_to_its_end(
    opened: Browser,
    ministry: Installation,
    play: Callable[[Course], None],
    title: str,
    language: str,
    script: bool,
    size: tuple[int, int],
) -> None:
    address = ministry.url("/").rstrip("/")
    play(Course(opened, address, f"{title} {language}", language, script, size))
