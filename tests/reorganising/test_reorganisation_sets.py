"""Reorganisation sets: filled, run dry, scheduled, taken back; what they do to the chart of their day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from kessai.kernel.lines import CannotImport
from kessai.organisation import queries as chart
from kessai.organisation.changes import CannotChange
from kessai.organisation.models import Post, Unit
from kessai.organisation.reorganising import operations, queries
from kessai.organisation.reorganising.lines import TypedLine
from kessai.organisation.reorganising.operations import CannotSchedule
from reorganising.conftest import JULY, THAT_DAY, csv, scheduled, started
from stage import NOON, Stage

BEFORE = JULY - timedelta(days=1)

TABLES = (
    "unit", "unitversion", "post", "postversion", "appointment", "postsuccession", "unitsuccession",
)  # fmt: skip

MERGER = (
    {
        "act": "新設",
        "what": "部署",
        "code": "n",
        "parent": "m",
        "name": "地域局",
        "symbol": "地",
        "functions": "企画",
    },
    {"act": "統合", "what": "部署", "code": "pp", "into": "ps"},
    {"act": "移管", "what": "部署", "code": "ps", "parent": "n", "name": "地域総務課"},
    {"act": "新設", "what": "職", "code": "new_dg", "unit": "n", "title": "地域局長", "level": "局長"},
    {"act": "統合", "what": "職", "code": "director", "into": "general_affairs"},
    {"act": "改称", "what": "職", "code": "general_affairs", "title": "地域総務課長"},
)


def everything() -> dict[str, list[Any]]:
    """Every row of the chart."""
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT * FROM organisation_{table} ORDER BY id")
            found[table] = cursor.fetchall()
    return found


def test_a_set_runs_dry_and_says_what_it_would_do_without_touching_the_chart(stage: Stage) -> None:
    before = everything()
    change_id = started(*MERGER)
    run = operations.check(actor=None, change_id=change_id, at=NOON)
    assert (run.faults, run.faults_total) == ((), 0)
    assert {key: n for key, n in run.counts.items() if n} == {
        "unit_create": 1,
        "unit_merge": 1,
        "unit_move": 1,
        "post_create": 1,
        "post_move": 2,
        "post_merge": 1,
        "post_rename": 1,
        "appointments_ended": 1,
        "people_without_post": 1,
    }
    said = [(fault.number, str(fault.text)) for fault in run.notes]
    assert (3, "職「振興課長補佐」（deputy_director）は「ps」に付いて移ります。") in said
    assert any(
        number == 6 and "振興課長の人さん（振興課長）は、この日から職がなくなります" in text
        for number, text in said
    )
    ends = [(e.code, e.successor_code) for e in run.mapping if e.ends]
    assert ends == [("pp", "ps"), ("director", "general_affairs")]
    assert everything() == before


def test_a_scheduled_set_arrives_on_its_day_and_history_keeps_the_old_names(stage: Stage) -> None:
    scheduled(*MERGER)
    asked = [stage.posts["director"], stage.posts["deputy_director"]]
    before, after = (chart.seats(post_ids=asked, on=day) for day in (BEFORE, JULY))
    assert [(s.title, s.unit_name, s.holder_name) for s in map(before.get, asked) if s] == [
        ("振興課長", "振興課", "振興課長の人"),
        ("振興課長補佐", "振興課", "振興課長補佐の人"),
    ]
    assert [(s.title, s.unit_name, s.holder_name) for s in map(after.get, asked) if s] == [
        ("地域総務課長", "地域総務課", "総務課長の人"),
        ("振興課長補佐", "地域総務課", "振興課長補佐の人"),
    ]
    line = chart.route_chart(post_id=stage.posts["deputy_director"], on=JULY)
    assert line is not None
    assert [seat.title for seat in line.line] == [
        "振興課長補佐", "地域総務課長", "地域局長", "事務次官", "大臣",
    ]  # fmt: skip
    standing = chart.standing(person_id=stage.people["general_affairs"], on=JULY)
    assert set(standing.posts) == {stage.posts["general_affairs"], stage.posts["director"]}
    assert set(standing.units) == set(Unit.objects.filter(code__in=("ps", "pp")).values_list("id", flat=True))


def test_a_set_taken_back_leaves_the_chart_exactly_as_it_was_and_can_be_scheduled_again(stage: Stage) -> None:
    before = everything()
    change_id = scheduled(*MERGER)
    assert everything() != before
    operations.take_back(actor=None, change_id=change_id, at=NOON)
    assert everything() == before
    operations.schedule(actor=None, change_id=change_id, at=NOON)
    assert Unit.objects.filter(code="n").exists()


def test_a_set_whose_day_has_come_is_history(stage: Stage) -> None:
    change_id = scheduled(*MERGER)
    with pytest.raises(CannotChange, match="もう取り消せません"):
        operations.take_back(actor=None, change_id=change_id, at=THAT_DAY)
    other = started(*MERGER[:1])
    with pytest.raises(CannotChange, match="過ぎています"):
        operations.schedule(actor=None, change_id=other, at=THAT_DAY + timedelta(days=1))


def test_a_set_with_faults_is_not_scheduled_and_each_is_named_by_line(stage: Stage) -> None:
    change_id = started(
        {"act": "統合", "what": "部署", "code": "pp", "into": "nowhere"},
        {"act": "廃止", "what": "職", "code": "director"},
    )
    with pytest.raises(CannotSchedule) as refused:
        operations.schedule(actor=None, change_id=change_id, at=NOON)
    assert [fault.number for fault in refused.value.lines] == [2, 3]
    views = queries.lines(change_id=change_id)
    assert [view.values.code for view in views] == ["pp", "director"]
    operations.check(actor=None, change_id=change_id, at=NOON)
    faulty = queries.lines(change_id=change_id, only_faulty=True)
    assert [len(view.faults) for view in faulty] == [1, 1]
    assert "承継先のコードを書くか" in str(faulty[1].faults[0])


def test_lines_are_corrected_one_by_one_on_the_screen(stage: Stage) -> None:
    change_id = started()
    number = operations.add_line(
        actor=None, change_id=change_id, line=TypedLine("改称", "部署", "pp"), at=NOON
    )
    assert operations.check(actor=None, change_id=change_id, at=NOON).faults_total == 1
    line = TypedLine("改称", "部署", "pp", name="地域振興課")
    operations.set_line(actor=None, change_id=change_id, number=number, line=line, at=NOON)
    assert operations.check(actor=None, change_id=change_id, at=NOON).faults_total == 0
    operations.drop_line(actor=None, change_id=change_id, number=number, at=NOON)
    run = operations.check(actor=None, change_id=change_id, at=NOON)
    assert [str(fault.text) for fault in run.faults] == ["行がまだありません。"]


def test_a_file_without_the_columns_is_refused_whole(stage: Stage) -> None:
    change_id = started(*MERGER)
    with pytest.raises(CannotImport, match="1行に誤り"):
        operations.load(
            actor=None,
            change_id=change_id,
            source="区分,コード\n統合,pp\n".encode(),
            source_name="x",
            at=NOON,
        )
    assert len(queries.lines(change_id=change_id)) == len(MERGER)


def test_only_who_has_the_duty_changes_a_set(stage: Stage) -> None:
    change_id = started(*MERGER)
    with pytest.raises(CannotChange, match="扱う部署の職"):
        operations.check(actor=stage.actor("chief"), change_id=change_id, at=NOON)
    assert operations.check(actor=stage.actor("personnel"), change_id=change_id, at=NOON).faults_total == 0


def test_effects_are_there_for_sql_after_a_dry_run_and_with_all_ids_once_scheduled(stage: Stage) -> None:
    lines = ({"act": "新設", "what": "職", "code": "both", "unit": "ps", "title": "統合課長", "level": "課長"},
             {"act": "統合", "what": "職", "code": "director", "into": "both"})  # fmt: skip
    change_id = started(*lines)
    assert queries.effects(change_id=change_id) == ()
    operations.check(actor=None, change_id=change_id, at=NOON)
    (ending,) = (effect for effect in queries.effects(change_id=change_id) if effect.ends)
    assert (ending.id, ending.successor_id) == (stage.posts["director"], None)
    assert (ending.successor_code, ending.successor_title) == ("both", "統合課長")
    operations.schedule(actor=None, change_id=change_id, at=NOON)
    (ending,) = (effect for effect in queries.effects(change_id=change_id) if effect.ends)
    assert ending.successor_id == Post.objects.get(code="both").id


def test_a_set_on_which_another_rests_is_not_taken_back(stage: Stage) -> None:
    change_id = scheduled(*MERGER)
    later = operations.start(
        actor=None, tenant_id=700, title="令和23年の改編", effective=date(2041, 7, 1), at=NOON
    )
    line = {"act": "移管", "what": "部署", "code": "sa", "parent": "n"}
    operations.load(actor=None, change_id=later, source=csv(line), source_name="x", at=NOON)
    operations.schedule(actor=None, change_id=later, at=NOON)
    with pytest.raises(CannotChange, match="令和23年の改編"):
        operations.take_back(actor=None, change_id=change_id, at=NOON)
    operations.take_back(actor=None, change_id=later, at=NOON)
    operations.take_back(actor=None, change_id=change_id, at=NOON)
