"""What home, the case page and the lists of cases under way say of where they stand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from decisions.deputies import away, with_deputies
from insight import precedents
from kessai.kernel.calendar import JAPAN
from kessai.web.deciding import expected
from kessai.web.standing.lines import how_long
from scenario import Scenario
from stage import Stage, vacate
from visitors import SignIn

FRIDAY = datetime(2026, 10, 9, 3, tzinfo=UTC)


def read(as_: SignIn, by: str, path: str, language: str = "ja") -> str:
    answer = as_(by, language).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def sent(as_: SignIn, by: str = "chief") -> str:
    """The part of home on what was sent."""
    page = read(as_, by, "/")
    start = page.index('aria-labelledby="sent"')
    return page[start : page.index("</section>", start)]


def case_page(stage: Stage, as_: SignIn, case_id: UUID, by: str = "chief", language: str = "ja") -> str:
    return read(as_, by, f"/cases/{stage.tenant_id}-{case_id}/", language)


def test_home_says_who_has_it_for_how_long_what_is_usual_and_the_day(stage: Stage, as_: SignIn) -> None:
    precedents.quick(stage)
    stage.submitted()
    page = sent(as_)
    assert "振興課長補佐 振興課長補佐の人" in page
    assert "きょうから" in page and "通常2日目" in page
    assert "決裁は10月9日（金）ごろ" in page and "（10月9日〜10月14日）" in page
    stage.now = FRIDAY
    page = sent(as_)
    assert '<b class="late">' in page and "4日目" in page and '<i class="l">' in page


def test_what_was_sent_comes_first_on_home_and_last_where_there_is_nothing(stage: Stage, as_: SignIn) -> None:
    assert "進行中の案件はありません。" in read(as_, "chief", "/")
    stage.submitted()
    page = read(as_, "chief", "/")
    assert page.index('aria-labelledby="sent"') < page.index('id="h-draft"')


def test_without_precedents_nothing_is_usual_and_the_case_page_says_why_no_day(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted()
    assert "通常" not in sent(as_) and "決裁は" not in sent(as_)
    page = case_page(stage, as_, case_id)
    assert "前例が少ないため、見込みを示せません" in page and "前例が少ない</span>" in page
    assert "Too few precedents" in case_page(stage, as_, case_id, language="en")


def test_the_case_page_gives_the_day_its_range_and_how_it_held(stage: Stage, as_: SignIn) -> None:
    precedents.quick(stage)
    precedents.reckoned(stage)
    case_id = stage.submitted(deadline="2026-10-13")
    page = case_page(stage, as_, case_id)
    assert "10月9日（金）ごろ" in page
    assert "10件に5件は10月9日〜10月13日、9件は10月9日〜10月14日" in page
    assert "期限10月13日に間に合う見込みは20件中" in page
    assert "この1年の100件で確かめると、9件の幅に入ったのは93件でした。" in page
    assert "10件に9件は3日目まで" in page
    english = case_page(stage, as_, case_id, language="en")
    assert "Expected decision" in english and "nine of ten by day 3" in english


def test_a_case_that_is_only_read_or_over_expects_no_decision(stage: Stage, as_: SignIn) -> None:
    precedents.quick(stage)
    decided = stage.decided()
    assert "決裁の見込み" not in case_page(stage, as_, decided)


def test_the_drafter_finds_the_route_and_behind_it_what_can_be_done_with_each_consequence(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director")
    page = case_page(stage, as_, case_id)
    start = page.index("いまできること")
    assert page.index('<ol class="route" ') < start < page.index('id="h-expect"')
    acts = page[start:]
    words = [acts.index(word) for word in ("催促する", "質問する", "引き戻す", "修正を出す", "取り止める")]
    assert words == sorted(words) and "<b>段階を加える</b>" in acts
    assert "この案件は経路の途中にあるため、起案者は経路を変えられません。" in acts
    assert "いま案件を持っている人に知らせます。だれの段階も変わりません。" in acts
    assert "いまはできません" in acts and "振興課長補佐" in acts
    assert page.count('id="more"') == page.count("いまできること") == 1


def test_others_have_the_other_acts_behind_the_route_as_before(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted()
    page = case_page(stage, as_, case_id, "director")
    assert "いまできること" not in page
    assert page.index('<ol class="route" ') < page.index("ほかの操作")


def test_a_reminder_is_sent_from_there(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted()
    path = f"/cases/{stage.tenant_id}-{case_id}/"
    answer = as_("chief").post(path, {"do": "remind", "position": "0"})
    assert answer.status_code == 302
    assert "催促されています" in case_page(stage, as_, case_id)


def test_who_is_away_is_named_and_the_day_waits_for_the_return(stage: Stage, as_: SignIn) -> None:
    precedents.quick(stage)
    stage.approve(stage.submitted(), "deputy_director", "director")
    away(stage, "director_general", until=datetime(2026, 10, 20, tzinfo=JAPAN))
    page = sent(as_)
    assert "10月19日（月）まで不在" in page and "代決" not in page
    # Back on the 20th; from then on as from any day.
    assert "決裁は10月21日（水）ごろ" in page
    assert "不在で、代わりに処理できる人がいません" in read(as_, "chief", "/sent/")


def test_the_deputy_who_is_there_is_named_and_the_day_does_not_wait(stage: Stage, as_: SignIn) -> None:
    precedents.quick(stage)
    stage.approve(with_deputies(stage).submitted(), "deputy_director", "director")
    away(stage, "director_general", until=datetime(2026, 10, 20, tzinfo=JAPAN))
    page = sent(as_)
    assert "10月19日（月）まで不在" in page and "代決 審議官 審議官の人" in page
    assert "決裁は10月7日（水）ごろ" in page
    away(stage, "councillor", until=datetime(2026, 10, 20, tzinfo=JAPAN))
    assert "代決 総務課長 総務課長の人" in sent(as_)


def test_who_is_next_is_named_with_their_absence_and_deputy(stage: Stage, as_: SignIn) -> None:
    case_id = with_deputies(stage).submitted("r2")
    stage.approve(case_id, "deputy_director")
    page = read(as_, "chief", "/sent/")
    assert page.index("次は") < page.index("会計課長") < page.index("文書課長")
    stage.approve(case_id, "director")
    for who in ("director_general", "budget"):
        away(stage, who, until=datetime(2026, 10, 20, tzinfo=JAPAN))
    page = read(as_, "chief", "/sent/")
    following = page[page.index("次は") : page.index('class="bar"')]
    assert "政策局長 政策局長の人" in following and "10月19日（月）まで不在" in following
    assert "代決 審議官 審議官の人" in following
    picture = case_page(stage, as_, case_id)
    assert "審議官 審議官の人が代決できます" in picture and picture.count("10月19日（月）まで不在") >= 2


def test_the_list_of_what_i_sent_says_whom_to_ask_and_what_helps(stage: Stage, as_: SignIn) -> None:
    scene = Scenario(stage)
    refused = scene.routed("r2", "deputy_director", "director")
    scene.act("refuse_consent", refused, "budget", "根拠が足りない")
    held = scene.routed("r1")
    scene.act("hold", held, "deputy_director", "資料を待つ")
    scene.routed("r1")
    page = read(as_, "chief", "/sent/")
    assert (
        page.index("同意が得られていません") < page.index("保留されています") < page.index("進んでいるもの")
    )
    assert "話し合って同意に改めてもらう" in page and "「資料を待つ」" in page
    assert 'class="picks"' not in page, "no unit is headed"
    assert "Consent refused" in read(as_, "chief", "/sent/", "en")


def test_what_came_back_is_mine_to_rework_and_for_the_head_the_drafters(stage: Stage, as_: SignIn) -> None:
    scene = Scenario(stage)
    stage.send_back(scene.routed("r1"), "deputy_director")
    mine, heads = read(as_, "chief", "/sent/"), read(as_, "director", "/sent/unit/")
    assert "差戻しの手直しを待っています" in mine and "聞く相手" not in mine
    assert "聞く相手" in heads and "振興課 振興係長の人" in heads


def test_with_nothing_sent_the_list_says_so(stage: Stage, as_: SignIn) -> None:
    page = read(as_, "chief", "/sent/")
    assert "止まっている案件はありません。" in page and "ほかに進行中の案件はありません。" in page


def test_the_head_of_a_unit_has_its_cases_and_what_waits_at_its_posts(stage: Stage, as_: SignIn) -> None:
    scene = Scenario(stage)
    scene.routed("r2", "deputy_director", "director", title="遠い契約")
    vacate(post_id=stage.posts["budget"])
    page = read(as_, "director", "/sent/unit/")
    assert "振興課の案件" in page and "部署の起案" in page and "処理できる人がいません" in page
    assert 'aria-current="true"' in page and 'href="/sent/"' in page
    other = read(as_, "document", "/sent/unit/")
    assert "部署で待っています" in other and "文書課長" in other and "1件" in other


@pytest.mark.parametrize(("by", "query"), [("chief", ""), ("director", "?unit=1"), ("director", "?unit=x")])
def test_a_unit_s_cases_are_not_there_for_others(stage: Stage, as_: SignIn, by: str, query: str) -> None:
    assert as_(by).get(f"/sent/unit/{query}").status_code == 404


def test_home_and_the_case_page_ask_the_database_no_more_for_more_cases(stage: Stage, as_: SignIn) -> None:
    precedents.quick(stage)
    browser = as_("chief")

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as statements:
            assert browser.get(path).status_code == 200
        return len(statements)

    case_id = stage.submitted("r2")
    browser.get("/")
    one, listed = asked("/"), asked("/sent/")
    for _ in range(6):
        stage.submitted("r2")
    assert asked("/") == one and asked("/sent/") == listed
    with CaptureQueriesContext(connection) as statements:
        browser.get(f"/cases/{stage.tenant_id}-{case_id}/")
    of_insight = [each["sql"] for each in statements if "insight_" in each["sql"]]
    assert len(of_insight) == 2


def picture_of(*days: int, likeliest: int, deadline: int | None = None) -> Any:
    of = [date(2026, 10, day) for day in days]
    day = date(2026, 10, likeliest)
    until = date(2026, 10, deadline) if deadline else None
    return expected._picture(expected.Expected(day, (of[0], of[-1]), (of[0], of[-1]), tuple(of), None), until)


def test_a_few_days_and_days_far_apart_are_told_in_words_alone() -> None:
    assert picture_of(1, 2, 3, likeliest=2) is None
    assert picture_of(*range(1, 14), likeliest=7) is None


def test_the_picture_names_the_likeliest_day_and_the_ends_that_are_not_beside_it() -> None:
    drawn = picture_of(1, 2, 2, 5, 6, likeliest=2, deadline=5)
    assert [(column.named, column.likeliest, column.after) for column in drawn.columns] == [
        (False, False, False),
        (True, True, False),
        (False, False, False),
        (True, False, True),
    ]
    assert [len(column.dots) for column in drawn.columns] == [1, 2, 1, 1]


def test_the_first_day_is_today() -> None:
    assert (how_long(0, from_today=True), how_long(0), how_long(1)) == ("きょうから", "1日目", "2日目")
