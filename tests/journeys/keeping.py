"""A draft is written in two tabs and through a lost connection; its versions: for the journey and pictures."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from journeys.story import DRAFTER, write
from journeys.walker import DESK, PATIENCE_MS, Walker
from journeys.words import EN, JA

Picture = Callable[[Walker, str], None]
KEPT = """async (patience) => {
  const kept = () => Object.entries(localStorage).filter(([key]) => key.startsWith("kessai.draft "));
  const end = Date.now() + patience;
  while (kept().length && Date.now() < end) await new Promise((done) => setTimeout(done, 50));
  return kept().map(([key, words]) => `${key}: ${words}`);
}"""
"""What the browser still keeps when it has had that long to give it up."""


def saves(page: Page, key: str, text: str) -> None:
    """Type, and wait until it was sent."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator(f"#f-{key}").fill(text)


def is_saved(page: Page) -> None:
    expect(page.locator("#saved:not(.is-bad)")).to_be_visible()


def nothing_is_kept(page: Page) -> None:
    """All is with the server; the browser has given up its own copy."""
    kept = page.evaluate(KEPT, PATIENCE_MS)
    assert not kept, f"{page.url}: the browser still keeps {kept}"


def whole(
    browser: Browser,
    address: str,
    title: str,
    *,
    language: str,
    size: tuple[int, int] = DESK,
    picture: Picture = lambda walker, name: None,
) -> None:
    """All of it. ``picture``: takes one where something is to be seen."""
    drafter = Walker(browser, address, DRAFTER, language, size=size)
    drafter.come_in()
    say = JA if language == "ja" else EN
    write(drafter, say, title)
    drafter.press(say.save, within=".submit")
    here = drafter.page.url.partition("?")[0]
    _two_tabs(drafter, here, picture)
    _offline(drafter, here)
    _closed(drafter, here, picture)
    drafter.troubles.clear()
    drafter.page.locator("#saved a").click()
    drafter.look()
    picture(drafter, "draft-versions")
    drafter.page.locator(".version-l a").last.click()
    drafter.look()
    picture(drafter, "draft-version")
    drafter.page.locator("main form button").click()
    drafter.look()
    expect(drafter.page.locator("#f-title")).to_have_value("")
    drafter.page.go_back()
    drafter.leave()


def _two_tabs(drafter: Walker, here: str, picture: Picture) -> None:
    one = drafter.page
    other = drafter.context.new_page()
    other.goto(here)
    saves(one, "reason", "一枚目の理由")
    saves(other, "title", "二枚目の件名")
    expect(other.locator("#f-reason")).to_have_value("一枚目の理由")
    expect(other.locator("#taken .note")).to_be_visible()
    saves(one, "title", "一枚目の件名")
    expect(one.locator(".clash")).to_contain_text("二枚目の件名")
    expect(one.locator("#f-title")).to_have_value("一枚目の件名")
    drafter.look()
    picture(drafter, "draft-in-two-tabs")
    one.locator("button[value^='mine:title:']").click()
    drafter.look()
    expect(one.locator("#f-title")).to_have_value("一枚目の件名")
    expect(one.locator(".clash")).to_have_count(0)
    other.close()


def _offline(drafter: Walker, here: str) -> None:
    """What is typed without a connection is saved by itself once there is one."""
    drafter.context.set_offline(True)
    drafter.page.locator("#f-reason").fill("つながらない間に書いた理由")
    expect(drafter.page.locator("#saved.is-bad")).to_be_visible()
    drafter.context.set_offline(False)
    is_saved(drafter.page)
    other = drafter.context.new_page()
    other.goto(here)
    expect(other.locator("#f-reason")).to_have_value("つながらない間に書いた理由")
    other.close()


def _closed(drafter: Walker, here: str, picture: Picture) -> None:
    """What could not be saved is there again when the page is opened again, and saved then."""
    page = drafter.page
    page.route(
        f"{here}*", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.locator("#f-reason").fill("つながらないまま閉じた理由")
    expect(page.locator("#saved.is-bad")).to_be_visible()
    picture(drafter, "draft-not-saved")
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(here)
    expect(page.locator("#f-reason")).to_have_value("つながらないまま閉じた理由")
    expect(page.locator("#restored .note")).to_be_visible()
    drafter.look()
    picture(drafter, "draft-restored")
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    is_saved(page)
    nothing_is_kept(page)
