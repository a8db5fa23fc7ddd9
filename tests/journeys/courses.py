"""A case that does not go straight: steps of the journeys of every act, from the press to what is then to be read.

A contract of 23.1 million yen: 課長補佐, 課長, consent of 会計課長, 審議官, decided by 局長.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Locator, expect

from journeys.story import approve, task, write
from journeys.walker import DESK, Walker
from journeys.words import EN, JA, Words

DRAFTER, DEPUTY, DIRECTOR, ACCOUNTS, COUNCILLOR, GENERAL = "0030", "0029", "0028", "0004", "0023", "0022"
VICE_MINISTER = "0002"
AMOUNT = "23,100,000"
Picture = Callable[[Walker, str], None]


@dataclass(frozen=True)
class Course:
    """Who plays in which language, how; ``title`` of the one case that is played."""

    browser: Browser
    address: str
    title: str
    language: str = "ja"
    script: bool = True
    size: tuple[int, int] = DESK
    picture: Picture = lambda walker, name: None

    @property
    def say(self) -> Words:
        return JA if self.language == "ja" else EN

    @contextmanager
    def as_(self, staff_no: str) -> Iterator[Walker]:
        """Somebody comes in, does something, and leaves; nothing may have gone wrong unseen."""
        walker = Walker(
            self.browser, self.address, staff_no, self.language, script=self.script, size=self.size
        )
        walker.come_in()
        yield walker
        walker.leave()

    def submitted(self) -> None:
        with self.as_(DRAFTER) as drafter:
            write(drafter, self.say, self.title)
            drafter.fill(amount=AMOUNT)
            if not self.script:
                drafter.press(self.say.save, within=".submit")
            drafter.press(self.say.submit, within=".submit")
            drafter.look()

    def approved(self, *staff: str) -> None:
        """Each approves or consents in turn."""
        for staff_no in staff:
            with self.as_(staff_no) as walker:
                approve(walker, self.say, self.title)

    def decided(self, staff_no: str = GENERAL) -> None:
        with self.as_(staff_no) as decider:
            task(decider, self.title)
            decider.press(self.say.decide, within="#acts")
            decider.look()
            decider.reads(self.say.decided)

    def open_case(self, walker: Walker) -> None:
        """Find the case by its title, as anybody may who has to do with it."""
        walker.open(f"/search/?q={self.title}")
        walker.page.locator(".hits").get_by_role("link", name=self.title).first.click()
        walker.look()


def another_act(walker: Walker, act: str, reason: str = "", *, to: str = "", **typed: Any) -> None:
    """One of 「ほかの操作」: open it, fill it in, send it. ``to``: the title of the post it goes back to."""
    opened(walker.page.locator("#more"))
    button = walker.page.locator(f"button[name=do][value={act}]")
    opened(walker.page.locator("#more details").filter(has=button))
    walker.look()
    form = walker.page.locator("#more form").filter(has=button).first
    if reason:
        form.locator("textarea[name=reason]").fill(reason)
    for name, value in typed.items():
        form.locator(f"[name={name}]").first.fill(value)
    if to:
        title = walker.page.locator("span[lang=ja]").filter(has_text=re.compile(rf"^{to}$"))
        form.locator("label").filter(has=title).click()
    form.locator(button).click()
    walker.look()


def opened(details: Locator) -> None:
    """Open a fold that is shut."""
    for one in details.all():
        if one.get_attribute("open") is None:
            one.locator("> summary").click()


def refused_and_settled(course: Course) -> None:
    """A consent is refused, the refusal is sent up, settled by the common superior, and the case decided (A08, A10)."""
    why = "後年度の負担が示されていません。"
    course.submitted()
    course.approved(DEPUTY, DIRECTOR)
    with course.as_(ACCOUNTS) as accounts:
        task(accounts, course.title)
        course.picture(accounts, "consent-asked")
        another_act(accounts, "refuse", why)
    with course.as_(DRAFTER) as drafter:
        drafter.reads(why)
        course.picture(drafter, "inbox-after-a-refusal")
        course.open_case(drafter)
        drafter.reads(why)
        course.picture(drafter, "consent-refused")
        another_act(drafter, "escalate", "二度協議したが、後年度の額は契約の後でなければ定まらない。")
    with course.as_(VICE_MINISTER) as superior:
        task(superior, course.title)
        superior.reads(why)
        course.picture(superior, "refusal-to-settle")
        another_act(superior, "settle", "額の見込みを添えることで足りる。")
    course.approved(COUNCILLOR)
    course.decided()
    with course.as_(ACCOUNTS) as accounts:
        course.open_case(accounts)
        accounts.reads(why)
        course.picture(accounts, "decided-over-a-refusal")


def pulled_up(course: Course) -> None:
    """The director acts ahead of the deputy director, who reads it after the decision (A23, A24)."""
    course.submitted()
    with course.as_(DIRECTOR) as director:
        course.open_case(director)
        course.picture(director, "before-a-pull-up")
        another_act(director, "ahead_approve")
    with course.as_(DEPUTY) as deputy:
        expect(deputy.page.locator(".queue").get_by_role("link", name=course.title)).to_have_count(0)
        deputy.reads(course.title)
        course.picture(deputy, "passed-over")
    course.approved(ACCOUNTS, COUNCILLOR)
    course.decided()
    with course.as_(DEPUTY) as deputy:
        task(deputy, course.title)
        course.picture(deputy, "post-review-of-a-pull-up")
        deputy.page.locator("#acts button[value=read]").click()
        deputy.look()
        expect(deputy.page.locator(".note-ok").first).to_be_visible()


def back_to_the_middle(course: Course) -> None:
    """The decider returns it to the director; the drafter revises; from there on it is acted upon again (A16, A50)."""
    course.submitted()
    course.approved(DEPUTY, DIRECTOR, ACCOUNTS, COUNCILLOR)
    with course.as_(GENERAL) as general:
        task(general, course.title)
        another_act(general, "return_to", "履行期限を確かめてください。", to="振興課長")
    with course.as_(DIRECTOR) as director:
        director.reads(course.title)
        task(director, course.title)
        director.reads("履行期限を確かめてください。")
        course.picture(director, "returned-to-the-middle")
    with course.as_(DRAFTER) as drafter:
        course.open_case(drafter)
        another_act(drafter, "revise")
        drafter.fill(
            text="下記のとおり契約を締結してよろしいか伺います。\n\n記\n\n1　履行期限　令和9年3月12日"
        )
        drafter.page.locator("[name=substance][value=unchanged]").check()
        drafter.page.locator("#f-note").fill("履行期限を直した。")
        course.picture(drafter, "revising-in-flight")
        drafter.page.locator(".submit button[value=submit]").click()
        drafter.look()
    course.approved(DIRECTOR, COUNCILLOR)
    course.decided()
    with course.as_(DRAFTER) as drafter:
        course.open_case(drafter)
        drafter.reads("令和9年3月12日")
        course.picture(drafter, "decided-after-a-revision")


def corrected(course: Course) -> None:
    """A decided case is corrected by a new one that is linked to it (A65)."""
    course.submitted()
    course.approved(DEPUTY, DIRECTOR, ACCOUNTS, COUNCILLOR)
    course.decided()
    with course.as_(DRAFTER) as drafter:
        course.open_case(drafter)
        first = drafter.reference()
        course.picture(drafter, "decided-and-wrong")
        drafter.page.locator("form[action$='/correct/'] button").click()
        drafter.arrive()
        drafter.look()
        drafter.fill(title=f"{course.title}の訂正", amount="23,200,000")
        course.picture(drafter, "correction-drafted")
        drafter.press(course.say.submit, within=".submit")
        drafter.look()
        drafter.open(f"/cases/{first}/")
        drafter.reads(f"{course.title}の訂正")
        course.picture(drafter, "corrected-case")


COURSES = (refused_and_settled, pulled_up, back_to_the_middle, corrected)
