"""Steps of changing the rulebook, inside the caller's transaction. Only open ends of periods are ever changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.routing import tables
from kessai.routing.conditions import write_conditions, write_values
from kessai.routing.importing import MatterLine
from kessai.routing.models import AuthorityExample, AuthorityRow, AuthorityTable, MatterType
from kessai.routing.rules import Example, Row

_AT_ONCE = 2000


class CannotEnact(Cannot):
    """The draft cannot take effect as it is; nothing has changed."""


def enact(*, tenant_id: int, table_id: int, case_id: UUID, on: date, digest: str | None = None) -> None:
    """Let a draft take effect on its day, by a case decided today (``on``); the table before it ends on that day.

    ``digest``: as tables.digest gave it when the case was submitted; a draft changed since is refused. Errors:
    NotFound; CannotEnact when it is not right, an example fails, its day is not after ``on``, or another table
    starts on or after its day.
    """
    one_at_a_time()
    found = tables.table_info(tenant_id=tenant_id, table_id=table_id, on=on)
    _refuse_what_is_no_plan(found, on)
    if digest is not None and digest != tables.digest(tenant_id=tenant_id, table_id=table_id):
        raise CannotEnact(
            N_("表「%(name)s」は、この案件が提出された後に変えられています。"),
            N_("差し戻して、いまの内容で提出し直してもらってください。"),
            name=found.name,
        )
    _refuse_what_is_not_right(found)
    others = AuthorityTable.objects.filter(tenant_id=tenant_id, state=AuthorityTable.ENACTED)
    for other in others.order_by("-period")[:1]:
        if found.effective <= other.period.lower:
            raise CannotEnact(
                N_("%(day)sからの決裁規程の表「%(name)s」があります。その日以前からの表は施行できません。"),
                N_("差し戻して、それより後の施行日にしてもらってください。"),
                day=other.period.lower.isoformat(),
                name=other.name,
            )
        end_tables([other.id], found.effective)
    put_in_force([table_id], case_id=case_id)


def _refuse_what_is_no_plan(found: tables.TableInfo, on: date) -> None:
    if found.state != tables.DRAFT:
        raise CannotEnact(
            N_("表「%(name)s」は、すでに施行が決まっています。"),
            N_("決裁規程の一覧で、その表を決めた案件を確かめてください。"),
            name=found.name,
        )
    if found.effective <= on:
        raise CannotEnact(
            N_("表「%(name)s」の施行日（%(day)s）が決裁の日より後ではありません。"),
            N_("差し戻して、明日以後の施行日にしてもらってください。"),
            name=found.name,
            day=found.effective.isoformat(),
        )


def _refuse_what_is_not_right(found: tables.TableInfo) -> None:
    findings = tables.check_table(tenant_id=found.tenant_id, table_id=found.id)
    faults = [finding for finding in findings if finding.blocks]
    if faults:
        raise CannotEnact(
            N_("表「%(name)s」に誤りが%(n)s件あります。はじめの誤りは%(row)s行目です。"),
            N_("差し戻して、表の点検の結果を見て直してもらってください。"),
            name=found.name,
            n=len(faults),
            row=faults[0].row,
        )
    results = tables.check_examples(tenant_id=found.tenant_id, table_id=found.id)
    failed = [result for result in results if not result.passed]
    if failed:
        raise CannotEnact(
            N_("表「%(name)s」の例のうち%(n)s件が予定のとおりになりません。はじめは例%(example)sです。"),
            N_("差し戻して、例か表のどちらかを直してもらってください。"),
            name=found.name,
            n=len(failed),
            example=failed[0].example.number,
        )


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
                additions=[dict(addition) for addition in line.additions],
                issued=line.issued,
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


def add_drafts(
    tenant_ids: Iterable[int],
    rows: Sequence[Row],
    examples: Sequence[Example],
    *,
    name: str,
    name_en: str,
    effective: date,
    note: str = "",
    drafted_by: int | None = None,
    drafted_at: datetime | None = None,
) -> tuple[int, ...]:
    """The same draft for several ministries; the ids of the tables, in the order of the ministries."""
    assert connection.in_atomic_block
    tables = AuthorityTable.objects.bulk_create(
        AuthorityTable(
            tenant_id=tenant_id,
            name=name,
            name_en=name_en,
            state=AuthorityTable.DRAFT,
            effective=effective,
            note=note,
            drafted_by=drafted_by,
            drafted_at=drafted_at,
        )
        for tenant_id in tenant_ids
    )
    ids = tuple(table.id for table in tables)
    add_lines(ids, rows, examples)
    return ids


def add_lines(table_ids: Iterable[int], rows: Sequence[Row], examples: Sequence[Example]) -> None:
    """Rows and examples of drafts that have none yet."""
    assert connection.in_atomic_block
    ids = list(table_ids)
    AuthorityRow.objects.bulk_create((_row(id, row) for id in ids for row in rows), batch_size=_AT_ONCE)
    AuthorityExample.objects.bulk_create(
        (_example(id, example) for id in ids for example in examples), batch_size=_AT_ONCE
    )


def replace_draft(table: AuthorityTable, rows: Sequence[Row], examples: Sequence[Example]) -> None:
    """Keep a draft's changed fields, and put other rows and examples in the place of its own."""
    assert connection.in_atomic_block
    table.save(update_fields=["name", "name_en", "effective", "note", "drafted_by", "drafted_at"])
    table.rows.all().delete()
    table.examples.all().delete()
    add_lines([table.id], rows, examples)


def discard_draft(table: AuthorityTable) -> None:
    """Remove a draft with all that is in it."""
    assert connection.in_atomic_block
    table.delete()


def put_in_force(table_ids: Sequence[int], *, case_id: UUID | None) -> None:
    """Let drafts be in force from their day until further notice. The tables before them have ended by then."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE routing_authoritytable SET state = 'enacted', period = daterange(effective, NULL),"
            " enacted_by = %s WHERE id = ANY(%s) AND state = 'draft'",
            [case_id, list(table_ids)],
        )


def _example(table_id: int, example: Example) -> AuthorityExample:
    return AuthorityExample(
        table_id=table_id,
        number=example.number,
        matter_code=example.facts.matter_code,
        amount=example.facts.amount,
        flags=sorted(example.facts.flags),
        values=write_values(example.facts.values),
        drafter=example.drafter,
        decider=example.decider,
        consents=list(example.consents),
        note=example.note,
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
        conditions=write_conditions(row.conditions),
        units=sorted(row.units),
        decider_post=row.decider_post,
        lifts_to=list(row.lifts_to),
        deputies=list(row.deputies),
        consent_after=row.consent_after,
        series=row.series,
        bulk=row.bulk,
        rewording=row.rewording,
        quorum=row.quorum,
    )
