"""A draft is shown to others before its submission, remarked on, changed and submitted: for journeys and pictures."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from journeys.story import ACCOUNTS, DRAFTER, REVIEWER, begun
from journeys.walker import DESK, Walker
from journeys.words import JA

Picture = Callable[[Walker, str], None]
SAID = "積算の単価の出典を、別紙に書いてください。"


def shows(drafter: Walker, post: str, note: str) -> None:
    """Ask a post to look, from the page of the draft."""
    if drafter.page.locator(".pv-ask[open]").count() == 0:
        drafter.page.locator(".pv-ask > summary").click()
    drafter.page.locator("#f-preview_post").fill(post)
    drafter.page.locator("#f-preview_note").fill(note)
    drafter.page.locator("button[value=preview]").click()
    drafter.look()


def looks(reader: Walker, title: str, remark: str, picture: Picture) -> None:
    reader.open("/")
    picture(reader, "inbox-with-a-preview")
    reader.page.locator("section[aria-labelledby=h-previews]").get_by_role("link", name=title).click()
    reader.look()
    picture(reader, "preview")
    reader.page.locator("#pv-remark").fill(remark)
    reader.page.locator(".pv-r form button.btn-main").click()
    reader.look()
    picture(reader, "preview-answered")


def whole(
    browser: Browser,
    address: str,
    title: str,
    *,
    language: str,
    script: bool,
    size: tuple[int, int] = DESK,
    picture: Picture = lambda walker, name: None,
) -> None:
    """All of it. ``picture``: takes one where something is to be seen."""
    draft = begun(browser, address, title, JA.save)
    drafter, reviewer, accounts = (
        Walker(browser, address, staff_no, language, script=script, size=size)
        for staff_no in (DRAFTER, REVIEWER, ACCOUNTS)
    )
    drafter.come_in()
    drafter.open(f"/drafts/{draft}/")
    shows(drafter, "会計課長", "積算の書きぶりを見てください。")
    shows(drafter, "振興課長補佐", "")
    picture(drafter, "draft-shown")
    accounts.come_in()
    looks(accounts, title, SAID, picture)
    reviewer.come_in()
    drafter.open(f"/drafts/{draft}/")
    expect(drafter.page.locator(".previews")).to_contain_text(SAID)
    drafter.fill(reason="前年度の成果を手引にまとめ、年度内に配るため。")
    drafter.page.locator(".submit button[value=save]").click()
    drafter.look()
    drafter.open(f"/drafts/{draft}/")
    picture(drafter, "draft-remarked")
    drafter.page.locator(".submit button[value=submit]").click()
    drafter.look()
    drafter.page.locator(".hist summary").last.click()
    expect(drafter.page.locator(".hist").last).to_contain_text(SAID)
    picture(drafter, "case-history-with-a-preview")
    reviewer.open("/")
    expect(reviewer.page.locator("section[aria-labelledby=h-previews]")).to_have_count(0)
    for each in (drafter, reviewer, accounts):
        each.leave()
