"""Reminders, what is overdue, and how e-mails are wanted: in the inbox and on a page of its own."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from kessai.decisions import operations as deciding
from kessai.decisions.reminding import operations as reminding
from kessai.kernel.calendar import JAPAN
from kessai.notifications import queries
from kessai.organisation.models import Person
from stage import Stage, vacate
from visitors import SignIn


def morning(stage: Stage, day: date) -> None:
    """The day's work is done."""
    stage.now = datetime.combine(day, time(8), JAPAN)
    reminding.day(tenant_id=stage.tenant_id, at=stage.now)
    stage.later(hours=1)


def test_what_is_overdue_is_marked_for_whoever_has_it_and_for_the_drafter(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted(deadline="2026-10-23")
    back = stage.submitted(deadline="2026-10-22")
    stage.send_back(back, "deputy_director")
    morning(stage, date(2026, 10, 26))
    inbox = as_("deputy_director").get("/").content.decode()
    assert "期限を過ぎたもの" in inbox
    assert "決裁の期限 10月23日（金）" in inbox
    mine = as_("chief").get("/").content.decode()
    assert "期限を3日過ぎています" in mine and "期限を4日過ぎています" in mine
    page = as_("chief").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()
    assert "期限の催促 1回（10月26日）" in page
    assert (
        "期限の催促 1回（10月26日）" in as_("chief").get(f"/cases/{stage.tenant_id}-{back}/").content.decode()
    )


def test_the_inbox_says_what_is_stuck_and_what_is_held_for_long(stage: Stage, as_: SignIn) -> None:
    case_id, other = stage.submitted(), stage.submitted()
    deciding.hold(
        actor=stage.actor("deputy_director"),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=1,
        act_id=case_id,
        at=stage.later(),
        reason="数字を待つ",
    )
    stage.approve(other, "deputy_director")
    vacate(post_id=stage.posts["director"])
    morning(stage, date(2026, 10, 20))
    page = as_("chief", "en").get("/").content.decode()
    assert "Nobody can act" in page and "Still on hold" in page


@pytest.mark.parametrize(("language", "word"), [("ja", "すぐに"), ("en", "At once")])
def test_everybody_chooses_how_e_mails_come(stage: Stage, as_: SignIn, language: str, word: str) -> None:
    Person.objects.filter(id=stage.people["chief"]).update(email="chief@example.go.jp")
    browser = as_("chief", language)
    assert "/mail/" in browser.get("/").content.decode()
    page = browser.get("/mail/").content.decode()
    assert word in page and "chief@example.go.jp" in page
    assert browser.post("/mail/", {"tasks": "digest", "notices": "soon"}).status_code == 409
    assert browser.post("/mail/", {"tasks": "digest", "notices": "none"}).status_code == 302
    wishes = queries.chosen(actor=stage.actor("chief"), at=stage.now).wishes
    assert (wishes.tasks, wishes.notices) == ("digest", "none")


def test_the_language_of_the_pages_is_that_of_the_e_mails(stage: Stage, as_: SignIn) -> None:
    as_("chief").post("/language/", {"language": "en", "next": "/"})
    assert queries.chosen(actor=stage.actor("chief"), at=stage.now).language == "en"


def test_without_an_address_the_page_says_whom_to_ask(stage: Stage, as_: SignIn) -> None:
    assert "人事を扱う部署に登録を頼んでください" in as_("chief").get("/mail/").content.decode()
