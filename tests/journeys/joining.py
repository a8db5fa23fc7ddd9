"""Two units decide one case jointly (連名): for journeys and pictures."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from journeys.story import ACCOUNTS, DECIDER, DRAFTER, REVIEWER, approve, task, write
from journeys.walker import DESK, Walker
from journeys.words import EN, JA, Words

BESIDE = "0024"
"""総務課長, who would decide in the other unit."""
Picture = Callable[[Walker, str], None]


def names_units(drafter: Walker, say: Words, picture: Picture) -> None:
    """A unit that there is not, with the way to the place to mend it; then one that there is, on the route at once."""
    box = drafter.page.locator("#f-joint")
    if not box.is_visible():
        drafter.page.locator("details:has(#f-joint) > summary").click()
    box.fill("産業局 海洋課")
    drafter.press(say.submit, within=".submit")
    drafter.look()
    expect(drafter.page.locator("#summary a[href='#f-joint']")).to_be_visible()
    picture(drafter, "joint-unit-not-found")
    box.fill("")
    drafter.page.locator("#f-joint_find").fill("総務課")
    if not drafter.script:
        drafter.page.locator("button[value='namefind:joint']").click()
        drafter.look()
    drafter.page.locator("button[value='name:joint:政策局 総務課']").click()
    expect(box).to_have_value("政策局 総務課")
    drafter.look()
    expect(drafter.page.locator("#f-route .par")).to_contain_text("総務課")
    drafter.look()
    picture(drafter, "joint-draft")


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
    """Drafted, reviewed, agreed to by the other unit and by accounts, decided once for both."""
    say = JA if language == "ja" else EN

    def somebody(staff_no: str) -> Walker:
        walker = Walker(browser, address, staff_no, language, script, size)
        walker.come_in()
        return walker

    drafter = somebody(DRAFTER)
    write(drafter, say, title)
    names_units(drafter, say, picture)
    drafter.press(say.submit, within=".submit")
    drafter.look()
    case = f"/cases/{drafter.reference()}/"
    drafter.leave()
    reviewer = somebody(REVIEWER)
    approve(reviewer, say, title)
    reviewer.leave()
    beside = somebody(BESIDE)
    row = beside.page.locator(".queue tr", has_text=title)
    expect(row).to_contain_text("連名" if language == "ja" else "Joint")
    picture(beside, "joint-inbox")
    task(beside, title)
    expect(beside.page.locator(".joint-units")).to_be_visible()
    picture(beside, "joint-case")
    beside.open("/")
    approve(beside, say, title)
    beside.leave()
    accounts = somebody(ACCOUNTS)
    approve(accounts, say, title)
    accounts.leave()
    decider = somebody(DECIDER)
    task(decider, title)
    decider.press(say.decide, within="#acts")
    decider.reads(say.decided)
    decider.open(case)
    expect(decider.page.locator(".hist-l")).to_contain_text("総務課")
    picture(decider, "joint-decided")
    decider.leave()
