"""What is left of a destroyed case and of what arrived for it is not changed, put back or made up unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from archive import OVER, consented, destroyed, file_of
from django.apps import apps
from django.db import models
from test_destroying_receipts import answered

import receiving.mail_room as mail_room
from kessai.decisions import verification
from kessai.ledger import sequencer
from stage import Stage

LEFT = {
    "decisions_case": "id",
    "decisions_event": "case_id",
    "records_disposedrecord": "case_id",
    "records_documentnumber": "case_id",
    "decisions_receipt": "id",
    "decisions_receiptevent": "receipt_id",
    "records_receiptnumber": "receipt_id",
}
"""Tables in which a row is left, by the column that names the case or the receipt."""

OTHER: dict[type[Any], str] = {
    models.TextField: "{0} || 'x'",
    models.CharField: "left({0}, 15) || 'x'",
    models.IntegerField: "coalesce({0}, 0) + 1000",
    models.BigIntegerField: "coalesce({0}, 0) + 1000",
    models.UUIDField: "gen_random_uuid()",
    models.BinaryField: "{0} || '\\x00'::bytea",
    models.BooleanField: "NOT {0}",
    models.DateTimeField: "coalesce({0}, now()) + interval '1 microsecond'",
    models.DateField: "coalesce({0}, current_date) + 1",
    models.JSONField: "CASE jsonb_typeof({0}) WHEN 'array' THEN {0} || '[1]' ELSE {0} || '{{\"x\": 1}}' END",
}


def _columns(table: str) -> Iterator[tuple[str, str]]:
    (model,) = (model for model in apps.get_models() if model._meta.db_table == table)
    for field in model._meta.concrete_fields:
        if field.column and field.column != "tenant_id":
            made = OTHER.get(type(field), "array_append({0}, '7')")
            yield field.column, made.format(f'"{field.column}"')


class Superuser:
    """Does as a superuser does who has switched the triggers off."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def run(self, statement: str, **params: Any) -> None:
        with self.connection.transaction():
            self.connection.execute("SET LOCAL session_replication_role = replica")
            self.connection.execute(statement, params)

    def put_back(self, rows: str) -> None:
        with self.connection.transaction():
            self.connection.execute("SET LOCAL session_replication_role = replica")
            self.connection.execute(rows)


def _findings(stage: Stage) -> list[str]:
    return [f"{each.what} {each.field}" for each in verification.verify_records(stage.tenant_id)[0]]


@pytest.fixture
def gone(superuser_connection: psycopg.Connection) -> tuple[Stage, UUID, UUID]:
    stage = mail_room.open_mail_room()
    receipt, case = answered(stage)
    sequencer.step(at=stage.later())
    stage.now = OVER
    file = file_of(stage, case)
    consented(stage, file)
    assert destroyed(stage, file).destroyed == 1
    return stage, case, receipt


def test_nobody_changes_puts_back_or_makes_up_what_is_left(
    gone: tuple[Stage, UUID, UUID], superuser_connection: psycopg.Connection
) -> None:
    stage, case, receipt = gone
    superuser = Superuser(superuser_connection)
    assert _findings(stage) == []
    unnoticed = []
    for table, key in LEFT.items():
        which = receipt if "receipt" in table else case
        (rows,) = (
            superuser_connection.execute(f"SELECT jsonb_agg(to_jsonb(t))::text FROM {table} t").fetchone()
            or ()
        )
        again = (
            f"DELETE FROM {table};"
            f" INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, $${rows}$$)"
        )
        for column, other in _columns(table):
            superuser.run(f'UPDATE {table} SET "{column}" = {other} WHERE {key} = %(key)s', key=which)
            if not _findings(stage):
                unnoticed.append(f"{table}.{column}")
            superuser.put_back(again)
        superuser.run(f"DELETE FROM {table} WHERE {key} = %(key)s", key=which)
        assert _findings(stage), f"a row of {table} is gone"
        superuser.put_back(again)
        assert _findings(stage) == [], table
    assert unnoticed == []


def test_content_that_is_put_back_is_named(
    gone: tuple[Stage, UUID, UUID], superuser_connection: psycopg.Connection
) -> None:
    stage, case, _ = gone
    superuser = Superuser(superuser_connection)
    superuser.run(
        "INSERT INTO decisions_decidedoriginal (tenant_id, case_id, body, sha256, decided_at)"
        " VALUES (%(tenant)s, %(case)s, '{}', '', now())",
        tenant=stage.tenant_id,
        case=case,
    )
    superuser.run(
        "INSERT INTO drafting_revision (tenant_id, draft_id, number, content, attachments, content_hash, made_at)"
        " VALUES (%(tenant)s, %(case)s, 1, '{}', '[]', '', now())",
        tenant=stage.tenant_id,
        case=case,
    )
    assert set(_findings(stage)) == {"derived original.existence", "derived revisions.existence"}


def test_a_case_that_was_emptied_without_an_act_is_named(
    superuser_connection: psycopg.Connection,
) -> None:
    stage = mail_room.open_mail_room()
    _, case = answered(stage)
    superuser = Superuser(superuser_connection)
    superuser.run("DELETE FROM decisions_event WHERE case_id = %(case)s", case=case)
    superuser.run("UPDATE decisions_case SET state = 'destroyed' WHERE id = %(case)s", case=case)
    assert "deleted_event " in _findings(stage)
