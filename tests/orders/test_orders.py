"""Batches of appointment orders: stored as typed, checked, scheduled, effective by themselves, taken back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from orders_office import DAY, NOW, Office

from kessai.organisation.models import Appointment, ChangeSet, OrderLine, Person
from kessai.organisation.orders import operations, queries

pytestmark = pytest.mark.django_db


def test_a_transfer_begins_on_its_day_and_the_old_post_ends(office: Office) -> None:
    before = office.held(DAY)
    office.scheduled({"act": "任命", "staff_no": "04", "name": "四谷四", "post": "dir"})
    assert office.held(DAY - timedelta(days=1)) == before
    assert office.held(DAY) == before - {("dir", "03", "regular"), ("off1", "04", "regular")} | {
        ("dir", "04", "regular")
    }


def test_taking_back_leaves_the_chart_as_it_was(office: Office) -> None:
    before = office.rows()
    change_id = office.scheduled(
        {"act": "appoint", "staff_no": "04", "post": "dir"},
        {"act": "fold", "post": "off1", "into": "off2"},
        {"act": "退職", "staff_no": "03"},
        {"act": "keep_drafts", "post": "empty", "into": "dir"},
    )
    assert office.rows() != before
    operations.take_back(actor=None, change_id=change_id, at=NOW)
    assert office.rows() == before
    assert queries.change(change_id=change_id).state == "taken_back"


def test_effects_are_the_same_for_a_draft_and_when_scheduled(office: Office) -> None:
    change_id = office.draft(
        {"act": "appoint", "staff_no": "04", "post": "dir"},
        {"act": "fold", "post": "off1", "into": "off2"},
        {"act": "appoint", "staff_no": "05", "post": "empty", "kind": "併任"},
    )
    draft = queries.effects(change_id=change_id)
    operations.schedule(actor=None, change_id=change_id, at=NOW)
    assert queries.effects(change_id=change_id) == draft
    assert [(e.code, [n for _, n in e.before], [n for _, n in e.after], e.folded_into) for e in draft] == [
        ("dir", ["三木 三"], ["四谷 四"], None),
        ("empty", [], ["五島 五"], None),
        ("off1", ["四谷 四"], [], office.post("off2")),
    ]


def test_the_database_keeps_the_lines_of_a_scheduled_set_and_a_set_that_is_in_force(office: Office) -> None:
    line = {"act": "appoint", "staff_no": "04", "post": "dir"}
    change_id = office.scheduled(line)
    lines = OrderLine.objects.filter(change_id=change_id)
    for tried in (
        lambda: lines.update(staff_read="05"),
        lambda: lines.delete(),
        lambda: OrderLine.objects.create(change_id=change_id, number=99, act="end"),
    ):
        with pytest.raises(ProgrammingError, match="of a scheduled set"), transaction.atomic():
            tried()
    other = office.draft(line)
    held = ChangeSet.objects.filter(id=other)
    held.update(title="まだ変えられる")
    held.update(state="scheduled", effective=date(2026, 4, 1))
    with pytest.raises(ProgrammingError, match="in force"), transaction.atomic():
        held.update(scheduled_by=1)


def test_the_database_keeps_which_set_ended_a_period_that_is_over(office: Office) -> None:
    over = Appointment.objects.create(
        post_id=office.post("empty"),
        person_id=Person.objects.values_list("id", flat=True)[0],
        kind="concurrent",
        period=DateRange(date(2020, 4, 1), date(2021, 4, 1)),
    )
    with pytest.raises(ProgrammingError, match="has ended"), transaction.atomic():
        Appointment.objects.filter(id=over.id).update(ended_by=uuid4())
