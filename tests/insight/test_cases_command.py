"""``kessai cases``: what does not move for any reason, and a count of what is usual."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from insight import precedents
from scenario import Scenario


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """What a word of the command says."""

    def run(*words: str) -> str:
        call_command("cases", *words)
        return capsys.readouterr().out

    return run


def test_stuck_for_any_reason_names_whom_to_ask_and_no_title(
    on_stage: Scenario, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = on_stage.stage
    monkeypatch.setattr(timezone, "now", lambda: stage.now)
    case_id = on_stage.routed("r1", title="秘密の件名")
    on_stage.act("hold", case_id, "deputy_director", "資料を待つ")
    said = told("stuck", "--all")
    assert str(case_id) in said and "振興課長補佐" in said and "秘密" not in said
    assert "進んでいない案件：1件" in said
    (found,) = json.loads(told("stuck", "--all", "--json"))
    assert (found["kind"], found["case"]) == ("held", f"{stage.tenant_id}-{case_id}")
    assert found["ask"].startswith("振興課長補佐") and found["helps"]
    assert json.loads(told("stuck", "--json")) == []


def test_counting_tells_over_what_and_how_the_forecast_held(
    on_stage: Scenario, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = on_stage.stage
    stage.decided()
    precedents.quick(stage)
    monkeypatch.setattr(timezone, "now", lambda: stage.now)
    (found,) = json.loads(told("count", "--json"))
    assert (found["tenant"], found["cases"], found["decided"]) == (stage.tenant_id, 1, 1)
    assert found["checked"]["n"] == 0
    assert "1件（決裁 1件）" in told("count", "--tenant", str(stage.tenant_id))
