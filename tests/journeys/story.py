"""What people do in the main job, as steps that journeys and pictures are made of."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import typst
from playwright.sync_api import Browser, expect

from journeys.walker import Walker
from journeys.words import JA, Words

DRAFTER, REVIEWER, ACCOUNTS, DECIDER = "0030", "0029", "0004", "0028"
"""行政第二係長, 課長補佐, 会計課長, 課長: the four people of a contract of 5.5 million yen."""

LONGEST_WAIT_SECONDS = 60.0
SPECIFICATION = {
    "name": "仕様書.pdf",
    "mimeType": "application/pdf",
    "buffer": typst.compile(
        r"""#set page(paper: "a4", margin: 24mm)
#set text(font: ("Noto Sans CJK JP", "Noto Sans JP"), size: 11pt, lang: "ja")
#set par(leading: 1em)
#align(center, text(size: 16pt)[仕　様　書]) \
1　件名　調査及び資料の作成業務 \
2　業務の内容 \
　(1) 市町村への書面による調査（300団体） \
　(2) 聞き取りによる調査（12団体） \
　(3) 結果の集計及び分析 \
　(4) 報告書及び概要の作成 \
3　履行期間　契約の日から令和9年3月19日まで \
4　納入するもの　報告書及び電子データ一式 \
5　納入の場所　地域振興省政策局振興課 \
6　再委託　書面による事前の承認がある場合に限る。 \
7　検査　納入後10日以内に検査職員が行う。
""".encode()
    ),
}


def write(drafter: Walker, say: Words, title: str, deadline: str = "") -> None:
    """Choose what it is about by ordinary words, fill the form, attach a file."""
    drafter.press(say.new, within="header nav")
    drafter.look()
    drafter.page.locator("#want").fill(say.want)
    if not drafter.script:
        drafter.press(say.search, within="form.start")
    expect(drafter.page.locator(".kind-b").first).to_contain_text(say.service)
    drafter.look()
    drafter.press(say.service, within="#kinds")
    drafter.look()
    drafter.fill(title=title, amount="５５０万円", counterparty="青葉総合調査株式会社", deadline=deadline)
    drafter.fill(budget_item="（項）地域振興費（目）庁費", starts_on="令和8年12月1日", ends_on="2027-03-19")
    drafter.fill(reason="移行後の運用を担う人材が足りず、共同確保の手引を年度内に作るため。")
    drafter.page.locator("#f-files").set_input_files([SPECIFICATION])  # type: ignore[list-item]
    if drafter.script:
        # With scripts a file goes at once, and the form waits for it.
        expect(drafter.page.locator(".file-l").first).to_contain_text(str(SPECIFICATION["name"]))
        expect(drafter.page.locator("[data-uploads][aria-busy=false]")).to_have_count(1)


def begun(browser: Browser, address: str, title: str, button: str, **typed: str) -> str:
    """A draft that its drafter wrote at a desk and left by a button of the form; its reference."""
    writer = Walker(browser, address, DRAFTER)
    writer.come_in()
    write(writer, JA, title)
    writer.fill(**typed)
    writer.press(button, within=".submit")
    writer.look()
    reference = writer.reference()
    writer.leave()
    return reference


def task(walker: Walker, title: str) -> None:
    """Open the case from the inbox."""
    walker.page.locator(".queue").get_by_role("link", name=title).first.click()
    walker.look()


def give_back(reviewer: Walker, say: Words, title: str) -> None:
    """Return with a reason: in the popover, or on the page of its own without scripts."""
    task(reviewer, title)
    reason = "仕様書に再委託の条件を書いてください。"
    if reviewer.script:
        reviewer.page.locator("[popovertarget=p-back]").filter(visible=True).click()
        reviewer.look()
        reviewer.page.locator("#p-back textarea").fill(reason)
        reviewer.press(say.give_back, within="#p-back")
    else:
        reviewer.open(f"/cases/{reviewer.reference()}/return/")
        reviewer.page.locator("textarea[name=reason]").fill(reason)
        reviewer.press(say.give_back, within="form#back")
    reviewer.look()


def approve(walker: Walker, say: Words, title: str, opinion: str = "") -> None:
    """Approve a review or consent, whichever is asked."""
    task(walker, title)
    if opinion:
        walker.page.locator("#op").fill(opinion)
    walker.page.locator("#acts button[value=approve]").click()
    walker.look()
    expect(walker.page.locator(".note-ok").first).to_be_visible()


def approve_by_keys(walker: Walker, title: str) -> None:
    """Two keys at the row in the inbox: one goes to the act and never does it, the other does."""
    walker.page.locator(".queue").get_by_role("link", name=title).first.focus()
    walker.page.keyboard.press("a")
    walker.arrive()
    act = walker.page.locator("#acts button[value=approve]")
    expect(act).to_be_focused()
    walker.page.keyboard.press("a")
    expect(act).to_be_focused()
    walker.page.keyboard.press("Enter")
    walker.look()
    expect(walker.page.locator(".note-ok").first).to_be_visible()


def turn_keys_off_and_on(walker: Walker) -> None:
    """The switch of the sheet of keys, and a key that is pressed while characters are composed."""
    row = walker.page.locator("a[data-row]").first
    for off in (True, False):
        walker.open("/keys/")
        walker.page.locator("main [data-keys-switch]").set_checked(not off)
        walker.open("/")
        walker.page.evaluate(
            "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', isComposing: true, bubbles: true}))"
        )
        expect(row).not_to_be_focused()
        walker.page.keyboard.press("j")
        if off:
            expect(row).not_to_be_focused()
        else:
            expect(row).to_be_focused()


def decide_and_prove(decider: Walker, say: Words, title: str) -> str:
    """Decide, find it again, check the proof, take the cover sheet. Answers the document number."""
    task(decider, title)
    decider.press(say.decide, within="#acts")
    decider.reads(say.decided)
    decider.open(f"/search/?q={title}")
    decider.page.locator(".hits").get_by_role("link", name=title).first.click()
    decider.look()
    reference = decider.reference()
    decider.press(say.proof)
    decider.look()
    until(lambda: proved(decider, say), "the decision is in the log and proved")
    decider.reads(say.unchanged)
    expect(decider.page.locator(".links > li.is-ok")).to_have_count(4)
    decider.look()
    sheet = f"/cases/{reference}/cover-sheet.pdf"
    asked = decider.context.request
    until(lambda: asked.get(sheet).headers["content-type"] == "application/pdf", "the cover sheet is made")
    assert asked.get(sheet).body().startswith(b"%PDF-")
    found = re.search(r"\S+第\d+号", decider.page.locator(".verdict h1").inner_text())
    assert found
    return found[0]


def proved(walker: Walker, say: Words) -> bool:
    """Press "check again" and read the verdict."""
    walker.press(say.again, within=".verdict")
    return "is-ok" in (walker.page.locator(".verdict").get_attribute("class") or "")


def until(reached: Callable[[], bool], what: str) -> None:
    """Wait for something another process does."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while not reached():
        assert time.monotonic() < deadline, what
        time.sleep(0.5)
