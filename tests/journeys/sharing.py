"""A draft is shared, commented on beside its text, written together and handed over: for the journey and pictures."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from journeys.story import ACCOUNTS, DRAFTER, REVIEWER, begun
from journeys.walker import DESK, Walker
from journeys.words import JA

Picture = Callable[[Walker, str], None]
SAID = "一般競争入札による根拠を書いてください。"
SELECT = """() => {
  const lines = [...document.querySelectorAll("[data-pin=text] *")];
  const line = lines.find((each) => each.textContent.includes("一般競争入札"));
  getSelection().selectAllChildren(line);
}"""


def shares(drafter: Walker, post: str, level: str) -> None:
    if drafter.page.locator(".pv-ask[open]").count() == 0:
        drafter.page.locator(".pv-ask > summary").click()
    drafter.page.locator("#f-preview_post").fill(post)
    drafter.page.locator(f"input[name=preview_level][value={level}]").check()
    drafter.page.locator("button[value=preview]").click()
    drafter.look()


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
    drafter, accounts, reviewer = (
        Walker(browser, address, staff_no, language, script=script, size=size)
        for staff_no in (DRAFTER, ACCOUNTS, REVIEWER)
    )
    for each in (drafter, accounts, reviewer):
        each.come_in()
    drafter.open(f"/drafts/{draft}/")
    shares(drafter, "会計課長", "edit")
    accounts.open(f"/drafts/{draft}/preview/")
    if script:
        accounts.page.evaluate(SELECT)
        expect(accounts.page.locator("#cm-quote")).not_to_have_value("")
    else:
        accounts.page.locator("#cm-quote").fill("一般競争入札")
    accounts.page.locator("#cm-text").fill(SAID)
    picture(accounts, "preview-comment")
    accounts.page.locator("button[value=comment]").click()
    accounts.look()
    picture(accounts, "preview-commented")
    accounts.open(f"/drafts/{draft}/preview/write/")
    accounts.page.locator("#f-reason").fill("前年度の成果を配るため。")
    accounts.page.locator(".submit button[value=save]").click()
    accounts.look()
    picture(accounts, "draft-together")
    drafter.open(f"/drafts/{draft}/")
    expect(drafter.page.locator("#f-reason")).to_have_value("前年度の成果を配るため。")
    expect(drafter.page.locator(".beside")).to_contain_text(SAID)
    picture(drafter, "draft-commented")
    drafter.page.locator(".cm-r > summary").first.click()
    drafter.page.locator("textarea[name^=reply-]").first.fill("書き足しました。")
    drafter.page.locator("button[value^='reply:']").first.click()
    drafter.look()
    drafter.page.locator("button[value^='settle:']").first.click()
    drafter.look()
    picture(drafter, "draft-comment-settled")
    drafter.page.locator(".handing > summary").click()
    drafter.page.locator("#f-hand_post").fill("振興課長補佐")
    drafter.page.locator("#f-hand_note").fill("続きをお願いします。")
    picture(drafter, "draft-handing-over")
    drafter.page.locator("button[value=handover]").click()
    drafter.look()
    picture(drafter, "draft-handed-over")
    reviewer.open("/")
    picture(reviewer, "inbox-with-a-draft-handed-over")
    reviewer.page.locator("section[aria-labelledby=h-draft]").get_by_role("link", name=title).click()
    reviewer.look()
    expect(reviewer.page.locator(".previews")).to_contain_text("会計課長")
    for each in (drafter, accounts, reviewer):
        each.leave()
