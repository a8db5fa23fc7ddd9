"""The clock goes from 31 March to 1 April in Japan while people look at their pages (A56 to A60)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kessai.decisions.models import Event, Step
from kessai.kernel.calendar import JAPAN
from kessai.organisation.models import Appointment, Person
from kessai.organisation.orders import operations as orders
from kessai.organisation.orders.rules import TypedLine
from stage import FOREVER, Stage
from visitors import SignIn
from web_deciding.test_case_pages import act, at, hidden

DAY = date(2027, 4, 1)
OPINION = "単価の根拠を、四半期ごとに報告してください。"


def japan(day: int, hour: int, minute: int, second: int = 0) -> datetime:
    """A time around the turn of the month; ``day`` 31 is in March, every other in April."""
    return datetime(2027, 3 if day == 31 else 4, day, hour, minute, second, tzinfo=JAPAN)


def order(stage: Stage, *lines: TypedLine) -> None:
    """Orders for April 1, scheduled."""
    change = orders.start(actor=None, tenant_id=stage.tenant_id, title="異動", effective=DAY, at=stage.now)
    for line in lines:
        orders.add_line(actor=None, change_id=change, line=line, at=stage.now)
    orders.schedule(actor=None, change_id=change, at=stage.now)


def successor(
    stage: Stage, post: str = "director", code: str = "successor", name: str = "後任の人"
) -> TypedLine:
    """A new person of the stage, who gets a post."""
    person = Person.objects.create(tenant_id=stage.tenant_id, staff_no=code, name=name, name_en="Successor")
    stage.people[code] = person.id
    return TypedLine(act="appoint", staff_no=code, post=post)


def at_the_director(stage: Stage, **typed: str) -> UUID:
    """R1, waiting at the Director."""
    case_id = stage.submitted(**typed)
    stage.approve(case_id, "deputy_director")
    return case_id


def inbox(client: Client) -> str:
    return client.get("/").content.decode()


def rows() -> list[tuple[Any, ...]]:
    """Every step with the version of its row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xmin::text, ctid::text, s::text FROM decisions_step s ORDER BY case_id, position"
        )
        return list(cursor.fetchall())


def test_A56_the_first_request_of_the_day_shows_the_new_holder_the_tasks_and_no_step_was_written(
    stage: Stage, as_: SignIn
) -> None:
    acted, waits = (
        at_the_director(stage, title="前任が承認した件"),
        at_the_director(stage, title="待っている件"),
    )
    order(stage, successor(stage))
    old, new = as_("director"), as_("successor")
    before = rows()
    stage.now = japan(31, 23, 59, 59)
    assert "待っている件" in inbox(old) and "待っている件" not in inbox(new)
    assert act(old, at(stage, acted), "approve").status_code == 302
    assert [row for row in rows() if str(waits) in row[2]] == [row for row in before if str(waits) in row[2]]

    stage.now = japan(1, 0, 0)
    assert "待っている件" in inbox(new) and "前任が承認した件" not in inbox(new)
    assert "待っている件" not in inbox(old)
    page = new.get(at(stage, acted)).content.decode()
    assert "振興課長の人" in page and "いま・あなた" not in page
    done = Event.objects.get(case_id=acted, seq=3)
    assert (done.person_name, done.post_title) == ("振興課長の人", "振興課長")
    assert [row for row in rows() if str(waits) in row[2]] == [row for row in before if str(waits) in row[2]]


def test_midnight_is_midnight_in_japan_and_not_in_utc(stage: Stage, as_: SignIn) -> None:
    at_the_director(stage, title="待っている件")
    order(stage, successor(stage))
    stage.now = datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC)
    assert "待っている件" in inbox(as_("director"))
    stage.now = datetime(2027, 3, 31, 15, 0, tzinfo=UTC)
    assert "待っている件" not in inbox(as_("director")) and "待っている件" in inbox(as_("successor"))


@pytest.mark.parametrize("do", ["approve", "return"])
def test_A57_a_page_opened_before_midnight_gives_no_authority_after_it_and_its_words_are_not_lost(
    stage: Stage, as_: SignIn, do: str
) -> None:
    case_id = at_the_director(stage)
    order(stage, successor(stage))
    old, new, path = as_("director"), as_("successor"), at(stage, case_id)
    stage.now = japan(31, 23, 58)
    html = old.get(path).content.decode()
    assert 'id="acts"' in html
    form = {name: hidden(html, name) for name in ("act_id", "seen", "position", "next")}

    stage.now = japan(1, 0, 1)
    word = {"approve": "opinion", "return": "reason"}[do]
    answer = old.post(path, {**form, "do": do, word: OPINION})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "「振興課長」の職は、4月1日から後任の人が担当しています。" in text and OPINION in text
    assert Event.objects.filter(case_id=case_id).count() == 2
    assert Step.objects.get(case_id=case_id, position=stage.step(case_id, "director")).state == "open"

    stage.now = japan(1, 0, 2)
    assert act(new, path, "approve", opinion="引き継いだ").status_code == 302
    done = Event.objects.get(case_id=case_id, seq=3)
    assert (done.person_name, done.post_title, done.remark) == ("後任の人", "振興課長", "引き継いだ")


