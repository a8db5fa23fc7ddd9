"""Deputies and secretaries as they are stored: in force by the moment, replaced, from files, kept by the database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

import stage as the_stage
from decisions.deputies import away, back, by_rule, secretary, setting, with_deputies
from kessai.config.commands import Finished
from kessai.kernel.errors import NotFound
from kessai.kernel.lines import CannotImport
from kessai.organisation.absence import operations, queries
from kessai.organisation.absence.operations import CannotAppoint, Named
from kessai.organisation.models import Absence, Deputy
from stage import Stage


@pytest.fixture
def stage(db: None) -> Stage:
    return the_stage.build()


def order(stage: Stage, at: datetime, of: str = "director_general") -> list[str]:
    names = {post: code for code, post in stage.posts.items()}
    desk = queries.desks(post_ids=[stage.posts[of]], at=at)[stage.posts[of]]
    return [names[deputy.seat.post_id] for deputy in desk.deputies]


def test_a_list_is_in_force_until_another_one_takes_its_place_to_the_moment(stage: Stage) -> None:
    with_deputies(stage)
    first = stage.now
    stage.later(hours=1)
    with_deputies(stage, by=("general_affairs",))
    assert order(stage, first) == ["councillor", "general_affairs"]
    assert order(stage, first - timedelta(seconds=1)) == []
    assert order(stage, stage.now) == ["general_affairs"]
    assert order(stage, stage.now + timedelta(days=400)) == ["general_affairs"]
    assert Deputy.objects.count() == 3


def test_deputies_by_rule_come_before_those_that_the_holder_named(stage: Stage) -> None:
    with_deputies(stage, by=("councillor",))
    by_rule(stage, "director_general", ("general_affairs",))
    assert order(stage, stage.now) == ["general_affairs", "councillor"]


def test_a_deputy_stands_in_from_a_day_until_before_another(stage: Stage) -> None:
    with_deputies(stage, by=("councillor",), start=date(2026, 10, 10), end=date(2026, 10, 12))
    days = [stage.now + timedelta(days=n) for n in range(8)]
    assert [order(stage, day) for day in days] == [[], [], [], [], ["councillor"], ["councillor"], [], []]


def test_where_deputies_are_set_by_rule_the_holder_names_none(stage: Stage) -> None:
    setting(stage, "deputies_by_holder", "no")
    with pytest.raises(CannotAppoint, match="規程で定めます"):
        with_deputies(stage)


def test_nobody_names_deputies_or_secretaries_of_a_post_they_do_not_hold(stage: Stage) -> None:
    with pytest.raises(NotFound):
        operations.set_deputies(
            actor=stage.actor("councillor"),
            post_id=stage.posts["director_general"],
            deputies=[Named(stage.posts["councillor"])],
            at=stage.now,
        )
    with pytest.raises(NotFound):
        operations.set_secretaries(
            actor=stage.actor("councillor"),
            post_id=stage.posts["director_general"],
            secretaries=[],
            at=stage.now,
        )


def test_absences_may_overlap_and_the_last_of_them_counts(stage: Stage) -> None:
    until = stage.now.replace(hour=9)
    away(stage, "director_general", until=until + timedelta(days=1))
    last = away(stage, "director_general", until=until + timedelta(days=2), start=until + timedelta(hours=12))
    person = stage.people["director_general"]
    assert queries.absent(person_ids=[person], at=stage.now) == {person: until + timedelta(days=2)}
    back(stage, "director_general", last)
    assert queries.absent(person_ids=[person], at=stage.now) == {person: until + timedelta(days=1)}


def test_whoever_is_back_ends_all_that_is_under_way_and_keeps_what_is_to_come(stage: Stage) -> None:
    away(stage, "director_general")
    away(stage, "director_general", start=stage.now - timedelta(hours=1))
    later = away(
        stage, "director_general", start=stage.now + timedelta(days=30), until=stage.now + timedelta(days=31)
    )
    assert operations.end_absences_under_way(actor=stage.actor("director_general"), at=stage.later()) == 2
    assert operations.end_absences_under_way(actor=stage.actor("director_general"), at=stage.later()) == 0
    assert Absence.objects.get(id=later).ended_at is None


def test_a_secretary_without_the_scope_records_no_absence(stage: Stage) -> None:
    secretary(stage, "chief", scopes=("draft", "read"))
    with pytest.raises(NotFound):
        operations.record_absence(
            actor=stage.actor("chief"),
            person_id=stage.people["director_general"],
            start=stage.now,
            end=stage.now + timedelta(days=1),
            kind="leave",
            note="",
            at=stage.now,
        )


def test_a_secretary_who_is_a_deputy_too_does_not_record_the_absence_that_lets_them_decide(
    stage: Stage,
) -> None:
    with_deputies(stage, by=("councillor",))
    secretary(stage, "councillor")
    with pytest.raises(operations.CannotRecord) as refusal:
        operations.record_absence(
            actor=stage.actor("councillor"),
            person_id=stage.people["director_general"],
            start=stage.now,
            end=stage.now + timedelta(days=1),
            kind="leave",
            note="",
            at=stage.now,
        )
    assert "代決者なので" in str(refusal.value.what)
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organisation_absence SET note = 'x'",
        "UPDATE organisation_absence SET period = tstzrange(lower(period), upper(period) + interval '1 day')",
        "DELETE FROM organisation_absence",
        "UPDATE organisation_deputy SET ordinal = 7",
        "UPDATE organisation_deputy SET deputy_id = post_id",
        "DELETE FROM organisation_deputy",
    ],
)
def test_the_database_keeps_what_was_recorded(stage: Stage, statement: str) -> None:
    with_deputies(stage)
    away(stage, "director_general")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_absence_is_ended_once(stage: Stage) -> None:
    made = away(stage, "director_general")
    back(stage, "director_general", made)
    first = Absence.objects.get(id=made).ended_at
    back(stage, "director_general", made)
    assert Absence.objects.get(id=made).ended_at == first
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE organisation_absence SET ended_at = NULL")


def imported(stage: Stage, lines: str) -> operations.Imported:
    return operations.import_deputies(
        actor=None, tenant_id=stage.tenant_id, source=lines.encode(), matters={"r1", "r2"}, at=stage.later()
    )


def test_a_file_replaces_the_lists_of_the_posts_it_names_and_no_other(stage: Stage) -> None:
    by_rule(stage, "director", ("deputy_director",))
    with_deputies(stage, by=("general_affairs",))
    head = "post,ordinal,deputy,matters\n"
    done = imported(stage, head + "director_general,1,councillor,\nvice_minister,1,director_general,r1\n")
    assert (done.posts, done.deputies) == (2, 2)
    assert order(stage, stage.now) == ["councillor", "general_affairs"]
    assert order(stage, stage.now, "director") == ["deputy_director"]
    assert imported(stage, head + "director_general,,,\n").deputies == 0
    assert order(stage, stage.now) == ["general_affairs"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nobody,1,councillor,", "職「nobody」"),
        ("director,1,nobody,", "職「nobody」"),
        ("director,1,director,", "その職自身"),
        ("director,x,councillor,", "1から99まで"),
        ("director,0,councillor,", "1から99まで"),
        ("director,1,councillor,r7", "事案の種類「r7」"),
        ("director_general,1,councillor,", "第1順位が二つ"),
        ("director_general,,,", "代決者のない行"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_nothing_is_brought_in(
    stage: Stage, line: str, said: str
) -> None:
    with pytest.raises(CannotImport) as refusal:
        imported(stage, f"post,ordinal,deputy,matters\ndirector_general,1,general_affairs,\n{line}\n")
    assert [(bad.number, said in str(bad.reason)) for bad in refusal.value.lines] == [(3, True)]
    assert not Deputy.objects.exists()


@pytest.mark.parametrize("days", ["2026-13-01,", ",yesterday", "2026-12-01,2026-11-01"])
def test_days_of_a_file_are_days(stage: Stage, days: str) -> None:
    with pytest.raises(CannotImport):
        imported(stage, f"post,ordinal,deputy,from,until\ndirector_general,1,councillor,{days}\n")


def test_whoever_does_not_keep_the_rules_sets_no_deputies_by_rule(stage: Stage) -> None:
    with pytest.raises(CannotAppoint, match="決裁規程を扱う部署"):
        operations.import_deputies(
            actor=stage.actor("budget"), tenant_id=stage.tenant_id, source=b"", matters=(), at=stage.now
        )


def test_the_operator_sets_deputies_by_command(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "deputies.csv"
    file.write_text("post,ordinal,deputy\ndirector_general,1,councillor\n")
    said: Any = StringIO()
    call_command("org", "deputies", str(file), "--tenant", str(stage.tenant_id), stdout=said)
    assert "1" in said.getvalue()
    assert Deputy.objects.get().basis == "rule"
    file.write_text("post,ordinal,deputy\ndirector_general,1,nobody\n")
    with pytest.raises(Finished):
        call_command(
            "org",
            "deputies",
            str(file),
            "--tenant",
            str(stage.tenant_id),
            stdout=StringIO(),
            stderr=StringIO(),
        )
