"""The page of the state machine is the one that the code declares, and every declared act has its effect."""

from __future__ import annotations

from kessai.config import machine_page
from kessai.decisions import machine, replay


def test_the_page_is_made_from_the_declared_machine() -> None:
    assert machine_page.PAGE.read_text() == machine_page.text()


def test_every_declared_act_changes_steps_or_begins_a_round() -> None:
    beginning = {machine.SUBMITTED, *replay.BEGINS}
    for act in machine.MACHINE:
        assert act.event in replay.EFFECTS or act.event in beginning


def test_every_way_of_ending_a_case_is_declared() -> None:
    assert set(machine.ENDS.values()) == set(machine.ENDED)