def test_a_post_left_vacant_is_said_to_be_so(stage: Stage, as_: SignIn) -> None:
    case_id = at_the_director(stage)
    order(stage, TypedLine(act="retire", staff_no="director"))
    old, path = as_("director"), at(stage, case_id)
    stage.now = japan(31, 23, 58)
    html = old.get(path).content.decode()
    form = {name: hidden(html, name) for name in ("act_id", "seen", "position")}
    stage.now = japan(1, 0, 1)
    text = old.post(path, {**form, "do": "approve", "opinion": OPINION}).content.decode()
    assert "いまは欠員です" in text and OPINION in text
    assert "欠員" in as_("chief").get(path).content.decode()


@pytest.mark.parametrize(
    ("who", "when"),
    [("director", japan(9, 0, 0)), ("budget", japan(1, 0, 1))],
    ids=["a week later", "never had it"],
)
def test_everybody_else_is_told_of_no_case_and_still_keeps_what_they_typed(
    stage: Stage, as_: SignIn, who: str, when: datetime
) -> None:
    case_id = at_the_director(stage)
    order(stage, successor(stage))
    stage.now = when
    answer = as_(who).post(at(stage, case_id), {"do": "approve", "position": "2", "opinion": OPINION})
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "担当しています" not in text and "地域振興の件" not in text and OPINION in text


def test_who_left_before_the_case_came_is_told_of_no_case(stage: Stage, as_: SignIn) -> None:
    order(stage, successor(stage))
    stage.now = japan(1, 9, 0)
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    answer = as_("director").post(at(stage, case_id), {"do": "approve", "position": "2", "opinion": OPINION})
    assert answer.status_code == 404


def test_A58_the_successor_of_an_abolished_post_has_its_tasks(stage: Stage, as_: SignIn) -> None:
    case_id = at_the_director(stage, title="引き継がれる件")
    order(stage, TypedLine(act="fold", post="director", into="general_affairs"))
    stage.now = japan(31, 23, 59)
    assert "引き継がれる件" not in inbox(as_("general_affairs"))
    stage.now = japan(1, 0, 0)
    assert "引き継がれる件" in inbox(as_("general_affairs"))
    assert act(as_("general_affairs"), at(stage, case_id), "approve").status_code == 302
    page = as_("director_general").get(at(stage, case_id)).content.decode()
    assert "総務課長の人" in page and "振興課長補佐の人" in page and 'id="acts"' in page
    acts = Event.objects.filter(case_id=case_id).order_by("seq").values_list("kind", "post_title")
    assert list(acts) == [("submitted", "振興係長"), ("approved", "振興課長補佐"), ("approved", "総務課長")]
    assert act(as_("director_general"), at(stage, case_id), "decide").status_code == 302


def test_A60_each_act_belongs_to_the_post_that_was_asked_and_leaves_with_it(
    stage: Stage, as_: SignIn
) -> None:
    since = date(2026, 4, 1)
    budget = stage.posts["budget"]
    Appointment.objects.filter(post_id=budget).update(period=DateRange(FOREVER.lower, since))
    Appointment.objects.create(
        post_id=budget, person_id=stage.people["director"], kind="concurrent", period=DateRange(since, None)
    )
    consent = stage.submitted("r2", title="会計課長に来た件")
    stage.approve(consent, "deputy_director", "director")
    one, other = (at_the_director(stage, title=title) for title in ("振興課長が進める件", "振興課長に残る件"))
    order(stage, TypedLine(act="end", staff_no="director", post="budget", kind="concurrent"))
    client = as_("director")
    page = inbox(client)
    assert all(words in page for words in ("会計課長に来た件", "振興課長に残る件", "会計課長", "振興課長"))
    act(client, at(stage, one), "approve")
    assert Event.objects.get(case_id=one, seq=3).post_title == "振興課長"
    assert "会計課長に来た件" in inbox(client)

    stage.now = japan(31, 23, 59, 59)
    assert "会計課長に来た件" in inbox(client)
    stage.now = japan(1, 0, 0)
    page = inbox(client)
    assert "会計課長に来た件" not in page and "振興課長に残る件" in page
    assert act(client, at(stage, other), "approve").status_code == 302
