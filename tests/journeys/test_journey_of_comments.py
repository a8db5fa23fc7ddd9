"""A passage and a page are written about, answered and read after a change; and how the case is read aloud."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys import pinning
from journeys.walker import Walker

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

SAID_IN_ORDER = (
    'heading "読み上げる契約について、青葉総合調査株式会社に5,500,000円で委託してよいか" [level=1]',
    "term: 金額（税込）",
    'heading "伺い文" [level=2]',
    "書き込み 2件（待ち 2）",
    "mark: 青葉総合調査株式会社",
    "note:",
    "書き込み 1 質問・回答待ち",
    pinning.WHY,
    "2 契約金額",
    'table "表 費目、金額"',
    'columnheader "金額"',
    'heading "経路と意見" [level=2]',
    'heading "質問と回答 回答待ち 2件" [level=3]',
    'button "回答する"',
    'list "経路（起案から順に）"',
    "起案 振興第一係長",
    "審査 振興課長補佐 村井 佳代 いま",
    "合議",
    "会計課長 石井 由紀子 （これから）",
    "決裁 振興課長 田村 圭一 専決 （これから）",
    'heading "添付" [level=2]',
    "1頁目 質問・回答待ち",
    pinning.OF_THE_PAGE,
)
"""What a screen reader comes to on the case page of the drafter who was asked, from the top to the end."""


def test_comments_stand_at_their_place_and_the_case_is_read_aloud_in_its_order(
    opened: Browser, ministry: Installation
) -> None:
    heard: dict[str, str] = {}

    def listen(walker: Walker, name: str) -> None:
        heard[name] = walker.page.locator("body").aria_snapshot()
        if name == "pin-on-each-item":
            live = walker.page.locator("#live")
            live.filter(has_text="質問しました").wait_for(state="attached")

    pinning.whole(
        opened,
        ministry.url("/").rstrip("/"),
        "読み上げる契約",
        language="ja",
        script=True,
        picture=listen,
    )
    page = heard["case-with-comments"]
    at = 0
    for said in SAID_IN_ORDER:
        assert said in page[at:], f"{said}: not after what comes before it in\n{page}"
        at = page.index(said, at) + len(said)
    assert page.count("[level=1]") == 1
    changed = heard["case-with-comments-after-a-change"]
    assert "[削除] 500,000円" in changed and "[追加] 450,000円" in changed
