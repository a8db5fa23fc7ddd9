"""A03, A04, A13 to A22: returns, withdrawals, and what stands after them."""

from __future__ import annotations

import pytest

from kessai.decisions import queries
from kessai.decisions.rules import CannotAct
from kessai.decisions.telling.queries import unseen
from kessai.kernel.calendar import JAPAN
from kessai.records.models import DocumentNumber
from scenario import Scenario

R1 = ("deputy_director", "director")


def test_A03_a_step_returned_and_approved_again_leaves_exactly_one_open_task(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    for _ in range(2):
        target = on_stage.position(case_id, "deputy_director")
        on_stage.act("return_to", case_id, "director", "見直し", to=target)
        assert on_stage.asked(case_id) == ["deputy_director"]
        on_stage.stage.approve(case_id, "deputy_director")
        assert on_stage.asked(case_id) == ["director"]
    history = on_stage.page(case_id).history
    assert {e.about for e in history if e.kind == "returned"} == {"振興課 振興課長補佐"}
    stands = [e.stands for e in history if e.kind == "approved"]
    assert stands == [False, False, True]


def test_A04_a_step_taken_out_and_put_in_again_neither_doubles_nor_stops(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "councillor")
    on_stage.stage.approve(case_id, "director")
    assert on_stage.asked(case_id) == ["councillor"]
    on_stage.course("remove_step", case_id, "director", target=on_stage.position(case_id, "councillor"))
    assert on_stage.asked(case_id) == ["director_general"]
    on_stage.act("take_back", case_id, "director")
    on_stage.add(case_id, "director", "councillor")
    on_stage.stage.approve(case_id, "director")
    assert on_stage.asked(case_id) == ["councillor"]
    on_stage.act("approve", case_id, "councillor")
    assert on_stage.asked(case_id) == ["director_general"]


@pytest.mark.parametrize(
    ("act", "by", "before"),
    [
        ("return_to_drafter", "director", ("deputy_director",)),
        ("refuse_consent", "budget", R1),
        ("hold", "director", ("deputy_director",)),
        ("reject", "director_general", (*R1, "budget", "document")),
        ("abandon", "director_general", (*R1, "budget", "document")),
    ],
)
@pytest.mark.parametrize("reason", ["", " 　\n"])
def test_A13_return_refusal_hold_and_rejection_need_a_reason(
    on_stage: Scenario, act: str, by: str, before: tuple[str, ...], reason: str
) -> None:
    case_id = on_stage.routed("r2", *before)
    asked, events = on_stage.asked(case_id), on_stage.events(case_id)
    with pytest.raises(CannotAct, match="理由がありません"):
        on_stage.act(act, case_id, by, reason)
    assert (on_stage.asked(case_id), on_stage.events(case_id)) == (asked, events)


def test_A14_a_return_to_the_drafter_closes_every_task_and_every_approval_lapses(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", *R1)
    on_stage.stage.send_back(case_id, "director_general", "積算を直すこと")
    assert on_stage.asked(case_id) == []
    approvals = [event.stands for event in on_stage.page(case_id).history if event.kind == "approved"]
    assert approvals == [False, False]
    chief, at = on_stage.stage.actor("chief"), on_stage.stage.now
    (back,) = queries.home(actor=chief, at=at).drafts
    assert (back.draft_id, back.returned_by, back.returned_why) == (
        case_id,
        "政策局長 政策局長の人",
        "積算を直すこと",
    )
    for code in R1:
        (notice,) = unseen(actor=on_stage.stage.actor(code), at=at)
        assert (notice.event, notice.post_title, notice.remark) == ("returned", "政策局長", "積算を直すこと")
    assert unseen(actor=on_stage.stage.actor("director_general"), at=at) == ()


def test_A15_resubmission_walks_the_route_again_but_asks_no_standing_consent_again(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r2", *R1, "budget", "document")
    on_stage.stage.send_back(case_id, "director_general")
    on_stage.resubmit(case_id, substance=False, text="誤字を直した。")
    assert on_stage.asked(case_id) == ["deputy_director"]
    on_stage.stage.approve(case_id, "deputy_director")
    assert on_stage.asked(case_id) == ["director"]
    on_stage.stage.approve(case_id, "director")
    assert on_stage.asked(case_id) == ["director_general"]
    assert on_stage.standing(case_id, "consented") == ["budget", "document"]
    assert on_stage.stage.decide(case_id).number


def test_S06_a_changed_substance_asks_consents_again_after_a_return(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget", "document")
    on_stage.stage.send_back(case_id, "director_general")
    on_stage.resubmit(case_id, substance=True, text="補助率を変えた。")
    on_stage.stage.approve(case_id, "deputy_director", "director")
    assert on_stage.asked(case_id) == ["budget", "document"]


def test_S06_consents_stand_through_a_withdrawal_as_through_a_return(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget", "document")
    on_stage.stage.send_back(case_id, "director_general")
    on_stage.resubmit(case_id, substance=False, text="誤字を直した。")
    on_stage.course("withdraw", case_id)
    on_stage.resubmit(case_id, substance=False, text="もう一つ誤字を直した。")
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["director_general"]
    assert on_stage.standing(case_id, "consented") == ["budget", "document"]


def test_A16_after_a_return_to_an_earlier_step_only_that_step_and_the_later_ones_act_again(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r3", *R1, "councillor")
    on_stage.act(
        "return_to", case_id, "director_general", "確認を", to=on_stage.position(case_id, "director")
    )
    assert on_stage.asked(case_id) == ["director"]
    assert on_stage.standing(case_id) == ["deputy_director"]
    on_stage.stage.approve(case_id, "director")
    assert on_stage.asked(case_id) == ["councillor"]


def test_A18_a_return_goes_only_to_a_step_already_passed(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r3", "deputy_director")
    for aim in ("councillor", "director"):
        with pytest.raises(CannotAct, match="差し戻せるのは"):
            on_stage.act("return_to", case_id, "director", "だめ", to=on_stage.position(case_id, aim))
    on_stage.add(case_id, "director", "personnel")
    removed = on_stage.position(case_id, "personnel")
    on_stage.course("remove_step", case_id, "director", target=removed)
    with pytest.raises(CannotAct, match="差し戻せるのは"):
        on_stage.act("return_to", case_id, "director", "だめ", to=removed)
    assert on_stage.asked(case_id) == ["director"]
    page = on_stage.page(case_id, "director")
    (back,) = (option for option in page.options if option.name == "return_to")
    assert "return" in page.acts, "to the drafter"
    assert [target.post_title for target in back.targets] == ["振興課長補佐"]


def test_A19_the_drafter_withdraws_while_the_first_reviewer_has_not_acted(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    assert "approve" in on_stage.page(case_id, "deputy_director").acts, "opened"
    on_stage.act("hold", case_id, "deputy_director", "会議の後で見る")
    on_stage.course("withdraw", case_id)
    assert on_stage.inbox("deputy_director") == []
    (draft,) = queries.home(actor=on_stage.stage.actor("chief"), at=on_stage.stage.now).drafts
    assert draft.draft_id == case_id
    assert (on_stage.case(case_id).state, on_stage.asked(case_id)) == ("withdrawn", [])
    assert on_stage.events(case_id) == ["submitted", "held", "withdrawn"]
    assert not DocumentNumber.objects.exists()
    with pytest.raises(CannotAct, match="引き戻されています（振興係長 振興係長の人"):
        on_stage.stage.approve(case_id, "deputy_director")
    on_stage.resubmit(case_id, substance=False)
    assert on_stage.asked(case_id) == ["deputy_director"]


def test_A20_a_withdrawal_after_the_next_has_acted_is_refused(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    approved = on_stage.page(case_id).history[-1].at.astimezone(JAPAN)
    with pytest.raises(CannotAct, match=f"振興課長補佐の人.*{approved:%H:%M}") as refused:
        on_stage.course("withdraw", case_id)
    assert all(way in str(refused.value.remedy) for way in ("修正", "取り止める", "差戻しを頼む"))
    options = {option.name: option.why_not for option in on_stage.page(case_id).options}
    assert options["revise"] is None and options["cancel"] is None
    assert "振興課長補佐の人" in str(options["withdraw"])
    assert on_stage.asked(case_id) == ["director"]


def test_A21_an_approver_takes_back_the_own_approval_while_the_next_has_not_acted(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r1", *R1)
    on_stage.act("take_back", case_id, "director")
    assert on_stage.asked(case_id) == ["director"] and on_stage.inbox("director_general") == []
    assert on_stage.standing(case_id) == ["deputy_director"]
    on_stage.stage.approve(case_id, "director")
    on_stage.stage.decide(case_id)
    with pytest.raises(CannotAct, match="決裁された"):
        on_stage.act("take_back", case_id, "director")


def test_A21_not_after_the_next_has_acted(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", *R1)
    with pytest.raises(CannotAct, match="振興課長の人"):
        on_stage.act("take_back", case_id, "deputy_director")


def test_S08_adding_a_step_is_an_act_too(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    on_stage.add(case_id, "deputy_director", "councillor")
    with pytest.raises(CannotAct, match="もう処理している"):
        on_stage.course("withdraw", case_id)


def test_S08_an_approval_that_was_taken_back_is_an_act_too(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.act("take_back", case_id, "deputy_director")
    with pytest.raises(CannotAct, match=r"振興課長補佐.*もう処理している"):
        on_stage.course("withdraw", case_id)


def test_S08_whoever_comes_next_has_acted_by_adding_a_step(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "councillor")
    with pytest.raises(CannotAct, match=r"振興課長の人.*もう処理している"):
        on_stage.act("take_back", case_id, "deputy_director")
