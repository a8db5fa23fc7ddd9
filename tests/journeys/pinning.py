"""Passages and pages are written about, answered at their place, and read after a change: journeys and pictures."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from journeys.story import DRAFTER, REVIEWER, begun
from journeys.walker import DESK, Walker
from journeys.words import JA

Picture = Callable[[Walker, str], None]

TEXT = """下記のとおり契約を締結してよろしいか伺います。

記

1　契約の相手方　青葉総合調査株式会社
2　契約金額　金5,500,000円（うち消費税及び地方消費税500,000円）
3　契約期間　令和8年12月1日から令和9年3月19日まで
4　再委託　書面による承認がある場合に限り、業務の一部を再委託できるものとする。
｜費目｜金額｜
｜人件費｜3,800,000円｜
｜旅費・印刷費｜1,700,000円｜

以上"""
WHY = "総合評価で次点だった者との差は、何点ですか。"
BECAUSE = "差は6.5点です。評価の表は仕様書の末尾にあります。"
TO_MEND = "消費税額が合いません。積算を確かめて直してください。"
OF_THE_PAGE = "この図の凡例がありません。"
SELECT = """([from, words]) => {
  const walker = document.createTreeWalker(document.querySelector(from), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at >= 0) {
      node.parentElement.scrollIntoView({ block: 'center' });
      getSelection().setBaseAndExtent(node, at, node, at + words.length);
      return;
    }
  }
}"""


def selects(reviewer: Walker, words: str, key: bool) -> None:
    """Mark a passage and go to write about it: by the key, or by the button that is offered."""
    reviewer.page.evaluate(SELECT, [".clean-text", words])
    offered = reviewer.page.locator("[data-pin-here] a")
    expect(offered).to_be_visible()
    if key:
        reviewer.page.keyboard.press("c")
        reviewer.arrive()
    else:
        offered.click()
        reviewer.arrive()
    reviewer.look()
    expect(reviewer.page.locator("blockquote")).to_have_text(words)


def writes(walker: Walker, words: str, do: str) -> None:
    walker.page.locator("#pin-words").fill(words)
    walker.page.locator(f"button[name=do][value^={do}]").click()
    walker.arrive()
    walker.look()


def whole(
    browser: Browser,
    address: str,
    title: str,
    *,
    language: str,
    script: bool,
    size: tuple[int, int] = DESK,
    picture: Picture = lambda walker, name: None,
) -> str:
    """All of it; the reference of the case. ``picture``: takes one where something is to be seen."""

    def walker(staff_no: str) -> Walker:
        made = Walker(browser, address, staff_no, language, script=script, size=size)
        made.come_in()
        return made

    begun(browser, address, title, JA.submit, text=TEXT)
    reviewer = walker(REVIEWER)
    reviewer.page.locator(".queue").get_by_role("link", name=title).first.click()
    reviewer.look()
    reference = reviewer.reference()
    if script:
        selects(reviewer, "青葉総合調査株式会社", key=size == DESK)
    else:
        reviewer.page.locator("#pin-on").check()
        reviewer.page.locator(".pin-it").nth(1).click()
        reviewer.look()
    picture(reviewer, "pin-writing")
    writes(reviewer, WHY, "ask")
    expect(reviewer.page.locator(".notes .pn.is-open")).to_contain_text(WHY)
    reviewer.page.locator("#pin-on").check()
    picture(reviewer, "pin-on-each-item")
    reviewer.open(f"/cases/{reference}/attachments/1/view/")
    reviewer.page.locator(".pin-add summary").click()
    reviewer.look()
    picture(reviewer, "pin-on-a-page")
    writes(reviewer, OF_THE_PAGE, "ask")
    expect(reviewer.page.locator(".lf-side .pn")).to_contain_text(OF_THE_PAGE)
    picture(reviewer, "page-with-a-comment")

    drafter = walker(DRAFTER)
    drafter.open(f"/cases/{reference}/")
    picture(drafter, "case-with-comments")
    drafter.page.locator(".talk-f textarea").last.fill(BECAUSE)
    drafter.page.locator("button[value=answer]").last.click()
    drafter.look()

    reviewer.open(f"/cases/{reference}/")
    reviewer.page.locator("#pin-on").check()
    reviewer.page.locator(".pin-it").nth(2).click()
    reviewer.look()
    writes(reviewer, TO_MEND, "return")

    drafter.open(f"/cases/{reference}/")
    picture(drafter, "case-returned-with-comments")
    drafter.open(f"/drafts/{reference}/")
    drafter.fill(text=TEXT.replace("消費税500,000円", "消費税450,000円"))
    drafter.press(JA.submit_again if language == "ja" else "Submit again", within=".submit")
    drafter.look()
    reviewer.open(f"/cases/{reference}/")
    picture(reviewer, "case-with-comments-after-a-change")
    for each in (reviewer, drafter):
        each.leave()
    return reference
