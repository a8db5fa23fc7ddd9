"""The pages of record files whose time is over, and what is shown of a destroyed case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from archive import OVER, PHRASE, consented, destroyed, file_of
from django.test import Client

from kessai.decisions.destroying import queries
from kessai.identity import operations as identity
from kessai.kernel.errors import NotFound
from kessai.ledger import sequencer
from kessai.web import clock
from merklelog.evidence.verifying import verify
from stage import Stage

SignIn = Callable[..., Client]
CONSENT = {"do": "consent", "given_by": "内閣総理大臣", "reference": "府公第45号", "given_on": "R8.3.20"}


@pytest.fixture
def as_(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[SignIn]:
    monkeypatch.setattr(clock, "now", lambda: stage.now)

    def sign_in(code: str, language: str = "ja") -> Client:
        client = Client()
        user = identity.demo_user(person_id=stage.people[code])
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies["kessai_language"] = language
        return client

    yield sign_in


@pytest.fixture
def case(stage: Stage) -> UUID:
    case = stage.decided(title=PHRASE)
    sequencer.step(at=stage.later())
    stage.now = OVER
    return case


def said(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_manager_goes_from_the_search_to_the_file_and_destroys_it(
    stage: Stage, case: UUID, as_: SignIn
) -> None:
    client, ref = as_("director"), f"{stage.tenant_id}-{file_of(stage, case)}"
    assert 'href="/records/"' in said(client.get("/search/"))
    listed = said(client.get("/records/"))
    assert f'href="/records/{ref}/"' in listed
    assert "廃棄の同意が記録されていません。" in listed
    assert client.post(f"/records/{ref}/", CONSENT).status_code == 302
    page = said(client.get(f"/records/{ref}/"))
    assert "内閣総理大臣 府公第45号" in page
    unsure = client.post(f"/records/{ref}/", {"do": "destroy", "act_id": str(uuid4())})
    assert unsure.status_code == 409
    assert "元に戻せないことの確認" in said(unsure)
    sure = client.post(
        f"/records/{ref}/", {"do": "destroy", "act_id": str(uuid4()), "sure": "yes"}, follow=True
    )
    assert "1件を廃棄しました。" in said(sure)
    assert f'href="/destroyed/{stage.tenant_id}-{case}/"' in said(sure)
    assert PHRASE not in said(sure)


def test_every_address_of_a_destroyed_case_leads_to_what_is_left_of_it(
    stage: Stage, case: UUID, as_: SignIn
) -> None:
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    client, ref = as_("chief"), f"{stage.tenant_id}-{case}"
    for address in ("", "proof/", "evidence/", "evidence/full.zip", "changes/"):
        answer = client.get(f"/cases/{ref}/{address}")
        assert (answer.status_code, answer.headers.get("Location")) == (302, f"/destroyed/{ref}/"), address
    page = said(client.get(f"/destroyed/{ref}/"))
    for words in ("政振第1号", "令和2年（2020年）10月6日", "内閣総理大臣 府公第45号", "振興課長の人"):
        assert words in page
    assert PHRASE not in page
    hits = said(client.get("/search/", {"q": "政振第1号"}))
    assert f'href="/cases/{ref}/"' in hits
    assert "廃棄済み" in hits
    stranger = as_("budget")
    assert stranger.get(f"/cases/{ref}/").status_code == 404
    assert stranger.get(f"/destroyed/{ref}/").status_code == 404
    assert stranger.get(f"/destroyed/{ref}/evidence.zip").status_code == 404


def test_the_statement_is_downloaded_and_verifies_once_the_log_has_it(
    stage: Stage, case: UUID, as_: SignIn
) -> None:
    file = file_of(stage, case)
    consented(stage, file)
    destroyed(stage, file)
    client, address = as_("chief"), f"/destroyed/{stage.tenant_id}-{case}/evidence.zip"
    waits = client.get(address)
    assert waits.status_code == 409
    assert "まだ署名された台帳に載っていません" in said(waits)
    sequencer.step(at=stage.later())
    answer = client.get(address)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="evidence-destroyed.zip"'
    assert verify(BytesIO(b"".join(answer))).findings == []


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({**CONSENT, "given_on": "あした"}, "が読み取れません"),
        ({"do": "extend", "ground": "other", "note": ""}, "延長の理由が入っていません"),
        ({"do": "extend", "ground": "", "note": "検査が続く"}, "延長の理由を選んでください"),
        ({"do": "settle", "hold": "x", "ended_on": "2026-04-01"}, "この延長の記録は見つかりません"),
        ({"do": ""}, "何をするかが分かりません"),
    ],
)
def test_what_was_typed_is_there_again_where_it_is_refused(
    stage: Stage, case: UUID, as_: SignIn, sent: dict[str, str], words: str
) -> None:
    answer = as_("director").post(f"/records/{stage.tenant_id}-{file_of(stage, case)}/", sent)
    page = said(answer)
    assert answer.status_code == 409
    assert words in page
    for typed in set(sent.values()) & {"府公第45号", "あした", "検査が続く"}:
        assert typed in page


def test_an_extension_is_recorded_and_ended_on_the_page(stage: Stage, case: UUID, as_: SignIn) -> None:
    client, file = as_("director"), file_of(stage, case)
    address = f"/records/{stage.tenant_id}-{file}/"
    client.post(address, {"do": "extend", "ground": "litigation", "note": "訴訟が続くため"})
    assert "保存期間が延長されているため、廃棄できません。" in said(client.get(address))
    page = queries.file_page(
        actor=stage.actor("director"), tenant_id=stage.tenant_id, file_id=file, at=stage.now
    )
    ended = {"do": "settle", "hold": str(page.holds[0].id), "ended_on": "2026-04-01"}
    assert "まで保存します" in said(client.post(address, ended, follow=True))


def test_who_manages_nothing_is_told_whose_page_it_is(stage: Stage, case: UUID, as_: SignIn) -> None:
    client = as_("chief")
    assert "あなたが管理する行政文書ファイルはありません。" in said(client.get("/records/"))
    assert 'href="/records/"' not in said(client.get("/search/"))
    assert client.get(f"/records/{stage.tenant_id}-{file_of(stage, case)}/").status_code == 404
    with pytest.raises(NotFound):
        queries.file_page(
            actor=stage.actor("chief"), tenant_id=stage.tenant_id, file_id=uuid4(), at=stage.now
        )
