"""Absences, deputies and acting decisions on the stage."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.decisions import operations as deciding
from kessai.decisions import queries
from kessai.decisions.deputising import operations as deputising
from kessai.decisions.operations import Outcome
from kessai.decisions.results import CasePage
from kessai.kernel.calendar import JAPAN
from kessai.organisation.absence import operations as absence
from kessai.organisation.absence.operations import Helper, Named
from kessai.organisation.models import Appointment, Setting
from stage import FOREVER, Stage

BACK = datetime(2026, 10, 10, 9, 0, tzinfo=JAPAN)
"""9 October is the last day of the absences of the scenarios."""


def away(stage: Stage, who: str, until: datetime = BACK, start: datetime | None = None) -> int:
    return absence.record_absence(
        actor=stage.actor(who),
        person_id=stage.people[who],
        start=start or stage.now - timedelta(days=1),
        end=until,
        kind="trip",
        note="",
        at=stage.later(),
    )


def back(stage: Stage, who: str, absence_id: int) -> None:
    absence.end_absence(actor=stage.actor(who), absence_id=absence_id, at=stage.later())


def with_deputies(
    stage: Stage,
    of: str = "director_general",
    by: tuple[str, ...] = ("councillor", "general_affairs"),
    **more: Any,
) -> Stage:
    """The deputies of the scenarios: 1st Councillor, 2nd Director of General Affairs."""
    absence.set_deputies(
        actor=stage.actor(of),
        post_id=stage.posts[of],
        deputies=[Named(stage.posts[each], **more) for each in by],
        at=stage.later(),
    )
    return stage


def by_rule(stage: Stage, of: str, by: tuple[str, ...], **more: Any) -> None:
    with transaction.atomic():
        absence.replace_deputies(
            post_id=stage.posts[of],
            deputies=[Named(stage.posts[each], **more) for each in by],
            basis="rule",
            by=None,
            at=stage.later(),
        )


def secretary(stage: Stage, who: str, of: str = "director_general", scopes: tuple[str, ...] = ()) -> None:
    absence.set_secretaries(
        actor=stage.actor(of),
        post_id=stage.posts[of],
        secretaries=[Helper(stage.posts[who], scopes or ("draft", "read", "absence"))],
        at=stage.later(),
    )


def setting(stage: Stage, key: str, value: str) -> None:
    Setting.objects.create(tenant_id=stage.tenant_id, key=key, period=FOREVER, value=value)


def leaves(stage: Stage, who: str) -> None:
    """The post is vacant from the stage's day on."""
    today = stage.now.astimezone(JAPAN).date()
    Appointment.objects.filter(post_id=stage.posts[who]).update(period=DateRange(FOREVER.lower, today))


def at_decider(stage: Stage, matter: str = "r1", **typed: str) -> UUID:
    """A case that waits for the Director-General."""
    case_id = stage.submitted(matter, **typed)
    others = {"r2": ["budget", "document"], "r3": ["councillor"]}.get(matter, [])
    stage.approve(case_id, "deputy_director", "director", *others)
    return case_id


def acts(stage: Stage, case_id: UUID, by: str, of: str = "director_general", **more: Any) -> Outcome:
    """Somebody decides in the place of a post."""
    return deciding.decide(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=stage.step(case_id, of),
        seen=stage.seen(case_id),
        act_id=uuid4(),
        at=stage.later(),
        **more,
    )


def told(stage: Stage, case_id: UUID, deputy: str = "councillor", by: str = "director_general") -> Outcome:
    return deputising.instruct(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        deputy_post_id=stage.posts[deputy],
        seen=stage.seen(case_id),
        act_id=uuid4(),
        at=stage.later(),
    )


def page(stage: Stage, case_id: UUID, reader: str) -> CasePage:
    return queries.case_page(
        actor=stage.actor(reader), tenant_id=stage.tenant_id, case_id=case_id, at=stage.later()
    )


def inbox(stage: Stage, reader: str) -> list[tuple[str, str]]:
    """Kind and capacity of what waits for somebody."""
    home = queries.home(actor=stage.actor(reader), at=stage.later())
    return [(item.kind, item.capacity) for item in home.inbox]
