"""The Chromium of this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

# The first has no windows, and takes half of the time of a whole browser.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HOW_TO_GET_IT = "apt install chromium-headless-shell fonts-noto-cjk"


def executable() -> Path | None:
    """Where it is, or None."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None
