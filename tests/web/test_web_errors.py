"""What went wrong is said on a page that gives back what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import path

from kessai.config import urls
from kessai.identity.models import User
from kessai.kernel.errors import Cannot, NotFound
from kessai.web.entrance import entered
from stage import Stage
from visitors import SignIn


def refuse(request: HttpRequest, actor: object) -> Any:
    raise Cannot("%(who)sが先に処理しています。", "案件を開き直してください。", who="課長")


def hide(request: HttpRequest) -> Any:
    raise NotFound("この案件は見つかりません。")


def fail(request: HttpRequest, actor: object) -> Any:
    raise RuntimeError("a fault of ours")


hide.login_required = False  # type: ignore[attr-defined]


class Faulty:
    """Addresses that fail in each way."""

    urlpatterns = [
        path("refuse/", entered(refuse)),
        path("hide/", hide),
        path("fail/", entered(fail)),
        *urls.urlpatterns,
    ]
    handler400, handler403 = urls.handler400, urls.handler403
    handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def faulty(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = Faulty
    yield


TYPED = {"opinion": "再委託の条件を確かめた。", "seen": "00ff", "act_id": str(uuid4())}


def test_a_refusal_that_no_page_says_is_a_409_with_remedy_and_what_was_typed(
    stage: Stage, as_: SignIn, faulty: None
) -> None:
    answer = as_("director").post("/refuse/", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "課長が先に処理しています。" in page
    assert "案件を開き直してください。" in page
    assert "再委託の条件を確かめた。" in page
    assert "00ff" not in page


def test_what_is_hidden_and_what_does_not_exist_look_the_same(
    stage: Stage, as_: SignIn, faulty: None
) -> None:
    client = as_("director")
    hidden, missing = client.get("/hide/"), client.get("/nothing-here/")
    assert hidden.status_code == missing.status_code == 404
    assert "このページは見つかりません" in hidden.content.decode()
    assert _without_tokens(hidden, "/hide/") == _without_tokens(missing, "/nothing-here/")


def _without_tokens(answer: Any, address: str) -> str:
    lines = answer.content.decode().replace(address, "").split("\n")
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line)


def test_a_fault_of_ours_is_a_500_that_keeps_what_was_typed(stage: Stage, as_: SignIn, faulty: None) -> None:
    answer = as_("director", raise_request_exception=False).post("/fail/", TYPED)
    assert answer.status_code == 500
    assert "うまく動きませんでした" in answer.content.decode()
    assert "再委託の条件を確かめた。" in answer.content.decode()


def test_the_page_of_a_fault_asks_nothing_of_the_database() -> None:
    from kessai.web.base import errors

    # No database is allowed in this test: asking it would fail.
    assert errors.broken(RequestFactory().get("/")).status_code == 500


def test_a_user_who_is_nobody_yet_is_told_so(stage: Stage) -> None:
    client = Client()
    client.force_login(User.objects.create(username="newcomer"), backend=_backend())
    answer = client.get("/")
    assert answer.status_code == 403
    assert "まだ職員と結び付いていません" in answer.content.decode()
    assert "newcomer" in answer.content.decode()


def test_a_person_without_a_post_is_told_what_will_happen(stage: Stage) -> None:
    from kessai.identity import operations as identity
    from kessai.organisation.models import Person

    person = Person.objects.create(tenant_id=stage.tenant_id, staff_no="x", name="待機 中", name_en="x")
    client = Client()
    client.force_login(identity.demo_user(person_id=person.id), backend=_backend())
    page = client.get("/").content.decode()
    assert "きょう、あなたが持っている職はありません。" in page
    assert "職なし" in page


def _backend() -> str:
    from django.conf import settings

    return str(settings.AUTHENTICATION_BACKENDS[0])
