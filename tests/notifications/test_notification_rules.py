"""How a notice reaches somebody by e-mail, when, and what it hides."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from kessai.kernel.workdays import Workdays
from kessai.notifications import rules
from kessai.notifications.rules import Wishes
from notifications.conftest import at


def test_what_is_not_chosen_is_as_usual_and_tasks_are_apart_from_notices() -> None:
    usual = Wishes("at_once", "digest")
    assert rules.wishes(tasks="", notices="none", usual=usual) == Wishes("at_once", "none")
    assert rules.way(usual, presses=True) == "at_once"
    assert rules.way(usual, presses=False) == "digest"


FRIDAY, MONDAY, TUESDAY = date(2026, 10, 9), date(2026, 10, 12), date(2026, 10, 13)


@pytest.mark.parametrize(
    ("how", "told", "due"),
    [
        ("at_once", at(FRIDAY, 15), at(FRIDAY, 15)),
        ("digest", at(FRIDAY, 8, 29), at(FRIDAY, 8, 30)),
        ("digest", at(FRIDAY, 8, 30), at(TUESDAY, 8, 30)),
        ("digest", at(MONDAY, 7), at(TUESDAY, 8, 30)),
    ],
)
def test_a_digest_goes_on_the_morning_of_a_working_day(how: str, told: datetime, due: datetime) -> None:
    assert rules.due(how, told, Workdays()) == due


@pytest.mark.parametrize(
    ("marking", "since", "hidden"),
    [
        ("confidentiality1", "confidentiality2", False),
        ("confidentiality2", "confidentiality2", True),
        ("confidentiality3", "confidentiality2", True),
        ("confidentiality2", "confidentiality3", False),
        ("confidentiality3", "never", False),
        ("", "confidentiality2", True),
    ],
)
def test_a_title_stays_out_from_a_marking_on(marking: str, since: str, hidden: bool) -> None:
    assert rules.hides_title(marking, since) is hidden
