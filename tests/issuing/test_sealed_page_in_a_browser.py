"""The public page of a sealed letter in a real browser: the file is compared there, and does not leave it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from paper import lay_out
from playwright.sync_api import Page, Route, expect, sync_playwright
from test_sealed_letters import letter, sealed

import browser as chromium
from journeys.walker import LAUNCH
from stage import Stage

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

PAGE = "http://localhost/seal/"


@pytest.fixture(autouse=True)
def _layouts(stage: Stage) -> None:
    lay_out(stage)


def in_a_browser(answer: Any, look: Callable[[Page, list[str]], None]) -> None:
    """Open an answer of the server, with its policy and its scripts; ``look`` gets the page and what it sent."""
    executable = chromium.executable()
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail(f"no Chromium is on PATH; to get one: {chromium.HOW_TO_GET_IT}")
        pytest.skip(f"no Chromium is on PATH; to get one: {chromium.HOW_TO_GET_IT}")
    sent: list[str] = []

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix("http://localhost")
        if route.request.method != "GET":
            sent.append(path)
            route.abort()
        elif route.request.url == PAGE:
            route.fulfill(body=answer.content, headers=dict(answer.headers))
        elif found := finders.find(path.partition("/static/")[2].partition("?")[0]):
            route.fulfill(path=found)
        else:
            route.fulfill(status=404)

    def run() -> None:
        with sync_playwright() as playwright:
            opened = playwright.chromium.launch(executable_path=str(executable), args=LAUNCH)
            page = opened.new_page(viewport={"width": 375, "height": 812})
            page.route("**/*", serve)
            page.goto(PAGE)
            look(page, sent)
            opened.close()

    # In a thread of its own: the browser's event loop would keep Django from the database in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_letter_is_compared_in_the_browser_and_does_not_leave_it(stage: Stage, language: str) -> None:
    found, file = letter(stage, *sealed(stage))
    visitor = Client()
    visitor.cookies["kessai_language"] = language
    answer = visitor.get(f"/seal/{found.code}/")
    same = {"ja": "1バイトも違いません", "en": "to the byte"}[language]

    def look(page: Page, sent: list[str]) -> None:
        says = page.locator("[data-says]")
        for content, like in ((file, True), (file[:900] + bytes([file[900] ^ 1]) + file[901:], False)):
            page.set_input_files(
                "input[type=file]", {"name": "x.pdf", "mimeType": "application/pdf", "buffer": content}
            )
            expect(says).to_be_visible()
            assert (same in says.inner_text()) is like, says.inner_text()
            says.evaluate("(element) => { element.hidden = true; }")
        assert sent == []
        assert Axe().run(page).response["violations"] == []

    in_a_browser(answer, look)
