"""A browser and a running sample ministry, both real: the server, the worker and the sequencer of the demo."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

import browser as chromium
from installation import Installation, free_port
from journeys.walker import LAUNCH, PATIENCE_MS


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    """For one file only: while it is open an event loop runs, and Django refuses the database to the others."""
    executable = chromium.executable()
    if executable is None:
        message = f"no Chromium is on PATH; to get one: {chromium.HOW_TO_GET_IT}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(executable), args=LAUNCH)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def ministry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(Path(tmp_path_factory.mktemp("journeys")) / "home", free_port(), {})
    try:
        installation.up("demo")
        yield installation
    finally:
        installation.close()
