"""What is decided does not change: the database refuses it to the application, and its triggers to the owner."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from hot_tables import append_only_tables, hot_tables

import destroying.archive as archive
import stage as the_stage
from issuing import office
from kessai.decisions.models import CoverSheet, SealedLetter, SignedSheet, StampedFile
from kessai.drafting import blobs
from kessai.ledger import sequencer, stamping
from kessai.signing.clocks import DEMO, Clock
from receiving import mail_room
from stage import Stage
from witnesses import ARCHIVE, PRESS, acknowledge, cosign, object_to


def _decided(stage: Stage) -> UUID:
    """A decided case with a file and a cover sheet, a receipt, and one that was destroyed: no table of the record is
    empty."""
    archive.destroyed_long_ago(stage)
    case_id = stage.decided(files=[("案.txt", b"text")])
    digest, size = blobs.store(tenant_id=stage.tenant_id, stream=BytesIO(b"%PDF"), limit=10)
    sheet = {"tenant_id": stage.tenant_id, "case_id": case_id, "sha256": bytes.fromhex(digest), "size": size}
    CoverSheet(**sheet, made_at=stage.now).save(force_insert=True)
    SignedSheet(**sheet, signed_at=stage.now).save(force_insert=True)
    StampedFile(**sheet, first=sheet["sha256"], until=stage.now, at=stage.now).save(force_insert=True)
    SealedLetter(tenant_id=stage.tenant_id, case_id=case_id, code="1-a", seq=1, place=1).save(
        force_insert=True
    )
    office.equip(stage)
    mail_room.equip(stage)
    mail_room.receive(stage)
    sequencer.step(at=stage.later())
    stamping.stamp(tenant_id=stage.tenant_id, at=stage.now, asked=[Clock(DEMO)])
    cosign(stage.tenant_id, ARCHIVE, at=stage.now)
    object_to(stage.tenant_id, PRESS, at=stage.now)
    acknowledge(stage.tenant_id, at=stage.now)
    return case_id


@pytest.fixture
def case_id(db: None) -> UUID:
    return _decided(the_stage.build())


def _refused(statement: str) -> bool:
    """Whether the application's role is refused the statement for want of a right, and not for anything else."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        assert isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege), error
        return True
    return False


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def test_the_tables_of_the_record_are_known_from_their_models() -> None:
    assert append_only_tables() == [
        "decisions_coversheet",
        "decisions_decidedoriginal",
        "decisions_event",
        "decisions_receiptevent",
        "decisions_sealedletter",
        "decisions_signedsheet",
        "decisions_stampedfile",
        "drafting_revision",
        "ledger_alarm",
        "ledger_alarmend",
        "ledger_checkpoint",
        "ledger_cosignature",
        "ledger_entry",
        "ledger_key",
        "ledger_leaf",
        "ledger_timestamp",
        "records_disposalconsent",
        "records_disposedrecord",
        "records_documentnumber",
        "records_receiptnumber",
        "records_record",
    ]


