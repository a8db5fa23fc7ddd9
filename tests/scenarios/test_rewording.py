"""S18, also met: approvers' small corrections of wording, where the row of the table allows them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from kessai.decisions import checks, stored
from kessai.decisions.authority import explaining
from kessai.decisions.machine import OWN_CAPACITY
from kessai.decisions.models import Event
from kessai.decisions.operations import Outcome
from kessai.decisions.redline import queries as redline
from kessai.decisions.rewording import operations, queries
from kessai.decisions.rewording.operations import CannotReword
from kessai.decisions.rules import CannotAct
from kessai.drafting import queries as drafts
from scenario import Scenario
from scenarios.test_redlines import marked
from scenarios.test_who_is_told import told

R1 = ("deputy_director", "director")
R2 = (*R1, "budget", "document")
FIRST = "補助率を二分の一とする。誤字があｒます。"
SECOND = "補助率を二分の一とする。誤字があります。"


def reword(on: Scenario, case_id: UUID, by: str, **more: Any) -> Outcome:
    """Correct the text as a post, from what is in flight unless ``seen`` or other words say otherwise."""
    stage = on.stage
    words = {"title": "地域振興の件", "text": SECOND, "reason": "", **more.pop("words", {})}
    return operations.reword(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=more.pop("position", on.position(case_id, by)),
        seen=more.pop("seen", stage.seen(case_id)),
        words=words,
        act_id=more.pop("act_id", uuid4()),
        at=stage.later(),
        **more,
    )


def test_S18_a_reviewer_corrects_a_misprint_and_everything_given_stands(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director", text=FIRST)
    reword(on_stage, case_id, "director", note="誤字")
    assert told(on_stage, case_id) == ["chief", "deputy_director"]
    assert on_stage.asked(case_id) == ["director"]
    assert on_stage.standing(case_id) == ["deputy_director"]
    event = Event.objects.filter(case_id=case_id).latest("seq")
    assert (event.kind, event.capacity, event.post_title) == ("revised", OWN_CAPACITY, "振興課長")
    assert (event.payload["substance"], event.revision, event.remark) == (False, 2, "誤字")
    page = on_stage.page(case_id, "deputy_director")
    assert (page.history[-1].kind, page.drafter_post, page.content.text) == ("reworded", "振興係長", SECOND)
    assert (
        page.since is not None
        and marked(page.since.changes) == "補助率を二分の一とする。誤字が[-あｒ-][+あり+]ます。"
    )
    since = on_stage.page(case_id).since
    assert since is not None and since.acted is not None and since.acted.event == "submitted"
    on_stage.stage.approve(case_id, "director", "budget", "document")
    assert on_stage.stage.decide(case_id).number


def test_S18_the_decider_corrects_and_decides_and_a_consenting_unit_could_object_before(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r2", *R2, text=FIRST)
    reword(on_stage, case_id, "director_general", words={"title": "新しい件名"})
    assert told(on_stage, case_id) == ["budget", "chief", "deputy_director", "director", "document"]
    assert on_stage.page(case_id, "budget").since.changes.object_at == on_stage.position(case_id, "budget")  # type: ignore[union-attr]
    on_stage.act("object_to", case_id, "budget", "主旨に響く")
    assert on_stage.asked(case_id) == ["budget"]
    on_stage.stage.approve(case_id, "budget")
    assert on_stage.stage.decide(case_id).number
    record = next(iter(stored.stored_cases(tenant_id=on_stage.stage.tenant_id, case_ids=[case_id]))).record
    assert record is not None and record.filed is not None and record.filed.title == "新しい件名"


def test_a_correction_is_bound_to_what_was_seen_counts_once_and_must_change_something(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r2", "deputy_director", text=FIRST)
    screen, act_id = on_stage.stage.seen(case_id), uuid4()
    first = reword(on_stage, case_id, "director", act_id=act_id)
    assert reword(on_stage, case_id, "director", act_id=act_id) == first
    with pytest.raises(CannotAct, match="内容が変わっています"):
        reword(on_stage, case_id, "director", seen=screen, words={"text": "ほか。"})
    with pytest.raises(CannotAct, match="字句が変わっていません"):
        reword(on_stage, case_id, "director")
    with pytest.raises(CannotReword) as empty:
        reword(on_stage, case_id, "director", words={"title": " ", "text": ""})
    assert [problem.field for problem in empty.value.problems] == ["title", "text"]
    assert on_stage.case(case_id).revision == 2


@pytest.mark.parametrize(
    ("by", "before", "words"),
    [
        ("director", ("deputy_director", "director"), "先に処理しています"),
        ("director_general", ("deputy_director",), "番ではありません"),
        ("budget", R1, "この段階ではできない操作"),
        ("chief", (), "経路は"),
    ],
)
def test_nobody_corrects_out_of_turn_nor_a_unit_asked_for_its_consent(
    on_stage: Scenario, by: str, before: tuple[str, ...], words: str
) -> None:
    case_id = on_stage.routed("r2", *before, text=FIRST)
    with pytest.raises(CannotAct, match=words):
        reword(on_stage, case_id, by)
    with pytest.raises(CannotAct, match="あなたの番ではない"):
        queries.wording(
            actor=on_stage.stage.actor(by),
            tenant_id=on_stage.stage.tenant_id,
            case_id=case_id,
            at=on_stage.stage.now,
        )


def test_where_the_row_does_not_allow_it_the_option_says_why_and_what_helps(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director", text=FIRST)
    with pytest.raises(CannotAct, match="決裁規程の行"):
        reword(on_stage, case_id, "director")
    option = next(o for o in on_stage.page(case_id, "director").options if o.name == "reword")
    assert option.why_not is not None and "修正を出す" in str(option.remedy)
    allowed = on_stage.routed("r2", "deputy_director", text=FIRST)
    option = next(o for o in on_stage.page(allowed, "director").options if o.name == "reword")
    assert option.why_not is None


def test_S08_a_correction_is_an_act_and_a_revision_of_the_drafter_is_none(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", text=FIRST)
    on_stage.revise(case_id, substance=False, text="直した。")
    reword(on_stage, case_id, "deputy_director")
    with pytest.raises(CannotAct, match="振興課長補佐の人"):
        on_stage.course("withdraw", case_id)
    other = on_stage.routed("r2", text=FIRST)
    on_stage.revise(other, substance=False, text="直した。")
    on_stage.course("withdraw", other)


def test_the_drafter_goes_on_from_the_corrected_words_and_keeps_what_was_in_hand(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director", text=FIRST)
    on_stage.rework(case_id, begin=True, title="手元の件名")
    draft = {
        "actor": on_stage.stage.actor("chief"),
        "tenant_id": on_stage.stage.tenant_id,
        "draft_id": case_id,
    }
    version = drafts.draft(at=on_stage.stage.now, **draft).version
    reword(on_stage, case_id, "director", words={"title": "課長の件名"})
    typed = drafts.draft(at=on_stage.stage.now, **draft)
    assert (typed.typed["title"], typed.typed["text"], typed.open) == ("手元の件名", SECOND, True)
    with pytest.raises(CannotAct, match="ほかの画面で変わっています"):
        on_stage.course("revise", case_id, substance=False, version=version)
    on_stage.course("revise", case_id, substance=False, version=typed.version)
    stage = on_stage.stage
    found = redline.changes(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        at=stage.now,
        before=2,
        after=3,
    )
    assert [each.key for each in found.difference.named] == ["title"]


def test_the_grounds_of_the_route_are_shown_after_a_revision_and_a_correction(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director", text=FIRST)
    stage = on_stage.stage
    where = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "case_id": case_id}
    on_stage.revise(case_id, substance=False, text="直した。")
    assert explaining.recomputed(**where, at=stage.now).same
    reword(on_stage, case_id, "director")
    found = explaining.recomputed(**where, at=stage.now)
    assert found.same and [entry["kind"] for entry in found.recorded].count("consent") == 2


def test_a_preview_is_the_redline_of_what_would_be_put_in(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director", text=FIRST)
    found = queries.wording(
        actor=on_stage.stage.actor("director"),
        tenant_id=on_stage.stage.tenant_id,
        case_id=case_id,
        at=on_stage.stage.now,
        typed={"title": "地域振興の件", "text": SECOND, "reason": "新しい理由"},
    )
    assert [each.change.key for each in found.texts] == ["text", "reason"]
    assert (found.words["text"], found.problems) == (FIRST, ())


@pytest.mark.parametrize(
    ("field", "forge"),
    [
        ("content", lambda c: c.revisions[2].content_json.update(amount=9)),
        ("attachments", lambda c: c.revisions[2].attachments_json.append({"sha256": "0" * 64, "title": "x"})),
        ("substance", lambda c: c.events[2].payload.update(substance=True)),
        ("allowed", lambda c: c.events[0].payload.pop("rewording")),
        ("payload", lambda c: c.events[2].payload.update(row=99)),
        ("turn", lambda c: setattr(c.events[2], "position", 5)),
        ("capacity", lambda c: setattr(c.events[2], "capacity", "acting")),
        ("revisions", lambda c: c.revisions.pop(1)),
    ],
)
def test_a_forged_correction_is_found_by_what_it_says_and_not_by_its_digests_alone(
    on_stage: Scenario, field: str, forge: Any
) -> None:
    case_id = on_stage.routed("r2", "deputy_director", text=FIRST)
    reword(on_stage, case_id, "director")
    (case,) = stored.stored_cases(tenant_id=on_stage.stage.tenant_id, case_ids=[case_id])
    assert checks.check_case(case) == []
    forge(case)
    assert f"rewording 3.{field}" in {finding.field for finding in checks.check_case(case)}
