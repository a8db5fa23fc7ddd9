"""Batches of appointment orders: stored as typed, checked, scheduled, effective by themselves, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from orders_office import DAY, NOW, Office

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
