"""Several cases at once on the pages: boxes in the inbox, the page before, the page after; nothing typed is lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

import stage as the_stage
from kessai.decisions.models import Event
from kessai.web import clock
from scenario import Scenario
from scenarios.test_bulk import AGREED, IMPORTANT, ROUTINE

BOX = re.compile(r'<input type="checkbox" name="item" value="([^"]+)"( form="bulk"| checked)?')


@pytest.fixture
def stage(db: None, monkeypatch: pytest.MonkeyPatch) -> the_stage.Stage:
    rows = (*the_stage.ROWS[:5], IMPORTANT, ROUTINE, AGREED)
    built = the_stage.build(rows=rows, matters=("routine", "agreed"))
    monkeypatch.setattr(clock, "now", lambda: built.now)
    return built


@pytest.fixture
def scene(stage: the_stage.Stage) -> Scenario:
    return Scenario(stage)


def submitted(scene: Scenario, n: int, matter: str = "routine") -> list[UUID]:
    return [
        scene.stage.submitted(matter, by="deputy_director", title=f"定例の件{k}") for k in range(1, n + 1)
    ]


def boxes(page: str) -> list[str]:
    return [unescape(value) for value, _ in BOX.findall(page)]


def before(client: Client, opinion: str = "") -> str:
    """The page before, with all that the inbox lets be chosen."""
    items = boxes(client.get("/").content.decode())
    sent = {"item": items, "opinion": opinion}
    answer: Any = client.post("/together/", sent) if opinion else client.get("/together/", sent)
    assert answer.status_code == 200
    return str(answer.content.decode())


def send(client: Client, page: str, items: list[str] | None = None, **more: Any) -> Any:
    run = re.search(r'name="run" value="([^"]+)"', page)
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    assert run
    sent = {"run": run[1], "item": boxes(page) if items is None else items, "shown": shown, **more}
    return client.post("/together/done/", sent)


def test_only_cases_of_rows_that_allow_it_have_a_box_and_the_page_says_why(scene: Scenario, as_: Any) -> None:
    case_id = scene.routed("r1", "deputy_director")
    without = as_("director").get("/").content.decode()
    assert "まとめて" not in without and not boxes(without) and 'class="c-sel"' not in without
    mine = submitted(scene, 2)
    page = as_("director").get("/").content.decode()
    assert sorted(boxes(page)) == sorted(
        f"{scene.stage.tenant_id}-{case}:{scene.position(case, 'director')}" for case in mine
    )
    assert "決裁規程が認める案件（印を付けられるもの）だけです" in page and str(case_id) in page
    assert 'data-pick="事案routine" hidden' in page, "offered where scripts can set the boxes"


def test_the_page_before_tells_of_each_what_would_be_done_and_does_nothing(scene: Scenario, as_: Any) -> None:
    submitted(scene, 1)
    decision = scene.stage.submitted("agreed", by="deputy_director", urgent_reason="締切が近い")
    scene.stage.approve(decision, "budget", opinion="予算内です")
    client = as_("director")
    page = before(client)
    assert page.count("<li>\n<input") == 2
    for words in (
        "承認",
        "決裁（専決）",
        "予算内です",
        "締切が近い",
        "政策局長の人",
        "定例の件1",
        "振興課長補佐の人",
    ):
        assert words in page, words
    assert not Event.objects.filter(kind__in=["approved", "decided"]).exists()
    english = as_("director", "en").get(
        "/together/", {"item": boxes(as_("director").get("/").content.decode())}
    )
    assert "Several cases at once" in english.content.decode()


def test_all_are_done_by_one_press_and_the_result_survives_a_reload_and_a_second_press(
    scene: Scenario, as_: Any
) -> None:
    cases = submitted(scene, 3)
    client = as_("director")
    page = before(client)
    answer = send(client, page, opinion="異議なし")
    assert answer.status_code == 302
    first, again = (
        client.get(answer["Location"])
        .content.decode()
        .partition('<main id="main"')[2]
        .partition("</main>")[0]
        for _ in range(2)
    )
    assert first == again and "3件を処理しました" in first and "異議なし" in first
    assert all(str(case_id) in first for case_id in cases)
    assert send(client, page, opinion="異議なし")["Location"] == answer["Location"]
    other = as_("director")
    repeated = other.get(send(other, page)["Location"]).content.decode()
    assert "3件を処理しました" in repeated, "from another browser, by the ids of the acts"
    assert Event.objects.filter(kind="approved").count() == 3
    assert "（まとめて処理）" in client.get(f"/cases/{scene.stage.tenant_id}-{cases[0]}/").content.decode()


def test_a_case_whose_box_is_taken_off_is_left_alone(scene: Scenario, as_: Any) -> None:
    cases = submitted(scene, 2)
    client = as_("director")
    page = before(client)
    result = client.get(send(client, page, boxes(page)[:1])["Location"]).content.decode()
    assert "1件を処理しました" in result
    assert sorted(len(scene.asked(case_id)) for case_id in cases) == [1, 1]
    assert [scene.asked(case_id) for case_id in cases].count(["director"]) == 1


def test_one_that_failed_is_named_with_its_reason_and_may_be_checked_again_with_the_opinion(
    scene: Scenario, as_: Any
) -> None:
    cases = submitted(scene, 2)
    client = as_("director")
    page = before(client)
    scene.rework(cases[1], begin=True, by="deputy_director", text="書き改めた。")
    scene.course("revise", cases[1], "deputy_director", substance=False)
    result = client.get(send(client, page, opinion="異議なし")["Location"]).content.decode()
    assert "1件を処理しました" in result and "1件は処理していません" in result
    assert "内容が変わっています" in result
    assert "定例の件2" in result
    item = re.search(r'name="item" value="([^"]+)"', result)
    assert item
    again = client.post("/together/", {"item": item[1], "opinion": "異議なし"}).content.decode()
    assert ">異議なし</textarea>" in again
    assert "1件を処理しました" in client.get(send(client, again)["Location"]).content.decode()


def test_what_is_refused_as_a_whole_comes_back_with_everything_typed(scene: Scenario, as_: Any) -> None:
    submitted(scene, 2)
    client = as_("director")
    page = before(client)
    long = send(client, page, boxes(page)[:1], opinion="長" * 10_001)
    told = long.content.decode()
    assert long.status_code == 409 and "長すぎます" in told and "長" * 10_001 in told
    assert [checked for _, checked in BOX.findall(told)] == [" checked", ""]
    none = send(client, page, [], opinion="書いた意見")
    assert none.status_code == 409 and "一つも選ばれていません" in none.content.decode()
    assert ">書いた意見</textarea>" in none.content.decode() and len(boxes(none.content.decode())) == 2


def test_what_may_not_be_done_so_is_listed_apart_and_nothing_leaves_a_stranger_wiser(
    scene: Scenario, as_: Any
) -> None:
    (mine,) = submitted(scene, 1)
    plain = scene.routed("r1", "deputy_director")
    items = [f"{scene.stage.tenant_id}-{c}:{scene.position(c, 'director')}" for c in (mine, plain)]
    page = as_("director").get("/together/", {"item": items}).content.decode()
    assert "まとめて処理できないもの" in page and "認めていません" in page and len(boxes(page)) == 1
    strange = as_("personnel").get("/together/", {"item": [*items, "x", "1-2:3"]}).content.decode()
    assert "まとめて処理できる案件がありません" in strange and "定例の件1" not in strange
    assert "見ることのできない案件" in strange and not boxes(strange)
    assert "案件が一つも選ばれていません" in as_("director").get("/together/").content.decode()


def test_of_more_than_fifty_the_first_are_shown_and_the_rest_stay(scene: Scenario, as_: Any) -> None:
    items = [f"{scene.stage.tenant_id}-{uuid4()}:1" for _ in range(53)]
    page = as_("director").get("/together/", {"item": items}).content.decode()
    assert (
        "50件までです。残りの3件は、受信箱に残ります" in page and page.count("見ることのできない案件") == 50
    )


def test_a_form_that_was_tampered_with_does_nothing(scene: Scenario, as_: Any) -> None:
    (case_id,) = submitted(scene, 1)
    client = as_("director")
    page = before(client)
    (good,) = boxes(page)
    parts = good.split(":", 5)
    bad = [":".join([*parts[:2], "reject", *parts[3:]]), ":".join([*parts[:4], "no-id", "x"]), "nonsense"]
    assert send(client, page, bad).status_code == 409
    answer = send(client, page, run="not a run")
    assert answer.status_code == 302 and scene.asked(case_id) == ["director_general"]


def test_a_page_of_results_that_is_gone_leads_to_the_inbox(scene: Scenario, as_: Any) -> None:
    answer = as_("director").get(f"/together/{uuid4()}/", follow=True)
    assert "もうありません" in answer.content.decode()


def test_a_session_that_ended_gives_back_what_was_sent(scene: Scenario, as_: Any) -> None:
    submitted(scene, 1)
    client = as_("director")
    page = before(client)
    client.logout()
    kept = send(client, page, opinion="書いた意見")
    assert kept.status_code == 401
    told = kept.content.decode()
    assert "書いた意見" in told and unescape(told).count(boxes(page)[0]) == 1