@pytest.mark.parametrize("table", append_only_tables())
def test_the_application_cannot_change_or_remove_a_row_of_the_record(case_id: UUID, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0
    for column in _columns(table):
        assert _refused(f'UPDATE {table} SET "{column}" = "{column}"'), column
    assert _refused(f"DELETE FROM {table}")
    assert _refused(f"TRUNCATE {table}")
    assert _refused(f"SELECT 1 FROM {table} FOR UPDATE")


@pytest.mark.parametrize("table", hot_tables())
def test_the_application_cannot_take_the_protection_away(case_id: UUID, table: str) -> None:
    for statement in (
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"ALTER TABLE {table} ADD COLUMN x integer",
        f"ALTER TABLE {table} OWNER TO kessai_app",
        f"DROP TABLE {table} CASCADE",
        f"CREATE TRIGGER x BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        f"CREATE RULE x AS ON INSERT TO {table} DO INSTEAD NOTHING",
    ):
        assert _refused(statement), statement
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
        )
        triggers = [row[0] for row in cursor.fetchall()]
    assert triggers
    for trigger in triggers:
        assert _refused(f"DROP TRIGGER {trigger} ON {table}")


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE kessai_owner",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION kessai_owner",
        "CREATE OR REPLACE FUNCTION kessai_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP FUNCTION kessai_refuse() CASCADE",
        "CREATE TABLE decisions_event_too (x integer)",
        "ALTER ROLE kessai_app SUPERUSER",
    ],
)
def test_the_application_cannot_make_itself_more_than_it_is(case_id: UUID, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user = current_user")
        if cursor.fetchone() == (False,) and "SET" in statement:
            pytest.skip("the tests were given a superuser's connection that only speaks as the application")
    assert _refused(statement)


def test_the_application_cannot_grant_itself_more(case_id: UUID) -> None:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("GRANT ALL ON decisions_event TO kessai_app")
        cursor.execute("SELECT has_table_privilege('decisions_event', 'UPDATE, DELETE, TRUNCATE, TRIGGER')")
        assert cursor.fetchone() == (False,)


def test_the_triggers_refuse_the_owner_too(owner_connection: psycopg.Connection) -> None:
    _decided(the_stage.build())
    for table in append_only_tables():
        for statement in (
            f"UPDATE {table} SET tenant_id = tenant_id",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                owner_connection.execute(statement)
    for table in (
        "decisions_case",
        "decisions_step",
        "drafting_draft",
        "records_numberseries",
        "records_recordfile",
    ):
        with pytest.raises(
            psycopg.errors.InsufficientPrivilege, match=r"stays with its ministry|does not change"
        ):
            owner_connection.execute(f"UPDATE {table} SET tenant_id = tenant_id + 1")


MAY_MOVE_ON = {"last_seq", "updated_at"}
VALUE = {
    "boolean": "NOT {}",
    "bytea": "'\\x00'",
    "integer": "coalesce({}, 0) + 1",
    "bigint": "coalesce({}, 0) + 1",
    "timestamp with time zone": "coalesce({}, now()) + interval '1 s'",
    "date": "current_date",
    "uuid": "gen_random_uuid()",
    "jsonb": "'{{}}'",
    "character varying[]": "'{{x}}'",
    "bigint[]": "'{{1}}'",
}


@pytest.mark.parametrize("table", ["decisions_case", "drafting_draft", "drafting_attachment"])
def test_no_column_of_a_decided_case_its_draft_and_its_files_can_be_changed(
    case_id: UUID, table: str
) -> None:
    key = "draft_id" if table == "drafting_attachment" else "id"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        columns = cursor.fetchall()
    for column, kind in columns:
        if table == "decisions_case" and column in MAY_MOVE_ON:
            continue
        value = VALUE.get(kind, "'x'").format(f'"{column}"')
        assert _refused(f"UPDATE {table} SET \"{column}\" = {value} WHERE {key} = '{case_id}'"), column
    assert _refused(f"DELETE FROM {table} WHERE {key} = '{case_id}'")


def test_no_file_is_put_with_a_decided_draft(case_id: UUID) -> None:
    assert _refused(
        "INSERT INTO drafting_attachment SELECT (jsonb_populate_record(a, jsonb_build_object('id', "
        f"'{uuid4()}'))).* FROM drafting_attachment a WHERE draft_id = '{case_id}'"
    )


def test_a_case_is_never_deleted_even_while_it_is_under_way(owner_connection: psycopg.Connection) -> None:
    the_stage.build().submitted()
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never deleted"):
        owner_connection.execute("DELETE FROM decisions_case")


def test_of_a_matter_type_the_application_sets_the_end_only(case_id: UUID) -> None:
    assert _refused("UPDATE routing_mattertype SET name = 'x', question = 'y'")
    assert _refused("DELETE FROM routing_mattertype")
    assert not _refused("UPDATE routing_mattertype SET period = daterange(lower(period), '2100-04-01')")
