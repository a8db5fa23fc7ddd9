"""A draft is written in two tabs and through a lost connection: nothing typed is lost, all can be had back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route, expect

from installation import Installation
from journeys import keeping
from journeys.story import DRAFTER, write
from journeys.walker import Walker
from journeys.words import JA

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def test_two_tabs_and_a_lost_connection_lose_nothing(opened: Browser, ministry: Installation) -> None:
    keeping.whole(opened, ministry.url("/").rstrip("/"), "二つの画面で書く契約", language="ja")


def begun(opened: Browser, ministry: Installation, title: str) -> tuple[Walker, str]:
    drafter = Walker(opened, ministry.url("/").rstrip("/"), DRAFTER)
    drafter.come_in()
    write(drafter, JA, title)
    drafter.press(JA.save, within=".submit")
    return drafter, drafter.page.url.partition("?")[0]


def test_what_is_typed_after_the_session_has_ended_is_there_again_in_a_new_tab(
    opened: Browser, ministry: Installation
) -> None:
    drafter, here = begun(opened, ministry, "席を外した契約")
    cookies = drafter.context.cookies()
    drafter.context.clear_cookies()
    drafter.context.add_cookies([each for each in cookies if each["name"] == "kessai_csrf"])  # type: ignore[misc]
    with drafter.page.expect_response(lambda answer: answer.status == 401):
        drafter.page.locator("#f-reason").fill("切れた後に書いた理由")
    drafter.page.wait_for_function(
        "Object.values(localStorage).some((kept) => kept.includes('切れた後に書いた理由'))"
    )
    drafter.context.add_cookies(cookies)  # type: ignore[arg-type]
    other = drafter.context.new_page()
    drafter.page.close()
    # A script that comes late holds up all that waits for the whole page.
    late: list[Route] = []
    other.route("**/route*.js", lambda route: late.append(route))
    other.goto(here, wait_until="commit")
    expect(other.locator("#f-reason")).to_have_value("切れた後に書いた理由")
    expect(other.locator("#restored .note")).to_be_visible()
    late[0].continue_()
    keeping.nothing_is_kept(other)
    drafter.context.close()


def test_what_a_whole_page_could_not_save_is_kept_when_that_page_is_left(
    opened: Browser, ministry: Installation
) -> None:
    drafter, here = begun(opened, ministry, "丸ごと断られた契約")
    one, other = drafter.page, drafter.context.new_page()
    other.goto(here)
    keeping.saves(other, "title", "二枚目の件名")
    other.close()
    one.locator("#f-title").evaluate("(field) => { field.value = '一枚目の件名'; }")
    with one.expect_navigation():
        one.locator(".submit button[value=save]").click()
    expect(one.locator(".clash")).to_contain_text("二枚目の件名")
    one.once("dialog", lambda dialog: dialog.accept())
    one.goto(here)
    expect(one.locator("#f-title")).to_have_value("一枚目の件名")
    expect(one.locator(".clash")).to_contain_text("二枚目の件名")
    drafter.troubles.clear()
    drafter.leave()


@pytest.mark.parametrize(("choice", "title"), [("mine", "一枚目の件名"), ("theirs", "二枚目の件名")])
def test_a_button_pressed_while_it_is_saved_does_its_work_though_the_answer_puts_it_anew(
    opened: Browser, ministry: Installation, choice: str, title: str
) -> None:
    drafter, here = begun(opened, ministry, f"押し直さない契約 {choice}")
    one, other = drafter.page, drafter.context.new_page()
    other.goto(here)
    keeping.saves(other, "title", "二枚目の件名")
    keeping.saves(one, "title", "一枚目の件名")
    button = one.locator(f"button[value^='{choice}:title']")
    expect(button).to_be_visible()
    held: list[Route] = []
    one.route(f"{here}*", lambda route: route.continue_() if held else held.append(route))
    with one.expect_request(lambda asked: asked.method == "POST"):
        one.locator("#f-reason").fill("保存の途中で押した理由")
    button.click()
    with one.expect_navigation():
        held[0].continue_()
    expect(one.locator(".clash")).to_have_count(0)
    expect(one.locator("#f-title")).to_have_value(title)
    expect(one.locator("#f-reason")).to_have_value("保存の途中で押した理由")
    expect(one.locator("#restored .note")).to_have_count(0)
    drafter.leave()
