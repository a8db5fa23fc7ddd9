"""Absences, deputies and secretaries on the screen, and what a deputy and a secretary see of a case."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from decisions.deputies import BACK, at_decider, away, secretary, with_deputies
from kessai.decisions.models import Case, Event, Step
from kessai.organisation.absence import queries as absence
from kessai.organisation.models import Absence, Deputy, Secretary
from stage import Stage
from visitors import SignIn

WHEN = {"from_day": "2026-10-07", "from_time": "09:00", "to_day": "2026-10-10", "to_time": "08:30"}


def text(answer: Any) -> str:
    """What a reader sees, without tags."""
    body = re.sub(r"<(script|style|svg).*?</\1>", "", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def record(client: Client, **changed: str) -> Any:
    return client.post("/absence/", {"do": "record", "kind": "trip", "note": "大阪", **WHEN, **changed})


def case_url(stage: Stage, case_id: UUID) -> str:
    return f"/cases/{stage.tenant_id}-{case_id}/"


def act_form(stage: Stage, case_id: UUID, of: str, do: str) -> dict[str, Any]:
    return {
        "do": do,
        "act_id": uuid4(),
        "seen": stage.seen(case_id),
        "position": stage.step(case_id, of),
    }


def test_an_absence_is_recorded_to_the_minute_and_ended_early(stage: Stage, as_: SignIn) -> None:
    client = as_("director_general")
    assert record(client).status_code == 302
    made = Absence.objects.get()
    assert (made.period.lower.isoformat(), made.period.upper.isoformat()) == (
        "2026-10-07T00:00:00+00:00",
        "2026-10-09T23:30:00+00:00",
    )
    shown = text(client.get("/absence/"))
    assert "10月7日（水） 9:00 〜 10月10日（土） 8:30" in shown
    assert "これから" in shown
    stage.later(days=1)
    assert "いま不在" in text(client.get("/absence/"))
    assert client.post("/absence/", {"do": f"end:{made.id}"}).status_code == 302
    assert "途中で終了" in text(client.get("/absence/"))
    assert absence.absent(person_ids=[stage.people["director_general"]], at=stage.now) == {}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"to_day": "2026-10-06"}, "始まりより前"),
        ({"to_day": "いつか"}, "読み取れません"),
        ({"from_time": "9時30"}, ""),
        ({"from_time": "25:00"}, "読み取れません"),
        ({"to_day": ""}, "日付が入っていません"),
        ({"kind": "picnic"}, "理由が選ばれていません"),
        ({"from_day": "2026-09-01", "to_day": "2026-09-02"}, "もう過ぎた期間"),
        ({"to_day": "2036-10-10"}, "3年を超えて"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_nothing_typed_is_lost(
    stage: Stage, as_: SignIn, changed: dict[str, str], said: str
) -> None:
    answer = record(as_("director_general"), **changed)
    if not said:
        assert answer.status_code == 302
        return
    assert answer.status_code == 409
    assert said in text(answer)
    body = answer.content.decode()
    assert 'value="大阪"' in body
    for name, value in {**WHEN, **changed}.items():
        if name != "kind":
            assert re.search(rf'name="{name}" value="{value}"', body)
    assert not Absence.objects.exists()


def test_every_page_says_that_the_reader_is_absent_and_ends_it_with_one_click(
    stage: Stage, as_: SignIn
) -> None:
    away(stage, "director_general", until=BACK)
    client = as_("director_general")
    for address in ("/", "/absence/", "/search/", "/drafts/new/"):
        assert "あなたは10月10日（土） 9:00まで不在として登録されています" in text(client.get(address))
    answer = client.post("/absence/", {"do": "back", "next": "/search/"})
    assert (answer.status_code, answer["Location"]) == (302, "/search/")
    assert "不在として登録されています" not in text(client.get("/"))
    assert client.post("/absence/", {"do": "back", "next": "https://elsewhere.example/"})["Location"] == "/"


def test_nobody_records_or_ends_the_absence_of_another_person(stage: Stage, as_: SignIn) -> None:
    made = away(stage, "director_general")
    other = as_("councillor")
    assert record(other, whose=str(stage.people["director_general"])).status_code == 404
    assert other.post("/absence/", {"do": f"end:{made}"}).status_code == 404
    assert Absence.objects.get().ended_at is None


def test_a_secretary_records_the_absence_of_the_principal_and_the_page_says_who(
    stage: Stage, as_: SignIn
) -> None:
    secretary(stage, "general_affairs", scopes=("absence",))
    client = as_("general_affairs")
    assert "政策局長 政策局長の人（秘書として）" in text(client.get("/absence/"))
    assert record(client, whose=str(stage.people["director_general"])).status_code == 302
    made = Absence.objects.get()
    assert (made.person_id, made.recorded_by) == (
        stage.people["director_general"],
        stage.people["general_affairs"],
    )
    assert "総務課長の人が登録" in text(as_("director_general").get("/absence/"))
    assert client.post("/absence/", {"do": f"end:{made.id}"}).status_code == 302
    assert Absence.objects.get().ended_by == stage.people["general_affairs"]


def test_the_holder_names_deputies_in_order_by_matter_and_for_a_time(stage: Stage, as_: SignIn) -> None:
    client = as_("director_general")
    address = f"/absence/posts/{stage.posts['director_general']}/"
    shown = client.get(address).content.decode()
    assert "審議官の人" in shown
    assert "大臣の人" not in re.search(r'name="deputy-1".*?</select>', shown, re.S)[0]  # type: ignore[index]
    sent = {
        "do": "deputies",
        "deputy-1": stage.posts["councillor"],
        "deputy-2": stage.posts["general_affairs"],
        "matters-2": ["r1", "r3"],
        "until-2": "2026-12-31",
        "deputy-3": "",
    }
    assert client.post(address, sent).status_code == 302
    first, second = Deputy.objects.order_by("ordinal")
    assert (first.deputy_id, first.matters, first.basis) == (stage.posts["councillor"], [], "holder")
    assert (second.matters, second.period.upper.isoformat()) == (["r1", "r3"], "2027-01-01")
    said = text(client.get("/absence/"))
    assert "第1順位 審議官 審議官の人" in said
    assert "第2順位 総務課長 総務課長の人" in said
    assert "事案r1、事案r3" in said
    again = client.get(address).content.decode()
    assert f'<option value="{stage.posts["councillor"]}" selected>' in again
    assert 'value="r3" checked' in again
    assert 'name="until-2" value="2026-12-31"' in again


def test_deputies_that_may_not_be_named_are_refused_with_what_was_chosen(stage: Stage, as_: SignIn) -> None:
    client = as_("director_general")
    address = f"/absence/posts/{stage.posts['director_general']}/"
    for chosen, said in (
        ({"deputy-1": stage.posts["minister"]}, "上位の職"),
        ({"deputy-1": stage.posts["chief"]}, "段階下"),
        (
            {"deputy-1": stage.posts["councillor"], "deputy-2": stage.posts["councillor"]},
            "二度選ばれています",
        ),
        ({"deputy-1": stage.posts["director_general"]}, "自分の職"),
        ({"deputy-1": 10**12}, "組織にありません"),
        ({"deputy-1": stage.posts["councillor"], "until-1": "いつか"}, "読み取れません"),
        ({"deputy-1": stage.posts["councillor"], "until-1": "2026-01-01"}, "始まりより前"),
    ):
        answer = client.post(address, {"do": "deputies", **chosen})
        assert answer.status_code == 409, chosen
        assert said in text(answer)
        if chosen["deputy-1"] in (stage.posts["councillor"], stage.posts["minister"], stage.posts["chief"]):
            assert f'<option value="{chosen["deputy-1"]}" selected>' in answer.content.decode()
    assert not Deputy.objects.exists()
    assert as_("councillor").get(address).status_code == 404
    assert as_("councillor").post(address, {"do": "deputies"}).status_code == 404


def test_posts_of_other_units_are_found_by_words(stage: Stage, as_: SignIn) -> None:
    address = f"/absence/posts/{stage.posts['director_general']}/"
    client = as_("director_general")
    assert (
        "会計課長の人"
        not in re.search(r'name="deputy-1".*?</select>', client.get(address).content.decode(), re.S)[0]
    )  # type: ignore[index]
    found = client.get(address, {"find": "会計 課長"}).content.decode()
    assert "会計課長の人" in found
    assert client.get(address, {"find": "100%_\\"}).status_code == 200


def test_secretaries_are_named_with_what_they_may_do(stage: Stage, as_: SignIn) -> None:
    client = as_("director_general")
    address = f"/absence/posts/{stage.posts['director_general']}/"
    chosen = {"do": "secretaries", "secretary-1": stage.posts["chief"]}
    refused = client.post(address, chosen)
    assert refused.status_code == 409
    assert "まかせること" in text(refused)
    assert client.post(address, {**chosen, "scopes-1": ["read", "draft"]}).status_code == 302
    assert Secretary.objects.get().scopes == ["draft", "read"]
    assert "振興係長" in text(client.get("/absence/"))
    assert "あなたが秘書を務める職 政策局長 政策局長の人" in text(as_("chief").get("/absence/"))


def test_deputies_by_rule_come_from_a_file_of_those_who_keep_the_rules(stage: Stage, as_: SignIn) -> None:
    office = as_("document")
    assert "規程による代決者をファイルで定める" in text(office.get("/absence/"))
    address = f"/absence/rules/{stage.tenant_id}/"
    assert as_("budget").get(address).status_code == 404

    def send(lines: str) -> Any:
        return office.post(address, {"file": SimpleUploadedFile("deputies.csv", lines.encode())})

    bad = send("post,ordinal,deputy,matters\ndirector_general,1,nobody,\ndirector_general,x,councillor,r9\n")
    assert bad.status_code == 409
    said = text(bad)
    assert "2行目： 職「nobody」がありません。" in said
    assert "事案の種類「r9」がありません。" in said
    assert office.post(address).status_code == 409
    assert not Deputy.objects.exists()
    good = "post,ordinal,deputy,matters,from,until\ndirector_general,2,general_affairs,,,\n"
    assert send(good + "director_general,1,councillor,r1 r2,,2026-12-31\n").status_code == 302
    first, second = Deputy.objects.order_by("ordinal")
    assert (first.deputy_id, first.matters, first.basis) == (stage.posts["councillor"], ["r1", "r2"], "rule")
    assert second.deputy_id == stage.posts["general_affairs"]
    assert "規程による" in text(as_("director_general").get("/absence/"))


def test_a_deputy_finds_the_case_in_the_inbox_and_decides_on_the_page(stage: Stage, as_: SignIn) -> None:
    with_deputies(stage)
    case_id = at_decider(stage)
    away(stage, "director_general")
    client = as_("councillor")
    home = text(client.get("/"))
    assert "不在の職に代わって決裁するもの（代決）" in home
    assert "政策局長の代決" in home
    assert "政策局長の人は10月10日（土） 9:00まで不在" in home
    shown = client.get(case_url(stage, case_id))
    said = text(shown)
    assert "政策局長の代決（審議官として）" in said
    assert "第1順位の審議官として処理できます" in said
    assert "代決する" in said
    assert 'value="return"' not in shown.content.decode()
    assert (
        client.post(
            case_url(stage, case_id), act_form(stage, case_id, "director_general", "decide")
        ).status_code
        == 302
    )
    after = text(client.get(case_url(stage, case_id)))
    assert "（代決）" in after
    assert "審議官 審議官の人 （政策局長 政策局長の人の代決） 決裁" in after
    bypassed = as_("director_general")
    assert "政策局長としての後閲" in text(bypassed.get(case_url(stage, case_id)))
    position = Step.objects.get(case_id=case_id, kind="post_review").position
    form = {"do": "read", "act_id": uuid4(), "position": position, "opinion": "了解"}
    assert bypassed.post(case_url(stage, case_id), form).status_code == 302
    assert "後閲" in text(client.get(case_url(stage, case_id)))
    assert Case.objects.get(id=case_id).state == "decided"


def test_a_barred_deputy_reads_why_and_what_helps(stage: Stage, as_: SignIn) -> None:
    with_deputies(stage)
    case_id = at_decider(stage, flags="important")
    away(stage, "director_general")
    client = as_("councillor")
    said = text(client.get(case_url(stage, case_id)))
    assert "政策局長の代決はできません。 重要な事案は代決できません。" in said
    assert "事前の指示" in said
    answer = client.post(case_url(stage, case_id), act_form(stage, case_id, "director_general", "decide"))
    assert answer.status_code == 409
    assert "重要な事案は代決できません" in text(answer)
    assert "10月10日（土） 9:00まで不在" in text(as_("chief").get(case_url(stage, case_id)))


def test_the_decider_tells_a_deputy_beforehand_on_the_page(stage: Stage, as_: SignIn) -> None:
    with_deputies(stage)
    case_id = stage.submitted(flags="important")
    client = as_("director_general")
    shown = client.get(case_url(stage, case_id))
    assert "第1順位 審議官 審議官の人に指示する" in text(shown)
    form = act_form(stage, case_id, "director_general", "instruct") | {"deputy": stage.posts["councillor"]}
    assert client.post(case_url(stage, case_id), form).status_code == 302
    again = text(client.get(case_url(stage, case_id)))
    assert "第1順位 審議官 審議官の人に指示しました" in again
    assert "事前の指示" in again
    assert "審議官 審議官の人に、不在の間の代決を指示" in again


def test_a_secretary_reads_what_waits_and_marks_circulations_read_but_never_decides(
    stage: Stage, as_: SignIn
) -> None:
    secretary(stage, "general_affairs")
    case_id = at_decider(stage)
    client = as_("general_affairs")
    home = text(client.get("/"))
    assert "秘書として見る案件" in home
    assert "政策局長の秘書" in home
    assert 'value="decide"' not in client.get(case_url(stage, case_id)).content.decode()
    answer = client.post(case_url(stage, case_id), act_form(stage, case_id, "director_general", "decide"))
    assert answer.status_code == 409
    assert Case.objects.get(id=case_id).state == "routed"


def test_a_secretary_marks_a_circulation_as_read_for_the_post_and_the_history_says_so(
    stage: Stage, as_: SignIn
) -> None:
    secretary(stage, "personnel", of="document", scopes=("read",))
    case_id = stage.submitted("contract", amount="2000万円", counterparty="株式会社みほん")
    stage.approve(case_id, "deputy_director", "director", "budget")
    client = as_("personnel")
    assert "秘書として読了にする" in text(client.get(case_url(stage, case_id)))
    form = act_form(stage, case_id, "document", "read")
    assert client.post(case_url(stage, case_id), form).status_code == 302
    event = Event.objects.get(case_id=case_id, kind="read")
    assert (event.capacity, event.post_title, event.payload["for_title"]) == (
        "secretary",
        "人事課長",
        "文書課長",
    )
    assert "文書課長 文書課長の人の秘書として" in text(client.get(case_url(stage, case_id)))
    assert Step.objects.get(case_id=case_id, kind="circulate").state == "done"


def test_a_secretary_drafts_under_the_name_of_the_post(stage: Stage, as_: SignIn) -> None:
    secretary(stage, "general_affairs", of="director", scopes=("draft",))
    client = as_("general_affairs")
    shown = client.get("/drafts/new/").content.decode()
    assert f'value="{stage.posts["director"]}"' in shown
    answer = client.post("/drafts/new/", {"post": stage.posts["director"], "matter": "r1"})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    assert as_("director").get(answer["Location"]).status_code == 200
    assert as_("councillor").get(answer["Location"]).status_code == 404


def test_pages_are_there_in_english_too(stage: Stage, as_: SignIn) -> None:
    with_deputies(stage)
    away(stage, "director_general", until=stage.now + timedelta(days=2))
    client = as_("director_general", "en")
    for address in ("/absence/", f"/absence/posts/{stage.posts['director_general']}/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "away" in text(answer).lower() or "absen" in text(answer).lower()
