"""The ministry of the stage with a past and a future: a new holder, a shared post, a renamed and a merged unit."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

import stage as the_stage
from kessai.identity import operations as identity
from kessai.organisation.models import (
    Appointment,
    ChangeSet,
    Person,
    Post,
    PostSuccession,
    PostVersion,
    Unit,
    UnitSuccession,
    UnitVersion,
)
from kessai.web import clock
from stage import FOREVER, Stage
from visitors import SignIn

OPENING = date(2020, 4, 1)
APRIL = date(2027, 4, 1)


@pytest.fixture
def stage(db: None, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The ministry; the pages' clock shows its time, 6 October 2026."""
    built = the_stage.build()
    monkeypatch.setattr(clock, "now", lambda: built.now)
    return built


@pytest.fixture
def as_(stage: Stage) -> SignIn:
    def sign_in(code: str, language: str = "ja", **extra: Any) -> Client:
        client = Client(**extra)
        client.force_login(
            identity.demo_user(person_id=stage.people[code]),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        client.cookies["kessai_language"] = language
        return client

    return sign_in


@pytest.fixture
def changing(stage: Stage) -> Stage:
    """From 1 April 2027: 振興課長 has a new holder, 審議官 is abolished for 政策局長, 総務課 becomes part of 振興課."""
    tenant = stage.tenant_id
    change = ChangeSet.objects.create(
        id=uuid4(),
        tenant_id=tenant,
        kind="orders",
        title="四月の定期異動",
        effective=APRIL,
        state="scheduled",
        made_at=stage.now,
        scheduled_at=stage.now,
    )
    newcomer = Person.objects.create(
        tenant_id=tenant, staff_no="n1", name="新任 花子", name_en="Hanako Shinnin"
    )
    stage.people["newcomer"] = newcomer.id
    before, after = DateRange(OPENING, APRIL), DateRange(APRIL, None)
    Appointment.objects.filter(post_id=stage.posts["director"]).update(period=before)
    Appointment.objects.create(
        post_id=stage.posts["director"], person=newcomer, period=after, change_id=change.id
    )
    for model in (PostVersion, Appointment):
        model.objects.filter(post_id=stage.posts["councillor"]).update(period=before)  # type: ignore[attr-defined]
    PostSuccession.objects.create(
        post_id=stage.posts["councillor"], successor_id=stage.posts["director_general"], period=after
    )
    old, new = (Unit.objects.get(tenant_id=tenant, code=code) for code in ("ps", "pp"))
    UnitVersion.objects.filter(unit=old).update(period=before)
    for model in (PostVersion, Appointment):
        model.objects.filter(post_id=stage.posts["general_affairs"]).update(period=before)  # type: ignore[attr-defined]
    UnitSuccession.objects.create(unit=old, successor=new, period=after)
    return stage


@pytest.fixture
def shared(stage: Stage) -> int:
    """参事官, a post for two equal holders: 参事 一郎 holds it concurrently, one seat is free."""
    unit = Unit.objects.get(tenant_id=stage.tenant_id, code="pp")
    post = Post.objects.create(tenant_id=stage.tenant_id, code="shared")
    PostVersion.objects.create(
        post=post, unit=unit, period=FOREVER, title="参事官", title_en="Counsellor", level="director", seats=2
    )
    person = Person.objects.create(tenant_id=stage.tenant_id, staff_no="007", name="参事 一郎")
    Appointment.objects.create(post=post, person=person, kind="concurrent", period=FOREVER)
    return int(post.id)
