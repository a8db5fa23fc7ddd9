"""The life of a case on its route, without a database: every branch, and what holds for every route."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.decisions import machine, replay, rules
from kessai.decisions.circulating import rules as circulating
from kessai.decisions.replay import Happened, Step
from kessai.decisions.rules import Attempt, CannotAct, CaseNow

SEEN = b"\1" * 32


def route(*kinds: str, readers: int = 0) -> tuple[Step, ...]:
    """One step a stage, in this order; readers stand with the last."""
    steps = [Step(n, n, kind, 100 + n, machine.WAITING) for n, kind in enumerate(kinds, start=1)]
    last = len(kinds)
    steps += [
        Step(last + n, last, machine.CIRCULATE, 200 + n, machine.WAITING) for n in range(1, readers + 1)
    ]
    return tuple(steps)


def after(steps: tuple[Step, ...], position: int, act: str, **more: object) -> tuple[Step, ...]:
    """The steps after an act, which is event 9 of its case."""
    kind = next(step.kind for step in steps if step.position == position)
    event = Happened(rules.event_of(kind, act), 1, position, seq=9, **more)  # type: ignore[arg-type]
    return replay.happen(machine.ROUTED, {1: steps}, event)[1][1]


def states(steps: tuple[Step, ...]) -> list[str]:
    return [step.state for step in steps]


# --- what an act leaves


@pytest.mark.parametrize(
    ("kind", "act", "event"),
    [
        (machine.REVIEW, machine.APPROVE, machine.APPROVED),
        (machine.CONSENT, machine.APPROVE, machine.CONSENTED),
        (machine.REVIEW, machine.RETURN, machine.RETURNED_EVENT),
        (machine.DECIDE, machine.DECISION, machine.DECIDED_EVENT),
        (machine.CIRCULATE, machine.READ, machine.READ_EVENT),
    ],
)
def test_an_act_leaves_an_event_of_its_kind(kind: str, act: str, event: str) -> None:
    assert rules.event_of(kind, act) == event


def test_the_first_stage_opens_and_the_others_wait() -> None:
    assert states(replay.opened(route(machine.REVIEW, machine.DECIDE))) == ["open", "waiting"]


def test_consents_of_one_stage_open_together_and_the_next_waits_for_all() -> None:
    steps = (
        Step(1, 1, machine.CONSENT, 1, machine.WAITING),
        Step(2, 1, machine.CONSENT, 2, machine.WAITING),
        Step(3, 2, machine.DECIDE, 3, machine.WAITING),
    )
    steps = replay.opened(steps)
    assert states(steps) == ["open", "open", "waiting"]
    steps = after(steps, 2, machine.APPROVE)
    assert states(steps) == ["open", "done", "waiting"]
    assert states(after(steps, 1, machine.APPROVE)) == ["done", "done", "open"]


def test_a_step_of_the_drafters_own_post_is_passed_over() -> None:
    steps = (replace(route(machine.REVIEW)[0], state=machine.OWN), *route(machine.REVIEW, machine.DECIDE)[1:])
    assert states(replay.opened(steps)) == ["own", "open"]


def test_readers_are_asked_with_the_decider_and_stay_asked_after_the_decision() -> None:
    steps = replay.opened(route(machine.DECIDE, readers=2))
    assert states(steps) == ["open", "open", "open"]
    steps = after(steps, 1, machine.DECISION)
    assert states(steps) == ["done", "open", "open"]
    assert states(after(steps, 3, machine.READ)) == ["done", "open", "done"]


def test_opening_a_finished_route_changes_nothing() -> None:
    steps = tuple(replace(step, state=machine.DONE) for step in route(machine.REVIEW, machine.DECIDE))
    assert replay.opened(steps) == steps


def test_a_return_closes_what_is_open_or_waits_and_keeps_what_was_done() -> None:
    steps = after(
        replay.opened(route(machine.REVIEW, machine.REVIEW, machine.DECIDE, readers=1)), 1, machine.APPROVE
    )
    assert states(after(steps, 2, machine.RETURN)) == ["done", "returned", "closed", "closed"]


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (machine.APPROVE, "routed"),
        (machine.RETURN, "returned"),
        (machine.DECISION, "decided"),
        (machine.READ, "routed"),
    ],
)
def test_only_a_return_and_the_decision_move_the_case(act: str, state: str) -> None:
    kind = machine.DECIDE if act == machine.DECISION else machine.REVIEW
    steps = route(machine.REVIEW, machine.DECIDE, readers=1)
    position = {machine.DECISION: 2, machine.READ: 3}.get(act, 1)
    event = Happened(rules.event_of(kind, act), 1, position, seq=9)
    assert replay.happen(machine.ROUTED, {1: steps}, event)[0] == state


# --- posts merged while both are on the route (S27)

REVIEWS = (
    Step(1, 1, machine.REVIEW, 1, machine.OPEN),
    Step(2, 2, machine.REVIEW, 2, machine.WAITING),
    Step(3, 3, machine.DECIDE, 3, machine.WAITING),
    Step(4, 3, machine.CIRCULATE, 1, machine.WAITING),
)


def test_without_a_succession_every_post_is_asked_in_its_place() -> None:
    assert replay.merged(REVIEWS, {}) == ()
    assert replay.without(REVIEWS, ()) == REVIEWS


def test_a_post_merged_with_the_decider_is_asked_for_the_decision_only_and_what_lies_between_is_open() -> (
    None
):
    positions = replay.merged(REVIEWS, {1: 3})
    assert positions == (1,)
    assert states(replay.without(REVIEWS, positions)) == ["merged", "open", "waiting", "waiting"]


def test_two_reviewers_merged_into_the_decider_leave_one_decision() -> None:
    positions = replay.merged(REVIEWS, {1: 9, 2: 9, 3: 9})
    assert positions == (1, 2)
    assert states(replay.without(REVIEWS, positions)) == ["merged", "merged", "open", "open"]


def test_of_two_consents_of_one_stage_that_were_merged_one_is_asked() -> None:
    consents = (
        Step(1, 1, machine.CONSENT, 1, machine.OPEN),
        Step(2, 1, machine.CONSENT, 2, machine.OPEN),
        Step(3, 2, machine.DECIDE, 3, machine.WAITING),
    )
    assert replay.merged(consents, {2: 1}) == (1,)
    now = replay.without(consents, (1,))
    assert states(after(now, 2, machine.APPROVE)) == ["merged", "done", "open"]


def test_who_has_acted_before_the_merger_is_asked_again_in_the_later_place() -> None:
    done = after(REVIEWS, 1, machine.APPROVE)
    assert replay.merged(done, {1: 3}) == ()
    assert replay.merged(done, {2: 3}) == (2,)


def test_a_succession_that_meets_nobody_else_on_the_route_moves_nothing() -> None:
    assert replay.merged(REVIEWS, {2: 8}) == ()


def test_a_route_on_which_posts_were_merged_is_replayed_from_what_the_event_says() -> None:
    start = (Step(n, n, kind, n, machine.WAITING) for n, kind in enumerate(("review", "review", "decide"), 1))
    state, rounds = replay.happen(machine.ROUTED, {}, Happened(machine.SUBMITTED, 1, None, tuple(start)))
    state, rounds = replay.happen(state, rounds, Happened(machine.APPROVED, 1, 2, merged=(1,)))
    assert states(rounds[1]) == ["merged", "done", "open"]


# --- whether an act may be done

OPEN_STEP = Step(1, 1, machine.REVIEW, 7, machine.OPEN)
HERE = CaseNow(machine.ROUTED, SEEN)


def refusal(
    *,
    case: CaseNow = HERE,
    step: Step | None = OPEN_STEP,
    act: str = machine.APPROVE,
    seen: bytes | None = SEEN,
    remark: str = "",
    holds_post: bool = True,
) -> CannotAct | None:
    try:
        rules.judge(
            case, step, Attempt(act, seen, remark), holds_post=holds_post, answered_by="総務課長 佐藤"
        )
    except CannotAct as refused:
        return refused
    return None


def test_what_is_open_to_me_on_the_version_i_saw_is_allowed() -> None:
    assert refusal() is None
    assert refusal(act=machine.RETURN, remark="根拠を足してください") is None
    assert refusal(step=replace(OPEN_STEP, kind=machine.DECIDE), act=machine.DECISION) is None


def test_a_reader_need_not_have_seen_the_latest_version() -> None:
    assert refusal(step=replace(OPEN_STEP, kind=machine.CIRCULATE), act=machine.READ, seen=None) is None


def test_a_reader_may_read_after_the_decision() -> None:
    reader = replace(OPEN_STEP, kind=machine.CIRCULATE)
    assert refusal(case=CaseNow(machine.DECIDED, SEEN), step=reader, act=machine.READ, seen=None) is None


@pytest.mark.parametrize(
    ("given", "says", "changed"),
    [
        ({"step": None}, "経路は", True),
        ({"holds_post": False}, "いまは持っていません", False),
        ({"step": replace(OPEN_STEP, state=machine.DONE)}, "総務課長 佐藤が先に", True),
        ({"step": replace(OPEN_STEP, state=machine.SENT_BACK)}, "総務課長 佐藤が先に", True),
        (
            {"case": CaseNow(machine.RETURNED, SEEN), "step": replace(OPEN_STEP, state=machine.CLOSED)},
            "差し戻され",
            True,
        ),
        ({"step": replace(OPEN_STEP, state=machine.CLOSED)}, "差し戻されています", True),
        ({"step": replace(OPEN_STEP, state=machine.WAITING)}, "まだこの段階の番では", False),
        ({"step": replace(OPEN_STEP, state=machine.OWN)}, "まだこの段階の番では", False),
        ({"step": replace(OPEN_STEP, state=machine.MERGED)}, "後の段階でまとめて", True),
        ({"act": machine.DECISION}, "できない操作", False),
        ({"seen": b"\2" * 32}, "内容が変わっています", True),
        ({"seen": None}, "内容が変わっています", True),
        ({"act": machine.RETURN, "remark": " \n　"}, "理由がありません", False),
    ],
)
def test_what_is_refused_says_why_and_what_to_do(given: dict[str, object], says: str, changed: bool) -> None:
    refused = refusal(**given)  # type: ignore[arg-type]
    assert refused is not None
    assert says in str(refused.what)
    assert str(refused.remedy)
    assert refused.changed is changed


# --- replay


def test_an_event_that_fits_nothing_moves_nothing() -> None:
    rounds = {1: replay.opened(route(machine.DECIDE))}
    for event in (
        Happened(machine.APPROVED, 1, None),
        Happened(machine.APPROVED, 2, 1),
        Happened("something of a later version", 1, 1),
    ):
        assert replay.happen(machine.ROUTED, rounds, event) == (machine.ROUTED, rounds)


@pytest.mark.parametrize("kind", [machine.APPROVED, machine.CONSENTED, machine.REFUSED_EVENT])
def test_an_answer_stands_while_it_is_that_of_its_step(kind: str) -> None:
    steps = after(replay.opened(route(machine.REVIEW, machine.DECIDE)), 1, machine.APPROVE)
    assert replay.stands(kind, 9, steps)
    assert not replay.stands(kind, 8, steps)


@pytest.mark.parametrize(
    "kind", [machine.SUBMITTED, machine.RETURNED_EVENT, machine.DECIDED_EVENT, machine.READ_EVENT]
)
def test_what_is_no_answer_always_stands(kind: str) -> None:
    assert replay.stands(kind, 8, ())


def test_an_instruction_stands_for_the_revision_it_was_given_on() -> None:
    assert replay.stands(machine.INSTRUCTED, 3, (), latest=True)
    assert not replay.stands(machine.INSTRUCTED, 3, (), latest=False)


def test_a_return_to_an_earlier_step_asks_who_settles_and_the_skipped_again() -> None:
    steps = (
        Step(1, 1, machine.REVIEW, 1, machine.DONE, acted=2),
        Step(2, 2, machine.REVIEW, 2, machine.SKIPPED),
        Step(3, 3, machine.REVIEW, 3, machine.OPEN),
        Step(4, 3, machine.SETTLE, 4, machine.OPEN),
        Step(5, 4, machine.DECIDE, 5, machine.WAITING),
        Step(6, 2, machine.POST_REVIEW, 2, machine.WAITING),
    )
    now = after(steps, 3, machine.RETURN, to=1)
    assert states(now) == ["open", "waiting", "waiting", "waiting", "waiting", "closed"]


@pytest.mark.parametrize("state", [machine.SKIPPED, machine.REMOVED])
def test_a_step_that_asks_nothing_any_more_says_so(state: str) -> None:
    refused = refusal(step=replace(OPEN_STEP, state=state))
    assert refused is not None and "もう判断を求められていません" in str(refused.what)


@pytest.mark.parametrize("state", [machine.RETURNED, machine.WITHDRAWN])
def test_what_is_with_its_drafter_is_not_withdrawn_again(state: str) -> None:
    with pytest.raises(CannotAct, match="起案者の手元"):
        rules.judge_case(CaseNow(state, SEEN), Attempt(machine.WITHDRAW, None, ""), may=True)


# --- what is only read


READERS = (
    Step(1, 1, machine.CIRCULATE, 201, machine.OPEN),
    Step(2, 1, machine.CIRCULATE, 202, machine.OPEN),
)


def state_after(steps: tuple[Step, ...], kind: str, position: int | None = None, **more: object) -> str:
    event = Happened(kind, 1, position, seq=9, **more)  # type: ignore[arg-type]
    return replay.happen(machine.ROUTED, {1: steps}, event)[0]


def test_readers_are_asked_at_once_where_nobody_decides() -> None:
    waiting = tuple(replace(step, state=machine.WAITING) for step in READERS)
    assert states(replay.opened(waiting)) == ["open", "open"]
    assert replay.opened(()) == ()


def test_a_circulation_is_over_when_all_have_read() -> None:
    assert state_after(READERS, machine.READ_EVENT, 1) == machine.ROUTED
    one = after(READERS, 1, machine.READ)
    assert state_after(one, machine.READ_EVENT, 2) == machine.CIRCULATED
    assert state_after(one, machine.STEP_REMOVED, to=2) == machine.CIRCULATED
    none = tuple(replace(step, state=machine.REMOVED) for step in READERS[:1])
    assert state_after((*none, READERS[1]), machine.STEP_REMOVED, to=2) == machine.ROUTED, (
        "nobody has read it"
    )


def test_a_case_that_is_decided_is_not_over_when_all_have_read() -> None:
    steps = (Step(3, 1, machine.DECIDE, 300, machine.OPEN), READERS[0])
    assert state_after(steps, machine.READ_EVENT, 1) == machine.ROUTED


@pytest.mark.parametrize("kind", [machine.CIRCULATION_ENDED, machine.EXPIRED])
def test_the_end_of_a_circulation_closes_what_is_unread(kind: str) -> None:
    steps = after(READERS, 1, machine.READ)
    state, rounds = replay.happen(machine.ROUTED, {1: steps}, Happened(kind, 1, None, seq=9))
    assert (state, states(rounds[1])) == (machine.CIRCULATED, ["done", "closed"])


def test_readers_are_added_open_and_a_number_changes_no_step() -> None:
    new = Step(3, 1, machine.CIRCULATE, 203, machine.WAITING, added_by=1)
    event = Happened(machine.READERS_ADDED, 1, None, added=(new,), seq=9)
    steps = replay.happen(machine.ROUTED, {1: READERS}, event)[1][1]
    assert states(steps) == ["open", "open", "open"]
    numbered = Happened(machine.NUMBERED, 1, None, seq=10)
    assert replay.happen(machine.CIRCULATED, {1: steps}, numbered) == (machine.CIRCULATED, {1: steps})


@pytest.mark.parametrize(
    ("act", "state", "only_read", "words"),
    [
        (machine.NUMBER, machine.ROUTED, False, "決裁する案件では"),
        (machine.NUMBER, machine.ROUTED, True, ""),
        (machine.NUMBER, machine.CIRCULATED, True, ""),
        (machine.NUMBER, machine.CANCELLED, True, "終わっています（取止め）"),
        (machine.END_CIRCULATION, machine.CIRCULATED, True, "この供覧は終わっています"),
        (machine.ADD_READERS, machine.WITHDRAWN, True, "起案者の手元"),
    ],
)
def test_what_the_drafter_may_do_with_a_circulation(
    act: str, state: str, only_read: bool, words: str
) -> None:
    def judge() -> None:
        rules.judge_case(CaseNow(state, SEEN, only_read=only_read), Attempt(act, None, ""), may=True)

    if not words:
        judge()
        return
    with pytest.raises(CannotAct, match=words):
        judge()


def test_what_is_read_is_bound_to_what_was_seen_where_that_is_said() -> None:
    step = READERS[0]
    for seen, words in ((None, ""), (SEEN, ""), (b"other", "内容が変わっています")):
        refused = None
        try:
            rules.judge(
                CaseNow(machine.ROUTED, SEEN, only_read=True),
                step,
                Attempt(machine.READ, seen, ""),
                holds_post=True,
                answered_by="",
            )
        except CannotAct as refusal:
            refused = str(refusal.what)
        assert (words in refused) if words and refused else refused is None


def test_a_circulation_is_judged_by_its_date_and_numbered_once() -> None:
    today = date(2026, 10, 21)
    assert circulating.has_passed(date(2026, 10, 20), today)
    assert not circulating.has_passed(today, today) and not circulating.has_passed(None, today)
    circulating.judge_in_time(machine.ROUTED, today, today)
    circulating.judge_in_time(machine.CIRCULATED, date(2026, 10, 1), today)
    with pytest.raises(CannotAct, match="期限が過ぎた"):
        circulating.judge_in_time(machine.ROUTED, date(2026, 10, 20), today)
    circulating.judge_number("")
    with pytest.raises(CannotAct, match="政振第1号"):
        circulating.judge_number("政振第1号")
    assert circulating.over_by(date(2026, 10, 20), today) == date(2026, 10, 20)
    assert circulating.over_by(date(2026, 10, 30), today) == circulating.over_by(None, today) == today


# --- what holds for every route and every way through it


@st.composite
def routes(draw: st.DrawFn) -> tuple[Step, ...]:
    """Stages of one or more reviews and consents, one decider at the end, readers beside; some steps one's own."""
    steps: list[Step] = []
    for stage in range(1, draw(st.integers(0, 4)) + 1):
        for _ in range(draw(st.integers(1, 3))):
            kind = draw(st.sampled_from((machine.REVIEW, machine.CONSENT)))
            state = machine.OWN if draw(st.integers(0, 5)) == 0 else machine.WAITING
            steps.append(Step(len(steps) + 1, stage, kind, len(steps) + 1, state))
    last = max((step.stage for step in steps), default=0) + 1
    steps.append(Step(len(steps) + 1, last, machine.DECIDE, len(steps) + 1, machine.WAITING))
    for _ in range(draw(st.integers(0, 3))):
        steps.append(Step(len(steps) + 1, last, machine.CIRCULATE, len(steps) + 1, machine.WAITING))
    return tuple(steps)


