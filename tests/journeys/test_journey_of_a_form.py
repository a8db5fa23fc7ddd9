"""A records manager writes a form and sees it as drafters will; a drafter picks the 47 prefectures: in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from installation import Installation
from journeys.screenshots import RULES, day
from journeys.story import DRAFTER
from journeys.walker import Walker

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def test_a_form_is_written_tried_and_put_into_effect(opened: Browser, ministry: Installation) -> None:
    keeper = Walker(opened, ministry.url("/").rstrip("/"), RULES)
    keeper.come_in()
    keeper.open("/rules/")
    keeper.press("様式")
    keeper.press("公印の作成・届出")
    keeper.press("様式を変える")
    page = keeper.page
    last = page.locator(".fld").count()

    def field(name: str, place: int) -> str:
        return f"[name='{place}-{name}']"

    for place, label in ((last, "届出の区分"), (last + 1, "改刻の理由")):
        page.locator("button[value=add]").click()
        keeper.arrive()
        page.fill(field("label", place), label)
        page.fill(field("label_en", place), f"Field {place}")
        if place == last:
            page.select_option(field("kind", place), "choice")
            # What goes with a choice comes by itself.
            page.fill(field("choices", place), "新調\n改刻")
            keeper.arrive()
    page.select_option(field("if_key", last + 1), "field1")
    page.check(field("if_is", last + 1) + "[value=改刻]")
    page.check(field("required", last + 1))
    keeper.look()
    keeper.press("起案する人の画面で見る")
    keeper.look()
    expect(page.get_by_label("改刻の理由")).to_have_count(0)
    page.get_by_label("届出の区分").select_option("改刻")
    expect(page.get_by_label("改刻の理由")).to_be_visible()
    keeper.press("様式を変える")
    keeper.press("この日から施行する")
    expect(page.locator("[role=alert]").first).to_contain_text("施行していません")
    keeper.look()
    page.fill("#f-effective", day(30))
    keeper.press("この日から施行する")
    keeper.reads("施行待ち", "届出の区分", "改刻の理由")
    keeper.look()
    keeper.leave()


def test_a_notice_goes_to_47_prefectures_in_two_operations(opened: Browser, ministry: Installation) -> None:
    drafter = Walker(opened, ministry.url("/").rstrip("/"), DRAFTER)
    drafter.come_in()
    drafter.open("/drafts/new/?want=通知")
    drafter.page.locator("button[name=matter][value=notice_local]").first.click()
    drafter.arrive()
    drafter.page.select_option("#address-group", "都道府県知事")
    drafter.page.locator("button[name=do][value=address]").click()
    drafter.arrive()
    assert len(drafter.page.locator("#f-addressees").input_value().split("\n")) == 47
    drafter.look()
    drafter.leave()
