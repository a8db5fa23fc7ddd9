"""The decider goes away, the deputy decides, the decider comes back and reads it: for journeys and pictures."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from journeys.story import ACCOUNTS, DECIDER, DRAFTER, REVIEWER, approve, task, write
from journeys.walker import DESK, Walker
from journeys.words import JA

Picture = Callable[[Walker, str], None]
SAY = {
    "ja": {
        "record": "登録する",
        "away": "不在として登録されています",
        "instead": "代決する",
        "acting": "（代決）",
        "tell": "に指示する",
        "back": "戻りました（不在を終える）",
        "ended": "不在を終えました",
        "seen": "後閲しました",
        "save": "代決者を保存する",
        "named": "代決者を定めました",
        "helper": "秘書を保存する",
        "helped": "秘書を定めました",
        "served": "秘書として見る案件",
    },
    "en": {
        "record": "Record",
        "away": "You are recorded as away",
        "instead": "Decide in place of",
        "acting": "acting",
        "tell": "Tell",
        "back": "I am back (end the absence)",
        "ended": "Your absence is ended",
        "seen": "read",
        "save": "Save deputies",
        "named": "The deputies are set",
        "helper": "Save secretaries",
        "helped": "The secretaries are set",
        "served": "secretary",
    },
}


def at_the_decider(browser: Browser, address: str, title: str) -> None:
    """A contract that everybody but the decider has let pass."""
    for staff_no in (DRAFTER, REVIEWER, ACCOUNTS):
        walker = Walker(browser, address, staff_no)
        walker.come_in()
        if staff_no == DRAFTER:
            write(walker, JA, title)
            walker.press(JA.submit, within=".submit")
            walker.look()
        else:
            approve(walker, JA, title)
        walker.leave()


def goes_away(decider: Walker, picture: Picture) -> None:
    """Record an absence from now until tomorrow morning, as the form offers it."""
    say = SAY[decider.language]
    decider.open("/absence/")
    picture(decider, "absence")
    decider.page.locator("#note").fill("名古屋")
    decider.press(say["record"], within=".away-f")
    decider.look()
    decider.reads(say["away"], "名古屋")
    picture(decider, "absence-recorded")
    # Whoever is recorded absent may still act: the bar above takes no room from the acts below.
    decider.open("/")
    decider.page.locator(".queue .c-ask a").first.click()
    decider.look()
    expect(decider.page.locator("#acts .btn-main")).to_be_in_viewport()
    picture(decider, "case-while-away")


def decides_instead(deputy: Walker, title: str, picture: Picture) -> None:
    """The deputy finds the case in the inbox and decides it."""
    picture(deputy, "inbox-of-the-deputy")
    task(deputy, title)
    picture(deputy, "case-of-the-deputy")
    deputy.page.locator("#acts button[value=decide]").click()
    deputy.look()
    deputy.open(f"/search/?q={title}")
    deputy.page.locator(".hits").get_by_role("link", name=title).first.click()
    deputy.look()
    deputy.reads(SAY[deputy.language]["acting"])
    picture(deputy, "case-decided-by-the-deputy")


def comes_back(decider: Walker, title: str, picture: Picture) -> None:
    """One press on the bar that is on every page; then the case is read."""
    say = SAY[decider.language]
    decider.open("/")
    picture(decider, "inbox-while-away")
    decider.press(say["back"])
    decider.look()
    decider.reads(say["ended"])
    expect(decider.page.locator(".away-bar")).to_have_count(0)
    task(decider, title)
    picture(decider, "post-review")
    decider.page.locator("#acts button[value=read]").click()
    decider.look()


def names_others(decider: Walker, picture: Picture) -> None:
    """A further deputy and a secretary for the decider's post."""
    say = SAY[decider.language]
    decider.open("/absence/")
    decider.page.locator(".card .more").first.click()
    decider.arrive()
    decider.look()
    picture(decider, "deputies")
    deputies = decider.page.locator("#deputy-1 option")
    decider.page.locator("#deputy-1").select_option(deputies.nth(1).get_attribute("value"))
    decider.press(say["save"])
    decider.look()
    decider.reads(say["named"])
    decider.page.locator(".card .more").first.click()
    decider.arrive()
    helpers = decider.page.locator("#secretary-1 option", has_text="小川")
    decider.page.locator("#secretary-1").select_option(helpers.first.get_attribute("value"))
    decider.press(say["helper"])
    decider.look()
    decider.reads(say["helped"])
    picture(decider, "absence-with-a-secretary")


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
    at_the_decider(browser, address, title)
    decider = Walker(browser, address, DECIDER, language, script=script, size=size)
    decider.come_in()
    goes_away(decider, picture)
    deputy = Walker(browser, address, REVIEWER, language, script=script, size=size)
    deputy.come_in()
    decides_instead(deputy, title, picture)
    comes_back(decider, title, picture)
    names_others(decider, picture)
    helper = Walker(browser, address, DRAFTER, language, script=script, size=size)
    helper.come_in()
    helper.open("/absence/")
    picture(helper, "absence-of-a-secretary")
    for walker in (decider, deputy, helper):
        walker.leave()
