"""Where is it stuck: the drafter finds it on home and does something about it, the head of the division sees it too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from installation import Installation
from journeys.story import DECIDER, DRAFTER
from journeys.walker import DESK, PHONE, Walker

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

SAYS = {
    "ja": ("通常", "ごろ", "いまできること", "決裁の見込み", "どの職で待っているか", "手立て"),
    "en": ("usually", "around", "What you can do now", "Expected decision", "At which post", "What helps"),
}


@pytest.mark.parametrize(
    ("language", "script", "size", "title"),
    [
        ("ja", True, DESK, "関係人口の拡大に向けた調査研究業務"),
        ("en", False, PHONE, "地域おこしに関する研修教材の作成業務"),
    ],
    ids=["in Japanese at a desk", "in English on a phone without JavaScript"],
)
def test_who_has_it_is_on_home_and_what_can_be_done_beside_it(
    opened: Browser, ministry: Installation, language: str, script: bool, size: tuple[int, int], title: str
) -> None:
    address = ministry.url("/").rstrip("/")
    usual, around, can, expected, posts, helps = SAYS[language]

    drafter = Walker(opened, address, DRAFTER, language, script=script, size=size)
    drafter.come_in()
    mine = drafter.page.locator("section[aria-labelledby=sent] li").filter(has_text=title)
    expect(mine).to_contain_text(usual)
    expect(mine).to_contain_text(around)

    drafter.open("/sent/")
    drafter.page.get_by_role("link", name=title).first.click()
    drafter.look()
    drafter.reads(can, expected)
    entry = drafter.page.locator("#more .more-l details").filter(
        has=drafter.page.locator("button[value=remind]")
    )
    entry.locator("summary").click()
    drafter.look()
    entry.locator("button[value=remind]").click()
    drafter.look()
    expect(drafter.page.locator("#more .more-l button[value=remind]")).to_have_count(0)
    drafter.leave()

    head = Walker(opened, address, DECIDER, language, script=script, size=size)
    head.come_in()
    head.open("/sent/")
    head.page.locator(".picks a").last.click()
    head.look()
    head.reads(posts, helps)
    expect(head.page.locator(".sent-t").filter(has_text=title)).to_be_visible()
    head.leave()
