"""The main job in the browser: from the sign-in page to a proof, as four people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys.story import (
    ACCOUNTS,
    DECIDER,
    DRAFTER,
    REVIEWER,
    approve,
    approve_by_keys,
    decide_and_prove,
    give_back,
    turn_keys_off_and_on,
    write,
)
from journeys.walker import PHONE, Walker, names
from journeys.words import EN, JA, Words

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

Enter = Callable[..., Walker]


@pytest.fixture
def enter(opened: Browser, ministry: Installation) -> Iterator[Enter]:
    """Brings people in; at the end each leaves, and nothing may have gone wrong unseen."""
    inside: list[Walker] = []

    def come_in(staff_no: str, language: str = "ja", **more: Any) -> Walker:
        walker = Walker(opened, ministry.url("/").rstrip("/"), staff_no, language, **more)
        inside.append(walker)
        walker.come_in()
        return walker

    yield come_in
    for walker in inside:
        walker.leave()


@pytest.mark.parametrize(
    ("language", "say", "script"),
    [("ja", JA, True), ("en", EN, True), ("ja", JA, False)],
    ids=["in Japanese", "in English", "without JavaScript"],
)
def test_a_contract_goes_from_a_draft_to_a_proved_decision(
    enter: Enter, language: str, say: Words, script: bool
) -> None:
    title = f"デジタル人材の調査研究の委託（{language}{'' if script else '・スクリプトなし'}）"
    drafter = enter(DRAFTER, language, script=script)
    write(drafter, say, title)
    if not script:
        drafter.press(say.save, within=".submit")
    # The route comes by itself, with the reason for each step.
    drafter.reads(say.accounts, "別表第1 2項")
    drafter.look()
    drafter.press(say.submit, within=".submit")
    drafter.look()

    reviewer = enter(REVIEWER, language, script=script)
    give_back(reviewer, say, title)

    drafter.open("/")
    drafter.reads(say.returned, "再委託の条件")
    drafter.page.locator("section[aria-labelledby=h-draft]").get_by_role("link", name=title).click()
    drafter.look()
    drafter.fill(
        text="下記のとおり契約を締結してよろしいか伺います。\n\n記\n\n1　再委託　書面による承認がある場合に限る。"
    )
    drafter.press(say.submit_again, within=".submit")
    drafter.look()
    drafter.open("/")
    drafter.reads(say.waits_at)

    reviewer.open("/")
    approve(reviewer, say, title, opinion="条件を確かめた。")
    accounts = enter(ACCOUNTS, language, script=script)
    if script:
        turn_keys_off_and_on(accounts)
        approve_by_keys(accounts, title)
    else:
        approve(accounts, say, title)
    number = decide_and_prove(enter(DECIDER, language, script=script), say, title)

    # Found again by number, by words of the title, and by the drafter.
    for words in (number, "人材 調査研究", names()[DRAFTER][0].split()[0]):
        drafter.open(f"/search/?q={words}")
        drafter.reads(say.found, title, number)
    drafter.open("/")
    drafter.reads(number)


def test_people_draft_review_and_decide_on_a_phone(enter: Enter) -> None:
    title = "携帯から決裁する調査の委託"
    drafter = enter(DRAFTER, size=PHONE)
    write(drafter, JA, title)
    drafter.fill(amount="900,000")
    drafter.press(JA.submit, within=".submit")
    drafter.look()
    approve(enter(REVIEWER, size=PHONE), JA, title)
    decide_and_prove(enter(DECIDER, size=PHONE), JA, title)