def may(state: str, step: Step, act: str) -> bool:
    try:
        rules.judge(CaseNow(state, SEEN), step, Attempt(act, SEEN, "理由"), holds_post=True, answered_by="")
    except CannotAct:
        return False
    return True


@st.composite
def lives(draw: st.DrawFn) -> list[Happened]:
    """A case as it may really go: any legal act on any step, submitted again after a return."""
    state, rounds = machine.ROUTED, {}
    life: list[Happened] = []
    round = 0
    for _ in range(draw(st.integers(1, 25))):
        if round == 0 or state == machine.RETURNED:
            round += 1
            event = Happened(machine.SUBMITTED, round, None, draw(routes()))
        else:
            acts = [
                (step, act)
                for step in rounds[round]
                for act in (machine.APPROVE, machine.RETURN, machine.DECISION, machine.READ)
                if may(state, step, act)
            ]
            if not acts:
                break
            step, act = draw(st.sampled_from(acts))
            event = Happened(rules.event_of(step.kind, act), round, step.position, seq=len(life) + 1)
        life.append(event)
        state, rounds = replay.happen(state, rounds, event)
    return life


def played(life: list[Happened]) -> list[tuple[str, replay.Rounds]]:
    """State and steps after each event."""
    state, rounds = machine.ROUTED, {}
    after = []
    for event in life:
        state, rounds = replay.happen(state, rounds, event)
        after.append((state, rounds))
    return after


