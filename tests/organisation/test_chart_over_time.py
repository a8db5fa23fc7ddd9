"""The chart of any day, and what the database itself refuses."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.kernel.lines import CannotImport
from kessai.organisation import operations, queries
from kessai.organisation.models import Appointment, Person, Post, PostVersion, Unit, UnitVersion
from kessai.organisation.operations import CannotChangeUnit

pytestmark = pytest.mark.django_db

APRIL, OCTOBER, DECEMBER = date(2026, 4, 1), date(2026, 10, 1), date(2026, 12, 1)

UNITS = """code,parent_code,name,depth,ministry
1,,試験省,1,試験省
1.1,1,甲局,2,試験省
1.1.1,1.1,調整課,3,試験省
1.2,1,乙局,2,試験省
"""
POSTS = """code,unit,title,title_en,level,in_line
dg1,1.1,甲局長,,director_general,1
dg2,1.2,乙局長,,director_general,1
director,1.1.1,調整課長,,director,1
officer,1.1.1,係員,,officer,0
"""
PEOPLE = "staff_no,name,name_en\n01,甲 一,Kinoe Hajime\n02,乙 二,Kinoto Tsugi\n"
HOLDING = "post,staff_no,kind,from,until\ndirector,01,regular,2026-04-01,\n"


@pytest.fixture(autouse=True)
def chart(db: None) -> None:
    operations.import_units(source=UNITS.encode(), effective=APRIL)
    operations.import_posts(source=POSTS.encode(), tenant_id=1, effective=APRIL)
    operations.import_people(source=PEOPLE.encode(), tenant_id=1)
    operations.import_appointments(source=HOLDING.encode(), tenant_id=1)


def post(code: str) -> int:
    return int(Post.objects.get(tenant_id=1, code=code).id)


def holder(code: str, on: date) -> str | None:
    seat = queries.seats(post_ids=[post(code)], on=on)
    return seat[post(code)].holder_name


def line(on: date) -> list[str]:
    found = queries.route_chart(post_id=post("officer"), on=on)
    assert found is not None
    return [seat.title for seat in found.line]


def test_a_renamed_unit_has_its_old_name_until_the_day() -> None:
    operations.change_unit(
        tenant_id=1, code="1.1.1", effective=OCTOBER, name="総括課", name_en="Coordination"
    )
    before, after = (
        queries.seats(post_ids=[post("director")], on=day) for day in (date(2026, 9, 30), OCTOBER)
    )
    assert before[post("director")].unit_name == "調整課"
    assert (after[post("director")].unit_name, after[post("director")].unit_name_en) == (
        "総括課",
        "Coordination",
    )


def test_a_moved_unit_takes_the_line_of_its_new_place_from_the_day_on() -> None:
    operations.change_unit(tenant_id=1, code="1.1.1", effective=OCTOBER, parent_code="1.2")
    assert line(date(2026, 9, 30)) == ["調整課長", "甲局長"]
    assert line(OCTOBER) == ["調整課長", "乙局長"]
    old, new = (Unit.objects.get(code=code).id for code in ("1.1", "1.2"))
    moved = Unit.objects.get(code="1.1.1").id
    assert moved in queries.units_below(unit_id=old, on=date(2026, 9, 30))
    assert moved not in queries.units_below(unit_id=old, on=OCTOBER)
    assert moved in queries.units_below(unit_id=new, on=OCTOBER)
    assert [unit.code for unit in queries.chart(tenant_id=1, on=OCTOBER)] == ["1", "1.1", "1.2", "1.1.1"]


def test_a_renamed_ministry_goes_by_its_new_name() -> None:
    operations.change_unit(tenant_id=1, code="1", effective=OCTOBER, name="新試験省", name_en="New Ministry")
    assert queries.tenant(tenant_id=1).name == "新試験省"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": "9"}, "部署「9」がありません"),
        ({"parent_code": "9"}, "親の部署「9」がありません"),
        ({"parent_code": ""}, "親の部署「」がありません"),
        ({"parent_code": "1.1.1"}, "自分の下の部署「1.1.1」の下には置けません"),
        ({"effective": APRIL}, "その日以前からは変えられません"),
    ],
)
def test_a_change_that_cannot_be_is_refused(change: dict[str, object], words: str) -> None:
    wish: dict[str, object] = {"tenant_id": 1, "code": "1.1", "effective": OCTOBER, "name": "丙局"} | change
    with pytest.raises(CannotChangeUnit) as refusal:
        operations.change_unit(**wish)  # type: ignore[arg-type]
    assert words in str(refusal.value.what)
    assert UnitVersion.objects.count() == 4


def test_an_appointment_order_ends_the_one_before_it() -> None:
    order = "post,staff_no,kind,from,until\ndirector,02,regular,2026-10-01,2026-12-01\n"
    done = operations.import_appointments(source=order.encode(), tenant_id=1)
    assert (done.added, done.changed) == (1, 1)
    assert holder("director", date(2026, 9, 30)) == "甲 一"
    assert holder("director", OCTOBER) == "乙 二"
    assert holder("director", date(2026, 11, 30)) == "乙 二"
    assert holder("director", DECEMBER) is None, "authority ends at the stated day"
    held = queries.posts_held(person_id=Person.objects.get(staff_no="02").id, on=OCTOBER)
    assert [(found.title, found.since) for found in held] == [("調整課長", OCTOBER)]
    assert queries.posts_held(person_id=Person.objects.get(staff_no="02").id, on=DECEMBER) == ()


def test_the_same_appointments_again_change_nothing() -> None:
    assert operations.import_appointments(source=HOLDING.encode(), tenant_id=1).unchanged == 1


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("director,02,regular,2026-04-01,", "別の発令があります"),
        ("director,02,regular,2020-04-01,2026-04-02", "別の発令があります"),
        ("nobody,02,regular,2026-10-01,", "職「nobody」がありません"),
        ("director,99,regular,2026-10-01,", "職員番号「99」"),
        ("director,02,royal,2026-10-01,", "発令の種別「royal」"),
        ("director,02,regular,令和8年,", "日付「令和8年」"),
        ("director,02,regular,,", "日付「」"),
        ("director,02,regular,2026-10-01,2026-10-01", "終わりが始まりより後ではありません"),
        ("officer,01,regular,2026-10-01,\nofficer,02,regular,2027-01-01,", "2行目の人と重なります"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused_with_its_line(lines: str, words: str) -> None:
    with pytest.raises(CannotImport) as refusal:
        operations.import_appointments(
            source=f"post,staff_no,kind,from,until\n{lines}\n".encode(), tenant_id=1
        )
    assert any(words in str(bad.reason) for bad in refusal.value.lines)
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("x,9.9,職,,director,1", "部署「9.9」がありません"),
        ("x,1.1,職,,king,1", "職の段階「king」"),
        ("x,1.1,職,,director,yes", "0か1です"),
        ("x,1.1,,,director,1", "「title」が空です"),
        ("x,1.1,職,,director,1\nx,1.1,職,,director,1", "2行目にもあります"),
        ("director,1.1,課長,,director,1", "その日以前からは変えられません"),
    ],
)
def test_a_post_that_cannot_be_is_refused_with_its_line(lines: str, words: str) -> None:
    with pytest.raises(CannotImport) as refusal:
        operations.import_posts(
            source=f"code,unit,title,title_en,level,in_line\n{lines}\n".encode(), tenant_id=1, effective=APRIL
        )
    assert any(words in str(bad.reason) for bad in refusal.value.lines)
    assert Post.objects.count() == 4


def test_a_post_may_change_its_title_and_unit_on_a_day() -> None:
    moved = "code,unit,title,title_en,level,in_line\nofficer,1.2,主任,,officer,0\ndg1,1.1,甲局長,,director_general,1\n"
    done = operations.import_posts(source=moved.encode(), tenant_id=1, effective=OCTOBER)
    assert (done.added, done.changed, done.unchanged) == (0, 1, 1)
    before, after = (
        queries.seats(post_ids=[post("officer")], on=day)[post("officer")]
        for day in (date(2026, 9, 30), OCTOBER)
    )
    assert (before.title, before.unit_name) == ("係員", "調整課")
    assert (after.title, after.unit_name) == ("主任", "乙局")


def test_people_are_known_by_staff_number_and_may_change_their_name() -> None:
    source = "staff_no,name,name_en\n01,丙 一,Hinoe Hajime\n02,乙 二,Kinoto Tsugi\n03,丁 三,Hinoto Mitsu\n"
    done = operations.import_people(source=source.encode(), tenant_id=1)
    assert (done.added, done.changed, done.unchanged) == (1, 1, 1)
    assert queries.people(tenant_id=1)["01"].name == "丙 一"
    with pytest.raises(CannotImport):
        operations.import_people(source=b"staff_no,name\n04,\n04,x\n", tenant_id=1)


def overlap(model: type, **fields: object) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        model.objects.create(period=DateRange(date(2026, 9, 30), date(2026, 10, 2)), **fields)  # type: ignore[attr-defined]
    assert isinstance(refusal.value.__cause__, psycopg.errors.ExclusionViolation)


def test_the_database_refuses_a_second_holder_of_a_post() -> None:
    overlap(
        Appointment, post_id=post("director"), person=Person.objects.get(staff_no="02"), kind="concurrent"
    )


def test_the_database_refuses_a_second_version_of_a_unit_or_post_on_one_day() -> None:
    unit = Unit.objects.get(code="1.1")
    overlap(UnitVersion, unit=unit, name="丙局", kind="bureau")
    overlap(PostVersion, post_id=post("director"), unit=unit, title="課長", level="director")


def test_the_database_accepts_a_holder_from_the_day_the_other_leaves() -> None:
    first = Appointment.objects.get()
    first.period = DateRange(APRIL, OCTOBER)
    first.save(update_fields=["period"])
    Appointment.objects.create(
        post_id=first.post_id, person=Person.objects.get(staff_no="02"), period=DateRange(OCTOBER, None)
    )
    assert holder("director", OCTOBER) == "乙 二"


@pytest.mark.parametrize("period", [DateRange(empty=True), DateRange(None, OCTOBER)])
def test_the_database_refuses_a_period_that_is_empty_or_has_no_beginning(period: DateRange) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            post_id=post("officer"), person=Person.objects.get(staff_no="02"), period=period
        )


def test_the_database_refuses_to_rewrite_who_held_a_post() -> None:
    first = Appointment.objects.get()
    ended = Appointment.objects.filter(id=first.id)
    ended.update(period=DateRange(APRIL, OCTOBER))
    other = Person.objects.get(staff_no="02").id
    for rewriting in (
        lambda: ended.update(period=DateRange(APRIL, None)),
        lambda: ended.update(period=DateRange(date(2026, 5, 1), OCTOBER)),
        lambda: ended.update(person_id=other),
        lambda: ended.update(kind="concurrent"),
        lambda: ended.delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            rewriting()


def test_the_database_lets_an_appointment_be_taken_back_that_has_not_begun() -> None:
    later = Appointment.objects.create(
        post_id=post("officer"),
        person=Person.objects.get(staff_no="02"),
        period=DateRange(date(9000, 4, 1), None),
    )
    later.delete()
    assert not Appointment.objects.filter(post_id=post("officer")).exists()
