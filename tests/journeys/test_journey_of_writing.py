"""The proposal text is written with numbers and tables, pasted from Word, tidied up, and read as it will look."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from installation import Installation
from journeys.story import DRAFTER, write
from journeys.walker import DESK, PHONE, Walker
from journeys.words import EN, JA

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

FROM_WORD = """<html><head><style>p.MsoNormal{mso-style-parent:"";font-family:"MS 明朝"}</style></head><body>
<p class=MsoNormal><span style='mso-bidi-font-size:10.5pt'>契約の<b>内訳</b>は次のとおり。<o:p></o:p></span></p>
<table class=MsoTableGrid border=1><tr><td><p class=MsoNormal>費目</p></td><td><p>金額</p></td></tr>
<tr><td><p>調査費</p></td><td><p>5,000,000円</p></td></tr></table>
<ol><li>書面調査</li><li>聴取り</li></ol></body></html>"""
PASTE = """([selector, html]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "rubbish");
  document.querySelector(selector).dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def begun(
    opened: Browser, ministry: Installation, language: str, script: bool, size: tuple[int, int]
) -> Walker:
    drafter = Walker(opened, ministry.url("/").rstrip("/"), DRAFTER, language, script=script, size=size)
    drafter.come_in()
    write(drafter, JA if language == "ja" else EN, f"書き方の契約 {language}")
    return drafter


def test_numbers_go_on_by_enter_and_what_is_pasted_from_word_is_clean(
    opened: Browser, ministry: Installation
) -> None:
    drafter = begun(opened, ministry, "ja", True, DESK)
    area = drafter.page.locator("#f-text")
    area.fill("下記のとおりとしてよいか伺います。\n\n記\n")
    area.press("Control+End")
    drafter.page.get_by_role("button", name="1", exact=True).click()
    area.press_sequentially("業務の内容")
    area.press("Enter")
    area.press_sequentially("契約の方法")
    area.press("Enter")
    drafter.page.get_by_role("button", name="(1)", exact=True).click()
    area.press_sequentially("一般競争入札")
    area.press("Enter")
    area.press("Enter")
    drafter.page.evaluate(PASTE, ["#f-text", FROM_WORD])
    expect(area).to_have_value(
        "下記のとおりとしてよいか伺います。\n\n記\n1　業務の内容\n2　契約の方法\n　(1)　一般競争入札\n"
        "契約の内訳は次のとおり。\n｜費目｜金額｜\n｜調査費｜5,000,000円｜\n1　書面調査\n2　聴取り"
    )
    drafter.press("整える")
    drafter.look()
    expect(area).to_have_value(
        "下記のとおりとしてよいか伺います。\n\n記\n1　業務の内容\n2　契約の方法\n　(1)　一般競争入札\n"
        "契約の内訳は次のとおり。\n｜費目｜金額｜\n｜調査費｜5,000,000円｜\n3　書面調査\n4　聴取り"
    )
    drafter.page.get_by_text("読む人にはこう見えます").click()
    shown = drafter.page.locator("#text-shown")
    expect(shown.locator("table td").last).to_have_text("5,000,000円")
    area.press("Control+End")
    area.press("Enter")
    area.press_sequentially("検査")
    expect(shown).to_contain_text("5検査")
    drafter.look()
    drafter.press("提出する", within=".submit")
    drafter.look()
    expect(drafter.page.locator(".prose table th").first).to_have_text("費目")
    drafter.leave()


def test_without_scripts_the_text_is_tidied_up_by_the_server(opened: Browser, ministry: Installation) -> None:
    drafter = begun(opened, ministry, "en", False, PHONE)
    area = drafter.page.locator("#f-text")
    area.fill("伺います。\n記\n1 内容（添付1）\n(1) 書面\n5 方法\n費目\t金額")
    drafter.press("Tidy up")
    drafter.look()
    expect(area).to_have_value("伺います。\n記\n1　内容（添付1）\n　(1)　書面\n2　方法\n｜費目｜金額｜")
    drafter.press("Submit", within=".submit")
    drafter.look()
    expect(drafter.page.locator(".prose").get_by_role("link", name="添付1")).to_be_visible()
    drafter.leave()
