"""A65: a correction is a new case linked to the old one; A48: a case that ended otherwise is copied."""

from __future__ import annotations

import io
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from kessai.decisions import queries, verification
from kessai.decisions.afterwards import operations as afterwards
from kessai.decisions.afterwards import queries as linked
from kessai.decisions.checks import check_case
from kessai.decisions.course import operations as course
from kessai.decisions.models import Case, CaseLink, Event
from kessai.decisions.stored import stored_cases
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.operations import DraftRef
from kessai.kernel.errors import Cannot, NotFound
from stage import Stage
from visitors import SignIn


def correction(stage: Stage, case_id: UUID, by: str = "chief") -> DraftRef:
    return afterwards.correct(
        actor=stage.actor(by), tenant_id=stage.tenant_id, case_id=case_id, at=stage.later()
    )


def links(stage: Stage, case_id: UUID, by: str = "chief") -> linked.Links:
    return linked.links(actor=stage.actor(by), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now)


def at(stage: Stage, case_id: UUID) -> str:
    return f"/cases/{stage.tenant_id}-{case_id}/"


def test_A65_whoever_changes_a_decided_case_is_refused_and_offered_a_correcting_case(stage: Stage) -> None:
    case_id = stage.decided(files=[("別紙.txt", b"as decided")])
    (file,) = drafts.attachments(tenant_id=stage.tenant_id, draft_id=case_id)
    mine = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "at": stage.later()}
    with pytest.raises(Cannot) as refused:
        drafting.save(**mine, draft_id=case_id, typed={"text": "別の文"}, version=None)
    assert "この決裁を改める案件を起案する" in str(refused.value.remedy)
    with pytest.raises(Cannot):
        drafting.save(**mine, draft_id=case_id, typed={"amount": "5"}, version=None)
    with pytest.raises(Cannot):
        drafting.attach(**mine, draft_id=case_id, filename="x.txt", title="", stream=io.BytesIO(b"x"))
    new = {"attachment_id": file.id, "filename": "y.txt", "stream": io.BytesIO(b"y")}
    with pytest.raises(Cannot):
        drafting.replace(**mine, draft_id=case_id, **new)
    with pytest.raises(Cannot):
        drafting.detach(**mine, draft_id=case_id, attachment_id=file.id)
    with pytest.raises(NotFound):
        drafting.save(**mine | {"actor": stage.actor("director")}, draft_id=case_id, typed={}, version=None)
    assert drafts.attachments(tenant_id=stage.tenant_id, draft_id=case_id) == (file,)
    with pytest.raises(Cannot) as refused:
        course.begin_revision(**mine, case_id=case_id)
    assert "新しい案件を起案" in str(refused.value.remedy)


def test_A65_a_correcting_case_has_its_own_route_number_and_original(stage: Stage) -> None:
    old = stage.decided()
    before = queries.original(tenant_id=stage.tenant_id, case_id=old)
    ref = correction(stage, old)
    typed = drafts.draft(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=ref.draft_id, at=stage.now
    )
    assert (typed.matter_code, typed.typed["title"]) == ("r1", "地域振興の件（改正）")
    assert typed.typed["text"] == "下記のとおりとしてよろしいか伺います。"
    new = stage.submit(ref).case_id
    stage.approve(new, "deputy_director", "director")
    outcome = stage.decide(new)
    said = Event.objects.get(case_id=new, kind="submitted").payload["corrects"]
    number = Case.objects.get(id=old).number
    assert said == {"case": str(old), "number": number, "original": before[1]}
    assert outcome.number not in ("", number)
    assert queries.original(tenant_id=stage.tenant_id, case_id=new)[1] != before[1]
    assert queries.original(tenant_id=stage.tenant_id, case_id=old) == before
    assert verification.verify_records(stage.tenant_id) == ([], 2)


def test_A65_each_case_shows_the_link_to_the_other(stage: Stage, as_: SignIn) -> None:
    old = stage.decided()
    client = as_("chief")
    assert "この決裁を改める案件を起案する" in client.get(at(stage, old)).content.decode()
    answer = client.post(at(stage, old) + "correct/")
    assert answer.status_code == 302
    draft = CaseLink.objects.get(earlier_id=old).draft_id
    assert str(draft) in answer["Location"]
    assert links(stage, old).later == ()
    new = stage.submit(DraftRef(stage.tenant_id, draft)).case_id
    assert at(stage, new) in client.get(at(stage, old)).content.decode()
    page = client.get(at(stage, new)).content.decode()
    assert at(stage, old) in page and "この案件が改める決裁" in page
    assert "To be corrected by" in as_("chief", "en").get(at(stage, old)).content.decode()


def test_A65_a_link_is_shown_only_to_who_may_see_the_other_case(stage: Stage) -> None:
    old = stage.decided("r1")
    new = stage.submit(correction(stage, old)).case_id
    assert links(stage, new).earlier is not None
    with pytest.raises(NotFound):
        links(stage, new, "personnel")
    with pytest.raises(NotFound):
        correction(stage, old, "personnel")


def test_A65_a_link_that_somebody_changed_is_found(stage: Stage) -> None:
    old, other = stage.decided(), stage.decided()
    new = stage.submit(correction(stage, old)).case_id
    (stored,) = stored_cases(tenant_id=stage.tenant_id, case_ids=[new])
    assert stored.link is not None and check_case(stored) == []
    stored.link.earlier_id = other
    assert [each.field for each in check_case(stored)] == ["link.corrects"]
    assert [each.field for each in check_case(replace(stored, link=None))] == ["link.corrects"]


def test_A65_a_case_on_its_way_is_not_corrected(stage: Stage) -> None:
    case_id = stage.submitted()
    with pytest.raises(Cannot):
        correction(stage, case_id)
    assert not CaseLink.objects.exists()


def test_A65_the_database_keeps_a_link_while_its_draft_is_there(stage: Stage) -> None:
    old = stage.decided()
    ref = correction(stage, old)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE kessai_app")
        cursor.execute("DELETE FROM decisions_caselink")
    drafting.discard(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=ref.draft_id, at=stage.later()
    )
    assert not CaseLink.objects.exists()


def test_A48_a_cancelled_case_is_copied_into_a_new_draft(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r2")
    course.cancel(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        act_id=uuid4(),
        at=stage.later(),
        reason="不要になった",
    )
    client = as_("chief")
    assert "写して新しい案件を起案する" in client.get(at(stage, case_id)).content.decode()
    client.post(at(stage, case_id) + "copy/")
    draft = CaseLink.objects.get(earlier_id=case_id, kind="copied_from").draft_id
    new = stage.submit(DraftRef(stage.tenant_id, draft)).case_id
    payload = Event.objects.get(case_id=new).payload
    assert payload["copied_from"] == {"case": str(case_id)} and "corrects" not in payload
    assert Case.objects.get(id=new).title == "地域振興の件（写し）"
    assert verification.verify_records(stage.tenant_id) == ([], 2)
