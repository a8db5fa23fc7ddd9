"""A drafter adds steps by hand, takes one off, and has an ended case read by more: for journeys and pictures."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from journeys.story import ACCOUNTS, DRAFTER, begun
from journeys.walker import DESK, Walker
from journeys.words import JA

Picture = Callable[[Walker, str], None]
WHY = "予算の書きぶりを確かめてもらうため。"
NOTE = "来年度の参考にしてください。"


def unfold(walker: Walker) -> None:
    """The other acts, which stand open where somebody's own case waits for others."""
    if walker.page.locator("#more[open]").count() == 0:
        walker.page.locator("#more > summary").click()


def adds(drafter: Walker, post: str, kind: str, reason: str) -> None:
    """Add a step behind the first post of the route, from the page of the draft."""
    if drafter.page.locator(".ad-ask[open]").count() == 0:
        drafter.page.locator(".ad-ask > summary").click()
    drafter.page.locator("#f-add_kind").select_option(kind)
    drafter.page.locator("#f-add_after").select_option(index=1)
    drafter.page.locator("#f-add_post").fill(post)
    drafter.page.locator("#f-add_reason").fill(reason)
    drafter.page.locator("button[value=addstep]").click()
    drafter.look()


ADDED = "#f-route [data-hand][data-step^=review]"
"""The review that was added by hand, on the planned route."""


def place(walker: Walker) -> int:
    """At which place of the route it stands."""
    steps = walker.page.locator("#f-route [data-route] [data-step]")
    return int(steps.evaluate_all(f"all => all.indexOf(document.querySelector('{ADDED}'))"))


def moves(drafter: Walker, *, drag: bool) -> None:
    """Move it by its buttons with the keyboard, and by its grip; past the decider it does not go."""
    step, first = drafter.page.locator(ADDED), place(drafter)
    step.locator("[id^=up-]").focus()
    drafter.page.keyboard.press("Enter")
    drafter.look()
    assert place(drafter) == first - 1
    if not drag:
        return
    expect(drafter.page.locator("#route-said")).not_to_be_empty()
    focused = drafter.page.evaluate("document.activeElement.id")
    assert focused.startswith("up-"), focused
    grip = step.locator("[data-grip]")
    grip.scroll_into_view_if_needed()
    stages = drafter.page.locator("#f-route [data-route] > .stage")
    at, last = grip.bounding_box(), stages.last.bounding_box()
    assert at and last
    drafter.page.mouse.move(at["x"] + 20, at["y"] + 20)
    drafter.page.mouse.down()
    drafter.page.mouse.move(at["x"] + 20, last["y"] - 8, steps=4)
    drafter.page.mouse.move(at["x"] + 20, last["y"] + last["height"] + 4, steps=4)
    expect(drafter.page.locator(".drop-line")).to_have_count(1)
    drafter.page.mouse.up()
    drafter.look()
    expect(stages.nth(stages.count() - 2).locator("[data-hand]")).to_have_count(1)
    assert place(drafter) > first


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
    drafter, accounts = (
        Walker(browser, address, staff_no, language, script=script, size=size)
        for staff_no in (DRAFTER, ACCOUNTS)
    )
    drafter.come_in()
    drafter.open(f"/drafts/{draft}/")
    adds(drafter, "文書課長", "review", " ")
    expect(drafter.page.locator("#f-add_post")).to_have_value("文書課長")
    picture(drafter, "draft-step-refused")
    adds(drafter, "文書課長", "review", WHY)
    adds(drafter, "総務課長", "consult", WHY)
    picture(drafter, "draft-with-steps")
    expect(drafter.page.locator("#f-route")).to_contain_text(WHY)
    moves(drafter, drag=script)
    expect(drafter.page.locator("#f-route .hand")).to_have_count(2)
    drafter.page.locator("#f-route .hand button[value^=unadd]").last.click()
    drafter.look()
    expect(drafter.page.locator("#f-route .hand")).to_have_count(1)
    drafter.page.locator(".submit button[value=submit]").click()
    drafter.look()
    picture(drafter, "case-with-a-step")
    unfold(drafter)
    drafter.page.locator("#o-cancel-0").locator("xpath=..").locator("> summary").click()
    drafter.page.locator("#o-cancel-0 textarea").fill("不要になった")
    drafter.page.locator("#o-cancel-0 button[value=cancel]").click()
    drafter.look()
    unfold(drafter)
    drafter.page.locator("#o-share-0").locator("xpath=..").locator("> summary").click()
    picture(drafter, "case-to-share")
    drafter.page.locator("#o-share-0 textarea[name=names]").fill("会計課長")
    drafter.page.locator("#o-share-0 textarea[name=reason]").fill(NOTE)
    drafter.page.locator("#o-share-0 button[value=share]").click()
    drafter.look()
    accounts.come_in()
    accounts.open(f"/cases/{draft}/")
    picture(accounts, "case-to-read-afterwards")
    expect(accounts.page.locator("body")).to_contain_text(NOTE)
    for each in (drafter, accounts):
        each.leave()
