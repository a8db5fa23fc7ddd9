"""Pages are asked for with Django's test client, as people of the stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

import stage as the_stage
from always import assert_true_in_every_scenario
from kessai.identity import operations as identity
from kessai.web import clock
from visitors import SignIn


@pytest.fixture
def stage(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[the_stage.Stage]:
    """The ministry; the pages' clock shows its time."""
    built = the_stage.build()
    monkeypatch.setattr(clock, "now", lambda: built.now)
    yield built
    assert_true_in_every_scenario(built)


@pytest.fixture
def as_(stage: the_stage.Stage) -> SignIn:
    """A browser in which somebody is signed in, in a language."""

    def sign_in(code: str, language: str = "ja", **extra: Any) -> Client:
        client = Client(**extra)
        client.force_login(
            identity.demo_user(person_id=stage.people[code]),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        client.cookies["kessai_language"] = language
        return client

    return sign_in
