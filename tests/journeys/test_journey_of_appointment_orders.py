"""Appointment orders in the browser: loaded, mended, seen through, scheduled; the chart of that day shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys.walker import DESK, PHONE, Walker

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

PERSONNEL = "0012"
LINES = """発令,職員番号,氏名,職,引継先,種別,期限,備考
任命,0029,,{post}-director,,併任,,
免,{staff_no},,{post}-director,,,,
昇進,0031,,promotion-director,,併任,,
"""
SAY = {
    "ja": {
        "make": "作る",
        "load": "読み込んで確かめる",
        "fault": "発令「昇進」の意味が分かりません",
        "remove": "この行を消す",
        "good": "直すところはありません。",
        "schedule": "確定する",
        "back": "確定を取り消す",
    },
    "en": {
        "make": "Create",
        "load": "Load and check",
        "fault": "is not an order that is known",
        "remove": "Remove this line",
        "good": "No faults.",
        "schedule": "Schedule",
        "back": "Take back",
    },
}


@pytest.mark.parametrize(
    ("language", "script", "size", "post", "staff_no"),
    [("ja", True, DESK, "accounting", "0004"), ("en", False, PHONE, "documents", "0008")],
    ids=["in Japanese at a desk", "in English on a phone without JavaScript"],
)
def test_orders_are_mended_scheduled_and_taken_back(
    opened: Browser,
    ministry: Installation,
    language: str,
    script: bool,
    size: tuple[int, int],
    post: str,
    staff_no: str,
) -> None:
    say = SAY[language]
    day = (datetime.now(UTC) + timedelta(hours=9, days=60)).date().isoformat()
    personnel = Walker(opened, ministry.url("/").rstrip("/"), PERSONNEL, language, script=script, size=size)
    personnel.come_in()
    personnel.open("/changes/")
    personnel.page.fill("#title", f"異動 {language}")
    personnel.page.fill("#effective", day)
    personnel.press(say["make"])
    personnel.look()
    body = LINES.format(post=post, staff_no=staff_no).encode()
    personnel.page.set_input_files("#file", files=[{"name": "a.csv", "mimeType": "text/csv", "buffer": body}])
    personnel.press(say["load"])
    personnel.reads(say["fault"])
    personnel.look()
    change = personnel.page.url
    personnel.open(f"{change}?show=faulty")
    personnel.press(say["remove"])
    personnel.reads(say["good"])
    personnel.open(f"{change}impact/")
    personnel.open(change)
    personnel.press(say["schedule"], within=".set-acts")
    personnel.reads(say["back"])
    personnel.look()
    # On that day 0029 holds a second post; today only the one of before.
    personnel.open(f"/chart/?on={day}&q=0029")
    assert personnel.page.locator(".seats tbody .c-post").count() == 2
    personnel.open("/chart/?q=0029")
    assert personnel.page.locator(".seats tbody .c-post").count() == 1
    personnel.open(change)
    personnel.press(say["back"])
    personnel.reads(say["schedule"])
    personnel.leave()
