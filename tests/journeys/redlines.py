"""A case changes while others have it on the screen: what they see, and how they go on. For journeys and pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, expect

from journeys.story import ACCOUNTS, DECIDER, DRAFTER, REVIEWER, SPECIFICATION, approve, task, write
from journeys.walker import DESK, Walker
from journeys.words import JA

Picture = Callable[..., None]
TEXT = """下記のとおり委託契約を締結してよろしいか伺います。
記
1　契約期間　契約締結の日から令和9年3月{day}まで
2　再委託　{again}
"""
FIRST = TEXT.format(day="31日", again="事前の届出により認める。")
SECOND = TEXT.format(
    day="19日", again="書面による事前の承認がある場合に限り認める。ただし、契約金額の2分の1未満とする。"
)
NEW_SPECIFICATION: Any = {
    **SPECIFICATION,
    "name": "仕様書-訂正.pdf",
    "buffer": bytes(SPECIFICATION["buffer"]) + b"\n%\n",  # type: ignore[arg-type]
}


def whole(
    browser: Browser,
    address: str,
    title: str,
    *,
    language: str,
    script: bool,
    size: tuple[int, int] = DESK,
    picture: Picture = lambda walker, name, **more: None,
) -> None:
    """Accounts consents on a page that is old by then, the reviewer comes back, the decider comes first."""

    def somebody(staff_no: str) -> Walker:
        walker = Walker(browser, address, staff_no, language, script, size)
        walker.come_in()
        return walker

    drafter = Walker(browser, address, DRAFTER)
    drafter.come_in()
    write(drafter, JA, title)
    drafter.fill(text=FIRST)
    drafter.press(JA.submit, within=".submit")
    drafter.look()
    case = f"/cases/{drafter.reference()}/"
    reviewer = Walker(browser, address, REVIEWER)
    reviewer.come_in()
    approve(reviewer, JA, title)
    reviewer.leave()
    accounts = somebody(ACCOUNTS)
    task(accounts, title)
    drafter.leave()
    revises(somebody(DRAFTER), case, title, picture)
    consents_again(accounts, picture)
    comes_back(somebody(REVIEWER), case, picture)
    comes_first(somebody(DECIDER), case, picture)


def revises(drafter: Walker, case: str, title: str, picture: Picture) -> None:
    """Another wording and another file under the same title, with the substance declared unchanged."""
    drafter.open(case)
    more = drafter.page.locator("#more")
    if more.get_attribute("open") is None:
        more.locator("> summary").click()
    more.locator("details:has(button[value=revise]) > summary").click()
    more.locator("button[value=revise]").click()
    drafter.look()
    drafter.fill(title=f"{title}（改訂）", text=SECOND)
    drafter.page.locator(".replace summary").click()
    drafter.page.locator(".replace input[type=file]").set_input_files([NEW_SPECIFICATION])
    picture(drafter, "redline-replace")
    drafter.page.locator(".replace button").click()
    drafter.look()
    expect(drafter.page.locator(".pending .chg-w")).to_have_count(3)
    drafter.page.locator("input[name=substance][value=unchanged]").check()
    drafter.page.locator("#f-note").fill("期間と再委託の条件を合わせた。")
    drafter.page.locator(".submit button[value=submit]").click()
    drafter.look()
    drafter.leave()


def consents_again(accounts: Walker, picture: Picture) -> None:
    """Press on the old page, read what changed, and press once more."""
    if accounts.page.locator("#op").is_visible():
        accounts.page.locator("#op").fill("期間を確かめた。")
    accounts.page.locator("#acts button[value=approve]").click()
    accounts.look()
    expect(accounts.page.locator("#refusal .redline ins").first).to_be_visible()
    picture(accounts, "redline-refused")
    picture(accounts, "redline-refused-on-one-screen", whole=False)
    accounts.page.locator("#refusal button[form=acts]").click()
    accounts.look()
    expect(accounts.page.locator(".note-ok").first).to_be_visible()
    accounts.leave()


def comes_back(reviewer: Walker, case: str, picture: Picture) -> None:
    """Whoever approved the first version reads in a line what changed since, and then the redline."""
    reviewer.open(case)
    expect(reviewer.page.locator("#since .chg-w").first).to_be_visible()
    picture(reviewer, "redline-since", whole=False)
    reviewer.page.locator("#since a").first.click()
    reviewer.look()
    expect(reviewer.page.locator(".redline del").first).to_be_visible()
    picture(reviewer, "redline")
    reviewer.leave()


def comes_first(decider: Walker, case: str, picture: Picture) -> None:
    """Whoever comes for the first time reads the clean text, and what differs from the version before."""
    decider.open(case)
    expect(decider.page.locator("#since")).to_be_visible()
    picture(decider, "redline-case-of-the-decider", whole=False)
    decider.leave()
