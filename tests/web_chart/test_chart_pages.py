"""The chart of any day on the screen and as a file; what a unit, a post and a person were over time."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from openpyxl import load_workbook

import stage as the_stage
from kessai.organisation.models import Appointment, Person, Unit
from stage import Stage
from visitors import SignIn

ADDRESS = "/chart/700/"


def read(client: Client, path: str = ADDRESS, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def unit(stage: Stage, code: str) -> int:
    return int(Unit.objects.get(tenant_id=stage.tenant_id, code=code).id)


def lines(client: Client, path: str = f"{ADDRESS}chart.csv") -> list[dict[str, str]]:
    answer: Any = client.get(path)
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_chart_opens_at_the_readers_own_unit(stage: Stage, as_: SignIn) -> None:
    client = as_("chief")
    assert client.get("/chart/?q=x")["Location"] == "/chart/700/?q=x"
    page = read(client)
    assert "令和8年（2026年）10月6日（火）" in page
    assert '<h2 class="unit-h" id="h-unit">振興課' in page
    for said in ("振興課長の人", "振興係長", "令和2年4月1日", "大臣官房", "政策局"):
        assert said in page


def test_the_chart_of_another_day_says_so_and_shows_who_is_there_then(changing: Stage, as_: SignIn) -> None:
    client = as_("chief")
    today, then = read(client), read(client, f"{ADDRESS}?on=2027-04-01")
    assert "新任 花子" in today and "令和9年4月1日から" in today
    assert "振興課長の人" in today
    assert "これからの組織" in then and "新任 花子" in then
    assert "振興課長の人" not in then
    assert "四月の定期異動" in today and "四月の定期異動" not in then


def test_what_a_post_will_be_stands_beside_it(changing: Stage, as_: SignIn) -> None:
    page = read(as_("chief"), f"{ADDRESS}?unit={unit(changing, 'p')}")
    assert "廃止、政策局長が引き継ぐ" in page


@pytest.mark.parametrize("typed", ["令和9年4月1日", "R9.4.1", "2027/4/1"])
def test_a_day_may_be_given_by_era(changing: Stage, as_: SignIn, typed: str) -> None:
    answer = as_("chief").get(ADDRESS, {"on": typed})
    assert "令和9年（2027年）4月1日（木）" in answer.content.decode()


@pytest.mark.parametrize("typed", ["2026-02-30", "あした", "0001-01-01", "9999-12-31", "1868-01-01", "\x00"])
def test_a_day_that_cannot_be_read_is_said_and_today_is_shown(stage: Stage, as_: SignIn, typed: str) -> None:
    answer = as_("chief").get(ADDRESS, {"on": typed})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "令和8年（2026年）10月6日（火）" in page
    assert ('role="alert"' in page) == (typed != "\x00")


def test_a_unit_that_is_not_there_on_the_day_is_said_with_the_way_to_its_history(
    changing: Stage, as_: SignIn
) -> None:
    old = unit(changing, "ps")
    page = read(as_("chief"), f"{ADDRESS}?on=2027-04-01&unit={old}")
    assert "選んだ部署は、この日にはありません。" in page
    assert f"/chart/700/units/{old}/" in page


def test_before_the_first_day_the_chart_says_that_there_is_none(stage: Stage, as_: SignIn) -> None:
    assert "この日の組織はありません" in read(as_("chief"), f"{ADDRESS}?on=1990-01-01")


def test_vacant_posts_shared_posts_and_kinds_of_appointment_are_told_apart(
    stage: Stage, shared: int, as_: SignIn
) -> None:
    page = read(as_("chief"))
    assert "参事 一郎" in page and "併任" in page and "定数2、欠員1" in page
    Appointment.objects.create(
        post_id=shared,
        person_id=stage.people["director"],
        kind="acting_in_charge",
        place=2,
        period=the_stage.FOREVER,
    )
    both = read(as_("chief"))
    assert "参事 一郎" in both and "事務取扱" in both and "欠員" not in both.split("chart-tree")[0]


@pytest.mark.parametrize(
    ("words", "there", "not_there"),
    [
        ("振興課長", "振興課長の人", "会計課長の人"),
        ("ｋａｉｋｅｉ", "見つかりません", "会計課長の人"),
        ("会計課", "会計課長", "振興課長の人"),
        ("参事一郎", "参事官", "振興課長の人"),
        ("００７", "参事官", "振興課長の人"),
        ("振興課　参事", "参事 一郎", "会計課長の人"),
        ("官会", "会計課", "振興課長の人"),
        ("100%", "見つかりません", "振興課長の人"),
        ("大_臣", "見つかりません", "振興課長の人"),
        ("大臣の人", "大臣の人", "振興課長の人"),
    ],
)
def test_units_posts_and_people_are_found(
    stage: Stage, shared: int, as_: SignIn, words: str, there: str, not_there: str
) -> None:
    answer = as_("chief").get(ADDRESS, {"q": words})
    page = answer.content.decode()
    assert there in page
    assert not_there not in page


def test_a_search_is_of_the_day_that_is_looked_at(changing: Stage, as_: SignIn) -> None:
    client = as_("chief")
    assert "見つかりません" in read(client, f"{ADDRESS}?q=花子")
    assert "新任 花子" in read(client, f"{ADDRESS}?q=花子&on=2027-04-01")


def test_what_is_typed_into_the_search_is_shown_as_text(stage: Stage, as_: SignIn) -> None:
    page = read(as_("chief"), f"{ADDRESS}?q=<script>alert(1)</script>")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_file_has_a_line_for_each_holder_each_vacant_post_and_each_unit_without_posts(
    changing: Stage, shared: int, as_: SignIn
) -> None:
    Appointment.objects.filter(post_id=changing.posts["chief"]).update(
        period=DateRange(the_stage.FOREVER.lower, date(2027, 1, 1))
    )
    found = lines(as_("personnel"), f"{ADDRESS}chart.csv?on=2027-04-01")
    by_post = {line["職コード"]: line for line in found}
    assert {line["基準日"] for line in found} == {"2027-04-01"}
    assert (by_post["director"]["氏名"], by_post["director"]["職員番号"]) == ("新任 花子", "n1")
    assert by_post["director"]["就任日"] == "2027-04-01"
    assert by_post["director"]["部署"] == "振興課" and by_post["director"]["上位の部署コード"] == "p"
    assert by_post["chief"]["氏名"] == "欠員" and by_post["chief"]["職員番号"] == ""
    assert by_post["shared"]["定数"] == "2" and by_post["shared"]["任用の種類"] == "併任"
    assert "councillor" not in by_post and "general_affairs" not in by_post
    assert [line["氏名"] for line in found if line["部署コード"] == "s"] == [""]


def test_the_workbook_says_the_same_and_keeps_zeros(stage: Stage, shared: int, as_: SignIn) -> None:
    client = as_("personnel")
    answer: Any = client.get(f"{ADDRESS}chart.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    of_csv = lines(client)
    assert len(rows) == len(of_csv) + 1
    assert "007" in {row[rows[0].index("職員番号")] for row in rows[1:]}


def test_a_name_that_looks_like_a_formula_is_made_harmless_in_the_csv(
    changing: Stage, shared: int, as_: SignIn
) -> None:
    Person.objects.filter(staff_no="007").update(name="=1+1")
    assert "'=1+1" in {line["氏名"] for line in lines(as_("personnel"))}


def test_a_file_of_a_day_that_cannot_be_read_is_refused_in_words(stage: Stage, as_: SignIn) -> None:
    answer = as_("personnel").get(f"{ADDRESS}chart.csv?on=2026-02-30")
    assert answer.status_code == 409
    assert "読み取れません" in answer.content.decode()


def test_the_history_of_a_unit_names_what_became_of_it(changing: Stage, as_: SignIn) -> None:
    old, new = unit(changing, "ps"), unit(changing, "pp")
    page = read(as_("chief"), f"/chart/700/units/{old}/")
    assert "この部署はどうなったか" in page and "振興課" in page
    assert "令和2年4月1日から令和9年3月31日まで" in page
    assert "引き継いだ部署" in read(as_("chief"), f"/chart/700/units/{new}/")


def test_the_history_of_a_post_names_its_holders_gaps_and_successor(changing: Stage, as_: SignIn) -> None:
    client = as_("chief")
    page = read(client, f"/chart/700/posts/{changing.posts['director']}/")
    assert page.index("新任 花子") < page.index("振興課長の人")
    assert "「四月の定期異動」による" in page and "予定" in page
    assert "欠員" not in page
    gone = read(client, f"/chart/700/posts/{changing.posts['councillor']}/")
    assert "政策局長" in gone and "引き継ぎます" in gone
    Appointment.objects.filter(post_id=changing.posts["chief"]).update(
        period=DateRange(the_stage.FOREVER.lower, date(2027, 1, 1))
    )
    vacant = read(client, f"/chart/700/posts/{changing.posts['chief']}/")
    assert vacant.index("令和9年1月1日から") < vacant.index("欠員") < vacant.rindex("振興係長の人")


def test_the_history_of_a_person_names_their_posts_with_the_titles_of_the_time(
    changing: Stage, as_: SignIn
) -> None:
    page = read(as_("chief"), f"/chart/700/people/{changing.people['general_affairs']}/")
    assert "総務課長" in page and "令和9年3月31日まで" in page


@pytest.mark.parametrize("kind", ["units", "posts", "people"])
@pytest.mark.parametrize("id", ["1", "999999999", "9" * 19, "9" * 40])
def test_what_is_not_there_is_not_found(stage: Stage, as_: SignIn, kind: str, id: str) -> None:
    other = the_stage.build(tenant_id=701)
    assert as_("chief").get(f"/chart/700/{kind}/{id}/").status_code == 404
    theirs = {
        "units": unit(other, "p"),
        "posts": other.posts["chief"],
        "people": other.people["chief"],
    }[kind]
    assert as_("chief").get(f"/chart/700/{kind}/{theirs}/").status_code == 404
    assert as_("chief").get(f"/chart/701/{kind}/{theirs}/").status_code == 404


@pytest.mark.parametrize("path", ["", "chart.csv", "chart.xlsx"])
def test_the_chart_of_another_ministry_is_not_found(stage: Stage, as_: SignIn, path: str) -> None:
    the_stage.build(tenant_id=701)
    assert as_("chief").get(f"/chart/701/{path}").status_code == 404


def test_whoever_holds_a_post_in_another_ministry_reads_its_chart_too(stage: Stage, as_: SignIn) -> None:
    other = the_stage.build(tenant_id=701)
    Appointment.objects.create(
        post_id=other.posts["chief"],
        person_id=stage.people["chief"],
        kind="concurrent",
        place=2,
        period=the_stage.FOREVER,
    )
    client = as_("chief")
    assert "府省を選ぶ" in read(client, "/chart/701/")
    assert client.get("/chart/700/").status_code == 200


def test_the_chart_in_english_says_days_and_kinds_in_english(stage: Stage, shared: int, as_: SignIn) -> None:
    page = read(as_("chief", "en"))
    assert "Organisation" in page and "Counsellor" in page and "6 October 2026" in page


def test_the_number_of_statements_does_not_grow_with_the_ministry(
    stage: Stage, as_: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = as_("chief")
    with django_assert_max_num_queries(22):
        client.get(ADDRESS)
    with django_assert_max_num_queries(22):
        client.get(f"{ADDRESS}?q=課長")
