"""Everybody can use the pages of the end of retention: axe finds nothing, nothing is wider than the screen."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from archive import OVER, consented, file_of
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from playwright.sync_api import Route, sync_playwright
from test_destroying_pages import SignIn, as_  # noqa: F401 - a fixture

import browser as chromium
from journeys.walker import LAUNCH
from kessai.decisions.destroying import operations
from kessai.ledger import sequencer
from kessai.records.disposal import queries as disposal
from stage import Stage

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _pages(stage: Stage, as_: SignIn) -> dict[str, bytes]:  # noqa: F811
    """The list, the file before and after a consent, held, refused, and what is left of a case; in both languages."""
    case = stage.decided(title="地域振興に関する調査の委託について")
    stage.decided(title="令和8年度地域振興会議の開催について")
    sequencer.step(at=stage.later())
    stage.now, found = OVER, {}
    file = file_of(stage, case)
    where = f"/records/{stage.tenant_id}-{file}/"

    def keep(name: str, path: str) -> None:
        for language in ("ja", "en"):
            found[f"{name}-{language}"] = as_("director", language).get(path).content

    keep("list", "/records/")
    keep("asked", where)
    found["refused"] = as_("director").post(where, {"do": "consent", "given_on": "あした"}).content
    operations.extend(
        actor=stage.actor("director"),
        tenant_id=stage.tenant_id,
        file_id=file,
        ground="other",
        note="国会の質問が続くため",
        at=stage.now,
    )
    keep("held", where)
    (hold,) = disposal.holds(tenant_id=stage.tenant_id, file_id=file)
    operations.settle(
        actor=stage.actor("director"),
        tenant_id=stage.tenant_id,
        file_id=file,
        hold_id=hold.id,
        ended_on="2026-04-01",
        at=stage.now,
    )
    stage.later(days=1)
    consented(stage, file)
    keep("ready", where)
    operations.destroy(
        actor=stage.actor("director"), tenant_id=stage.tenant_id, case_id=case, act_id=uuid4(), at=stage.now
    )
    keep("partly", where)
    keep("left", f"/destroyed/{stage.tenant_id}-{case}/")
    return found


def test_the_pages_of_the_end_of_retention_are_for_everybody(stage: Stage, as_: SignIn) -> None:  # noqa: F811
    executable = chromium.executable()
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail(f"no Chromium is on PATH; to get one: {chromium.HOW_TO_GET_IT}")
        pytest.skip(f"no Chromium is on PATH; to get one: {chromium.HOW_TO_GET_IT}")
    pages = _pages(stage, as_)

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix("http://localhost/")
        if path in pages:
            route.fulfill(body=pages[path], content_type="text/html; charset=utf-8")
        elif static := finders.find(path.partition("static/")[2].partition("?")[0]):
            route.fulfill(path=static)
        else:
            route.fulfill(status=404)

    def run() -> None:
        with sync_playwright() as playwright:
            opened = playwright.chromium.launch(executable_path=str(executable), args=LAUNCH)
            page = opened.new_page()
            page.route("**/*", serve)
            for name in pages:
                page.goto(f"http://localhost/{name}")
                for width in (1366, 375):
                    page.set_viewport_size({"width": width, "height": 768})
                    assert page.evaluate(WIDER) == 0, name
                if not name.endswith("-en"):
                    assert Axe().run(page).response["violations"] == [], name
            opened.close()

    # In a thread of its own: the browser's event loop would keep Django from the database in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()
