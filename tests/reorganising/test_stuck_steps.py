"""A step at which nobody can act says so, and whom to ask."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.decisions import queries
from kessai.kernel.actor import Actor
from kessai.organisation.models import Appointment, Person
from kessai.organisation.reorganising import operations
from kessai.organisation.reorganising.lines import TypedLine
from reorganising.conftest import JULY, THAT_DAY, scheduled, started
from stage import FOREVER, Stage

ABOLISHED = {"act": "廃止", "what": "職", "code": "deputy_director", "into": "なし"}


def said(stage: Stage, case_id: UUID, at: Any = THAT_DAY) -> tuple[str, str]:
    """What the drafter reads at home and on the case page."""
    (sent,) = queries.home(actor=stage.actor("chief"), at=at).sent
    page = queries.case_page(actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=at)
    (step,) = (s for of in page.stages for s in of.steps if s.state == "open")
    return str(sent.waiting[0].stuck or ""), str(step.stuck or "")


def test_a_post_abolished_without_a_successor_leaves_its_tasks_stuck_and_says_whom_to_ask(
    stage: Stage,
) -> None:
    case_id = stage.submitted()
    assert said(stage, case_id, stage.now) == ("", "")
    scheduled(ABOLISHED)
    home, page = said(stage, case_id)
    assert home == page
    assert page == (
        "「振興課長補佐」は廃止され、引き継ぐ職がありません。"
        "引き継ぐ職を決めるよう、人事課長（人事課長の人）に頼んでください。"
    )
    (waiting,) = queries.home(actor=stage.actor("chief"), at=THAT_DAY).sent[0].waiting
    assert (waiting.abolished, waiting.holder_name) == (True, None)


def test_a_vacant_post_is_stuck_until_somebody_is_appointed(stage: Stage) -> None:
    case_id = stage.submitted()
    Appointment.objects.filter(post_id=stage.posts["deputy_director"]).update(
        period=DateRange(FOREVER.lower, JULY)
    )
    assert "「振興課長補佐」は欠員で" in said(stage, case_id)[1]
    assert "人事課長（人事課長の人）" in said(stage, case_id)[0]
    later = THAT_DAY + timedelta(days=3)
    person = Person.objects.create(tenant_id=stage.tenant_id, staff_no="new", name="後任の人")
    Appointment.objects.create(
        post_id=stage.posts["deputy_director"], person=person, period=DateRange(later.date(), None)
    )
    assert said(stage, case_id, later) == ("", "")
    assert [item.case_id for item in queries.home(actor=Actor(person.id), at=later).inbox] == [case_id]


def test_a_returned_case_whose_drafting_post_is_vacant_says_that_nobody_can_mend_it(stage: Stage) -> None:
    case_id = stage.submitted()
    stage.send_back(case_id, "deputy_director")
    reader = {"actor": stage.actor("deputy_director"), "tenant_id": stage.tenant_id, "case_id": case_id}
    assert queries.case_page(at=stage.now, **reader).stuck is None
    Appointment.objects.filter(post_id=stage.posts["chief"]).update(period=DateRange(FOREVER.lower, JULY))
    assert str(queries.case_page(at=THAT_DAY, **reader).stuck) == (
        "「振興係長」は欠員で、誰も処理できません。発令の予定を人事課長（人事課長の人）に確かめてください。"
    )


def test_where_nobody_has_the_duty_the_unit_is_named(stage: Stage) -> None:
    case_id = stage.submitted()
    Appointment.objects.filter(post_id__in=[stage.posts["deputy_director"], stage.posts["personnel"]]).update(
        period=DateRange(FOREVER.lower, JULY)
    )
    assert "人事を扱う部署に確かめてください" in said(stage, case_id)[1]


def test_a_successor_named_later_has_the_tasks_from_its_day(stage: Stage) -> None:
    case_id = stage.submitted()
    scheduled(ABOLISHED)
    later = started(day=date(2040, 8, 1))
    line = TypedLine("統合", "職", "deputy_director", into="director")
    operations.add_line(actor=None, change_id=later, line=line, at=stage.now)
    run = operations.check(actor=None, change_id=later, at=stage.now)
    assert (run.faults, [str(note.text) for note in run.notes]) == (
        (),
        ["「振興課長補佐」はすでに廃止されています。この日から「director」が引き継ぎます。"],
    )
    operations.schedule(actor=None, change_id=later, at=stage.now)
    assert "廃止され" in said(stage, case_id, datetime(2040, 7, 31, 3, tzinfo=UTC))[1]
    (item,) = queries.home(actor=stage.actor("director"), at=datetime(2040, 8, 1, 3, tzinfo=UTC)).inbox
    assert (item.case_id, item.position) == (case_id, 2), "one task, at the later of the two places"
    operations.take_back(actor=None, change_id=later, at=stage.now)
    assert "廃止され" in said(stage, case_id, datetime(2040, 8, 1, 3, tzinfo=UTC))[1]
