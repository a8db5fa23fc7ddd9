"""Steps of filing, inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from kessai.kernel.calendar import day_in_japan, fiscal_year, fiscal_year_text
from kessai.kernel.identifiers import new_id
from kessai.kernel.words import N_
from kessai.records.models import NumberFormat, RecordFile, RetentionClass
from kessai.records.queries import GivenNumber, GivenReceiptNumber
from kessai.records.rules import DECISION, RECEIPT, CannotNumber, Retention, number_text, retention


@dataclass(frozen=True, slots=True)
class Filing:
    """How a decision is to be filed, from its matter type and the row of the authority table."""

    unit_id: int
    title: str
    class_large: str
    class_medium: str
    file_name: str
    retention_code: str
    disposal: str
    marking: str
    disclosure: str


def give_number(*, tenant_id: int, symbol: str, case_id: UUID, at: datetime) -> GivenNumber:
    """The next number of a symbol in the fiscal year of the day, without a gap.

    The series' row stays locked until the caller's transaction ends, so a refused decision uses no number.
    """
    assert connection.in_atomic_block
    today = day_in_japan(at)
    year = fiscal_year(today)
    form = NumberFormat.objects.filter(tenant_id=tenant_id, kind=DECISION, period__contains=today).first()
    if form is None:
        raise CannotNumber(N_("文書番号の書式が定められていません。"), N_("文書担当課に連絡してください。"))
    number_text(form.template, symbol=symbol, serial=1, year=year)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO records_numberseries AS s (tenant_id, symbol, fiscal_year, last) VALUES (%s, %s, %s, 1)
            ON CONFLICT (tenant_id, symbol, fiscal_year) DO UPDATE SET last = s.last + 1 RETURNING last
            """,
            [tenant_id, symbol, year],
        )
        (serial,) = cursor.fetchone()
        text = number_text(form.template, symbol=symbol, serial=serial, year=year)
        cursor.execute(
            "INSERT INTO records_documentnumber (tenant_id, symbol, fiscal_year, serial, text, case_id, given_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [tenant_id, symbol, year, serial, text, case_id, at],
        )
    return GivenNumber(symbol, year, serial, text)


def hold_receipt_series(*, tenant_id: int, unit_id: int, at: datetime) -> None:
    """Hold a unit's series of receipt numbers of the day's fiscal year until the caller's transaction ends."""
    assert connection.in_atomic_block
    key = [tenant_id, unit_id, fiscal_year(day_in_japan(at))]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_receiptseries (tenant_id, unit_id, fiscal_year, last) VALUES (%s, %s, %s, 0)"
            " ON CONFLICT (tenant_id, unit_id, fiscal_year) DO NOTHING",
            key,
        )
        cursor.execute(
            "SELECT last FROM records_receiptseries WHERE tenant_id = %s AND unit_id = %s AND fiscal_year = %s"
            " FOR UPDATE",
            key,
        )


def give_receipt_number(*, tenant_id: int, unit_id: int, symbol: str, at: datetime) -> GivenReceiptNumber:
    """The next receipt number of a unit in the day's fiscal year, without a gap; its series is held."""
    assert connection.in_atomic_block
    today = day_in_japan(at)
    year = fiscal_year(today)
    form = NumberFormat.objects.filter(tenant_id=tenant_id, kind=RECEIPT, period__contains=today).first()
    if form is None:
        raise CannotNumber(N_("収受番号の書式が定められていません。"), N_("文書担当課に連絡してください。"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_receiptseries SET last = last + 1"
            " WHERE tenant_id = %s AND unit_id = %s AND fiscal_year = %s RETURNING last",
            [tenant_id, unit_id, year],
        )
        (serial,) = cursor.fetchone()
    text = number_text(form.template, symbol=symbol, serial=serial, year=year)
    return GivenReceiptNumber(unit_id, year, serial, text)


def keep_receipt_number(
    *, tenant_id: int, number: GivenReceiptNumber, receipt_id: UUID, at: datetime
) -> None:
    """Keep which receipt a number was given to."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_receiptnumber (tenant_id, unit_id, fiscal_year, serial, text, receipt_id, given_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [tenant_id, number.unit_id, number.fiscal_year, number.serial, number.text, receipt_id, at],
        )


def file_record(*, tenant_id: int, case_id: UUID, filing: Filing, at: datetime) -> Retention:
    """File a decision into its unit's record file of the fiscal year, which is opened if it is the first."""
    assert connection.in_atomic_block
    made_on = day_in_japan(at)
    kept = RetentionClass.objects.get(
        tenant_id=tenant_id, code=filing.retention_code, period__contains=made_on
    )
    span = retention(made_on, kept.years)
    file_id = _file(tenant_id, filing, made_on, span)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO records_record (tenant_id, case_id, file_id, title, made_on, retention_code, starts_on,
                                        expires_on, marking, disclosure)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                tenant_id,
                case_id,
                file_id,
                filing.title,
                made_on,
                filing.retention_code,
                span.starts_on,
                span.expires_on,
                filing.marking,
                filing.disclosure,
            ],
        )
    return span


def _file(tenant_id: int, filing: Filing, made_on: date, span: Retention) -> UUID:
    year = fiscal_year(made_on)
    name = f"{fiscal_year_text(year)} {filing.file_name}"
    key = {
        "tenant_id": tenant_id,
        "unit_id": filing.unit_id,
        "fiscal_year": year,
        "name": name,
        "retention_code": filing.retention_code,
    }
    found = RecordFile.objects.filter(**key).values_list("id", flat=True).first()
    if found is not None:
        return found
    made = RecordFile(
        **key,
        id=new_id(),
        class_large=filing.class_large,
        class_medium=filing.class_medium,
        made_on=made_on,
        starts_on=span.starts_on,
        expires_on=span.expires_on,
        disposal=filing.disposal,
    )
    RecordFile.objects.bulk_create([made], ignore_conflicts=True)
    return RecordFile.objects.values_list("id", flat=True).get(**key)
