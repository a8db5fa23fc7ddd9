"""S15: after an end state readers only may be added, and nothing that was decided changes by it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from clearances import clear
from kessai.decisions.circulating import operations
from kessai.decisions.models import DecidedOriginal, Event
from kessai.decisions.operations import Outcome
from kessai.decisions.rules import CannotAct
from kessai.kernel.errors import NotFound
from scenario import Scenario

R1 = ("deputy_director", "director")


def share(on: Scenario, case_id: UUID, by: str, *names: str, **more: Any) -> Outcome:
    return operations.share(
        actor=on.stage.actor(by),
        tenant_id=on.stage.tenant_id,
        case_id=case_id,
        names=names,
        act_id=more.pop("act_id", None) or uuid4(),
        at=on.stage.later(),
        **more,
    )


def test_S15_a_decided_case_is_shown_to_a_reader_and_stays_as_it_is(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", *R1)
    number = on_stage.stage.decide(case_id).number
    before = DecidedOriginal.objects.values_list("body", "sha256").get(case_id=case_id)
    with pytest.raises(NotFound):
        on_stage.page(case_id, "personnel")
    share(on_stage, case_id, "director", "人事課", note="来年度の定員に関わります")
    assert on_stage.inbox("personnel") == [("circulate", case_id)]
    assert (on_stage.told(case_id, "task"), on_stage.told(case_id)) == (["personnel"], ["chief"])
    event = Event.objects.filter(case_id=case_id).latest("seq")
    assert (event.kind, event.post_title, event.remark) == (
        "readers_added",
        "振興課長",
        "来年度の定員に関わります",
    )
    page = on_stage.page(case_id, "personnel")
    assert page.acts[0] == "read" and page.my_step and page.my_step.kind == "circulate"
    on_stage.act("mark_read", case_id, "personnel", remark="了解")
    assert on_stage.inbox("personnel") == []
    assert on_stage.page(case_id, "personnel").number == number
    assert DecidedOriginal.objects.values_list("body", "sha256").get(case_id=case_id) == before


@pytest.mark.parametrize("by", ["chief", "director_general"])
def test_S15_the_drafter_and_whoever_may_see_it_may_and_a_stranger_may_not(
    on_stage: Scenario, by: str
) -> None:
    case_id = on_stage.routed("r1", *R1)
    on_stage.stage.decide(case_id)
    assert "share" in {option.name for option in on_stage.page(case_id, by).options}
    share(on_stage, case_id, by, "文書課", "会計課長")
    assert on_stage.inbox("document") == on_stage.inbox("budget") == [("circulate", case_id)]
    with pytest.raises(NotFound):
        share(on_stage, case_id, "personnel", "人事課")


@pytest.mark.parametrize("end", ["rejected", "abandoned", "cancelled"])
def test_S15_every_end_may_be_read_by_more_and_by_nobody_twice(on_stage: Scenario, end: str) -> None:
    case_id = on_stage.routed("r1", *R1)
    if end == "cancelled":
        on_stage.course("cancel", case_id, reason="不要になった")
    else:
        on_stage.act({"rejected": "reject", "abandoned": "abandon"}[end], case_id, "director_general", "だめ")
    act_id = uuid4()
    assert share(on_stage, case_id, "chief", "人事課", act_id=act_id) == share(
        on_stage, case_id, "chief", "人事課", act_id=act_id
    )
    with pytest.raises(CannotAct, match="もう供覧先にあります"):
        share(on_stage, case_id, "director", "人事課長")
    on_stage.act("mark_read", case_id, "personnel")
    with pytest.raises(CannotAct, match="もう供覧先にあります"):
        share(on_stage, case_id, "director", "人事課長")
    assert on_stage.case(case_id).state == end


def test_S15_under_way_the_route_is_the_way_to_readers(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    with pytest.raises(CannotAct, match="まだ終わっていない"):
        share(on_stage, case_id, "chief", "人事課")
    assert "share" not in {option.name for option in on_stage.page(case_id).options}
    assert on_stage.inbox("personnel") == []


def test_S28_a_marked_case_is_shown_to_nobody_who_may_not_see_it(on_stage: Scenario) -> None:
    stage = on_stage.stage
    for code in ("chief", *R1, "director_general", "personnel"):
        clear(stage, code)
    case_id = on_stage.routed("r1", *R1, marking="confidentiality3")
    stage.decide(case_id)
    with pytest.raises(CannotAct, match="扱える人がいません"):
        share(on_stage, case_id, "director", "文書課")
    share(on_stage, case_id, "director", "人事課")
    assert on_stage.inbox("personnel") == [("circulate", case_id)]
