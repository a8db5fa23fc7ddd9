"""A15, A49 to A53 with the redline: what changed is always visible, and acts are bound to what was seen."""

from __future__ import annotations

import hashlib
import io
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

import documents
from kessai.decisions import queries
from kessai.decisions.redline import queries as redline
from kessai.decisions.redline.results import Changes
from kessai.decisions.rules import CannotAct
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting import operations as inspecting
from kessai.drafting.rules import AttachedFile
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment
from scenario import Scenario
from scenarios.test_who_is_told import told
from stage import FOREVER, vacate

R1 = ("deputy_director", "director")
R2 = (*R1, "budget", "document")


def changes(on: Scenario, case_id: UUID, by: str = "chief", **which: int) -> Changes:
    stage = on.stage
    return redline.changes(
        actor=stage.actor(by), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now, **which
    )


def marked(found: Changes, key: str = "text") -> str:
    marks = {"kept": "{}", "deleted": "[-{}-]", "inserted": "[+{}+]"}
    runs = next(each.runs for each in found.texts if each.change.key == key)
    return "".join(marks[run.kind].format(run.text) for run in runs)


def test_A15_standing_consents_are_told_of_a_resubmission_with_the_redline(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R2, text="誤字があｒます。")
    first = {e.post_title: e.at for e in on_stage.page(case_id).history if e.kind == "consented"}
    on_stage.stage.send_back(case_id, "director_general")
    on_stage.resubmit(case_id, substance=False, text="誤字があります。")
    assert told(on_stage, case_id) == ["budget", "document"]
    assert {e.post_title: e.at for e in on_stage.page(case_id).history if e.kind == "consented"} == first
    for unit in ("budget", "document"):
        since = on_stage.page(case_id, unit).since
        assert since is not None and since.acted is not None
        assert (since.acted.event, since.acted.own, since.changes.before.number) == ("consented", True, 1)
        assert marked(since.changes) == "誤字が[-あｒ-][+あり+]ます。"
        assert since.changes.object_at == on_stage.position(case_id, unit)


def test_A15_a_changed_substance_tells_no_unit_that_its_consent_stands(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R2)
    on_stage.stage.send_back(case_id, "director_general")
    on_stage.resubmit(case_id, substance=True, text="補助率を変えた。")
    assert told(on_stage, case_id) == []


def test_A49_units_asked_again_see_the_redline_since_their_consent(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R2, text="補助率を二分の一とする。")
    on_stage.revise(case_id, substance=True, text="補助率を三分の二とする。")
    on_stage.stage.approve(case_id, *R1)
    since = on_stage.page(case_id, "budget").since
    assert since is not None and since.acted is not None and since.acted.event == "consented"
    assert marked(since.changes) == "補助率を[-二-][+三+]分の[-一-][+二+]とする。"
    assert (since.changes.after.substance, since.changes.object_at) == (True, 0)


