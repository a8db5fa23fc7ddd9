"""Steps of changing the chart, inside the caller's transaction. Only open ends of periods are ever changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.organisation.importing import AppointmentLine, PersonLine, PostLine, UnitLine
from kessai.organisation.models import (
    Appointment,
    Person,
    Post,
    PostVersion,
    Setting,
    Tenant,
    Unit,
    UnitVersion,
)
from kessai.organisation.queries import UnitVersionFound
from kessai.organisation.settings import Value
from kessai.organisation.staffing import StaffLine

_SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}
_AT_ONCE = 2000


def one_at_a_time() -> None:
    """Wait until no other import changes the chart; readers are not held up."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE organisation_unitversion IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True, slots=True)
class UnitState:
    """What a unit is to be from a day on."""

    line: UnitLine
    kind: str
    symbol: str
    functions: tuple[str, ...]
    name_en: str


def add_tenants(lines: Iterable[UnitLine]) -> None:
    assert connection.in_atomic_block
    Tenant.objects.bulk_create(
        Tenant(
            id=line.tenant_id, code=line.tenant_code or line.code, name=line.name, name_en=line.name_en or ""
        )
        for line in lines
    )


def name_tenant(*, tenant_id: int, name: str, name_en: str) -> None:
    """A ministry's present names: those of its topmost unit."""
    assert connection.in_atomic_block
    Tenant.objects.filter(id=tenant_id).update(name=name, name_en=name_en)


def add_units(lines: Iterable[UnitLine]) -> None:
    assert connection.in_atomic_block
    Unit.objects.bulk_create(
        (Unit(tenant_id=line.tenant_id, code=line.code) for line in lines), batch_size=_AT_ONCE
    )


def end_unit_versions(version_ids: Sequence[int], on: date) -> None:
    """Let versions without an end last until a day."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organisation_unitversion SET period = daterange(lower(period), %s)"
            " WHERE id = ANY(%s) AND upper_inf(period)",
            [on, list(version_ids)],
        )


def add_unit_versions(states: Iterable[UnitState], on: date) -> None:
    """Versions of units that are there, from a day until further notice."""
    assert connection.in_atomic_block
    states = tuple(states)
    tenants = {state.line.tenant_id for state in states}
    ids = {
        (tenant, code): unit
        for unit, tenant, code in Unit.objects.filter(tenant__in=tenants).values_list(
            "id", "tenant_id", "code"
        )
    }
    UnitVersion.objects.bulk_create(
        (
            UnitVersion(
                unit_id=ids[state.line.tenant_id, state.line.code],
                period=DateRange(on, None),
                parent_id=ids.get((state.line.tenant_id, state.line.parent_code)),
                name=state.line.name,
                name_en=state.name_en,
                kind=state.kind,
                symbol=state.symbol,
                functions=list(state.functions),
                position=state.line.position,
            )
            for state in states
        ),
        batch_size=_AT_ONCE,
    )


def add_unit_version(
    last: UnitVersionFound, *, on: date, name: str, name_en: str, parent_id: int | None
) -> None:
    """A version that follows another one of the same unit, with a new name or place."""
    assert connection.in_atomic_block
    position = UnitVersion.objects.values_list("position", flat=True).get(id=last.version_id)
    UnitVersion.objects.create(
        unit_id=last.unit_id,
        period=DateRange(on, None),
        parent_id=parent_id,
        name=name,
        name_en=name_en,
        kind=last.kind,
        symbol=last.symbol,
        functions=list(last.functions),
        position=position,
    )


def add_posts(lines: Sequence[PostLine], *, tenant_id: int, units: dict[str, int], on: date) -> None:
    """Posts with their first version, from a day until further notice."""
    assert connection.in_atomic_block
    posts = Post.objects.bulk_create(
        (Post(tenant_id=tenant_id, code=line.code) for line in lines), batch_size=_AT_ONCE
    )
    add_post_versions([(post.id, line) for post, line in zip(posts, lines, strict=True)], units=units, on=on)


def end_post_versions(post_ids: Sequence[int], on: date) -> None:
    """Let the versions without an end of some posts last until a day."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organisation_postversion SET period = daterange(lower(period), %s)"
            " WHERE post_id = ANY(%s) AND upper_inf(period)",
            [on, list(post_ids)],
        )


def add_post_versions(lines: Iterable[tuple[int, PostLine]], *, units: dict[str, int], on: date) -> None:
    assert connection.in_atomic_block
    PostVersion.objects.bulk_create(
        (
            PostVersion(
                post_id=post_id,
                unit_id=units[line.unit_code],
                period=DateRange(on, None),
                title=line.title,
                title_en=line.title_en,
                level=line.level,
                in_line=line.in_line,
            )
            for post_id, line in lines
        ),
        batch_size=_AT_ONCE,
    )


def add_people(lines: Iterable[PersonLine], *, tenant_id: int) -> None:
    assert connection.in_atomic_block
    Person.objects.bulk_create(
        (
            Person(
                tenant_id=tenant_id,
                staff_no=x.staff_no,
                name=x.name,
                name_en=x.name_en,
                email=x.email or "",
            )
            for x in lines
        ),
        batch_size=_AT_ONCE,
    )


def change_people(people: Sequence[Person]) -> None:
    assert connection.in_atomic_block
    Person.objects.bulk_update(people, ["name", "name_en", "email"], batch_size=_AT_ONCE)


def end_appointment(*, appointment_id: int, on: date) -> None:
    """Let an appointment without an end last until a day."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organisation_appointment SET period = daterange(lower(period), %s)"
            " WHERE id = %s AND upper_inf(period)",
            [on, appointment_id],
        )


def add_appointments(
    lines: Iterable[AppointmentLine], *, posts: dict[str, int], people: dict[str, int]
) -> None:
    assert connection.in_atomic_block
    Appointment.objects.bulk_create(
        (
            Appointment(
                post_id=posts[line.post_code],
                person_id=people[line.staff_no],
                kind=line.kind,
                period=DateRange(line.period.start, line.period.end),
            )
            for line in lines
        ),
        batch_size=_AT_ONCE,
    )


def add_staff(lines: Iterable[StaffLine], *, on: date) -> None:
    """Posts, people and their appointments from a day until further notice, by the hundred thousand."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(_SQL["staff_waiting"])
        with cursor.copy("COPY organisation_staff_waiting FROM STDIN") as copy:
            for x in lines:
                copy.write_row(astuple(x))
        cursor.execute("ANALYZE organisation_staff_waiting")
        for step in ("staff_posts", "staff_people"):
            cursor.execute(_SQL[step])
        for step in ("staff_versions", "staff_appointments"):
            cursor.execute(_SQL[step], {"day": on})
        cursor.execute("DROP TABLE organisation_staff_waiting")


def set_value(*, tenant_id: int, key: str, value: Value, on: date) -> None:
    """A setting's value from a day until further notice; the one before it ends."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organisation_setting SET period = daterange(lower(period), %s)"
            " WHERE tenant_id = %s AND key = %s AND upper_inf(period)",
            [on, tenant_id, key],
        )
    Setting.objects.create(tenant_id=tenant_id, key=key, value=value, period=DateRange(on, None))
