"""A question to a post whose holder is away: its deputy may answer, the record says as whom; a secretary may not."""

from __future__ import annotations

from uuid import UUID

import pytest

from clearances import ALL, MARKED, clear
from decisions.deputies import away, back, leaves, secretary, setting, with_deputies
from kessai.decisions import queries
from kessai.decisions.models import Event
from kessai.decisions.rules import CannotAct
from kessai.kernel.errors import NotFound
from scenario import Scenario

WHY, BECAUSE = "期限はいつですか", "年度末です"


def asked(on: Scenario, **typed: str) -> UUID:
    """A case of R1 at its first reviewer, who asks the Director-General something."""
    case_id = on.routed("r1", **typed)
    on.talk("ask", case_id, "deputy_director", to="director_general", question=WHY)
    return case_id


def may(on: Scenario, case_id: UUID, by: str) -> list[str]:
    return [one.instead for one in on.talk_of(case_id, by).requests if one.mine]


def test_the_first_deputy_answers_while_the_holder_is_away_and_the_record_says_for_whom(
    on_stage: Scenario,
) -> None:
    case_id = asked(on_stage)
    with_deputies(on_stage.stage)
    assert on_stage.inbox("councillor") == []
    away(on_stage.stage, "director_general")
    assert on_stage.inbox("councillor") == [("question", case_id)]
    (item,) = queries.home(actor=on_stage.stage.actor("councillor"), at=on_stage.stage.now).inbox
    assert (item.capacity, item.for_names, item.words) == ("acting", "政策局長の人", WHY)
    assert may(on_stage, case_id, "councillor") == ["政策局長"]
    on_stage.talk("answer", case_id, "councillor", text=BECAUSE)
    event = Event.objects.filter(case_id=case_id).latest("seq")
    assert (event.kind, event.capacity, event.post_title) == ("answered", "acting", "審議官")
    assert (event.payload["for_title"], event.payload["order"]) == ("政策局長", 1)
    assert on_stage.told(case_id) == ["chief", "deputy_director", "director_general"]
    (said,) = on_stage.talk_of(case_id).requests
    assert said.answer is not None
    assert (said.answer.title, said.answer.instead) == ("審議官", "政策局長")
    last = on_stage.page(case_id).history[-1]
    assert last.behalf is not None and last.behalf.title == "政策局長"
    assert on_stage.inbox("councillor") == []
    assert on_stage.page(case_id, "councillor"), "who answered goes on reading it"


def test_it_is_on_the_decided_original(on_stage: Scenario) -> None:
    case_id = asked(on_stage)
    with_deputies(on_stage.stage)
    absence = away(on_stage.stage, "director_general")
    on_stage.talk("answer", case_id, "councillor", text=BECAUSE)
    back(on_stage.stage, "director_general", absence)
    on_stage.stage.approve(case_id, "deputy_director", "director")
    on_stage.stage.decide(case_id)
    body, _, _ = queries.original(tenant_id=on_stage.stage.tenant_id, case_id=case_id)
    assert BECAUSE in body and '"for_title":"政策局長"' in body


def test_important_matters_may_be_answered_about_by_a_deputy_who_could_not_decide_them(
    on_stage: Scenario,
) -> None:
    case_id = asked(on_stage)
    with_deputies(on_stage.stage)
    away(on_stage.stage, "director_general")
    on_stage.flag(case_id, "chief")
    on_stage.talk("answer", case_id, "councillor", text=BECAUSE)


def test_not_while_the_holder_is_there_nor_the_second_before_the_first(on_stage: Scenario) -> None:
    case_id = asked(on_stage)
    with_deputies(on_stage.stage)
    with pytest.raises(NotFound):
        on_stage.talk("answer", case_id, "councillor", text=BECAUSE)
    absence = away(on_stage.stage, "director_general")
    assert may(on_stage, case_id, "general_affairs") == [] and on_stage.inbox("general_affairs") == []
    with pytest.raises(CannotAct, match="先の順位の審議官"):
        on_stage.talk("answer", case_id, "general_affairs", text=BECAUSE)
    away(on_stage.stage, "councillor")
    assert may(on_stage, case_id, "general_affairs") == ["政策局長"]
    back(on_stage.stage, "director_general", absence)
    with pytest.raises(CannotAct, match="不在ではありません"):
        on_stage.talk("answer", case_id, "general_affairs", text=BECAUSE)
    on_stage.talk("answer", case_id, "director_general", text=BECAUSE)


def test_a_vacant_post_is_answered_for_only_where_the_ministry_has_it_so(on_stage: Scenario) -> None:
    case_id = asked(on_stage)
    with_deputies(on_stage.stage)
    leaves(on_stage.stage, "director_general")
    assert on_stage.inbox("councillor") == []
    with pytest.raises(CannotAct, match="欠員"):
        on_stage.talk("answer", case_id, "councillor", text=BECAUSE)
    setting(on_stage.stage, "acting_while_vacant", "yes")
    on_stage.talk("answer", case_id, "councillor", text=BECAUSE)


def test_a_secretary_does_not_answer_and_nobody_else_learns_of_it(on_stage: Scenario) -> None:
    case_id = asked(on_stage)
    secretary(on_stage.stage, "personnel")
    away(on_stage.stage, "director_general")
    assert on_stage.inbox("personnel") == [] and may(on_stage, case_id, "personnel") == []
    with pytest.raises(CannotAct, match="あなたの職のものではありません"):
        on_stage.talk("answer", case_id, "personnel", text=BECAUSE)
    with pytest.raises(NotFound):
        on_stage.talk("answer", case_id, "document", text=BECAUSE)


def test_what_a_head_passes_on_is_for_the_own_staff_and_not_for_deputies(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    with_deputies(on_stage.stage, of="deputy_director", by=("chief",))
    on_stage.talk("forward", case_id, "director", to="deputy_director")
    away(on_stage.stage, "deputy_director")
    assert on_stage.inbox("chief") == []
    with pytest.raises(CannotAct, match="あなたの職のものではありません"):
        on_stage.talk("report", case_id, "chief")


def test_only_a_deputy_who_is_cleared_for_the_case_is_asked(on_stage: Scenario) -> None:
    clear(on_stage.stage, *ALL)
    case_id = asked(on_stage, marking=MARKED)
    with_deputies(on_stage.stage)
    away(on_stage.stage, "director_general")
    assert on_stage.inbox("councillor") == []
    with pytest.raises(NotFound):
        on_stage.talk("answer", case_id, "councillor", text=BECAUSE)
    assert on_stage.inbox("general_affairs") == [("question", case_id)]
    on_stage.talk("answer", case_id, "general_affairs", text=BECAUSE)
    event = Event.objects.filter(case_id=case_id).latest("seq")
    assert event.payload["passed_over"] == [{"order": 1, "title": "審議官", "why": "uncleared"}]
