"""Trips within Japan, which the rules let be answered at once: chosen in the inbox, checked, done, and read again."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from journeys.courses import DEPUTY, DIRECTOR, Course
from journeys.walker import Walker

REVIEWER, DECIDER = DEPUTY, DIRECTOR
WORDS = {
    "ja": ("選んだ案件をまとめて処理", "印を付けた案件を処理する", "件を処理しました", "まとめて処理"),
    "en": ("Do the selected cases together", "Do the ticked cases", " done", "with others"),
}
OPINION = "旅費の予算の範囲内です。"


def whole(course: Course) -> None:
    """Of what waits for the reviewer and the decider one each is done; the case says that it was done so."""
    choose, do, done, said = WORDS[course.language]
    for staff_no in (REVIEWER, DECIDER):
        with course.as_(staff_no) as walker:
            boxes = walker.page.locator(".queue input[name=item]")
            expect(boxes.first).to_be_visible()
            for box in boxes.all()[:2] if boxes.count() > 2 else boxes.all()[:1]:
                box.check()
            if course.script and walker.page.locator("[data-pick]").count():
                _all_of_a_kind(walker)
            course.picture(walker, f"inbox-choosing-{staff_no}")
            walker.press(choose, within="#bulk")
            walker.look()
            walker.page.locator("#op").fill(OPINION)
            course.picture(walker, f"several-before-{staff_no}")
            walker.press(do, within="#main")
            walker.look()
            walker.reads(done, OPINION)
            course.picture(walker, f"several-after-{staff_no}")
            walker.page.reload()
            walker.look()
            walker.reads(done)
            walker.page.locator(".ones a").first.click()
            walker.look()
            walker.page.locator(".hist > summary").filter(visible=True).first.click()
            expect(walker.page.locator(".hist-l")).to_contain_text(re.compile(said))


def _all_of_a_kind(walker: Walker) -> None:
    """The button that scripts add sets every box of its kind of matter; pressed again it takes them off."""
    button = walker.page.locator("[data-pick]").first
    kind = button.get_attribute("data-pick")
    of_kind = walker.page.locator(f'.queue [data-kind="{kind}"]')
    chosen = [box for box in of_kind.all() if box.is_checked()]
    button.click()
    assert all(box.is_checked() for box in of_kind.all())
    button.click()
    assert not any(box.is_checked() for box in of_kind.all())
    for box in chosen:
        box.check()
