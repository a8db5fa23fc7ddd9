"""The check after every scenario finds what it is there to find."""

from __future__ import annotations

from typing import Any

import pytest

from always import assert_true_in_every_scenario
from kessai.decisions.models import Step
from kessai.decisions.operations import Outcome
from kessai.decisions.rules import CannotAct
from scenario import Scenario


@pytest.mark.parametrize(
    ("by", "change"),
    [
        ("deputy_director", {"state": "waiting"}),
        ("director", {"state": "open"}),
        ("director", {"state": "skipped"}),
        ("director_general", {"acted_seq": 1}),
    ],
)
def test_a_step_that_does_not_follow_from_the_history_is_found(
    on_stage: Scenario, by: str, change: dict[str, Any]
) -> None:
    case_id = on_stage.routed("r1")
    step = Step.objects.filter(case_id=case_id, position=on_stage.position(case_id, by))
    before = step.values(*change).get()
    assert_true_in_every_scenario(on_stage.stage)
    step.update(**change)
    with pytest.raises(AssertionError):
        assert_true_in_every_scenario(on_stage.stage)
    step.update(**before)


def test_a_refused_act_that_leaves_a_trace_is_found(
    on_stage: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = on_stage.routed("r1")
    step = Step.objects.filter(case_id=case_id, position=on_stage.position(case_id, "director"))

    def half_done(**given: Any) -> Outcome:
        step.update(state="open")
        raise CannotAct("")

    monkeypatch.setattr("scenario.deciding.hold", half_done)
    with pytest.raises(AssertionError, match="left something behind"):
        on_stage.act("hold", case_id, "deputy_director", "理由")
    step.update(state="waiting")
