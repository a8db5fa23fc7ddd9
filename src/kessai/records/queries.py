"""Reads of numbers and files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from kessai.organisation import queries as organisation
from kessai.organisation.queries import UnitOfDay
from kessai.records.models import NumberFormat, ReceiptNumber, RetentionClass
from kessai.records.rules import DECISION

_FILED = """
-- Where a case is filed, with the retention class in force on the day it was made.
SELECT f.name, f.class_large, f.class_medium, c.name, c.name_en, r.starts_on, r.expires_on, f.disposal,
       r.marking, r.disclosure, r.title, r.made_on, r.retention_code, f.unit_id
FROM records_record r
JOIN records_recordfile f ON f.tenant_id = r.tenant_id AND f.id = r.file_id
LEFT JOIN records_retentionclass c
    ON c.tenant_id = r.tenant_id AND c.code = r.retention_code AND c.period @> r.made_on
WHERE r.tenant_id = %s AND r.case_id = %s
"""


@dataclass(frozen=True, slots=True)
class Filed:
    file_name: str
    class_large: str
    class_medium: str
    retention_name: str | None
    retention_name_en: str | None
    starts_on: date
    expires_on: date | None
    disposal: str
    marking: str
    disclosure: str
    title: str
    made_on: date
    retention_code: str
    unit_id: int
    """The unit that made the file; ``managed_by`` tells who has it today."""


@dataclass(frozen=True, slots=True)
class GivenNumber:
    symbol: str
    fiscal_year: int
    serial: int
    text: str


@dataclass(frozen=True, slots=True)
class GivenReceiptNumber:
    unit_id: int
    fiscal_year: int
    serial: int
    text: str


def retention_known(*, tenant_id: int, code: str, on: date) -> bool:
    """Whether a retention class is in force on a day."""
    return RetentionClass.objects.filter(tenant_id=tenant_id, code=code, period__contains=on).exists()


def number_format_known(*, tenant_id: int, on: date) -> bool:
    """Whether the form of document numbers is laid down on a day."""
    return NumberFormat.objects.filter(tenant_id=tenant_id, kind=DECISION, period__contains=on).exists()


def retention_codes(*, tenant_ids: Collection[int], on: date) -> dict[str, set[int]]:
    """The retention classes in force on a day: code → the ministries that have it."""
    found: dict[str, set[int]] = {}
    rows = RetentionClass.objects.filter(tenant_id__in=tenant_ids, period__contains=on)
    for tenant_id, code in rows.order_by("id").values_list("tenant_id", "code"):
        found.setdefault(code, set()).add(tenant_id)
    return found


def retention_names(*, tenant_id: int, on: date) -> dict[str, tuple[str, str]]:
    """The Japanese and English names of a ministry's retention classes on a day, by code."""
    rows = RetentionClass.objects.filter(tenant_id=tenant_id, period__contains=on)
    return {row.code: (row.name, row.name_en) for row in rows}


def filed(*, tenant_id: int, case_id: UUID) -> Filed | None:
    """How a decided case is filed; None before the decision."""
    with connection.cursor() as cursor:
        cursor.execute(_FILED, [tenant_id, case_id])
        row = cursor.fetchone()
    return Filed(*row) if row else None


def managed_by(*, unit_ids: Collection[int], on: date) -> dict[int, UnitOfDay]:
    """By the unit that made them, the unit that manages record files on a day: itself, or its main successor.

    Missing from the answer: units that ended without one.
    """
    return organisation.units_now(unit_ids=unit_ids, on=on)


@dataclass(frozen=True, slots=True)
class StoredFiling:
    """What is stored of a filing and of the file it is in, as a verifier compares it."""

    title: str
    made_on: date
    retention_code: str
    starts_on: date
    expires_on: date | None
    marking: str
    disclosure: str
    file_name: str | None
    """None: the file is gone."""
    class_large: str | None
    class_medium: str | None
    disposal: str | None
    file_unit_id: int | None
    file_fiscal_year: int | None
    file_retention_code: str | None


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """What is stored of a decided case's number and filing, as a verifier compares it."""

    number: GivenNumber | None
    given_at: datetime | None
    filed: StoredFiling | None


_STORED = """
SELECT r.case_id, r.title, r.made_on, r.retention_code, r.starts_on, r.expires_on, r.marking, r.disclosure,
       f.name, f.class_large, f.class_medium, f.disposal, f.unit_id, f.fiscal_year, f.retention_code
FROM records_record r
LEFT JOIN records_recordfile f ON f.tenant_id = r.tenant_id AND f.id = r.file_id
WHERE r.tenant_id = %s AND r.case_id = ANY(%s)
"""


