"""The day's work at once, the jobs that do it, and the commands for operators."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from kessai.decisions import tasks
from kessai.decisions.models import Notice
from kessai.decisions.reminding import operations as reminding
from kessai.decisions.telling.mailing import MAIL
from kessai.kernel.calendar import JAPAN
from kessai.notifications import tasks as mailing
from kessai.organisation.workdays.operations import CannotClose, close
from stage import Stage, vacate

DEADLINE = date(2026, 10, 23)
MORNING = datetime.combine(DEADLINE, time(8), JAPAN)
AtOnce = Callable[..., list[Any]]


def test_two_workers_at_once_remind_each_person_once(committed_stage: Stage, at_once: AtOnce) -> None:
    stage = committed_stage
    cases = [stage.submitted(deadline=DEADLINE.isoformat()) for _ in range(3)]
    before = ProcrastinateJob.objects.count()
    done = at_once([partial(reminding.day, tenant_id=stage.tenant_id, at=MORNING)] * 3)
    assert sum(day.reminded for day in done) == len(cases)
    assert Notice.objects.filter(about="reminder").count() == len(cases)
    mailed = [n for job in ProcrastinateJob.objects.order_by("id")[before:] for n in job.args["notices"]]
    assert sorted(mailed) == sorted(str(n.id) for n in Notice.objects.filter(about="reminder"))


def test_many_cases_are_looked_at_some_at_a_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kessai.decisions.reminding.queries.AT_ONCE", 2)
    for _ in range(5):
        stage.submitted(deadline=DEADLINE.isoformat())
    assert reminding.day(tenant_id=stage.tenant_id, at=MORNING).reminded == 5


def test_the_jobs_of_the_day_are_left_once_for_each_ministry(committed_stage: Stage) -> None:
    for _ in range(2):
        tasks.days(timestamp=0)
    [job] = ProcrastinateJob.objects.filter(task_name="decisions.day")
    assert job.args == {"tenant_id": committed_stage.tenant_id}
    tasks.day(**job.args)


def test_the_job_that_acts_leave_is_one_that_the_worker_knows(stage: Stage) -> None:
    assert mailing.write.name == MAIL
    stage.submitted()
    [job] = ProcrastinateJob.objects.filter(task_name=MAIL)
    mailing.write(**job.args)
    mailing.digests(timestamp=0)


@pytest.fixture
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: MORNING)


def test_operators_see_what_is_stuck_and_whom_to_ask(
    stage: Stage, on_the_day: None, capsys: pytest.CaptureFixture[str]
) -> None:
    case_id = stage.submitted()
    call_command("cases", "stuck", "--tenant", str(stage.tenant_id))
    assert "0" in capsys.readouterr().out
    vacate(post_id=stage.posts["deputy_director"])
    call_command("cases", "stuck", "--json")
    [found] = json.loads(capsys.readouterr().out)
    assert (found["case"], found["post"], found["kind"], found["step"]) == (
        f"{stage.tenant_id}-{case_id}",
        "振興課長補佐",
        "review",
        1,
    )
    assert found["ask"] == "人事課長（人事課長の人）"
    assert found["since"] == "2026-10-06"
    assert "title" not in found and "地域振興" not in json.dumps(found, ensure_ascii=False)
    call_command("cases", "stuck")
    assert f"{stage.tenant_id}-{case_id}" in capsys.readouterr().out


def test_operators_run_the_reminders_dry_and_by_hand(
    stage: Stage, on_the_day: None, capsys: pytest.CaptureFixture[str]
) -> None:
    case_id = stage.submitted(deadline=DEADLINE.isoformat())
    call_command("cases", "remind", "--dry-run", "--json")
    [would] = json.loads(capsys.readouterr().out)
    assert (would["case"], would["why"], would["people"]) == (
        f"{stage.tenant_id}-{case_id}",
        "today",
        ["振興課長補佐 振興課長補佐の人"],
    )
    call_command("cases", "remind", "--dry-run")
    assert f"{stage.tenant_id}-{case_id}" in capsys.readouterr().out
    assert not Notice.objects.filter(about="reminder").exists()
    call_command("cases", "remind", "--tenant", str(stage.tenant_id), "--json")
    assert json.loads(capsys.readouterr().out) == [
        {"tenant": stage.tenant_id, "reminded": 1, "stuck": 0, "held": 0}
    ]
    call_command("cases", "remind")
    assert Notice.objects.filter(about="reminder").count() == 1


def test_a_ministry_keeps_its_closing_days(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    word = ("org", "closing-days", "--tenant", str(stage.tenant_id))
    call_command(*word, "--add", "2099-10-21", "--name", "創立記念日")
    assert capsys.readouterr().out.split() == ["2099-10-21", "創立記念日"]
    call_command(*word, "--add", "2099-10-21", "--name", "記念日", "--json")
    assert json.loads(capsys.readouterr().out) == [{"day": "2099-10-21", "name": "記念日"}]
    for wrong in (
        ("--add", "2020-10-21", "--name", "x"),
        ("--add", "2099-10-22"),
        ("--remove", "2099-10-22"),
    ):
        with pytest.raises(CannotClose):
            call_command(*word, *wrong)
    call_command(*word, "--remove", "2099-10-21", "--json")
    assert json.loads(capsys.readouterr().out) == []


def test_a_closing_day_of_the_ministry_moves_its_reminders(stage: Stage) -> None:
    stage.submitted(deadline=DEADLINE.isoformat())
    close(tenant_id=stage.tenant_id, day=DEADLINE, name="創立記念日", today=date(2026, 10, 1))
    days = [datetime.combine(date(2026, 10, n), time(8), JAPAN) for n in range(19, 27)]
    told = {at.day: reminding.day(tenant_id=stage.tenant_id, at=at).reminded for at in days}
    assert [day for day, people in told.items() if people] == [20, 22, 26]
