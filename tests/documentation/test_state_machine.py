"""The page of the state machine is the one that the code declares, and every declared act has its effect."""

from __future__ import annotations

from kessai.config import machine_page
from kessai.decisions import machine, replay
from kessai.decisions.talking import rules as talking


def test_the_page_is_made_from_the_declared_machine() -> None:
    assert machine_page.PAGE.read_text() == machine_page.text()


def test_every_declared_act_changes_steps_begins_a_round_or_is_talk() -> None:
    beginning = {machine.SUBMITTED, *replay.BEGINS}
    talk = {*talking.MADE_BY, *talking.CLOSED_BY}
    for act in machine.MACHINE:
        assert act.event in replay.EFFECTS or act.event in beginning | talk


def test_every_way_of_ending_a_case_is_declared() -> None:
    assert set(machine.ENDS.values()) == set(machine.ENDED)