def test_A50_the_unit_that_consented_sees_what_changed_and_may_object(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget", text="12月1日とする。")
    on_stage.revise(case_id, substance=False, text="12月8日とする。", note="日付の誤り")
    found = changes(on_stage, case_id, "budget")
    assert marked(found) == "12月[-1日-][+8日+]とする。"
    assert (found.after.remark, found.after.substance) == ("日付の誤り", False)
    assert found.object_at == on_stage.position(case_id, "budget")
    on_stage.act("object_to", case_id, "budget", "主旨が変わった")
    assert changes(on_stage, case_id, "budget").object_at == 0


def test_A50_a_unit_still_to_answer_sees_the_change_from_the_revision_before(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget")
    on_stage.revise(case_id, substance=False, text="日付を直した。")
    since = on_stage.page(case_id, "document").since
    assert since is not None and since.acted is None
    assert (since.changes.before.number, since.changes.after.number) == (1, 2)


def test_A52_the_refusal_tells_the_difference_from_what_was_on_the_screen(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", *R1, text="第一案とする。")
    on_stage.revise(case_id, substance=False, text="第二案とする。")
    screen = on_stage.stage.seen(case_id)
    on_stage.revise(case_id, substance=False, text="第三案とする。")
    with pytest.raises(CannotAct) as refused:
        on_stage.act("decide", case_id, "director_general", seen=screen)
    assert refused.value.changed
    stage = on_stage.stage
    found = redline.since_seen(
        actor=stage.actor("director_general"),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        seen=screen,
        at=stage.now,
    )
    assert found is not None and (found.before.number, found.after.number) == (2, 3)
    assert found.seen == stage.seen(case_id)
    assert on_stage.case(case_id).number == ""
    on_stage.act("decide", case_id, "director_general", seen=found.seen)
    decided = on_stage.page(case_id).history[-1]
    assert (decided.kind, decided.revision) == ("decided", 3)


@pytest.mark.parametrize("seen", ["", "zz", "ab" * 32])
def test_a_hash_that_is_no_earlier_revision_tells_no_difference(on_stage: Scenario, seen: str) -> None:
    case_id = on_stage.routed("r1")
    on_stage.revise(case_id, substance=False, text="直した。")
    stage = on_stage.stage
    for digest in (seen, stage.seen(case_id)):
        assert (
            redline.since_seen(
                actor=stage.actor("chief"),
                tenant_id=stage.tenant_id,
                case_id=case_id,
                seen=digest,
                at=stage.now,
            )
            is None
        )


def test_a_position_that_is_anothers_on_the_new_route_is_refused_for_the_change(on_stage: Scenario) -> None:
    case_id = on_stage.routed("contract", "deputy_director", amount="8000000", counterparty="試験社")
    screen, place = on_stage.stage.seen(case_id), on_stage.position(case_id, "director")
    on_stage.revise(case_id, substance=True, amount="12000000")
    assert on_stage.position(case_id, "director") != place
    with pytest.raises(CannotAct, match="内容が変わっています"):
        on_stage.act("decide", case_id, "director", seen=screen, position=place)


def test_A53_a_replaced_attachment_is_a_new_revision(on_stage: Scenario) -> None:
    stage = on_stage.stage
    ref = stage.draft("r1", files=[("仕様書.pdf", b"spec"), ("見積書.pdf", b"old estimate")])
    case_id = stage.submit(ref).case_id
    stage.approve(case_id, "deputy_director")
    screen = stage.seen(case_id)

    on_stage.rework(case_id, begin=True)
    where = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "draft_id": case_id}
    estimate = drafts.draft(at=stage.now, **where).attachments[1]
    drafting.replace(
        attachment_id=estimate.id,
        filename="見積書-訂正.pdf",
        stream=io.BytesIO(b"new estimate"),
        at=stage.later(),
        **where,
    )
    on_stage.course("revise", case_id, substance=False)

    since = on_stage.page(case_id, "director").since
    assert since is not None
    (change,) = since.changes.difference.files
    assert change.what == "replaced" and change.old and change.new
    assert (change.old.position, change.new.position, change.new.file.title) == (2, 2, "見積書")
    assert change.old.file.sha256 != change.new.file.sha256
    with pytest.raises(CannotAct, match="内容が変わっています"):
        on_stage.act("approve", case_id, "director", seen=screen)

    assert attached(on_stage, case_id, "deputy_director", revision=1).sha256 == change.old.file.sha256
    assert attached(on_stage, case_id, "director", revision=None).sha256 == change.new.file.sha256
    with drafts.open_blob(sha256=change.old.file.sha256, tenant_id=stage.tenant_id) as stream:
        assert stream.read() == b"old estimate"
    stage.approve(case_id, "director")
    assert stage.decide(case_id).number


def attached(on: Scenario, case_id: UUID, by: str, revision: int | None, position: int = 2) -> AttachedFile:
    return queries.attachment(
        actor=on.stage.actor(by),
        tenant_id=on.stage.tenant_id,
        case_id=case_id,
        position=position,
        revision=revision,
        at=on.stage.now,
    )


def test_A53_strangers_open_no_file_of_any_revision(on_stage: Scenario) -> None:
    case_id = on_stage.stage.submit(on_stage.stage.draft("r1", files=[("a.pdf", b"a")])).case_id
    for by, revision, position in (
        ("personnel", 1, 1),
        ("chief", 0, 1),
        ("chief", 2, 1),
        ("chief", 1, 0),
        ("chief", 1, 2),
    ):
        with pytest.raises(NotFound):
            attached(on_stage, case_id, by, revision, position)
    with pytest.raises(NotFound):
        changes(on_stage, case_id, "personnel")


def test_two_revisions_of_choice_are_compared_from_either_side_and_no_others(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", text="第一案。")
    on_stage.revise(case_id, substance=False, text="第二案。")
    on_stage.revise(case_id, substance=True, text="第三案。")
    found = changes(on_stage, case_id, before=1, after=3)
    assert [each.number for each in found.revisions] == [1, 2, 3]
    assert [each.substance for each in found.revisions] == [None, False, True]
    assert marked(found) == "第[-一-][+三+]案。"
    assert marked(changes(on_stage, case_id, before=3, after=1)) == "第[-三-][+一+]案。"
    assert not changes(on_stage, case_id, before=2, after=2).difference
    for before, after in ((0, 3), (1, 4)):
        with pytest.raises(NotFound):
            changes(on_stage, case_id, before=before, after=after)


def test_the_route_is_part_of_the_difference(on_stage: Scenario) -> None:
    case_id = on_stage.routed("contract", "deputy_director", amount="8000000", counterparty="試験社")
    on_stage.add(
        case_id, "budget" if on_stage.asked(case_id) == ["budget"] else "director", "general_affairs"
    )
    on_stage.revise(case_id, substance=False, amount="12000000")
    found = changes(on_stage, case_id).difference
    steps = [(s.what, (s.new or s.old).kind, (s.new or s.old).title) for s in found.steps]  # type: ignore[union-attr]
    assert ("added", "decide", "政策局長") in steps
    assert ("other_role", "review", "振興課長") in steps
    assert [each.key for each in found.named] == ["amount"]


def test_a_day_for_an_answer_that_is_asked_for_no_more_is_part_of_the_difference(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "personnel", "consult", answer_by=date(2026, 10, 7))
    on_stage.revise(case_id, substance=False, text="第二案。")
    on_stage.stage.later(days=3)
    on_stage.revise(case_id, substance=True, text="第三案。")
    (step,) = changes(on_stage, case_id, before=2, after=3).difference.steps
    assert step.old is not None and step.new is not None
    assert (step.what, step.new.title) == ("other_day", "人事課長")
    assert (step.old.answer_by, step.new.answer_by) == (date(2026, 10, 7), None)


def test_whoever_acted_on_the_revision_that_is_there_has_nothing_new(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.revise(case_id, substance=False, text="直した。")
    assert on_stage.page(case_id, "director").since is not None
    on_stage.stage.approve(case_id, "director")
    assert on_stage.page(case_id, "director").since is None
    on_stage.stage.decide(case_id)
    assert on_stage.page(case_id, "chief").since is None
    assert on_stage.page(case_id, "deputy_director").since is not None


def test_a_new_holder_sees_what_changed_since_the_post_acted(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director", text="第一案。")
    stage = on_stage.stage
    post = stage.posts["deputy_director"]
    vacate(post=post)
    since_then = DateRange(FOREVER.lower + timedelta(days=1), None)
    Appointment.objects.create(post_id=post, person_id=stage.people["personnel"], period=since_then)
    on_stage.revise(case_id, substance=False, text="第二案。")
    since = on_stage.page(case_id, "personnel").since
    assert since is not None and since.acted is not None
    assert (since.acted.own, since.acted.person_name) == (False, "振興課長補佐の人")
    assert marked(since.changes) == "第[-一-][+二+]案。"


def test_A53_the_text_of_a_replaced_attachment_is_compared_word_by_word(on_stage: Scenario) -> None:
    found = replaced(
        on_stage, documents.docx("契約金額は金二千円とする。"), documents.docx("契約金額は金三千円とする。")
    )
    ((change, text),) = found.files
    assert change.what == "replaced" and text is not None and text.read and not text.same
    marks = {"kept": "{}", "deleted": "[-{}-]", "inserted": "[+{}+]"}
    whole = "".join(marks[run.kind].format(run.text) for run in text.runs)
    assert "[-" in whole and "二" in whole and "三" in whole
    assert "".join(run.text for run in text.runs if run.kind != "inserted") == "契約金額は金二千円とする。"
    assert "".join(run.text for run in text.runs if run.kind != "deleted") == "契約金額は金三千円とする。"


def test_A53_that_the_texts_of_two_attachments_are_the_same_or_cannot_be_compared_is_said(
    on_stage: Scenario,
) -> None:
    same = replaced(on_stage, documents.docx("同じ"), documents.pdf("同じ")).files[0][1]
    assert same is not None and same.same
    other = replaced(on_stage, documents.picture(), documents.picture(size=(10, 10))).files[0][1]
    assert other is not None and not other.read


def replaced(on: Scenario, old: bytes, new: bytes) -> Changes:
    """What changed of a case whose one attachment was replaced, once the queue has looked into both."""
    stage = on.stage
    ref = stage.draft("r1", files=[("契約書", old)])
    case_id = stage.submit(ref).case_id
    on.rework(case_id, begin=True)
    where = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "draft_id": case_id}
    (file,) = drafts.draft(at=stage.now, **where).attachments
    drafting.replace(
        attachment_id=file.id, filename="契約書", stream=io.BytesIO(new), at=stage.later(), **where
    )
    on.course("revise", case_id, substance=False)
    for body in (old, new):
        sha256 = hashlib.sha256(body).hexdigest()
        inspecting.inspect(tenant_id=stage.tenant_id, sha256=sha256, at=stage.later())
    return changes(on, case_id, before=1, after=2)
