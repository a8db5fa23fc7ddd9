"""Appointment orders on the screen: filled, checked line by line, previewed, scheduled, taken back until the day."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kessai.kernel.actor import Actor
from kessai.organisation import changes, queries, work
from kessai.organisation.orders import operations as orders
from kessai.organisation.orders import queries as order_queries
from kessai.organisation.orders.rules import TypedLine
from stage import Stage
from visitors import SignIn

APRIL = date(2027, 4, 1)
GOOD = """発令,職員番号,氏名,職,引継先,種別,期限,備考
任命,councillor,審議官の人,director,,本務,,
免,director,,director,,,,
"""
BAD = "発令,職員番号,氏名,職\n任命,nobody,,director\n任命,councillor,ちがう人,director\n"


@pytest.fixture
def office(as_: SignIn) -> Client:
    """The browser of the Director of Personnel, who has the duty."""
    return as_("personnel")


@pytest.fixture
def change_id(stage: Stage) -> UUID:
    return orders.start(
        actor=stage.actor("personnel"),
        tenant_id=stage.tenant_id,
        title="四月の定期異動",
        effective=APRIL,
        at=stage.now,
    )


def page(client: Client, change_id: UUID, query: str = "") -> str:
    answer = client.get(f"/changes/{change_id}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def version(change_id: UUID) -> int:
    return changes.change(change_id=change_id).version


def send(client: Client, change_id: UUID, do: str, query: str = "", **fields: Any) -> Any:
    given = {"do": do, "version": version(change_id), **fields}
    return client.post(f"/changes/{change_id}/{query}", given)


def load(client: Client, change_id: UUID, text: str, name: str = "異動.csv") -> Any:
    return send(client, change_id, "load", file=SimpleUploadedFile(name, text.encode()))


def stored(change_id: UUID) -> list[TypedLine]:
    return [line.typed for line in order_queries.lines(change_id=change_id)]


@pytest.mark.parametrize("path", ["", "impact/", "work/", "lines.csv"])
def test_whoever_has_no_duty_finds_no_such_page(
    stage: Stage, as_: SignIn, change_id: UUID, path: str
) -> None:
    for address in ("/changes/", f"/changes/{change_id}/{path}", "/changes/blank/orders.csv"):
        assert as_("chief").get(address).status_code == 404
    assert as_("chief").post(f"/changes/{change_id}/", {"do": "schedule"}).status_code == 404
    assert as_("personnel").get(f"/changes/{uuid4()}/{path}").status_code == 404


def test_only_those_with_the_duty_see_the_entry_in_the_header(stage: Stage, as_: SignIn) -> None:
    assert "発令・改編" in as_("personnel").get("/").content.decode()
    assert "発令・改編" not in as_("chief").get("/").content.decode()


def test_a_set_is_begun_with_its_day_by_era(stage: Stage, office: Client) -> None:
    answer = office.post("/changes/", {"kind": "orders", "title": "夏の異動", "effective": "令和9年7月1日"})
    assert answer.status_code == 302
    shown = office.get(answer["Location"]).content.decode()
    assert "夏の異動" in shown and "令和9年（2027年）7月1日" in shown and "作成中" in shown
    assert "夏の異動" in office.get("/changes/").content.decode()


@pytest.mark.parametrize(
    ("title", "effective", "said"),
    [
        ("", "令和9年7月1日", "件名は1字から"),
        ("異動", "", "施行日が空です"),
        ("異動", "七夕", "読み取れません"),
        ("異動", "2026-10-01", "もう過ぎています"),
    ],
)
def test_what_is_wrong_with_a_new_set_is_said_and_what_was_typed_stays(
    stage: Stage, office: Client, title: str, effective: str, said: str
) -> None:
    answer = office.post("/changes/", {"kind": "orders", "title": title, "effective": effective})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert said in shown
    assert f'value="{title}"' in shown and f'value="{effective}"' in shown


def test_a_file_is_loaded_checked_and_scheduled_and_can_be_taken_back(
    stage: Stage, office: Client, change_id: UUID
) -> None:
    assert load(office, change_id, GOOD).status_code == 302
    shown = page(office, change_id)
    assert "直すところはありません" in shown and 'value="schedule"' in shown
    assert "振興課長" in shown, "a code is shown with what it stands for"
    assert send(office, change_id, "schedule").status_code == 302
    assert changes.change(change_id=change_id).state == "scheduled"
    seat = queries.seats(post_ids=[stage.posts["director"]], on=APRIL)[stage.posts["director"]]
    assert seat.holder_name == "審議官の人"
    shown = page(office, change_id)
    assert "確定を取り消す" in shown and 'name="n-act"' not in shown
    assert send(office, change_id, "take_back").status_code == 302
    seat = queries.seats(post_ids=[stage.posts["director"]], on=APRIL)[stage.posts["director"]]
    assert seat.holder_name == "振興課長の人"
    assert "取り消し" in page(office, change_id)


def test_a_line_at_fault_is_shown_with_what_to_do_and_mended_on_the_screen(
    stage: Stage, office: Client, change_id: UUID
) -> None:
    load(office, change_id, BAD)
    shown = page(office, change_id)
    assert "直すところが2件" in shown and "職員番号「nobody」の人がいません" in shown
    assert 'value="schedule"' not in shown
    faulty = page(office, change_id, "?show=faulty")
    assert 'name="l-2-staff_no"' in faulty and 'value="nobody"' in faulty
    answer = send(
        office, change_id, "save", "?show=faulty", **{"l-2-staff_no": "chief", "l-3-name": "審議官の人"}
    )
    assert answer.status_code == 302
    assert [line.staff_no for line in stored(change_id)] == ["chief", "councillor"]
    # Both now want the same seat: the check that follows says so.
    assert "この職に就けるのは1人まで" in page(office, change_id, "?show=faulty")
    send(office, change_id, "drop:3", "?show=faulty")
    assert len(stored(change_id)) == 1


def test_a_line_that_is_right_opens_to_edit_when_asked(stage: Stage, office: Client, change_id: UUID) -> None:
    load(office, change_id, GOOD)
    assert 'name="l-2-' not in page(office, change_id)
    assert 'name="l-2-staff_no"' in page(office, change_id, "?edit=2")


def test_a_line_is_added_on_the_screen(stage: Stage, office: Client, change_id: UUID) -> None:
    send(
        office,
        change_id,
        "add",
        **{"n-act": "任命", "n-staff_no": "chief", "n-post": "director", "n-kind": "併任"},
    )
    assert stored(change_id) == [TypedLine(act="任命", staff_no="chief", post="director", kind="併任")]


def test_nothing_typed_is_lost_when_somebody_else_was_faster(
    stage: Stage, office: Client, change_id: UUID
) -> None:
    load(office, change_id, BAD)
    seen = version(change_id)
    orders.set_line(
        actor=stage.actor("personnel"),
        change_id=change_id,
        number=3,
        line=TypedLine(act="免"),
        at=stage.now,
    )
    answer = office.post(
        f"/changes/{change_id}/",
        {"do": "save", "version": seen, "l-2-staff_no": "chief", "n-act": "任命", "n-staff_no": "budget"},
    )
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "ほかの人が先に変えました" in shown
    assert re.search(r'name="l-2-staff_no" value="chief"', shown)
    assert re.search(r'name="n-staff_no" value="budget"', shown)
    assert stored(change_id)[0].staff_no == "nobody"


def test_pressing_schedule_with_edited_lines_keeps_them_and_does_not_schedule(
    stage: Stage, office: Client, change_id: UUID
) -> None:
    load(office, change_id, GOOD)
    answer = send(office, change_id, "schedule", **{"l-2-note": "急ぎ"})
    assert "もう一度確定を押してください" in office.get(answer["Location"]).content.decode()
    assert changes.change(change_id=change_id).state == "draft"
    assert stored(change_id)[0].note == "急ぎ"


def test_a_set_with_faults_is_not_scheduled_even_if_asked(
    stage: Stage, office: Client, change_id: UUID
) -> None:
    load(office, change_id, BAD)
    answer = send(office, change_id, "schedule")
    assert answer.status_code == 409
    assert "確定できません" in answer.content.decode()
    assert changes.change(change_id=change_id).state == "draft"


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("空.csv", "", "取り込む行がありません"),
        ("列.csv", "発令,氏名\n任命,だれか\n", "「職」の列がありません"),
        ("絵.xlsx", "PK\x03\x04broken", "Excelファイルとして読み取れません"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words_and_the_lines_stay(
    stage: Stage, office: Client, change_id: UUID, name: str, body: str, said: str
) -> None:
    load(office, change_id, GOOD)
    answer = load(office, change_id, body, name)
    assert answer.status_code == 409
    assert said in answer.content.decode()
    assert len(stored(change_id)) == 2


def test_no_file_and_a_file_too_large_are_said(
    stage: Stage, office: Client, change_id: UUID, settings: Any
) -> None:
    assert "ファイルが選ばれていません" in send(office, change_id, "load").content.decode()
    settings.KESSAI_UPLOAD_LIMIT_BYTES = 10
    assert "ファイルが大きすぎます" in load(office, change_id, GOOD).content.decode()


def test_the_lines_come_back_as_a_file_that_loads_again(
    stage: Stage, office: Client, change_id: UUID
) -> None:
    load(office, change_id, GOOD)
    before = stored(change_id)
    body = office.get(f"/changes/{change_id}/lines.csv").content
    load(office, change_id, body.decode("utf-8-sig"))
    assert stored(change_id) == before
    assert office.get("/changes/blank/orders.csv").content.decode("utf-8-sig").startswith("発令,職員番号")


def test_the_day_and_the_title_are_changed(stage: Stage, office: Client, change_id: UUID) -> None:
    assert send(office, change_id, "revise", title="延期した異動", effective="R9.7.1").status_code == 302
    found = changes.change(change_id=change_id)
    assert (found.title, found.effective) == ("延期した異動", date(2027, 7, 1))
    assert (
        "読み取れません"
        in send(office, change_id, "revise", title="x", effective="そのうち").content.decode()
    )


def test_lines_come_page_by_page(stage: Stage, office: Client, change_id: UUID) -> None:
    rows = "".join(f"任命,chief,,director,,,,{n}\n" for n in range(120))
    load(office, change_id, "発令,職員番号,氏名,職,引継先,種別,期限,備考\n" + rows)
    first, last = page(office, change_id), page(office, change_id, "?from=100")
    assert "120行のうち1から50" in first and "次の50行" in first
    assert "120行のうち101から120" in last and 'id="l-121"' in last and 'id="l-2"' not in last


def test_the_impact_names_vacant_posts_and_one_press_adds_the_remedy(
    stage: Stage, office: Client, change_id: UUID
) -> None:
    stage.submitted()
    load(office, change_id, "発令,職員番号,氏名,職\n免,deputy_director,,deputy_director\n")
    assert "人のいなくなる職が1あります" in page(office, change_id)
    shown = office.get(f"/changes/{change_id}/impact/").content.decode()
    assert "担当する人のいない仕事が残ります" in shown
    found = re.findall(r'name="lines" value="([^"]+)"', shown)
    assert found
    lines = found[0].replace("&quot;", '"')
    assert json.loads(lines)[0]["post"] == "deputy_director"
    assert office.post(f"/changes/{change_id}/impact/", {"lines": lines}).status_code == 302
    assert "この日に止まる仕事はありません" in office.get(f"/changes/{change_id}/impact/").content.decode()


@pytest.mark.parametrize("lines", ["", "[", "[1]", '{"a": 1}', "null"])
def test_a_remedy_that_cannot_be_read_adds_nothing(
    stage: Stage, office: Client, change_id: UUID, lines: str
) -> None:
    assert office.post(f"/changes/{change_id}/impact/", {"lines": lines}).status_code == 409
    assert not stored(change_id)


def test_a_large_set_is_worked_on_in_the_background_and_says_how_far_it_is(
    stage: Stage, office: Client, change_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 1)
    load(office, change_id, GOOD)
    shown = page(office, change_id)
    assert "<progress" in shown and 'value="schedule"' not in shown and 'name="n-act"' not in shown
    assert "いま、この予定を処理しています" in send(office, change_id, "check").content.decode()
    live = office.get(f"/changes/{change_id}/work/", headers={"HX-Request": "true"})
    assert "<progress" in live.content.decode()
    work.run(change_id=change_id, version=version(change_id), now=lambda: stage.now)
    live = office.get(f"/changes/{change_id}/work/", headers={"HX-Request": "true"})
    assert (live.status_code, live["HX-Redirect"]) == (204, f"/changes/{change_id}/")
    assert 'value="schedule"' in page(office, change_id)
    send(office, change_id, "schedule")
    assert changes.change(change_id=change_id).state == "draft"
    work.run(change_id=change_id, version=version(change_id), now=lambda: stage.now)
    assert changes.change(change_id=change_id).state == "scheduled"
    assert "確定を取り消す" in page(office, change_id)


def test_what_the_worker_refuses_is_shown_to_who_asked(
    stage: Stage, office: Client, change_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 1)
    load(office, change_id, BAD)
    work.run(change_id=change_id, version=version(change_id), now=lambda: stage.now)
    send(office, change_id, "schedule")
    work.run(change_id=change_id, version=version(change_id), now=lambda: stage.now)
    assert "確定できません" in page(office, change_id)


def test_a_worker_that_died_after_the_act_leaves_no_refusal(
    stage: Stage, office: Client, change_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(office, change_id, GOOD)
    monkeypatch.setattr(work, "AT_ONCE", 1)
    seen = version(change_id)
    send(office, change_id, "schedule")
    orders.schedule(actor=Actor(stage.people["personnel"]), change_id=change_id, at=stage.now)
    work.run(change_id=change_id, version=seen, now=lambda: stage.now)
    found = work.work(change_id=change_id)
    assert found is not None and not found.under_way and found.refusal is None


def test_a_worker_that_meets_a_fault_of_the_system_lets_go_of_the_set_and_says_so(
    stage: Stage, office: Client, change_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 1)
    load(office, change_id, GOOD)

    def broken(**given: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(orders, "check", broken)
    with pytest.raises(RuntimeError):
        work.run(change_id=change_id, version=version(change_id), now=lambda: stage.now)
    shown = page(office, change_id)
    assert "システムの側の誤りで" in shown and "行を確かめる" in shown


def test_from_its_day_on_a_set_is_history(stage: Stage, office: Client, change_id: UUID) -> None:
    load(office, change_id, GOOD)
    send(office, change_id, "schedule")
    stage.now = datetime(2027, 4, 1, tzinfo=UTC) - timedelta(hours=8)
    shown = page(office, change_id)
    assert "施行済み" in shown and "確定を取り消す" not in shown
    assert send(office, change_id, "take_back").status_code == 409


def test_a_set_that_the_worker_comes_to_after_its_day_is_not_scheduled_into_the_past(
    stage: Stage, office: Client, change_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 1)
    load(office, change_id, GOOD)
    work.run(change_id=change_id, version=version(change_id), now=lambda: stage.now)
    stage.now = datetime(2027, 4, 1, 14, 59, tzinfo=UTC)
    send(office, change_id, "schedule")
    stage.now += timedelta(minutes=2)
    work.run(change_id=change_id, version=version(change_id), now=lambda: stage.now)
    assert changes.change(change_id=change_id).state == "draft"
    assert "過ぎています" in page(office, change_id)
