"""The inbox: in which order, under which day, and who has what I sent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from kessai.decisions.results import Home, InboxItem
from kessai.kernel.calendar import JAPAN
from kessai.web.home.page import arranged
from stage import Stage
from visitors import SignIn

TODAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 12, tzinfo=JAPAN)


def item(
    n: int, *, due: int | None = None, urgent: bool = False, kind: str = "review", post: int = 1
) -> InboxItem:
    """A task; ``due``: days from today."""
    return InboxItem(
        tenant_id=1,
        case_id=UUID(int=n),
        position=1,
        kind=kind,
        title=f"件{n}",
        question=f"{n}をしてよいか",
        matter_name="契約",
        amount=None,
        deadline=None if due is None else TODAY + timedelta(days=due),
        urgent=urgent,
        opened_at=NOON - timedelta(days=n),
        drafter_unit="課",
        drafter_name="人",
        post_id=post,
        post_title=f"職{post}",
        post_unit="課",
    )


def home(*items: InboxItem) -> Home:
    return Home(inbox=items, inbox_total=len(items), drafts=(), sent=(), decided=())


def test_tasks_stand_under_the_day_of_their_deadline_and_reading_comes_last() -> None:
    page = arranged(
        home(
            item(1, kind="circulate", due=-3),
            item(2),
            item(3, due=2),
            item(4, due=1),
            item(5, due=0),
            item(6, due=-1),
        ),
        today=TODAY,
        post_id=None,
    )
    assert [(g.lead, g.title) for g in page.groups] == [
        ("期限を過ぎたもの", ""),
        ("きょう", "令和8年（2026年）11月18日（水）"),
        ("", "あす 11月19日（木）"),
        ("", "11月20日（金）から"),
        ("", "期限のないもの"),
        ("", "読んで確認するもの"),
    ]
    assert [row.item.case_id.int for group in page.groups for row in group.rows] == [6, 5, 4, 3, 2, 1]
    assert (page.pressing, page.overdue) == (2, 1)
    assert page.first and page.first.id.int == 6


def test_within_a_day_the_urgent_come_first_then_those_that_wait_longest() -> None:
    page = arranged(
        home(item(1, due=5), item(3, due=5), item(2, due=5, urgent=True), item(4, due=3)),
        today=TODAY,
        post_id=None,
    )
    assert [row.item.case_id.int for row in page.groups[0].rows] == [2, 4, 3, 1]


def test_several_posts_can_be_looked_at_one_by_one() -> None:
    both = home(item(1), item(2, post=2), item(3, post=2))
    page = arranged(both, today=TODAY, post_id=2)
    assert [(pick.title, pick.count, pick.chosen) for pick in page.picks] == [
        ("すべて", 3, False),
        ("職1", 1, False),
        ("職2", 2, True),
    ]
    assert page.total == 2
    assert all(row.as_post == "職2" for group in page.groups for row in group.rows)


def test_a_post_that_is_not_mine_narrows_nothing() -> None:
    page = arranged(home(item(1), item(2, post=2)), today=TODAY, post_id=99)
    assert page.total == 2
    assert page.picks[0].chosen


def test_one_post_needs_no_choice() -> None:
    page = arranged(home(item(1)), today=TODAY, post_id=None)
    assert page.picks == ()
    assert page.groups[0].rows[0].as_post == ""


def test_tasks_beyond_the_longest_list_are_told() -> None:
    page = arranged(replace(home(item(1)), inbox_total=201), today=TODAY, post_id=None)
    assert (page.total, page.hidden) == (201, 200)


def test_the_inbox_shows_what_is_asked_from_whom_and_since_when(stage: Stage, as_: SignIn) -> None:
    stage.submitted(
        "contract", title="調査研究", amount="23,100,000", counterparty="青葉総合", urgent_reason="国会",
        deadline=stage.now.date().isoformat(),
    )  # fmt: skip
    page = as_("deputy_director").get("/").content.decode()
    for text in (
        "調査研究を、青葉総合に23,100,000円で委託してよいか",
        "審査",
        "至急",
        "23,100,000円",
        "きょう中",
        "受信",
    ):
        assert text in page


def test_the_drafter_sees_who_has_it_and_what_came_back_and_why(stage: Stage, as_: SignIn) -> None:
    stage.submitted(title="進行中の件")
    returned = stage.submitted(title="差し戻される件")
    stage.send_back(returned, "deputy_director", "予算科目を直してください")
    page = as_("chief").get("/").content.decode()
    assert re.search(r"いま.*振興課長補佐 振興課長補佐の人", page)
    assert "3段階の1" in page
    assert "予算科目を直してください" in page


def test_a_decided_case_is_shown_with_its_number(stage: Stage, as_: SignIn) -> None:
    stage.decided(title="決裁された件")
    assert "政振第1号" in as_("chief").get("/").content.decode()


@pytest.mark.parametrize("post", ["", "0", "x", "-1", "9" * 30])
def test_a_mistyped_post_shows_the_whole_inbox(stage: Stage, as_: SignIn, post: str) -> None:
    stage.submitted(title="件")
    answer = as_("deputy_director").get("/", {"post": post})
    assert answer.status_code == 200
    assert "受信箱 1件" in answer.content.decode()
