"""A stage whose people have addresses, and its letter carrier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from email.message import Message
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

import stage as the_stage
from kessai.kernel.calendar import JAPAN
from kessai.notifications import operations
from kessai.organisation.models import Person
from scenario import Scenario
from stage import Stage


@dataclass
class Post:
    """Runs the jobs of the mail queue as the worker would, at the stage's time."""

    stage: Stage
    done: int = 0

    def jobs(self) -> list[Any]:
        return list(ProcrastinateJob.objects.filter(queue_name="mail", id__gt=self.done).order_by("id"))

    def run(self, times: int = 1) -> list[tuple[str, str]]:
        """Do what waits, and what that leaves; each job so often. The mails that left: to whom, and the subject."""
        before = len(mail.outbox)
        while jobs := self.jobs():
            for job in jobs:
                self.done = max(self.done, job.id)
                for _ in range(times):
                    self.work(job)
        return [(message.to[0].partition("@")[0], str(message.subject)) for message in mail.outbox[before:]]

    def work(self, job: Any) -> None:
        given, at = job.args, self.stage.now
        if job.task_name == "notifications.write":
            notices = [UUID(notice) for notice in given["notices"]]
            operations.write(tenant_id=given["tenant_id"], notice_ids=notices, at=at)
        else:
            assert job.task_name == "notifications.send"
            operations.send(tenant_id=given["tenant_id"], letter_id=UUID(given["letter"]), at=at)

    def text(self) -> str:
        """Of the last mail, as it goes over the wire."""
        message: Message = mail.outbox[-1].message()
        return f"{message['Subject']}\n{mail.outbox[-1].body}"


@pytest.fixture
def on_stage(db: None) -> Scenario:
    made = the_stage.build()
    for code, person in made.people.items():
        Person.objects.filter(id=person).update(email=f"{code}@example.go.jp")
    return Scenario(made)


@pytest.fixture
def post(on_stage: Scenario) -> Post:
    return Post(on_stage.stage)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), JAPAN)
