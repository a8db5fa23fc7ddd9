"""A draft is shared, commented on beside its text, written together and handed over, in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys import sharing
from journeys.walker import DESK

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def test_a_draft_is_shared_commented_on_written_together_and_handed_over(
    opened: Browser, ministry: Installation
) -> None:
    address = ministry.url("/").rstrip("/")
    sharing.whole(opened, address, "分かち合って書く契約", language="ja", script=True, size=DESK)
