"""A draft is written in two tabs and through a lost connection: nothing typed is lost, all can be had back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys import keeping

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def test_two_tabs_and_a_lost_connection_lose_nothing(opened: Browser, ministry: Installation) -> None:
    keeping.whole(opened, ministry.url("/").rstrip("/"), "二つの画面で書く契約", language="ja")
