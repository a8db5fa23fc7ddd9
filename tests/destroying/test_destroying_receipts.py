"""What arrived from outside goes with the case that it was kept with, and not before the last one that has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from archive import OVER, THEN, consented, destroyed, file_of
from django.db import Error, connection, transaction

import receiving.mail_room as mail_room
from kessai.decisions import verification
from kessai.decisions.destroying import removing
from kessai.decisions.models import Receipt, ReceiptEvent
from kessai.decisions.receiving import operations, queries
from kessai.drafting import blobs
from kessai.drafting import operations as drafting
from kessai.kernel.errors import Cannot
from kessai.ledger import sequencer
from stage import Stage

UNLAWFUL = """
INSERT INTO decisions_receiptevent
SELECT tenant_id, receipt_id, 99, 'destroyed', gen_random_uuid(), at, person_id, person_name, post_id, post_title,
       unit_name, remark, jsonb_build_object('case', %(case)s::text), salt
FROM decisions_receiptevent WHERE receipt_id = %(receipt)s AND seq = 1
"""
LETTER = b"%PDF-1.7 the letter of the prefecture"


@pytest.fixture
def stage(db: None) -> Stage:
    return mail_room.open_mail_room()


def answered(stage: Stage) -> tuple[UUID, UUID]:
    """A receipt, and the decided case that answers it."""
    stage.now = THEN
    days = {"sent_on": "令和2年10月1日", "arrived_on": "2020-10-05"}
    receipt = mail_room.receive(stage, files=(("照会.pdf", LETTER),), **days).receipt_id
    ref = operations.begin(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        receipt_id=receipt,
        matter_code="r1",
        at=stage.later(),
    )
    drafting.save(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        draft_id=ref.draft_id,
        typed={"text": "回答してよろしいか伺います。"},
        version=None,
        at=stage.later(),
    )
    case = stage.submit(ref).case_id
    stage.approve(case, "deputy_director", "director")
    stage.decide(case)
    return receipt, case


def gone(stage: Stage, case: UUID) -> None:
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)


def findings(stage: Stage) -> list[str]:
    return [f"{each.what} {each.field}" for each in verification.verify_records(stage.tenant_id)[0]]


def test_what_a_case_answered_is_destroyed_with_it_and_its_number_stays(stage: Stage) -> None:
    receipt, case = answered(stage)
    sequencer.step(at=stage.later())
    number = Receipt.objects.get(id=receipt).number
    (file,) = Receipt.objects.get(id=receipt).files
    stage.now = OVER
    gone(stage, case)
    row = Receipt.objects.get(id=receipt)
    assert (row.state, row.number, row.title, row.sender, row.files) == ("destroyed", number, "", "", [])
    assert [event.kind for event in ReceiptEvent.objects.filter(receipt_id=receipt)] == ["destroyed"]
    removing.remove_released(tenant_id=stage.tenant_id, at=datetime.now(UTC) + timedelta(hours=2))
    assert blobs.size_stored(tenant_id=stage.tenant_id, sha256=file["sha256"]) is None
    assert findings(stage) == []
    page = mail_room.page(stage, receipt)
    assert (page.state, page.number, page.particulars.title, page.may_work) == (
        "destroyed",
        number,
        "",
        False,
    )
    with pytest.raises(Cannot, match="廃棄されています"):
        mail_room.act(stage, "handle", receipt, reason="済んだ")
    assert number in [line.number for line in _register(stage)]


def _register(stage: Stage) -> tuple[queries.Line, ...]:
    unit = mail_room.unit(stage, "pp")
    where = {"tenant_id": stage.tenant_id, "unit_id": unit, "year": 2020}
    return queries.register(actor=stage.actor("chief"), **where, at=stage.now).lines


def test_what_two_cases_have_goes_with_the_last_of_them(stage: Stage) -> None:
    receipt, first = answered(stage)
    other = stage.submitted("r2")
    stage.approve(other, "deputy_director", "director", "budget", "document")
    stage.decide(other)
    mail_room.act(stage, "join", receipt, case_id=other)
    stage.now = OVER
    gone(stage, other)
    assert Receipt.objects.get(id=receipt).title == mail_room.TYPED["title"]
    assert findings(stage) == []
    gone(stage, first)
    assert Receipt.objects.get(id=receipt).state == "destroyed"
    assert findings(stage) == []


def test_what_somebody_still_has_to_handle_stays(stage: Stage) -> None:
    receipt, case = answered(stage)
    mail_room.act(stage, "assign", receipt, post_id=stage.posts["director"])
    stage.now = OVER
    gone(stage, case)
    assert Receipt.objects.get(id=receipt).state == "assigned"
    assert findings(stage) == []


def test_an_altered_receipt_keeps_its_case_from_being_destroyed(stage: Stage) -> None:
    receipt, case = answered(stage)
    Receipt.objects.filter(id=receipt).update(sender="別の県知事")
    stage.now = OVER
    file = file_of(stage, case)
    consented(stage, file)
    ordered = destroyed(stage, file)
    assert (ordered.destroyed, ordered.left) == (0, 1)
    assert "台帳と合わない" in str(ordered.refused[0][1])


def test_a_receipt_that_no_act_names_is_not_destroyed_by_the_way_of_a_destroyed_case(stage: Stage) -> None:
    _, case = answered(stage)
    other = mail_room.receive(stage, sent_on="令和2年10月1日", arrived_on="2020-10-05").receipt_id
    stage.now = OVER
    gone(stage, case)
    joined = UNLAWFUL.replace("'destroyed'", "'joined'").replace("99", "98")
    params = {"receipt": other, "case": str(case)}
    with connection.cursor() as cursor:
        cursor.execute(joined, params)
    with pytest.raises(Error, match="kessai"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNLAWFUL, params)


def test_the_database_refuses_to_destroy_a_receipt_whose_case_is_there(stage: Stage) -> None:
    receipt, case = answered(stage)
    for statement in (
        "SELECT kessai_destroy_receipt(%(tenant)s, %(receipt)s)",
        "DELETE FROM decisions_receiptevent WHERE receipt_id = %(receipt)s",
        UNLAWFUL,
    ):
        with (
            pytest.raises(Error, match=r"kessai|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, {"tenant": stage.tenant_id, "receipt": receipt, "case": str(case)})
