"""The Chromium of this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HOW_TO_GET_IT = "apt install chromium fonts-noto-cjk"


def executable() -> Path | None:
    """Where it is, or None."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None