@given(routes())
def test_every_route_has_exactly_one_decider_and_asks_somebody_first(steps: tuple[Step, ...]) -> None:
    opened = replay.opened(steps)
    assert sum(step.kind == machine.DECIDE for step in opened) == 1
    assert any(step.state == machine.OPEN for step in opened)


@given(lives())
def test_never_are_two_stages_open_at_once(life: list[Happened]) -> None:
    for _, rounds in played(life):
        for steps in rounds.values():
            assert (
                len({s.stage for s in steps if s.state == machine.OPEN and s.kind != machine.CIRCULATE}) <= 1
            )


@given(lives())
def test_a_stage_opens_only_when_every_earlier_one_is_answered(life: list[Happened]) -> None:
    for state, rounds in played(life):
        steps = rounds[max(rounds)]
        if state == machine.RETURNED:
            continue
        open_stages = [step.stage for step in steps if step.state == machine.OPEN]
        earlier = [step for step in steps if open_stages and step.stage < min(open_stages)]
        assert {step.state for step in earlier} <= {machine.DONE, machine.OWN}


@given(lives())
def test_a_return_leaves_nothing_open(life: list[Happened]) -> None:
    for event, (state, rounds) in zip(life, played(life), strict=True):
        if event.kind == machine.RETURNED_EVENT:
            assert state == machine.RETURNED
            assert not {machine.OPEN, machine.WAITING} & {step.state for step in rounds[event.round]}


