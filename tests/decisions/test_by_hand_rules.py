"""What a drafter may add to a route, and where it comes to stand, without a database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from decisions.test_flag_rules import planned
from kessai.decisions import machine, replay
from kessai.decisions.by_hand import rules
from kessai.decisions.circulating.rules import judge_share
from kessai.decisions.rules import CannotAct, may_take_out
from kessai.decisions.talking.rules import Request, Said, after

FINE: dict[str, Any] = {"only_read": False, "there": 0}


@pytest.mark.parametrize(
    ("kind", "said", "more", "says"),
    [
        ("review", "理由", {"only_read": True}, "供覧だけの案件"),
        ("seal", "理由", {}, "加えられない種類"),
        ("review", "", {}, "理由がありません"),
        ("review", "理由", {"there": rules.MOST}, "20件まで"),
    ],
)
def test_what_stands_in_the_way_of_an_addition(kind: str, said: str, more: dict[str, Any], says: str) -> None:
    with pytest.raises(CannotAct, match=says):
        rules.judge(kind, said, **{**FINE, **more})


@pytest.mark.parametrize("kind", rules.KINDS)
def test_every_kind_that_may_be_added_is(kind: str) -> None:
    rules.judge(kind, "理由", **FINE)


TODAY = date(2026, 10, 6)


@pytest.mark.parametrize("kind", rules.ANSWERING)
@pytest.mark.parametrize("deadline", [None, TODAY])
def test_an_answer_is_asked_for_by_today_or_by_no_day_at_all(kind: str, deadline: date | None) -> None:
    for day in (TODAY, None):
        rules.judge_answer_by(kind, day, today=TODAY, deadline=deadline, later=False)


def test_a_day_that_has_passed_is_no_day_for_whoever_is_asked_instead() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert [rules.still_ahead(day, TODAY) for day in (None, yesterday, TODAY)] == [None, None, TODAY]


def test_a_route_on_its_way_is_not_its_drafters_to_change() -> None:
    rules.require_with_drafter(True)
    with pytest.raises(CannotAct, match="経路の途中"):
        rules.require_with_drafter(False)


def one(kind: str, post: int, after: int) -> dict[str, Any]:
    more = {"id": str(post), "own": False, "delegated": False, "reasons": []}
    return {"kind": kind, "post": post, "after": after, **more}


def told(route: list[dict[str, Any]], *added: dict[str, Any]) -> list[tuple[int, str, int]]:
    found = rules.with_added(route, added)
    assert [entry["position"] for entry in found] == list(range(1, len(found) + 1))
    assert all("after" not in entry and "id" not in entry for entry in found)
    return sorted((entry["stage"], entry["kind"], entry["post"]) for entry in found)


def test_nothing_added_leaves_the_route_as_it_is() -> None:
    route = planned("r1", "c2 c3", "d4", "v5")
    assert rules.with_added(route, ()) == route
    assert rules.with_added(route, [one("consent", 2, 1), one("circulate", 5, 1)]) == route


def test_additions_stand_behind_their_post_one_after_the_other_and_before_the_decider() -> None:
    added = (one("review", 7, 1), one("consent", 8, 1), one("review", 9, 99), one("review", 6, rules.FIRST))
    assert told(planned("r1*", "c2 c3", "d4"), *added) == [
        (1, "review", 6),
        (2, "review", 1),
        (3, "review", 7),
        (4, "consent", 8),
        (5, "consent", 2),
        (5, "consent", 3),
        (6, "review", 9),
        (7, "decide", 4),
    ]


def test_who_advises_or_reads_is_asked_with_the_stage_that_follows() -> None:
    added = (one("consult", 7, 1), one("circulate", 8, rules.FIRST), one("consult", 9, 4))
    assert told(planned("r1", "c2", "d4"), *added) == [
        (1, "circulate", 8),
        (1, "review", 1),
        (2, "consent", 2),
        (2, "consult", 7),
        (3, "consult", 9),
        (3, "decide", 4),
    ]
    assert told(planned("d4"), one("review", 7, 4)) == [(1, "review", 7), (2, "decide", 4)]


def walk(
    route: list[dict[str, Any]], kept: list[Any], which: str, way: str
) -> list[list[tuple[int, str, int]]]:
    """The routes that pressing on leads to, until it goes no further."""
    found = [told(route, *kept)]
    while (spot := getattr(rules.standing(route, kept)[which], way)) is not None:
        kept = rules.moved(kept, which, spot, rules.with_added(route, kept))
        found.append(told(route, *kept))
    return found


def places(routes: list[list[tuple[int, str, int]]], post: int) -> list[list[int]]:
    """In each, the posts before the one."""
    return [[p for _, _, p in route[: [p for _, _, p in route].index(post)]] for route in routes]


def test_what_is_added_moves_past_its_neighbours_and_past_each_stage_and_never_past_the_decider() -> None:
    route = planned("r1", "c2 c3", "d4")
    kept = [one("review", 7, rules.FIRST), one("review", 8, 1), one("consent", 9, 2)]
    down = walk(route, kept, "7", "down")
    assert places(down, 7) == [[], [1], [1, 8], [1, 8, 2, 3], [1, 8, 2, 3, 9]]
    assert down[-1] == [
        (1, "review", 1),
        (2, "review", 8),
        (3, "consent", 2),
        (3, "consent", 3),
        (4, "consent", 9),
        (5, "review", 7),
        (6, "decide", 4),
    ]
    up = walk(route, kept, "9", "up")
    assert places(up, 9) == [[7, 1, 8, 2, 3], [7, 1, 8], [7, 1], [7], []]


def test_who_advises_or_reads_moves_from_stage_to_stage() -> None:
    route = planned("r1", "c2", "d4")
    kept = [one("consult", 7, rules.FIRST), one("review", 8, 1)]
    down = walk(route, kept, "7", "down")
    assert [next(stage for stage, _, post in each if post == 7) for each in down] == [1, 3, 4]
    assert walk(route, rules.moved(kept, "7", rules.Spot(2), route), "7", "up") == down[::-1]


def test_where_each_stands_is_told_by_the_position_it_will_have() -> None:
    route = planned("r1", "d4")
    found = rules.standing(route, [one("review", 7, 1), one("review", 1, 0), one("review", 8, 99)])
    assert {which: each.position for which, each in found.items()} == {"7": 3, "8": 4}
    assert found["7"] == rules.Standing(3, rules.Spot(rules.FIRST), rules.Spot(1, None))
    assert found["8"].down is None


def test_a_step_is_not_moved_that_is_gone_nor_behind_a_post_that_is() -> None:
    route, kept = planned("r1", "d4"), [one("review", 7, 1)]
    with pytest.raises(CannotAct, match="もう外され"):
        rules.moved(kept, "8", rules.Spot(1), route)
    with pytest.raises(CannotAct, match="なくなっています"):
        rules.moved(kept, "7", rules.Spot(99), route)
    assert rules.moved(kept, "7", rules.Spot(1, "gone"), route) == kept


def test_a_case_that_has_ended_is_shared_by_whoever_holds_a_post() -> None:
    judge_share(machine.DECIDED, speaks=True)
    for state, speaks in ((machine.ROUTED, True), (machine.REJECTED, False)):
        with pytest.raises(CannotAct, match="供覧に回せ"):
            judge_share(state, speaks=speaks)


def test_what_was_passed_on_moves_with_its_step_and_nothing_else_does() -> None:
    steps = (
        replay.Step(1, 1, machine.REVIEW, 1, machine.DONE),
        replay.Step(5, 2, machine.REVIEW, 2, machine.OPEN),
    )
    asked = (Request(3, machine.FORWARD, 9, 1, 2), Request(4, machine.QUESTION, 8, 1, None))
    said = Said(machine.FLAGGED, 6, 2, None, {"carried": {"1": 1, "5": 2}}, machine.ROUTED, steps)
    moved, question = after(asked, said)
    assert (moved.round, moved.position, moved.closed) == (2, 5, None)
    assert question == asked[1]
    anew = Said(machine.REVISED, 6, 2, None, {"carried": {"1": 1}}, machine.ROUTED, steps)
    assert after(asked, anew)[0].closed == 6


@pytest.mark.parametrize("state", ["routed", "returned", "withdrawn", "decided"])
def test_S16_what_was_added_is_taken_out_while_it_has_not_acted(state: str) -> None:
    there = {
        name: may_take_out(state, replay.Step(1, 1, machine.REVIEW, 1, name, acted=acted))
        for name, acted in (("waiting", None), ("open", None), ("closed", None), ("done", 4))
    }
    under_way, back = state == "routed", state in ("returned", "withdrawn")
    assert there == {"waiting": under_way, "open": under_way, "closed": back, "done": False}
    assert not may_take_out(state, replay.Step(1, 1, machine.CONSENT, 1, machine.CLOSED, acted=4))
