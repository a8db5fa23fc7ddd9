"""A reorganisation on the screen, run dry, corrected, scheduled; and for everybody what became of a unit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import stage as the_stage
from kessai.organisation import changes, histories
from kessai.organisation.models import Unit
from kessai.organisation.reorganising import operations as reorganising
from stage import Stage
from visitors import SignIn

HEAD = "区分,対象,コード,承継先,名称,職名\n"
GOOD = HEAD + (
    "統合,部署,ps,pp,,\n統合,職,general_affairs,director,,\n改称,部署,pp,,総務振興課,\n改称,職,director,,,総務振興課長\n"
)
BAD = HEAD + "まとめる,部署,ps,pp,,\n統合,職,general_affairs,director,,\n"


@pytest.fixture
def office(as_: SignIn) -> Client:
    return as_("document")


@pytest.fixture
def change_id(stage: Stage) -> UUID:
    return reorganising.start(
        actor=stage.actor("document"),
        tenant_id=stage.tenant_id,
        title="政策局の再編",
        effective=date(2026, 10, 7),
        at=stage.now,
    )


def send(client: Client, change_id: UUID, do: str, query: str = "", **fields: Any) -> Any:
    given = {"do": do, "version": changes.change(change_id=change_id).version, **fields}
    return client.post(f"/changes/{change_id}/{query}", given)


def load(client: Client, change_id: UUID, text: str) -> None:
    answer = send(client, change_id, "load", file=SimpleUploadedFile("改編.csv", text.encode()))
    assert answer.status_code == 302, answer.content.decode()


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_dry_run_counts_names_faults_by_line_and_is_corrected_on_the_screen(
    stage: Stage, office: Client, change_id: UUID
) -> None:
    load(office, change_id, BAD)
    shown = read(office, f"/changes/{change_id}/?show=faulty")
    assert "区分「まとめる」はありません" in shown and 'name="l-2-act"' in shown
    assert send(office, change_id, "save", "?show=faulty", **{"l-2-act": "統合"}).status_code == 302
    shown = read(office, f"/changes/{change_id}/")
    assert "直すところはありません" in shown and "統合する部署" in shown and "総務課" in shown


def test_the_mapping_from_old_to_new_is_shown_before_the_day(
    stage: Stage, office: Client, change_id: UUID
) -> None:
    load(office, change_id, GOOD)
    shown = read(office, f"/changes/{change_id}/impact/")
    assert "対応表" in shown
    table = shown[shown.index("対応表") :]
    for said in ("総務課", "総務振興課", "総務課長", "総務振興課長"):
        assert said in table


def test_the_day_arrives_and_everybody_can_ask_what_became_of_the_unit(
    stage: Stage, office: Client, change_id: UUID, client: Client
) -> None:
    load(office, change_id, GOOD)
    assert send(office, change_id, "schedule").status_code == 302
    assert "総務課" not in read(client, "/became/700/")
    stage.now += timedelta(days=1)
    shown = read(client, "/became/700/")
    assert "統合された" in shown and "名前が変わった" in shown and "総務振興課" in shown
    assert "令和8年10月7日" in shown
    found = read(client, "/became/700/?q=総務")
    assert "統合された" in found and "名前が変わった" not in found
    assert "という名前だった部署は見つかりません" in read(client, "/became/700/?q=<b>無い")
    history = histories.unit_history(tenant_id=700, unit_id=Unit.objects.get(tenant_id=700, code="ps").id)
    assert history is not None and [kin.name for kin in history.became] == ["総務振興課"]


def test_whoever_has_no_duty_for_reorganisations_does_not_find_them(
    stage: Stage, as_: SignIn, change_id: UUID
) -> None:
    assert as_("budget").get(f"/changes/{change_id}/").status_code == 404
    # The documents division reorganises; it does not appoint.
    assert as_("document").get("/changes/blank/orders.csv").status_code == 404
    assert as_("document").get("/changes/blank/reorganisation.csv").status_code == 200
    answer = as_("document").post("/changes/", {"kind": "orders", "title": "異動", "effective": "2027-04-01"})
    assert answer.status_code == 409


def test_the_public_page_says_nothing_of_ministries_that_are_not_there(db: None, client: Client) -> None:
    for path in ("/became/999/", "/became/99999999999999999999/"):
        assert client.get(path).status_code == 404


def test_the_public_page_asks_which_ministry_where_there_are_several(stage: Stage, client: Client) -> None:
    assert client.get("/became/")["Location"] == "/became/700/"
    the_stage.build(tenant_id=701)
    assert "/became/701/" in read(client, "/became/")