def _others(steps: tuple[Step, ...]) -> list[Step]:
    """The steps that are not readers', whichever event answered them."""
    return [replace(step, acted=None) for step in steps if step.kind != machine.CIRCULATE]


@given(lives())
def test_a_reader_never_holds_anybody_up(life: list[Happened]) -> None:
    """Whoever has read or not, the same other steps are open."""
    unread = [event for event in life if event.kind != machine.READ_EVENT]
    if not unread:
        return
    state, rounds = played(life)[-1]
    state_unread, rounds_unread = played(unread)[-1]
    assert state == state_unread
    for round, steps in rounds.items():
        assert _others(steps) == _others(rounds_unread[round])


@given(lives())
def test_only_the_decider_decides_and_nothing_but_reading_happens_after(life: list[Happened]) -> None:
    kinds = [event.kind for event in life]
    if machine.DECIDED_EVENT in kinds:
        at = kinds.index(machine.DECIDED_EVENT)
        assert set(kinds[at + 1 :]) <= {machine.READ_EVENT}
        _, rounds = played(life)[-1]
        decided = next(s for s in rounds[life[at].round] if s.position == life[at].position)
        assert decided.kind == machine.DECIDE


@given(lives())
def test_a_route_under_way_always_waits_for_somebody(life: list[Happened]) -> None:
    for state, rounds in played(life):
        if state == machine.ROUTED:
            assert any(s.state == machine.OPEN and s.kind != machine.CIRCULATE for s in rounds[max(rounds)])