def stored(*, tenant_id: int, case_ids: Collection[UUID]) -> dict[UUID, StoredRecord]:
    """Numbers and filings of cases, for those that have either."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id, symbol, fiscal_year, serial, text, given_at FROM records_documentnumber"
            " WHERE tenant_id = %s AND case_id = ANY(%s)",
            [tenant_id, list(case_ids)],
        )
        numbers = {row[0]: (GivenNumber(*row[1:5]), row[5]) for row in cursor.fetchall()}
        cursor.execute(_STORED, [tenant_id, list(case_ids)])
        filings = {row[0]: StoredFiling(*row[1:]) for row in cursor.fetchall()}
    cases = numbers.keys() | filings.keys()
    return {
        case: StoredRecord(number, given_at, filings.get(case))
        for case in cases
        for number, given_at in (numbers.get(case, (None, None)),)
    }


def case_ids(*, tenant_id: int) -> Iterator[UUID]:
    """The cases that are numbered or filed, in order, some thousand read at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT case_id FROM records_documentnumber WHERE tenant_id = %(tenant)s"
            " UNION SELECT case_id FROM records_record WHERE tenant_id = %(tenant)s"
            " UNION SELECT case_id FROM records_disposedrecord WHERE tenant_id = %(tenant)s ORDER BY 1",
            {"tenant": tenant_id},
        )
        while rows := cursor.fetchmany(2_000):
            yield from (row[0] for row in rows)


def tenants() -> set[int]:
    """The ministries that have numbered or filed anything."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tenant_id FROM records_documentnumber UNION SELECT tenant_id FROM records_record"
            " UNION SELECT tenant_id FROM records_numberseries UNION SELECT tenant_id FROM records_recordfile"
            " UNION SELECT tenant_id FROM records_receiptseries UNION SELECT tenant_id FROM records_receiptnumber"
        )
        return {row[0] for row in cursor.fetchall()}


def files_by_unit(*, tenant_id: int, unit_ids: Collection[int]) -> dict[int, int]:
    """How many record files each of some units has; units without any are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, count(*) FROM records_recordfile WHERE tenant_id = %s AND unit_id = ANY(%s) GROUP BY 1",
            [tenant_id, list(unit_ids)],
        )
        return dict(cursor.fetchall())


def number_gaps(*, tenant_id: int | None = None) -> list[str]:
    """Series of numbers that are not 1 … n, as ``tenant symbol year``: must be empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tenant_id || ' ' || symbol || ' ' || fiscal_year
            FROM (SELECT tenant_id, symbol, fiscal_year, count(*) AS given, min(serial) AS first,
                         max(serial) AS last FROM records_documentnumber GROUP BY 1, 2, 3) n
            FULL JOIN records_numberseries s USING (tenant_id, symbol, fiscal_year)
            WHERE (%s::int IS NULL OR tenant_id = %s)
              AND (given, first, n.last) IS DISTINCT FROM (s.last::bigint, 1, s.last)
            ORDER BY 1
            """,
            [tenant_id, tenant_id],
        )
        return [row[0] for row in cursor.fetchall()]


def receipt_numbers(
    *, tenant_id: int, receipt_ids: Collection[UUID]
) -> dict[UUID, tuple[GivenReceiptNumber, datetime]]:
    """The numbers of some receipts, with when they were given."""
    rows = ReceiptNumber.objects.filter(tenant_id=tenant_id, receipt_id__in=list(receipt_ids))
    return {
        row.receipt_id: (
            GivenReceiptNumber(row.unit_id, row.fiscal_year, row.serial, row.text),
            row.given_at,
        )
        for row in rows
    }


def numbered_receipts(*, tenant_id: int) -> set[UUID]:
    """Every receipt of a ministry that has a number."""
    return set(ReceiptNumber.objects.filter(tenant_id=tenant_id).values_list("receipt_id", flat=True))


def receipt_gaps(*, tenant_id: int) -> list[str]:
    """Series of receipt numbers that are not 1 … n, as ``unit year``: must be empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT unit_id || ' ' || fiscal_year
            FROM (SELECT unit_id, fiscal_year, count(*) AS given, min(serial) AS first, max(serial) AS last
                  FROM records_receiptnumber WHERE tenant_id = %s GROUP BY 1, 2) n
            FULL JOIN (SELECT unit_id, fiscal_year, last FROM records_receiptseries WHERE tenant_id = %s AND last > 0) s
                USING (unit_id, fiscal_year)
            WHERE (given, first, n.last) IS DISTINCT FROM (s.last::bigint, 1, s.last)
            ORDER BY 1
            """,
            [tenant_id, tenant_id],
        )
        return [row[0] for row in cursor.fetchall()]


def files_without_origin(*, tenant_id: int) -> list[str]:
    """Names of record files none of whose records was made on the day, and is kept for the time, of the file.

    A file is opened by its first record and takes these from it, destroyed since or not: must be empty.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT f.name FROM records_recordfile f
            WHERE f.tenant_id = %s AND NOT EXISTS (
                SELECT 1 FROM records_record r
                WHERE r.tenant_id = f.tenant_id AND r.file_id = f.id AND r.made_on = f.made_on
                  AND r.starts_on = f.starts_on AND r.expires_on IS NOT DISTINCT FROM f.expires_on)
              AND NOT EXISTS (
                SELECT 1 FROM records_disposedrecord d
                WHERE d.tenant_id = f.tenant_id AND d.file_id = f.id AND d.made_on = f.made_on
                  AND d.starts_on = f.starts_on AND d.expires_on = f.expires_on)
            ORDER BY 1
            """,
            [tenant_id],
        )
        return [row[0] for row in cursor.fetchall()]
