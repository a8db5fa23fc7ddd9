"""Coming in, going out, and the choice of language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from kessai.identity.models import User
from kessai.web.signin import views
from stage import Stage
from visitors import SignIn


@dataclass(frozen=True)
class Try:
    person_id: int
    hint: str = "起案する"
    hint_en: str = "Draft"


@pytest.fixture
def demo(stage: Stage, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Stage:
    settings.KESSAI_DEMO = True
    monkeypatch.setattr(
        views, "_people_to_try", lambda: (Try(stage.people["chief"]), Try(stage.people["director"]))
    )
    return stage


def test_the_demo_shows_people_with_their_posts_and_what_to_try(demo: Stage, client: Client) -> None:
    page = client.get("/sign-in/").content.decode()
    for text in ("振興課 振興係長", "振興係長の人", "起案する", "試験省"):
        assert text in page


def test_choosing_somebody_signs_in_and_goes_where_one_wanted_to(demo: Stage, client: Client) -> None:
    assert client.get("/search/?q=x")["Location"] == "/sign-in/?next=/search/%3Fq%3Dx"
    answer = client.post("/sign-in/enter/", {"person": demo.people["chief"], "next": "/search/?q=x"})
    assert answer["Location"] == "/search/?q=x"
    assert client.get("/").status_code == 200
    user = User.objects.get(person_id=demo.people["chief"])
    assert not user.has_usable_password()


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(demo: Stage, client: Client, target: str) -> None:
    answer = client.post("/sign-in/enter/", {"person": demo.people["chief"], "next": target})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("person", ["", "x", "999999"])
def test_only_the_people_shown_can_be_chosen(demo: Stage, client: Client, person: str) -> None:
    assert client.post("/sign-in/enter/", {"person": person}).status_code == 404
    assert client.post("/sign-in/enter/", {"person": demo.people["minister"]}).status_code == 404


def test_without_the_demo_nobody_signs_in_by_choosing(demo: Stage, client: Client, settings: Any) -> None:
    settings.KESSAI_DEMO = False
    assert client.post("/sign-in/enter/", {"person": demo.people["chief"]}).status_code == 404
    assert client.get("/sign-in/?next=/search/")["Location"] == "/accounts/login/?next=%2Fsearch%2F"


def test_an_account_signs_in_with_its_password(stage: Stage, client: Client) -> None:
    user = User.objects.create(username="ogawa", person_id=stage.people["chief"])
    user.set_password("a long enough password")
    user.save()
    assert "利用者名" in client.get("/accounts/login/").content.decode()
    wrong = client.post("/accounts/login/", {"login": "ogawa", "password": "wrong"})
    assert wrong.status_code == 200
    assert 'value="ogawa"' in wrong.content.decode()
    right = client.post("/accounts/login/", {"login": "ogawa", "password": "a long enough password"})
    assert (right.status_code, right["Location"]) == (302, "/")


def test_signing_out_ends_the_session(stage: Stage, as_: SignIn) -> None:
    client = as_("chief")
    assert "サインアウトしますか" in client.get("/accounts/logout/").content.decode()
    client.post("/accounts/logout/")
    assert client.get("/")["Location"] == "/sign-in/?next=/"


def test_the_language_is_chosen_by_a_form_and_kept(stage: Stage, as_: SignIn) -> None:
    client = as_("chief")
    answer = client.post("/language/", {"language": "en", "next": "/search/?q=x"})
    assert answer["Location"] == "/search/?q=x"
    assert client.get("/").headers["Content-Language"] == "en"
    client.post("/language/", {"language": "ja", "next": "//elsewhere.example/"})
    assert client.get("/").headers["Content-Language"] == "ja"


@pytest.mark.parametrize("language", ["", "xx", "en\r\nSet-Cookie: a=b"])
def test_a_language_that_is_not_there_changes_nothing(stage: Stage, client: Client, language: str) -> None:
    answer = client.post("/language/", {"language": language, "next": "//elsewhere.example/"})
    assert answer["Location"] == "/"
    assert "kessai_language" not in answer.cookies
