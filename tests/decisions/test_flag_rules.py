"""Flags raised on the way, and routes read anew, without a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.decisions import continuing, machine, replay
from kessai.decisions.flagging import rules
from kessai.decisions.replay import Happened, Step
from kessai.decisions.rules import Attempt, CannotAct, CaseNow, changed_since, judge

HASH = b"\1" * 32
FLAGGED = CaseNow(machine.ROUTED, HASH, flagged=4)


@dataclass(frozen=True)
class Said:
    seq: int
    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)


def flagged(seq: int, flag: str) -> Said:
    return Said(seq, machine.FLAGGED, {"flag": flag})


def lowered(seq: int, *flags: str, kind: str = machine.SUBMITTED) -> Said:
    return Said(seq, kind, {"lowered": list(flags)})


def test_a_flag_stands_until_the_drafter_takes_it_off_and_may_be_raised_again() -> None:
    told = [Said(1, machine.SUBMITTED), flagged(2, "important"), flagged(3, "diet"), Said(4, "approved")]
    assert rules.standing(rules.raised(told)) == {"important", "diet"}
    told.append(lowered(5, "important", kind=machine.REVISED))
    assert rules.standing(rules.raised(told)) == {"diet"}
    told.append(flagged(6, "important"))
    assert [(each.flag, each.seq, each.lowered) for each in rules.raised(told)] == [
        ("diet", 3, None),
        ("important", 6, None),
    ]


def test_only_a_word_on_this_very_flag_takes_it_off() -> None:
    of = rules.raised([flagged(2, "important"), flagged(3, "diet")])
    assert rules.taken_off({}, of) == frozenset()
    assert rules.taken_off({"lowered": "important:1 diet secret:9"}, of) == frozenset()
    assert rules.taken_off({"lowered": "important:2"}, of) == {"important"}
    assert rules.taken_off({"lowered": "important:2", "flags": "important"}, of) == frozenset()
    gone = rules.raised([flagged(2, "important"), lowered(3, "important")])
    assert rules.taken_off({"lowered": "important:2"}, gone) == frozenset()


STEPS = (
    Step(1, 1, machine.REVIEW, 11, machine.DONE),
    Step(2, 2, machine.REVIEW, 12, machine.OPEN),
    Step(3, 3, machine.CONSENT, 13, machine.REMOVED, added_by=12),
    Step(4, 4, machine.DECIDE, 14, machine.WAITING),
)


@pytest.mark.parametrize(
    ("held", "post"), [({11}, 11), ({11, 12}, 12), ({13}, None), ({14, 11}, 11), ({99}, None), (set(), None)]
)
def test_whoever_is_on_the_route_speaks_as_the_post_that_is_asked(held: set[int], post: int | None) -> None:
    place = rules.place_on_route(STEPS, held)
    assert (place.post_id if place else None) == post


@pytest.mark.parametrize("state", [machine.DECIDED, machine.RETURNED, machine.WITHDRAWN, machine.CANCELLED])
def test_a_flag_is_raised_on_a_case_under_way_only(state: str) -> None:
    with pytest.raises(CannotAct):
        rules.judge(
            CaseNow(state, HASH), Attempt(machine.RAISE_FLAG, None, "理由"), "diet", on_route=True, there={}
        )


def test_what_was_seen_before_a_flag_is_not_what_is_there_now() -> None:
    assert CaseNow(machine.ROUTED, HASH).seen == HASH
    assert len({HASH, FLAGGED.seen, CaseNow(machine.ROUTED, HASH, flagged=5).seen}) == 3
    assert "指定が付いています" in str(changed_since(FLAGGED, HASH))
    assert "内容が変わっています" in str(changed_since(FLAGGED, b"\2" * 32))


@pytest.mark.parametrize(
    ("step", "holds", "seen", "says"),
    [
        (STEPS[1], True, HASH, "指定が付いています"),
        (STEPS[1], False, HASH, "指定が付いています"),
        (STEPS[1], False, FLAGGED.seen, "いまは持っていません"),
        (STEPS[1], True, FLAGGED.seen, "できない操作"),
    ],
)
def test_a_decision_from_a_page_before_the_flag_says_so_whatever_its_step_has_become(
    step: Step, holds: bool, seen: bytes, says: str
) -> None:
    with pytest.raises(CannotAct, match=says):
        judge(FLAGGED, step, Attempt(machine.DECISION, seen, ""), holds_post=holds, answered_by="")


# --- a route read anew


@dataclass(frozen=True)
class Row:
    """A step as it is stored."""

    position: int
    stage: int
    kind: str
    post_id: int
    state: str = machine.WAITING
    added_by: int | None = None
    answer_by: date | None = None
    post_title: str = "職"
    unit_name: str = "課"
    reasons: tuple[str, ...] = ()


def planned(*stages: str) -> list[dict[str, Any]]:
    """A route of a table, as 'r1', 'c2 c3', 'd4': kind and post, by stage."""
    kinds = {"r": machine.REVIEW, "c": machine.CONSENT, "d": machine.DECIDE, "v": machine.CIRCULATE}
    found: list[dict[str, Any]] = []
    for stage, words in enumerate(stages, start=1):
        for word in words.split():
            found.append(
                {
                    "position": len(found) + 1,
                    "stage": stage,
                    "kind": kinds[word[0]],
                    "post": int(word[1:].rstrip("*")),
                    "own": word.endswith("*"),
                    "delegated": False,
                    "reasons": [],
                }
            )
    return found


def told(
    route: list[dict[str, Any]], before: list[Row], *, stand: Collection[str] = continuing.ALL
) -> list[tuple[int, str, int]]:
    entries, _ = continuing.continued(route, before, stand=stand)
    return sorted((entry["stage"], entry["kind"], entry["post"]) for entry in entries)


def test_the_decider_becomes_a_reviewer_and_only_the_same_kind_of_step_goes_on() -> None:
    before = [Row(1, 1, "review", 1, machine.DONE), Row(2, 2, "decide", 2, machine.OPEN)]
    entries, carried = continuing.continued(planned("r1", "r2", "d3"), before, stand=continuing.ALL)
    assert carried == {1: 1}
    assert [entry["stage"] for entry in entries] == [1, 2, 3]


def test_the_drafters_own_place_takes_nothing_over() -> None:
    before = [Row(1, 1, "review", 1, machine.OPEN), Row(2, 2, "decide", 2)]
    assert continuing.continued(planned("r1*", "d2"), before, stand=continuing.ALL)[1] == {2: 2}


def test_what_was_added_by_hand_keeps_its_place_between_the_steps_it_stood_between() -> None:
    before = [
        Row(1, 1, "review", 1, machine.DONE),
        Row(2, 3, "decide", 2),
        Row(3, 2, "review", 7, machine.OPEN, added_by=1),
        Row(4, 1, "consult", 8, machine.OPEN, added_by=1),
        Row(5, 2, "review", 9, machine.REMOVED, added_by=1),
        Row(6, 2, "review", 3, machine.OPEN, added_by=1),
    ]
    route = planned("r1", "r2", "d3")
    assert told(route, before) == [
        (1, "consult", 8),
        (1, "review", 1),
        (2, "review", 7),
        (3, "review", 2),
        (4, "decide", 3),
    ]
    assert told(route, before, stand=()) == told(route, before)
    assert continuing.continued(route, before, stand=())[1] == {1: 1, 4: 4, 5: 3}


def test_a_second_request_by_hand_to_a_post_that_has_answered_its_first_stays() -> None:
    before = [
        Row(1, 1, "review", 1, machine.DONE),
        Row(2, 3, "decide", 2),
        Row(3, 2, "review", 1, machine.OPEN, added_by=1),
    ]
    entries, carried = continuing.continued(planned("r1", "d2", "v5"), before, stand=continuing.ALL)
    assert carried == {1: 1, 2: 2, 4: 3}
    assert told(planned("r1", "d3"), before, stand=()) == [(1, "review", 1), (2, "decide", 3)]
    assert continuing.demanded(entries) == planned("r1", "d2", "v5")


def test_a_consent_given_twice_by_hand_stands_and_what_was_not_answered_of_it_is_asked_once() -> None:
    before = [
        Row(1, 1, "review", 1, machine.DONE),
        Row(2, 5, "decide", 2, machine.SENT_BACK),
        Row(3, 2, "consent", 8, machine.DONE, added_by=1),
        Row(4, 3, "consent", 8, machine.CLOSED, added_by=1),
        Row(5, 4, "review", 8, machine.CLOSED, added_by=1),
        Row(6, 2, "post_review", 8),
        Row(7, 4, "post_review", 8),
        Row(8, 4, "circulate", 8, machine.DONE, added_by=1),
    ]
    assert told(planned("r1", "d2"), before, stand=[machine.CONSENT]) == [
        (1, "review", 1),
        (2, "consent", 8),
        (2, "post_review", 8),
        (3, "circulate", 8),
        (3, "review", 8),
        (4, "decide", 2),
    ]


def test_a_settlement_goes_on_beside_its_refusal_and_a_post_review_with_whom_it_is_of() -> None:
    before = [
        Row(1, 1, "review", 1, machine.SKIPPED),
        Row(2, 2, "consent", 4, machine.REFUSED),
        Row(3, 3, "decide", 2),
        Row(4, 2, "settle", 9, machine.OPEN),
        Row(5, 1, "post_review", 1),
        Row(6, 1, "post_review", 6),
    ]
    assert told(planned("r1", "c4", "d3"), before) == [
        (1, "post_review", 1),
        (1, "review", 1),
        (2, "consent", 4),
        (2, "settle", 9),
        (3, "decide", 3),
    ]
    assert told(planned("r1", "c4", "d3"), before, stand=()) == [
        (1, "review", 1),
        (2, "consent", 4),
        (3, "decide", 3),
    ]


# --- replaying a route read anew


def begun(before: tuple[Step, ...], route: tuple[Step, ...], carried: dict[int, int]) -> tuple[Step, ...]:
    event = Happened(machine.FLAGGED, 2, None, route=route, seq=9, carried=carried)
    state, rounds = replay.happen(machine.ROUTED, {1: before}, event)
    assert state == machine.ROUTED
    assert all(step.state not in replay.PENDING for step in rounds[1])
    return rounds[2]


def fresh(*kinds: str) -> tuple[Step, ...]:
    return tuple(Step(n, n, kind, 100 + n, machine.WAITING) for n, kind in enumerate(kinds, start=1))


def test_a_step_goes_on_in_the_state_it_had_and_whoever_was_asked_waits_for_the_turn() -> None:
    before = (
        Step(1, 1, machine.REVIEW, 1, machine.DONE, acted=2),
        Step(2, 2, machine.CONSENT, 2, machine.REFUSED, acted=3),
        Step(3, 2, machine.CONSENT, 3, machine.OPEN, held=4),
        Step(4, 3, machine.DECIDE, 4, machine.WAITING),
    )
    steps = begun(before, fresh("review", "consent", "consent", "review", "decide"), {1: 1, 2: 2, 3: 3})
    assert [(s.state, s.acted, s.held) for s in steps] == [
        ("done", 2, None),
        ("refused", 3, None),
        ("waiting", None, None),
        ("waiting", None, None),
        ("waiting", None, None),
    ]
    again = begun(before, fresh("review", "consent", "decide"), {1: 1, 2: 3})
    assert [(s.state, s.held) for s in again] == [("done", None), ("open", 4), ("waiting", None)]


@pytest.mark.parametrize(("quorum", "state"), [(1, "outvoted"), (2, "refused"), (None, "refused")])
def test_a_refusal_that_was_outvoted_is_counted_anew(quorum: int | None, state: str) -> None:
    before = (
        Step(1, 1, machine.CONSENT, 1, machine.DONE, acted=2, quorum=1),
        Step(2, 1, machine.CONSENT, 2, machine.OUTVOTED, acted=3, quorum=1),
        Step(3, 1, machine.CONSENT, 3, machine.SPARED, quorum=1),
    )
    route = (*(Step(n, 1, machine.CONSENT, n, machine.WAITING, quorum=quorum) for n in (1, 2, 3)),)
    steps = begun(before, (*route, Step(4, 2, machine.DECIDE, 4, machine.WAITING)), {1: 1, 2: 2, 3: 3})
    assert (steps[1].state, steps[1].acted) == (state, 3)
    assert (steps[2].state, steps[3].state) == (("spared", "open") if quorum == 1 else ("open", "waiting"))


@given(
    st.lists(
        st.sampled_from([machine.DONE, machine.OPEN, machine.WAITING, machine.SKIPPED, machine.OVERRULED]),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 6),
)
def test_whatever_went_on_somebody_is_asked_and_nobody_twice(states: list[str], new: int) -> None:
    before = tuple(
        Step(n, n, machine.REVIEW, n, state, acted=n if state == machine.DONE else None)
        for n, state in enumerate(states, start=1)
    )
    route = fresh(*["review"] * (len(states) + new), "decide")
    steps = begun(before, route, {n: n for n in range(1, len(states) + 1)})
    asked = [step for step in steps if step.state == machine.OPEN]
    assert len(asked) == 1
    first = min(s.stage for s in steps if s.state not in replay.ANSWERED)
    assert asked[0].stage == first
