"""S15, S16: the drafter adds steps by hand before submitting; they are on the route as added by the drafting post."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

import stage as the_stage
from clearances import clear
from decisions.deputies import secretary
from kessai.decisions import queries
from kessai.decisions.by_hand import operations
from kessai.decisions.by_hand.rules import FIRST, MOST, Spot
from kessai.decisions.models import Event
from kessai.decisions.operations import CannotSubmit
from kessai.decisions.results import RoutePreview
from kessai.decisions.rules import CannotAct
from kessai.drafting.operations import DraftRef
from kessai.drafting.queries import draft_unchecked
from kessai.kernel.calendar import JAPAN
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment, PostVersion
from scenario import Scenario
from scenarios.conftest import assert_record_replays
from stage import FOREVER

R1 = ("deputy_director", "director")


def add(on: Scenario, draft: UUID, post: str, kind: str = "review", after: str = "", **more: Any) -> None:
    stage = on.stage
    operations.add(
        actor=stage.actor(more.pop("by", "chief")),
        tenant_id=stage.tenant_id,
        draft_id=draft,
        kind=kind,
        post_id=stage.posts.get(post, 0),
        after=stage.posts[after] if after else FIRST,
        act_id=more.pop("act_id", None) or uuid4(),
        at=stage.later(),
        reason=more.pop("reason", "専門の見地から"),
        **more,
    )


def preview(on: Scenario, draft: UUID, by: str = "chief") -> RoutePreview:
    stage = on.stage
    return queries.preview(actor=stage.actor(by), tenant_id=stage.tenant_id, draft_id=draft, at=stage.now)


def shown(on: Scenario, draft: UUID) -> list[list[str]]:
    """Kind and title of every step of the planned route, by stage; * for what was added by hand."""
    return [
        [f"{step.kind} {step.post_title}{'*' if step.by_hand else ''}" for step in stage.steps]
        for stage in preview(on, draft).stages
    ]


def take_off(on: Scenario, draft: UUID, key: str) -> None:
    stage = on.stage
    operations.remove(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        draft_id=draft,
        added=UUID(key.partition(":")[2]),
        at=stage.later(),
    )


def move(on: Scenario, draft: UUID, post: str, way: str, by: str = "chief") -> None:
    """Press ↑ or ↓ at an addition, by the title of its post."""
    one = next(each for each in preview(on, draft).by_hand if each.title == post)
    assert one.standing is not None
    spot = one.standing.up if way == "up" else one.standing.down
    assert spot is not None
    put(on, draft, one.key, spot, by=by)


def put(on: Scenario, draft: UUID, key: str, spot: Spot, by: str = "chief") -> None:
    stage = on.stage
    operations.move(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        draft_id=draft,
        added=UUID(key.partition(":")[2]),
        to=spot,
        at=stage.later(),
    )


def submit(on: Scenario, draft: UUID) -> UUID:
    return on.stage.submit(DraftRef(on.stage.tenant_id, draft)).case_id


def test_S15_what_the_drafter_adds_is_on_the_preview_and_on_the_route_in_its_place(
    on_stage: Scenario,
) -> None:
    draft = on_stage.stage.draft("r2").draft_id
    add(on_stage, draft, "councillor", after="director")
    add(on_stage, draft, "personnel", "consent", after="director")
    add(on_stage, draft, "general_affairs", after="")
    add(on_stage, draft, "vice_minister", "consult", after="director")
    add(on_stage, draft, "minister", "circulate")
    assert shown(on_stage, draft) == [
        ["review 総務課長*"],
        ["review 振興課長補佐"],
        ["review 振興課長"],
        ["review 審議官*"],
        ["consent 人事課長*"],
        ["consent 会計課長", "consent 文書課長", "consult 事務次官*"],
        ["decide 政策局長"],
    ]
    assert [step.post_title for step in preview(on_stage, draft).readers] == ["大臣"]
    case_id = submit(on_stage, draft)
    mine = on_stage.stage.posts["chief"]
    assert {s.post_title: s.added_by for s in on_stage.steps(case_id) if s.added_by} == dict.fromkeys(
        ("総務課長", "審議官", "人事課長", "事務次官", "大臣"), mine
    )
    assert on_stage.asked(case_id) == ["general_affairs"]
    for who in ("general_affairs", *R1, "councillor"):
        on_stage.stage.approve(case_id, who)
    assert on_stage.asked(case_id) == ["personnel"]
    on_stage.stage.approve(case_id, "personnel")
    assert on_stage.asked(case_id) == ["budget", "document", "vice_minister"]
    on_stage.stage.approve(case_id, "budget", "document")
    assert on_stage.stage.decide(case_id).number
    added = next(s for s in on_stage.page(case_id).stages if s.steps[0].post_title == "審議官").steps[0]
    assert added.reasons[0].text.params == {"post": "振興係長", "said": "専門の見地から"}
    route = Event.objects.get(case_id=case_id, kind="submitted").payload["route"]
    assert [entry.get("added_by") for entry in route[-5:]] == [mine] * 5


def test_S15_what_the_drafter_adds_is_moved_and_the_table_keeps_its_places(on_stage: Scenario) -> None:
    draft = on_stage.stage.draft("r2").draft_id
    add(on_stage, draft, "councillor")
    add(on_stage, draft, "personnel", "consent", after="director")
    add(on_stage, draft, "minister", "circulate")
    demanded = [step for stage in shown(on_stage, draft) for step in stage if "*" not in step]
    for _ in range(3):
        move(on_stage, draft, "審議官", "down")
    assert shown(on_stage, draft)[:4] == [
        ["review 振興課長補佐"],
        ["review 振興課長"],
        ["consent 人事課長*"],
        ["review 審議官*"],
    ]
    move(on_stage, draft, "人事課長", "down")
    move(on_stage, draft, "大臣", "down")
    assert shown(on_stage, draft)[2:4] == [["review 審議官*"], ["consent 人事課長*"]]
    assert [one.position for one in preview(on_stage, draft).by_hand] == [6, 7, 8]
    assert [step for stage in shown(on_stage, draft) for step in stage if "*" not in step] == demanded
    case_id = submit(on_stage, draft)
    assert on_stage.asked(case_id) == ["deputy_director"]
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["councillor"]


def test_S15_a_move_made_twice_is_one_and_the_drafters_alone_until_it_is_submitted(
    on_stage: Scenario,
) -> None:
    stage, draft = on_stage.stage, on_stage.stage.draft().draft_id
    add(on_stage, draft, "councillor")
    (one,) = preview(on_stage, draft).by_hand
    spot = Spot(stage.posts["director"])
    put(on_stage, draft, one.key, spot)
    version = draft_unchecked(tenant_id=stage.tenant_id, draft_id=draft, at=stage.now).version
    put(on_stage, draft, one.key, spot)
    assert draft_unchecked(tenant_id=stage.tenant_id, draft_id=draft, at=stage.now).version == version
    with pytest.raises(NotFound):
        put(on_stage, draft, one.key, spot, by="director")
    with pytest.raises(CannotAct, match="なくなっています"):
        put(on_stage, draft, one.key, Spot(stage.posts["budget"]))
    take_off(on_stage, draft, one.key)
    with pytest.raises(CannotAct, match="もう外され"):
        put(on_stage, draft, one.key, spot)
    submit(on_stage, draft)
    with pytest.raises(CannotAct, match="経路の途中"):
        put(on_stage, draft, one.key, spot)


def test_S16_who_added_it_takes_it_off_before_and_out_afterwards(on_stage: Scenario) -> None:
    draft = on_stage.stage.draft().draft_id
    for post in ("councillor", "personnel"):
        add(on_stage, draft, post, after="director")
    first, second = preview(on_stage, draft).by_hand
    for _ in range(2):
        take_off(on_stage, draft, first.key)
    assert [one.title for one in preview(on_stage, draft).by_hand] == [second.title] == ["人事課長"]
    case_id = submit(on_stage, draft)
    with pytest.raises(CannotAct, match="加えた人だけ"):
        on_stage.course("remove_step", case_id, "director", target=on_stage.position(case_id, "personnel"))
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["personnel"]
    on_stage.course("remove_step", case_id, target=on_stage.position(case_id, "personnel"))
    assert on_stage.asked(case_id) == ["director_general"]


def test_S15_a_resubmission_goes_on_with_what_was_added_and_takes_more(on_stage: Scenario) -> None:
    draft = on_stage.stage.draft().draft_id
    add(on_stage, draft, "councillor", after="director")
    add(on_stage, draft, "personnel", after="director")
    case_id = submit(on_stage, draft)
    assert preview_is_empty(on_stage, draft)
    on_stage.stage.approve(case_id, *R1, "councillor")
    on_stage.stage.send_back(case_id, "personnel")
    add(on_stage, draft, "budget", "consent", after="director")
    assert shown(on_stage, draft) == [
        ["review 振興課長補佐"],
        ["review 振興課長"],
        ["consent 会計課長*"],
        ["review 審議官*"],
        ["review 人事課長*"],
        ["decide 政策局長"],
    ]
    with pytest.raises(CannotAct, match="もうこの経路に"):
        add(on_stage, draft, "councillor", "consent")
    on_stage.resubmit(case_id, substance=False, text="直した。")
    on_stage.stage.approve(case_id, *R1, "budget", "councillor", "personnel")
    assert on_stage.asked(case_id) == ["director_general"]


def preview_is_empty(on: Scenario, draft: UUID) -> bool:
    """Nothing is left with a draft once it is on the route."""
    stage = on.stage
    return not draft_unchecked(tenant_id=stage.tenant_id, draft_id=draft, at=stage.now).by_hand


def test_S16_what_has_not_acted_is_taken_out_while_the_case_is_back_and_what_has_is_not(
    on_stage: Scenario,
) -> None:
    draft = on_stage.stage.draft().draft_id
    add(on_stage, draft, "personnel", "consent", after="director")
    add(on_stage, draft, "councillor", after="director")
    case_id = submit(on_stage, draft)
    on_stage.stage.approve(case_id, *R1)
    on_stage.act("refuse_consent", case_id, "personnel", "定員が足りない")
    on_stage.course("escalate", case_id, reason="折り合わない")
    on_stage.stage.send_back(case_id, "vice_minister")
    assert [one.title for one in preview(on_stage, draft).by_hand] == ["審議官"]
    offered = [o.what for o in on_stage.page(case_id).options if o.name == "remove_step"]
    assert offered == ["審議官"]
    with pytest.raises(CannotAct, match="外せません"):
        on_stage.course("remove_step", case_id, target=on_stage.position(case_id, "personnel"))
    on_stage.course("remove_step", case_id, target=on_stage.position(case_id, "councillor"))
    assert shown(on_stage, draft)[2:] == [["consent 人事課長*"], ["decide 政策局長"]]
    on_stage.resubmit(case_id, substance=False, text="直した。")
    assert on_stage.position(case_id, "councillor") == -1


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"reason": " 　"}, "理由がありません"),
        ({"kind": "decide"}, "加えられない種類"),
        ({"post": "nobody"}, "いまの組織にありません"),
        ({"post": "chief"}, "起案した職"),
        ({"post": "director"}, "もうこの経路に"),
        ({"post": "director_general", "kind": "consent"}, "もうこの経路に"),
    ],
)
def test_S15_what_may_not_be_added_is_refused_and_says_why(
    on_stage: Scenario, more: dict[str, Any], says: str
) -> None:
    draft = on_stage.stage.draft().draft_id
    with pytest.raises(CannotAct, match=says):
        add(on_stage, draft, **{"post": "councillor", **more})
    assert preview(on_stage, draft).by_hand == ()


def test_S15_an_addition_counts_once_and_is_the_drafters_alone(on_stage: Scenario) -> None:
    draft, act_id = on_stage.stage.draft().draft_id, uuid4()
    for _ in range(2):
        add(on_stage, draft, "councillor", act_id=act_id)
    assert len(preview(on_stage, draft).by_hand) == 1
    with pytest.raises(CannotAct, match="もうこの経路に"):
        add(on_stage, draft, "councillor", "consent")
    with pytest.raises(NotFound):
        add(on_stage, draft, "personnel", by="director")


def test_S15_a_drafter_adds_so_many_and_no_more(on_stage: Scenario) -> None:
    draft = on_stage.stage.draft().draft_id
    posts = [post for post in on_stage.stage.posts if post != "chief"]
    for kind in ("consult", "circulate"):
        for post in posts:
            add(on_stage, draft, post, kind)
    assert len(preview(on_stage, draft).by_hand) == MOST
    with pytest.raises(CannotAct, match="20件まで"):
        add(on_stage, draft, "chief", "circulate")


def test_S15_in_flight_it_is_for_the_approver_who_has_the_case(on_stage: Scenario) -> None:
    draft = on_stage.stage.draft().draft_id
    case_id = submit(on_stage, draft)
    on_stage.rework(case_id, begin=True, text="直している。")
    with pytest.raises(CannotAct, match="経路の途中"):
        add(on_stage, draft, "councillor")
    on_stage.course("withdraw", case_id)
    add(on_stage, draft, "councillor")
    on_stage.course("cancel", case_id, reason="不要になった")
    with pytest.raises(CannotAct, match="経路の途中"):
        add(on_stage, draft, "personnel")


def test_S15_a_post_that_the_table_comes_to_ask_is_not_asked_twice(on_stage: Scenario) -> None:
    draft = on_stage.stage.draft("contract", amount="1000000", counterparty="甲社").draft_id
    add(on_stage, draft, "councillor", after="deputy_director")
    add(on_stage, draft, "director_general", after="director")
    on_stage.rework(draft, amount="20000000")
    assert [(one.title, one.on_route) for one in preview(on_stage, draft).by_hand] == [
        ("審議官", True),
        ("政策局長", False),
    ]
    case_id = submit(on_stage, draft)
    assert [(s.kind, s.post_title) for s in on_stage.steps(case_id) if s.added_by] == [("review", "審議官")]


def test_S15_what_stands_behind_a_post_that_is_gone_stands_before_the_decider(on_stage: Scenario) -> None:
    draft = on_stage.stage.draft("contract", amount="20000000", counterparty="甲社").draft_id
    add(on_stage, draft, "councillor", after="budget")
    on_stage.rework(draft, amount="1000000")
    assert shown(on_stage, draft)[-2:] == [["review 審議官*"], ["decide 振興課長"]]


def test_S28_who_may_not_see_it_is_not_added_and_stops_a_submission(on_stage: Scenario) -> None:
    for code in ("chief", *R1, "director_general"):
        clear(on_stage.stage, code)
    draft = on_stage.stage.draft().draft_id
    add(on_stage, draft, "councillor")
    on_stage.rework(draft, marking="confidentiality3")
    with pytest.raises(CannotAct, match="扱える人がいません"):
        add(on_stage, draft, "personnel")
    with pytest.raises(CannotSubmit) as refused:
        submit(on_stage, draft)
    assert [problem.field for problem in refused.value.problems] == ["by_hand"]
    take_off(on_stage, draft, preview(on_stage, draft).by_hand[0].key)
    assert submit(on_stage, draft)


def test_S15_a_post_that_ended_meanwhile_stops_the_submission_until_it_is_taken_off(
    on_stage: Scenario,
) -> None:
    draft = on_stage.stage.draft().draft_id
    add(on_stage, draft, "councillor")
    gone = {"post_id": on_stage.stage.posts["councillor"]}
    yesterday = DateRange(FOREVER.lower, on_stage.stage.now.date() - timedelta(days=1))
    for rows in (Appointment, PostVersion):
        rows.objects.filter(**gone).update(period=yesterday)
    with pytest.raises(CannotSubmit) as refused:
        submit(on_stage, draft)
    assert "審議官" in str(refused.value.problems[0].text)
    take_off(on_stage, draft, preview(on_stage, draft).by_hand[0].key)
    assert submit(on_stage, draft)


def test_A11_a_drafter_asks_for_an_opinion_by_a_day(on_stage: Scenario) -> None:
    draft = on_stage.stage.draft(deadline="2026-10-23").draft_id
    with pytest.raises(CannotAct, match="より後です"):
        add(on_stage, draft, "personnel", "consult", answer_by=date(2026, 10, 26))
    with pytest.raises(CannotAct, match="もう過ぎています"):
        add(on_stage, draft, "personnel", "consult", answer_by=date(2026, 10, 5))
    add(on_stage, draft, "personnel", "consult", answer_by=date(2026, 10, 16))
    [kept] = preview(on_stage, draft).by_hand
    [planned] = (s for stage in preview(on_stage, draft).stages for s in stage.steps if s.by_hand)
    assert kept.answer_by == planned.answer_by == date(2026, 10, 16)
    case_id = submit(on_stage, draft)
    assert on_stage.step(case_id, "personnel").answer_by == date(2026, 10, 16)


@pytest.mark.parametrize(
    ("deadline", "today", "says"),
    [("2026-10-14", date(2026, 10, 13), "より後です"), ("", date(2026, 10, 19), "もう過ぎています")],
)
def test_A11_a_day_that_can_be_asked_for_no_more_stops_the_submission_until_it_is_taken_off(
    on_stage: Scenario, deadline: str, today: date, says: str
) -> None:
    draft = on_stage.stage.draft().draft_id
    add(on_stage, draft, "personnel", "consult", answer_by=date(2026, 10, 16))
    on_stage.rework(draft, deadline=deadline)
    on_stage.stage.now = datetime.combine(today, time(9), JAPAN)
    assert [problem.field for problem in preview(on_stage, draft).problems] == ["by_hand"]
    with pytest.raises(CannotSubmit) as refused:
        submit(on_stage, draft)
    assert says in str(refused.value.problems[0].text)
    take_off(on_stage, draft, preview(on_stage, draft).by_hand[0].key)
    assert submit(on_stage, draft)


TRIFLE = {"number": 0, "matter_code": "contract", "amount_below": 1_000, "level": "circulation"}


@pytest.fixture
def on_stage_of_trifles(db: None) -> Iterator[Scenario]:
    """Contracts of less than 1,000 yen are only read."""
    scenario = Scenario(the_stage.build(rows=(TRIFLE, *the_stage.ROWS)))
    yield scenario
    assert_record_replays(scenario)


def test_S15_what_was_added_to_a_draft_that_becomes_one_to_be_read_is_shown_and_stops_it(
    on_stage_of_trifles: Scenario,
) -> None:
    on_stage = on_stage_of_trifles
    draft = on_stage.stage.draft("contract", amount="1000000", counterparty="甲社").draft_id
    add(on_stage, draft, "councillor", after="director")
    add(on_stage, draft, "personnel", "consult")
    add(on_stage, draft, "budget", "circulate")
    on_stage.rework(draft, amount="900", deadline="2026-10-16", readers="人事課長")
    found = preview(on_stage, draft)
    assert [str(problem.text) for problem in found.problems] == [
        "供覧だけの案件になったため、加えた「審議官」には頼めません。",
        "供覧だけの案件になったため、加えた「人事課長」には頼めません。",
    ]
    assert [one.title for one in found.by_hand] == ["審議官", "人事課長", "会計課長"]
    assert [step.post_title for step in found.readers] == ["人事課長", "会計課長"]
    with pytest.raises(CannotSubmit):
        submit(on_stage, draft)
    for one in found.by_hand[:2]:
        take_off(on_stage, draft, one.key)
    case_id = submit(on_stage, draft)
    assert sorted(step.kind for step in on_stage.steps(case_id)) == ["circulate", "circulate"]


def test_S15_a_secretary_adds_for_the_post_that_drafts(on_stage: Scenario) -> None:
    stage = on_stage.stage
    secretary(stage, "personnel", of="chief")
    draft = stage.draft().draft_id
    add(on_stage, draft, "councillor", by="personnel")
    assert preview(on_stage, draft).by_hand[0].title == "審議官"
    case_id = submit(on_stage, draft)
    assert on_stage.step(case_id, "councillor").added_by == stage.posts["chief"]
