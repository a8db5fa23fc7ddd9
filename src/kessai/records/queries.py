"""Reads of numbers and files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

_FILED = """
-- Where a case is filed, with the retention class in force on the day it was made.
SELECT f.name, f.class_large, f.class_medium, c.name, c.name_en, r.starts_on, r.expires_on, f.disposal,
       r.marking, r.disclosure, r.title, r.made_on, r.retention_code
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


@dataclass(frozen=True, slots=True)
class GivenNumber:
    symbol: str
    fiscal_year: int
    serial: int
    text: str


def filed(*, tenant_id: int, case_id: UUID) -> Filed | None:
    """How a decided case is filed; None before the decision."""
    with connection.cursor() as cursor:
        cursor.execute(_FILED, [tenant_id, case_id])
        row = cursor.fetchone()
    return Filed(*row) if row else None


def number_of(*, tenant_id: int, case_id: UUID) -> GivenNumber | None:
    """The document number a case was given; None before the decision."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT symbol, fiscal_year, serial, text FROM records_documentnumber"
            " WHERE tenant_id = %s AND case_id = %s",
            [tenant_id, case_id],
        )
        row = cursor.fetchone()
    return GivenNumber(*row) if row else None


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """What is stored of a decided case's number and filing, as a verifier compares it."""

    number: GivenNumber | None
    given_at: datetime | None
    filed: Filed | None


def stored(*, tenant_id: int, case_ids: Collection[UUID]) -> dict[UUID, StoredRecord]:
    """Numbers and filings of cases, for those that have either."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id, symbol, fiscal_year, serial, text, given_at FROM records_documentnumber"
            " WHERE tenant_id = %s AND case_id = ANY(%s)",
            [tenant_id, list(case_ids)],
        )
        numbers = {row[0]: (GivenNumber(*row[1:5]), row[5]) for row in cursor.fetchall()}
        cursor.execute(
            _FILED.replace("SELECT f.name", "SELECT r.case_id, f.name").replace(
                "r.case_id = %s", "r.case_id = ANY(%s)"
            ),
            [tenant_id, list(case_ids)],
        )
        filings = {row[0]: Filed(*row[1:]) for row in cursor.fetchall()}
    return {
        case: StoredRecord(*numbers.get(case, (None, None)), filings.get(case))
        for case in numbers.keys() | filings.keys()
    }


def number_gaps(*, tenant_id: int | None = None) -> list[str]:
    """Series of numbers that are not 1 … n, as ``tenant symbol year``: must be empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT n.tenant_id || ' ' || n.symbol || ' ' || n.fiscal_year
            FROM records_documentnumber n
            LEFT JOIN records_numberseries s USING (tenant_id, symbol, fiscal_year)
            WHERE %s::int IS NULL OR n.tenant_id = %s
            GROUP BY n.tenant_id, n.symbol, n.fiscal_year, s.last
            HAVING count(*) <> max(n.serial) OR min(n.serial) <> 1 OR s.last IS DISTINCT FROM max(n.serial)
            """,
            [tenant_id, tenant_id],
        )
        return [row[0] for row in cursor.fetchall()]
