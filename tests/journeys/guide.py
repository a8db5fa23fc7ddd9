"""The pictures of the user guide (docs/guide), taken while its pages are followed."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from installation import Installation
from journeys.novices import Novice
from journeys.ten_waiting import have_ten_wait
from journeys.thumb import handle_ten
from journeys.walker import Walker

SHOWN = ("contract", "notice", "study-kinds", "study", "phone-inbox", "phone-return", "phone-together")
SAVED_MS = 1_500


def take(browser: Browser, ministry: Installation, folder: Path) -> None:
    """Each as ``guide-NAME.png``, as much as is seen at once: a page of the guide is read, not admired."""

    def picture(walker: Walker, name: str) -> None:
        if name not in SHOWN:
            return
        # What was typed is saved soon, and only then do the checks tell of it.
        walker.page.wait_for_timeout(SAVED_MS)
        walker.look()
        seen = Image.open(io.BytesIO(walker.page.screenshot())).convert("RGB")
        # A screen has few colours: with a palette the file is a third.
        seen.quantize(64, dither=Image.Dither.NONE).save(folder / f"guide-{name}.png", optimize=True)

    address = ministry.url("/").rstrip("/")
    Novice(browser, address, picture=picture).drafts()
    have_ten_wait(ministry, "手引")
    handle_ten(browser, address, "手引", "ja", picture)
