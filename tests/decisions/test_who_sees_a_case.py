"""A stranger is told of no case: every query and every act answers as if there were none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

import stage as the_stage
from kessai.decisions import operations as deciding
from kessai.decisions import queries, verification
from kessai.decisions.anchors import Passage
from kessai.decisions.commenting import operations as comments
from kessai.decisions.handing import operations as handing
from kessai.decisions.previewing import operations as previewing
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.versions import operations as restoring
from kessai.drafting.versions import queries as versions
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment
from stage import Stage

ASKED: dict[str, Callable[..., Any]] = {
    "case page": queries.case_page,
    "attachment": lambda **given: queries.attachment(**given, position=1),
    "cover sheet": queries.cover_sheet,
    "proof": verification.verify_decision,
}
DONE: dict[str, Callable[..., Any]] = {
    "approve": lambda **given: deciding.approve(**given, position=1, seen="00", act_id=uuid4()),
    "return": lambda **given: deciding.return_to_drafter(
        **given, position=1, seen="00", act_id=uuid4(), reason="x"
    ),
    "decide": lambda **given: deciding.decide(**given, position=1, seen="00", act_id=uuid4()),
    "read": lambda **given: deciding.mark_read(**given, position=1, act_id=uuid4()),
}
WITH_DRAFT: dict[str, Callable[..., Any]] = {
    "preview": queries.preview,
    "submit": lambda **given: deciding.submit(**given, act_id=uuid4()),
    "save": lambda **given: drafting.save(**given, typed={}, version=None),
    "detach": lambda **given: drafting.detach(**given, attachment_id=uuid4()),
    "discard": drafting.discard,
    "draft page": lambda **given: drafts.draft(**given),
    "versions": lambda **given: versions.versions(**given),
    "restore": lambda **given: restoring.restore(**given, number=1),
    "write along": lambda **given: previewing.write(**given, typed={}, version=None),
    "comment": lambda **given: comments.comment(**given, act_id=uuid4(), about=Passage("text", ""), text="x"),
    "answer": lambda **given: comments.reply(**given, act_id=uuid4(), thread_id=uuid4(), text="x"),
    "settle": lambda **given: comments.settle(**given, thread_id=uuid4(), settled=True),
    "hand over": lambda **given: handing.hand_over(**given, act_id=uuid4(), post_id=1),
}


@pytest.mark.parametrize("state", ["routed", "decided"])
@pytest.mark.parametrize("name", [*ASKED, *DONE])
def test_a_stranger_gets_the_same_answer_for_a_case_as_for_none(stage: Stage, name: str, state: str) -> None:
    case_id = stage.decided(files=[("a.txt", b"a")]) if state == "decided" else stage.submitted()
    call = (ASKED | DONE)[name]
    said = []
    for asked in (case_id, uuid4()):
        with pytest.raises(NotFound) as refused:
            call(actor=stage.actor("personnel"), tenant_id=stage.tenant_id, case_id=asked, at=stage.now)
        said.append((refused.value.what, refused.value.remedy))
    assert said[0] == said[1]


@pytest.mark.parametrize("name", WITH_DRAFT)
def test_a_draft_is_known_to_the_holder_of_its_post_and_nobody_else(stage: Stage, name: str) -> None:
    ref = stage.draft()
    for by, asked in (("personnel", ref.draft_id), ("director", ref.draft_id), ("chief", uuid4())):
        with pytest.raises(NotFound):
            WITH_DRAFT[name](actor=stage.actor(by), tenant_id=stage.tenant_id, draft_id=asked, at=stage.now)


def test_a_case_is_not_found_under_another_ministry(stage: Stage) -> None:
    other = the_stage.build(701)
    case_id = stage.submitted()
    for actor, tenant in (
        (other.actor("chief"), 700),
        (other.actor("chief"), 701),
        (stage.actor("chief"), 701),
    ):
        with pytest.raises(NotFound):
            queries.case_page(actor=actor, tenant_id=tenant, case_id=case_id, at=stage.now)
    assert queries.search(actor=other.actor("chief"), words="地域", at=stage.now) == ()


@pytest.mark.parametrize("code", ["chief", "deputy_director", "director", "director_general"])
def test_drafter_route_and_the_drafting_unit_see_the_case(stage: Stage, code: str) -> None:
    case_id = stage.submitted()
    page = queries.case_page(
        actor=stage.actor(code), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert page.case_id == case_id


def test_who_acted_on_a_case_sees_it_from_the_next_post_too(stage: Stage) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    mine = Appointment.objects.filter(person_id=stage.people["deputy_director"])
    mine.update(period=DateRange(date(2020, 4, 1), date(2026, 10, 10)))
    stage.later(days=10)
    page = queries.case_page(
        actor=stage.actor("deputy_director"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert page.acts == ()


# --- finding again


@pytest.fixture
def decided(stage: Stage) -> UUID:
    stage.submitted(title="別の件")
    return stage.decided(title="地域振興100%の計画_案")


@pytest.mark.parametrize(
    "words",
    [
        "政振第1号",
        "政振第１号",
        "第1号",
        "地域振興",
        "計画 地域",
        "計画　地域",
        "振興係長の人",
        "100%",
        "１００％",
        "計画_案",
        "  政振   計画 ",
    ],
)
def test_a_case_is_found_by_number_title_words_or_drafter(stage: Stage, decided: UUID, words: str) -> None:
    found = queries.search(actor=stage.actor("chief"), words=words, at=stage.now)
    assert decided in {each.case_id for each in found}
    if words != "振興係長の人":
        assert len(found) == 1


@pytest.mark.parametrize("words", ["", "  ", "政振第9号", "地域 なし", "1000%", "計画x案", "%", "\x00"])
def test_what_is_in_no_case_finds_none_and_wildcards_are_letters(
    stage: Stage, decided: UUID, words: str
) -> None:
    found = queries.search(actor=stage.actor("chief"), words=words, at=stage.now)
    assert {each.case_id for each in found} <= ({decided} if words == "%" else set())


def test_only_what_i_may_see_is_found(stage: Stage, decided: UUID) -> None:
    assert queries.search(actor=stage.actor("personnel"), words="地域", at=stage.now) == ()
    (found,) = queries.search(actor=stage.actor("director_general"), words="地域", at=stage.now)
    assert (found.case_id, found.number, found.state) == (decided, "政振第1号", "decided")


def test_the_latest_are_found_first_and_no_more_than_asked_for(stage: Stage) -> None:
    cases = [stage.submitted(title=f"同じ件 {n}") for n in range(5)]
    found = queries.search(actor=stage.actor("chief"), words="同じ件", at=stage.now, limit=3)
    assert [each.case_id for each in found] == cases[:1:-1]


@pytest.mark.parametrize("words", ["ＡＩ", "AI", "ai", "ガス", "ｶﾞｽ"])
def test_full_and_half_width_are_the_same_to_whoever_searches(stage: Stage, words: str) -> None:
    case_id = stage.submitted(title="ＡＩによるｶﾞｽ設備の点検")
    stage.submitted(title="別の件")
    found = queries.search(actor=stage.actor("chief"), words=words, at=stage.now)
    assert [each.case_id for each in found] == [case_id]
