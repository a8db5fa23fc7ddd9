"""One person at several places of a route: what is said to the drafter and to whoever opens the case. Every branch."""

from __future__ import annotations

from dataclasses import replace

from kessai.decisions import machine
from kessai.decisions.persons.rules import Place, told_of_own_draft, told_to_drafter, told_to_reader
from kessai.decisions.replay import Step
from kessai.decisions.telling import rules as telling

DIRECTOR = Place(1, "課長", {10: "甲"})
COUNCILLOR = Place(2, "審議官", {10: "甲", 11: "乙"})
DECIDER = Place(3, "局長", {12: "丙"}, decides=True)


def test_the_drafter_is_told_of_everybody_who_stands_at_several_places_and_of_nobody_else() -> None:
    said = told_to_drafter([DIRECTOR, COUNCILLOR, DECIDER], drafter=99)
    assert [str(text) for text in said] == [
        "甲は、この経路の課長、審議官の職を持っています。職ごとに一度ずつ処理します。"
    ]
    assert told_to_drafter([], drafter=99) == ()


def test_the_same_post_twice_is_one_place() -> None:
    assert told_to_drafter([DIRECTOR, DIRECTOR], drafter=99) == ()


def test_the_drafter_hears_of_the_own_posts_as_decider_and_as_reviewer_apart() -> None:
    assert told_of_own_draft([]) == ()
    said = told_to_drafter([DIRECTOR, DECIDER], drafter=12)
    assert [("決裁" in str(text), text.params["post"]) for text in said] == [(True, "局長")]
    (as_drafted,) = told_of_own_draft([replace(DECIDER, drafts=True)])
    assert "起案した職の局長のまま" in str(as_drafted) and "両方" not in str(as_drafted)
    both = told_of_own_draft([DIRECTOR, DECIDER])
    assert [str(text).count("あなたの起案") for text in both] == [1, 1]
    assert both[1].params["posts"] == "課長"


def test_a_reader_hears_of_two_posts_and_the_drafter_of_one() -> None:
    assert told_to_reader([DIRECTOR], drafted=False) == ()
    assert "課長、審議官" in str(told_to_reader([DIRECTOR, COUNCILLOR], drafted=False)[0])
    assert len(told_to_reader([DIRECTOR], drafted=True)) == 1


def test_the_drafter_is_told_of_the_end_of_a_circulation_once() -> None:
    unread = (
        Step(1, 1, machine.CIRCULATE, 1, machine.DONE, 2),
        Step(2, 1, machine.CIRCULATE, 2, machine.OPEN),
    )
    read = (unread[0], Step(2, 1, machine.CIRCULATE, 2, machine.DONE, 3))
    assert telling.told(machine.READ_EVENT, unread, unread)[0] is False
    assert telling.told(machine.READ_EVENT, unread, read)[0] is True
    assert telling.told(machine.EXPIRED, unread, read)[0] is True
