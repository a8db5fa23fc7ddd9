"""Every notice and every new task leaves as an e-mail too: with its act, once, and with no content."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.db import transaction

from decisions.test_authority_of_the_day import FIRST_MINUTES, transfer
from kessai.decisions.models import Notice
from kessai.decisions.reminding import operations as reminding
from kessai.decisions.rules import CannotAct
from kessai.kernel.actor import Actor
from kessai.notifications import operations, queries
from kessai.notifications.models import Letter
from kessai.notifications.operations import CannotChoose
from kessai.organisation.models import Person
from kessai.organisation.operations import change_setting
from notifications.conftest import Post, at
from scenario import Scenario

TITLED = "【決裁】%s：地域振興の件"


def shown(scenario: Scenario) -> None:
    """A ministry that writes titles into its e-mails, all at once."""
    day = scenario.stage.now.date()
    for key, value in (("mail_hides_title_from", "never"), ("mail_notices", "at_once")):
        change_setting(tenant_id=scenario.stage.tenant_id, key=key, value=value, effective=day)


def test_a_new_task_leaves_at_once_and_says_what_and_where_and_nothing_else(
    on_stage: Scenario, post: Post
) -> None:
    shown(on_stage)
    case_id = on_stage.routed("r1", reason="内密の理由")
    assert post.run() == [("deputy_director", TITLED % "審査の依頼")]
    text = post.text()
    assert f"/cases/{on_stage.stage.tenant_id}-{case_id}/" in text
    assert "振興係長 振興係長の人\n" in text
    assert "内密の理由" not in text and "下記のとおり" not in text


def test_by_default_the_title_of_a_marked_case_stays_out(on_stage: Scenario, post: Post) -> None:
    on_stage.routed("r1")
    assert post.run() == [("deputy_director", "【決裁】案件が待っています")]
    assert "地域振興" not in post.text() and "振興係長の人" not in post.text()


def test_a_return_presses_its_drafter_and_only_tells_the_others(on_stage: Scenario, post: Post) -> None:
    case_id = on_stage.routed("r1", "deputy_director", "director")
    post.run()
    on_stage.stage.send_back(case_id, "director_general", "根拠を足す")
    assert post.run() == [("chief", "【決裁】案件が待っています")]
    assert "根拠を足す" not in post.text()


def test_after_a_transfer_a_return_presses_whoever_has_the_rework_now(on_stage: Scenario, post: Post) -> None:
    """The predecessor is told with the rest; the one at the desk is to do something."""
    case_id = on_stage.routed("r1", "deputy_director", "director")
    post.run()
    on_stage.stage.people["successor"] = transfer(on_stage.stage, "chief").person_id
    on_stage.stage.now = FIRST_MINUTES
    Person.objects.filter(id=on_stage.stage.people["successor"]).update(email="successor@kessai.example")
    on_stage.stage.send_back(case_id, "director_general", "根拠を足す")
    assert post.run() == [("successor", "【決裁】案件が待っています")]
    assert on_stage.stage.people["chief"] in {
        letter.person_id for letter in Letter.objects.filter(how="digest", sent_at=None)
    }


def test_notices_come_together_on_the_morning_of_the_next_working_day(on_stage: Scenario, post: Post) -> None:
    stage = on_stage.stage
    stage.now = at(date(2026, 10, 9), 15)
    for _ in range(2):
        on_stage.course("cancel", on_stage.routed("r1", "deputy_director"), reason="不要になった")
    post.run()
    deputy = stage.people["deputy_director"]
    tuesday = at(date(2026, 10, 13), 8, 30)
    due = queries.people_with_digests_due
    assert due(tenant_id=stage.tenant_id, at=tuesday - timedelta(minutes=1)) == ()
    assert deputy in due(tenant_id=stage.tenant_id, at=tuesday)
    sent = len(mail.outbox)
    for _ in range(2):
        operations.send_digest(tenant_id=stage.tenant_id, person_id=deputy, at=tuesday)
    assert [str(message.subject) for message in mail.outbox[sent:]] == ["【決裁】お知らせ 2件"]
    assert post.text().count("/cases/") == 2


def test_a_job_that_is_done_again_sends_nothing_again(on_stage: Scenario, post: Post) -> None:
    shown(on_stage)
    case_id = on_stage.routed("r1", "deputy_director", "director")
    on_stage.stage.send_back(case_id, "director_general")
    sent = sorted(post.run(times=3))
    assert sent == sorted(set(sent))
    assert [to for to, _ in sent] == ["chief", "deputy_director", "director"]
    assert Letter.objects.filter(sent_at=None, dropped_at=None).count() == 0


def test_what_is_done_by_the_time_is_not_asked_for_any_more(on_stage: Scenario, post: Post) -> None:
    on_stage.routed("r1", "deputy_director")
    assert post.run() == [("director", "【決裁】案件が待っています")]
    assert Letter.objects.exclude(dropped_at=None).count() == 1


def test_the_job_commits_with_the_act_or_not_at_all(on_stage: Scenario, post: Post) -> None:
    case_id = on_stage.routed("r1")
    post.run()
    with pytest.raises(CannotAct):
        on_stage.act("hold", case_id, "deputy_director", " ")
    assert post.jobs() == []
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        on_stage.stage.approve(case_id, "deputy_director")
        assert len(post.jobs()) == 1
        raise ZeroDivisionError
    assert post.jobs() == []


def test_a_mail_server_that_is_down_touches_no_act_and_the_letter_waits(
    on_stage: Scenario, post: Post, settings: object
) -> None:
    case_id = on_stage.routed("r1")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]
    with pytest.raises(OSError), transaction.atomic():
        post.run()
    post.done = 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    assert post.run() == [("deputy_director", "【決裁】案件が待っています")]
    assert on_stage.asked(case_id) == ["deputy_director"]


def test_everybody_chooses_and_whoever_has_no_address_gets_none(on_stage: Scenario, post: Post) -> None:
    stage = on_stage.stage
    actor = stage.actor("deputy_director")
    with pytest.raises(CannotChoose):
        operations.choose(actor=actor, tasks="sometimes", notices="none", at=stage.now)
    operations.choose(actor=actor, tasks="none", notices="at_once", at=stage.now)
    Person.objects.filter(id=stage.people["director"]).update(email="")
    case_id = on_stage.routed("r1", "deputy_director")
    assert post.run() == []
    on_stage.course("cancel", case_id, reason="不要になった")
    assert [to for to, _ in post.run()] == ["deputy_director"]
    assert queries.chosen(actor=actor, at=stage.now).wishes.notices == "at_once"


def test_the_mail_is_in_the_language_of_the_receiver(on_stage: Scenario, post: Post) -> None:
    shown(on_stage)
    stage = on_stage.stage
    operations.speak(actor=stage.actor("deputy_director"), language="en", at=stage.now)
    operations.speak(actor=stage.actor("director"), language="xx", at=stage.now)
    on_stage.routed("r1")
    [(_, subject)] = post.run()
    assert subject.startswith("[Kessai]") and subject.endswith("地域振興の件")
    assert "Title: 地域振興の件" in post.text()


def test_a_reminder_is_mailed_once_to_each(on_stage: Scenario, post: Post) -> None:
    on_stage.routed("r1", deadline="2026-10-23")
    post.run()
    on_stage.stage.now = at(date(2026, 10, 23), 8)
    for _ in range(2):
        reminding.day(tenant_id=on_stage.stage.tenant_id, at=on_stage.stage.now)
    assert post.run(times=2) == [("deputy_director", "【決裁】案件が待っています")]


def test_nobody_is_mailed_of_a_case_that_they_may_not_see(on_stage: Scenario, post: Post) -> None:
    stage = on_stage.stage
    case_id: UUID = on_stage.routed("r1")
    notice = Notice.objects.get(case_id=case_id)
    Notice.objects.bulk_create(
        [
            Notice(
                tenant_id=stage.tenant_id,
                id=case_id,
                case_id=case_id,
                seq=notice.seq,
                round=1,
                person_id=stage.people["personnel"],
                told_at=stage.now,
            )
        ]
    )
    operations.choose(
        actor=Actor(stage.people["personnel"]), tasks="at_once", notices="at_once", at=stage.now
    )
    operations.write(tenant_id=stage.tenant_id, notice_ids=[case_id], at=stage.now)
    assert [to for to, _ in post.run()] == ["deputy_director"]
    assert Letter.objects.get(notice_id=case_id).dropped_at is not None
