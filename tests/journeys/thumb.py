"""A director on a phone, with ten cases waiting: each is handled, going from one to the next as the pages offer it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from journeys.courses import another_act
from journeys.talking import option
from journeys.ten_waiting import DIRECTOR
from journeys.walker import PHONE, Walker

Picture = Callable[[Walker, str], None]
WHY = "単価の根拠を、仕様書に書いてください。"
ASKED = "見積りは何者から取りましたか。"
HELD = "あすの会議の結果を待ちます。"
OPINION = "費用の範囲内で進めてください。"
TOGETHER = 4


def handle_ten(
    browser: Browser, address: str, word: str, language: str, picture: Picture = lambda walker, name: None
) -> None:
    """Decided, with an opinion, returned, asked, held, decided, and the last four at once."""
    director = Walker(browser, address, DIRECTOR, language, size=PHONE, touch=True)
    director.come_in()
    waiting = director.page.locator(".queue .c-ask a").filter(has_text=f"（{word}）")
    expect(waiting).to_have_count(10)
    picture(director, "phone-inbox")
    director.tap(waiting.first)
    seen = [_title(director, word)]
    for act in (_decides, _decides_with_words, _returns, _asks, _holds, _decides):
        act(director, picture)
        # The next case is there, without a way back over the list.
        seen.append(_title(director, word))
    assert len(set(seen)) == len(seen), seen
    director.open("/")
    _at_once(director, word, picture)
    director.open("/")
    left = director.page.locator(".queue .c-ask a").filter(has_text=f"（{word}）")
    # What was asked and what is held goes on waiting, and says so.
    expect(left).to_have_count(2)
    director.leave()


def _title(director: Walker, word: str) -> str:
    heading = director.page.locator("main h1").first
    expect(heading).to_contain_text(f"（{word}）")
    return heading.inner_text()


def _decides(director: Walker, picture: Picture) -> None:
    director.look()
    director.tap(director.page.locator("#acts button[name=do][value=decide]"))


def _decides_with_words(director: Walker, picture: Picture) -> None:
    director.tap(director.page.locator("[popovertarget=p-op]").filter(visible=True).first)
    director.page.locator("#op2").fill(OPINION)
    picture(director, "phone-opinion")
    director.tap(director.page.locator("#p-op .btn-main"))
    director.tap(director.page.locator("#acts button[name=do][value=decide]"))


def _returns(director: Walker, picture: Picture) -> None:
    director.tap(director.page.locator("[popovertarget=p-back]").filter(visible=True).first)
    director.page.locator("#p-back textarea").fill(WHY)
    picture(director, "phone-return")
    director.tap(director.page.locator("#p-back button[value=return]"))


def _asks(director: Walker, picture: Picture) -> None:
    form = option(director, "ask")
    form.locator("textarea").fill(ASKED)
    director.tap(form.locator("button[value=ask]"))
    expect(director.page.locator("#talk")).to_contain_text(ASKED)
    _goes_on(director)


def _holds(director: Walker, picture: Picture) -> None:
    another_act(director, "hold", HELD)
    director.reads(HELD)
    _goes_on(director)


def _goes_on(director: Walker) -> None:
    """What stays in the inbox stays on the screen; the next case is one press away."""
    director.tap(director.page.locator(".case-bar [data-key=j]"))


def _at_once(director: Walker, word: str, picture: Picture) -> None:
    boxes = director.page.locator(".queue tr").filter(has_text=f"（{word}）").locator("input[name=item]")
    # The one that is held has waited longest, and is left alone.
    expect(boxes).to_have_count(TOGETHER + 1)
    for box in boxes.all()[1:]:
        box.check()
    director.tap(director.page.locator("#bulk button[type=submit]"))
    picture(director, "phone-together")
    director.tap(director.page.locator("#main form[method=post] .btn-main"))
    expect(director.page.locator(".ones .tag-done")).to_have_count(TOGETHER)
    director.look()
