"""Steps of changing the rulebook, inside the caller's transaction. Only open ends of periods are ever changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.routing.importing import MatterLine
from kessai.routing.models import AuthorityRow, AuthorityTable, MatterType
from kessai.routing.rules import Row

_AT_ONCE = 2000


def one_at_a_time() -> None:
    """Wait until no other import changes the rulebook; readers are not held up."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE routing_authoritytable IN SHARE ROW EXCLUSIVE MODE")


def end_matters(ids: Sequence[int], on: date) -> None:
    """Let matter types without an end last until a day."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE routing_mattertype SET period = daterange(lower(period), %s)"
            " WHERE id = ANY(%s) AND upper_inf(period)",
            [on, list(ids)],
        )


def add_matters(lines: Iterable[tuple[int, int, MatterLine]], on: date) -> None:
    """Matter types (ministry, place in the list, line) from a day until further notice."""
    assert connection.in_atomic_block
    MatterType.objects.bulk_create(
        (
            MatterType(
                tenant_id=tenant_id,
                code=line.code,
                period=DateRange(on, None),
                name=line.name,
                name_en=line.name_en,
                description=line.description,
                description_en=line.description_en,
                keywords=line.keywords,
                fields=[dict(field) for field in line.fields],
                question=line.question,
                boilerplate=line.boilerplate,
                class_large=line.class_large,
                class_medium=line.class_medium,
                position=position,
            )
            for tenant_id, position, line in lines
        ),
        batch_size=_AT_ONCE,
    )


def end_tables(ids: Sequence[int], on: date) -> None:
    """Let authority tables without an end last until a day."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE routing_authoritytable SET period = daterange(lower(period), %s)"
            " WHERE id = ANY(%s) AND upper_inf(period)",
            [on, list(ids)],
        )


def add_tables(tenant_ids: Iterable[int], rows: Sequence[Row], *, name: str, name_en: str, on: date) -> None:
    """The same table for several ministries, from a day until further notice."""
    assert connection.in_atomic_block
    tables = AuthorityTable.objects.bulk_create(
        AuthorityTable(tenant_id=tenant_id, name=name, name_en=name_en, period=DateRange(on, None))
        for tenant_id in tenant_ids
    )
    AuthorityRow.objects.bulk_create(
        (_row(table.id, row) for table in tables for row in rows), batch_size=_AT_ONCE
    )


def _row(table_id: int, row: Row) -> AuthorityRow:
    return AuthorityRow(
        table_id=table_id,
        number=row.number,
        matter_code=row.matter_code,
        amount_from=row.amount_from,
        amount_below=row.amount_below,
        flags=sorted(row.flags),
        level=row.level,
        delegated_from=row.delegated_from,
        reviewers=list(row.reviewers),
        consents=list(row.consents),
        circulation=list(row.circulation),
        retention_code=row.retention_code,
        disposal=row.disposal,
        marking=row.marking,
        disclosure=row.disclosure,
        standard_days=row.standard_days,
        clause=row.clause,
        reason=row.reason,
        reason_en=row.reason_en,
    )
