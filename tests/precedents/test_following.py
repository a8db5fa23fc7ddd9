"""Precedents are found by what one wants, among what one may see, and a draft begins from one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

import clearances
import stage as the_stage
from kessai.decisions import checks, queries, stored
from kessai.decisions.handing import operations as handing
from kessai.decisions.models import Preview
from kessai.decisions.operations import CannotSubmit
from kessai.decisions.precedents import operations as following
from kessai.decisions.precedents import queries as precedents
from kessai.decisions.previewing import operations as previewing
from kessai.decisions.previewing import queries as previews
from kessai.decisions.rules import CannotAct
from kessai.decisions.telling import queries as telling
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.carrying import AS_CARRIED
from kessai.drafting.operations import DraftRef
from kessai.kernel.errors import NotFound
from kessai.routing import queries as routing
from stage import Stage

SURVEY = {
    "title": "令和7年度 定員管理に関する意識調査の委託について",
    "amount": "5500000",
    "counterparty": "青葉総合調査株式会社",
    "text": "標記の件について契約を締結してよろしいか伺います。",
}


@pytest.fixture
def stage(db: None) -> Stage:
    return the_stage.build()


def decided(stage: Stage, by: str = "chief", matter: str = "contract", **typed: str) -> UUID:
    case_id = stage.submit(stage.draft(matter, by, **typed), by).case_id
    stage.approve(case_id, "deputy_director", "budget")
    stage.decide(case_id, "director")
    return case_id


def alike(stage: Stage, wanted: str, by: str = "chief", **more: object) -> list[str]:
    post = drafts.posts_to_begin_as(actor=stage.actor(by), at=stage.now)[stage.posts[by]]
    found = precedents.similar(actor=stage.actor(by), post=post, at=stage.now, wanted=wanted, **more)  # type: ignore[arg-type]
    return [each.title for each in found]


def follow(stage: Stage, case_id: UUID, by: str = "chief") -> DraftRef:
    return following.follow(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        post_id=stage.posts[by],
        at=stage.later(),
    )


def draft(stage: Stage, ref: DraftRef, by: str = "chief") -> drafts.DraftPage:
    return drafts.draft(actor=stage.actor(by), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now)


def save(stage: Stage, ref: DraftRef, **typed: str) -> None:
    drafting.save(
        actor=stage.actor("chief"),
        tenant_id=ref.tenant_id,
        draft_id=ref.draft_id,
        typed=typed,
        version=None,
        at=stage.later(),
    )


def test_the_most_alike_comes_first_and_what_is_not_alike_not_at_all(stage: Stage) -> None:
    decided(stage, **SURVEY)
    decided(stage, **SURVEY | {"title": "庁舎の清掃の請負"})
    decided(stage, **SURVEY | {"title": "窓口に関する意識調査の委託"})
    assert alike(stage, "定員管理の意識調査を委託したい") == [
        SURVEY["title"],
        "窓口に関する意識調査の委託",
    ]
    assert alike(stage, "国際会議の開催") == []


def test_without_words_the_latest_of_ones_unit_are_shown_the_newest_first(stage: Stage) -> None:
    for title in ("一つ目の調査", "二つ目の調査"):
        decided(stage, **SURVEY | {"title": title})
    assert alike(stage, "") == ["二つ目の調査", "一つ目の調査"]


def test_only_decided_cases_that_one_may_see_and_of_the_kind_asked_for_are_found(stage: Stage) -> None:
    case_id = decided(stage, **SURVEY)
    on_its_way = stage.submitted("contract", **SURVEY | {"title": "別の意識調査の委託"})
    wanted = "意識調査の委託"
    assert alike(stage, wanted) == [SURVEY["title"]]
    assert alike(stage, wanted, by="personnel", matters=["contract"]) == []
    assert alike(stage, wanted, by="budget", matters=["contract"]) == [SURVEY["title"]]
    assert alike(stage, wanted, matter="reply") == []
    assert alike(stage, wanted, but=case_id) == []
    with pytest.raises(CannotAct, match="決裁された案件だけ"):
        follow(stage, on_its_way)
    with pytest.raises(NotFound):
        follow(stage, case_id, by="personnel")


def test_the_text_so_far_decides_between_titles_that_are_as_alike(stage: Stage) -> None:
    decided(stage, **SURVEY | {"text": "回答を集計して公表する。"})
    decided(stage, **SURVEY | {"text": "面接により聞き取る。"})
    post = drafts.posts_to_begin_as(actor=stage.actor("chief"), at=stage.now)[stage.posts["chief"]]
    first = precedents.similar(
        actor=stage.actor("chief"),
        post=post,
        at=stage.now,
        wanted=SURVEY["title"],
        written="回答を集計し、公表してよいか",
    )[0]
    page = drafts.revision(tenant_id=stage.tenant_id, draft_id=first.case_id, number=1)
    assert page.content.text == "回答を集計して公表する。"


def test_what_is_the_same_is_copied_and_what_is_new_each_time_is_marked(stage: Stage) -> None:
    deadline = (stage.now + timedelta(days=3)).date().isoformat()
    case_id = decided(
        stage, **SURVEY, reason="必要なため", deadline=deadline, urgent_reason="至急", readers="総務課長"
    )
    page = draft(stage, follow(stage, case_id))
    assert page.matter_code == "contract"
    kept = {key: page.typed[key] for key in ("title", "counterparty", "text", "reason", "readers")}
    assert kept == {
        **{key: SURVEY[key] for key in ("title", "counterparty", "text")},
        "reason": "必要なため",
        "readers": "総務課長",
    }
    assert "deadline" not in page.typed and "urgent_reason" not in page.typed
    assert set(page.carried) == {"title", "amount"}


def test_it_is_not_submitted_until_each_is_changed_or_said_to_stay(stage: Stage) -> None:
    ref = follow(stage, decided(stage, **SURVEY))
    with pytest.raises(CannotSubmit) as refused:
        stage.submit(ref)
    assert [problem.field for problem in refused.value.problems] == ["title", "amount"]
    save(stage, ref, title="令和8年度 定員管理に関する意識調査の委託について")
    with pytest.raises(CannotSubmit) as refused:
        stage.submit(ref)
    assert [problem.field for problem in refused.value.problems] == ["amount"]
    save(stage, ref, **{AS_CARRIED: "amount"})
    assert stage.submit(ref).case_id == ref.draft_id


def test_the_submission_names_the_precedent_and_the_record_agrees(stage: Stage) -> None:
    case_id = decided(stage, **SURVEY)
    ref = follow(stage, case_id)
    save(stage, ref, title="令和8年度の調査", amount="600万円")
    stage.submit(ref)
    [now] = stored.stored_cases(tenant_id=stage.tenant_id, case_ids=[ref.draft_id])
    assert checks.check_case(now) == []
    assert now.events[0].payload["follows"] == {"case": str(case_id)}
    shown = precedents.followed(actor=stage.actor("chief"), draft=draft(stage, ref), at=stage.now)
    assert shown is not None and shown.case_id == case_id
    hidden = precedents.followed(actor=stage.actor("personnel"), draft=draft(stage, ref), at=stage.now)
    assert hidden is None


def test_kinds_of_matter_that_a_unit_drafts_often_come_first(stage: Stage) -> None:
    post = drafts.posts_to_begin_as(actor=stage.actor("chief"), at=stage.now)[stage.posts["chief"]]
    kinds = routing.matters(tenant_id=stage.tenant_id, on=stage.now.date())
    assert kinds[-1].code == "reply"
    case_id = stage.submit(stage.draft("reply")).case_id
    stage.approve(case_id, "deputy_director")
    stage.decide(case_id, "director")
    assert precedents.usual_first(kinds, post=post)[0].code == "reply"


def test_what_is_copied_from_a_marked_case_is_as_hidden_as_the_case(stage: Stage) -> None:
    clearances.clear(stage, *clearances.ALL, "budget")
    for _ in range(4):
        case_id = decided(stage, **SURVEY, marking=clearances.MARKED)
    ref = follow(stage, case_id)
    assert draft(stage, ref).typed["marking"] == clearances.MARKED
    clearances.clear(stage, "chief", covers=())
    with pytest.raises(NotFound):
        draft(stage, ref)
    post = drafts.posts_to_begin_as(actor=stage.actor("chief"), at=stage.now)[stage.posts["chief"]]
    assert precedents.similar(actor=stage.actor("chief"), post=post, at=stage.now, wanted="意識調査") == ()
    plain = stage.draft("contract", **SURVEY | {"amount": "90000000"})
    preview = queries.preview(
        actor=stage.actor("chief"), tenant_id=plain.tenant_id, draft_id=plain.draft_id, at=stage.now
    )
    assert preview.advice == (), "not even the amounts of marked cases are told"


def test_a_draft_from_a_marked_case_is_shown_only_to_the_cleared_whatever_it_is_marked_now(
    stage: Stage,
) -> None:
    clearances.clear(stage, *clearances.ALL, "budget", "document")
    ref = follow(stage, decided(stage, **SURVEY, marking=clearances.MARKED))
    save(stage, ref, marking="")

    def here(by: str = "chief") -> dict[str, Any]:
        where = {"tenant_id": ref.tenant_id, "draft_id": ref.draft_id}
        return {"actor": stage.actor(by), "at": stage.later(), **where}

    with pytest.raises(CannotAct, match="扱える人がいません"):
        previewing.ask(**here(), post_id=stage.posts["personnel"], act_id=uuid4())
    with pytest.raises(CannotAct, match="扱える人がいません"):
        handing.hand_over(**here(), post_id=stage.posts["personnel"], act_id=uuid4())
    assert not Preview.objects.exists()
    previewing.ask(**here(), post_id=stage.posts["document"], act_id=uuid4())
    assert previews.shown(**here("document")).draft.draft_id == ref.draft_id
    clearances.clear(stage, "document", covers=())
    with pytest.raises(NotFound):
        previews.shown(**here("document"))
    assert telling.unseen(actor=stage.actor("document"), at=stage.now) == ()
