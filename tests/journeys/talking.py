"""A question is asked and answered, a consent is passed on inside the unit and comes back: journeys and pictures."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Locator, expect

from journeys.story import ACCOUNTS, DECIDER, DRAFTER, REVIEWER, approve, begun
from journeys.walker import DESK, Walker
from journeys.words import JA

Picture = Callable[[Walker, str], None]
CLERK = "0006"
"""会計第一係長, of the division whose consent is asked."""

WHY = "一般競争入札なのに、前年度と同じ相手になったのはなぜですか。"
BECAUSE = "応札が2者あり、総合評価の点が高い方を選びました。評価の表は仕様書の末尾にあります。"


def option(walker: Walker, name: str) -> Locator:
    """The form of one of the other acts, opened."""
    if walker.page.locator("#more[open]").count() == 0:
        walker.page.locator("#more > summary").click()
    entry = walker.page.locator("#more .more-l details").filter(
        has=walker.page.locator(f"button[value={name}]")
    )
    if entry.get_attribute("open") is None:
        entry.locator("summary").first.click()
    return entry


def asks(reviewer: Walker, title: str, picture: Picture) -> None:
    reviewer.page.locator(".queue").get_by_role("link", name=title).first.click()
    reviewer.look()
    form = option(reviewer, "ask")
    form.locator("textarea").fill(WHY)
    picture(reviewer, "case-asking")
    form.locator("button[value=ask]").click()
    reviewer.look()
    expect(reviewer.page.locator("#talk")).to_contain_text(WHY)
    picture(reviewer, "case-asked")


def answers(drafter: Walker, title: str, picture: Picture) -> None:
    drafter.open("/")
    drafter.reads(WHY)
    picture(drafter, "inbox-with-a-question")
    drafter.page.locator(".queue").get_by_role("link", name=title).first.click()
    drafter.look()
    picture(drafter, "case-with-a-question")
    drafter.page.locator(".talk-f textarea").fill(BECAUSE)
    drafter.page.locator("button[value=answer]").click()
    drafter.look()
    expect(drafter.page.locator("#talk")).to_contain_text(BECAUSE)


def passes_on(head: Walker, title: str, picture: Picture) -> str:
    """Passes the consent on to the own staff; the reference of the case."""
    head.page.locator(".queue").get_by_role("link", name=title).first.click()
    head.look()
    expect(head.page.locator("#talk")).to_contain_text(BECAUSE)
    picture(head, "case-answered")
    form = option(head, "forward")
    staff = head.page.locator("#staff option")
    values = [staff.nth(n).get_attribute("value") or "" for n in range(staff.count())]
    form.locator("input[name=post]").fill(next(value for value in values if "会計第一係長" in value))
    form.locator("textarea").fill("積算の単価を確かめてください。")
    picture(head, "case-passing-on")
    form.locator("button[value=forward]").click()
    head.look()
    return head.reference()


def reports(clerk: Walker, title: str, picture: Picture) -> None:
    clerk.open("/")
    clerk.page.locator(".queue").get_by_role("link", name=title).first.click()
    clerk.look()
    picture(clerk, "case-passed-on")
    clerk.page.locator(".talk-f textarea").fill("単価は前年度の契約と同じです。")
    clerk.page.locator("button[value=report]").click()
    clerk.look()


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

    def walker(staff_no: str) -> Walker:
        made = Walker(browser, address, staff_no, language, script=script, size=size)
        made.come_in()
        return made

    begun(browser, address, title, JA.submit)
    reviewer, drafter = walker(REVIEWER), walker(DRAFTER)
    asks(reviewer, title, picture)
    answers(drafter, title, picture)
    reviewer.open("/")
    approve(reviewer, JA, title)
    head, clerk = walker(ACCOUNTS), walker(CLERK)
    reference = passes_on(head, title, picture)
    reports(clerk, title, picture)
    head.open(f"/cases/{reference}/")
    head.reads("単価は前年度の契約と同じです。")
    picture(head, "case-reported")
    head.page.locator("#acts button[value=approve]").click()
    head.look()
    decider = walker(DECIDER)
    decider.open(f"/cases/{reference}/")
    expect(decider.page.locator("#talk")).to_contain_text(BECAUSE)
    picture(decider, "case-with-an-answer")
    for each in (reviewer, drafter, head, clerk, decider):
        each.leave()
