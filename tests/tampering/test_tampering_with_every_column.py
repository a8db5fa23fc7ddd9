"""Changing any column of any table of the record is found, and named with the case it belongs to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from sealed_record import TABLES, Record, Verified

WORKING_COPY = "the working copy; what was submitted is the revision, which is bound"
UNBOUND = {
    ("ledger_checkpoint", "signed_at"): "the signed note holds size and root, no time",
    ("ledger_key", "at"): "what a key signs is told by sizes",
    ("ledger_key", "said_at"): "what a key signs is told by sizes",
    (
        "decisions_coversheet",
        "made_at",
    ): "a sheet may be made at any time after the decision, and shows that time",
    ("decisions_signedsheet", "signed_at"): "the time stamp in the file says when it was signed",
    (
        "decisions_stampedfile",
        "until",
    ): "when to renew it; the time stamp in the file says until when it lasts",
    ("decisions_stampedfile", "at"): "the time stamps in the file say when they were put",
    (
        "decisions_receiptlink",
        "made_at",
    ): "when a reply was begun is no fact of the record; its submission is",
    **{
        ("decisions_preview", column): "how somebody was asked; what they said is bound by the submission"
        for column in (
            *("id", "act_id", "level", "by_person_id", "by_person_name", "by_post_title", "note"),
            "asked_at",
        )
    },
    (
        "decisions_preview",
        "withdrawn_at",
    ): "whether it was shown on; what was said is bound by the submission",
    ("drafting_draft", "person_id"): WORKING_COPY,
    ("drafting_draft", "typed"): WORKING_COPY,
    ("drafting_draft", "version"): WORKING_COPY,
    ("drafting_draft", "touched"): WORKING_COPY,
    ("drafting_draft", "by_hand"): WORKING_COPY,
    ("drafting_draft", "carried"): WORKING_COPY,
    (
        "drafting_draft",
        "needs",
    ): "who may open the draft; who may see the case follows from the case's own, which is bound",
    ("drafting_draft", "created_at"): WORKING_COPY,
    ("drafting_draft", "updated_at"): WORKING_COPY,
    ("drafting_attachment", "id"): WORKING_COPY,
    ("drafting_attachment", "added_at"): WORKING_COPY,
}
"""Columns that nothing else in the record depends on, with the reason."""

OF_A_RECEIPT = {"decisions_receipt", "decisions_receiptevent", "records_receiptnumber"}
OF_THE_ANSWER = {"decisions_receiptlink"}
OF_THE_NOTICE = {"decisions_issuing", "decisions_issue"}
NOT_OF_ONE_CASE = {
    *("records_receiptseries", "records_numberseries", "records_recordfile"),
    *("ledger_leaf", "ledger_checkpoint", "ledger_timestamp", "ledger_key", "ledger_cosignature"),
    *("ledger_alarm", "ledger_alarmend"),
}
BOUND_NAMES = {
    ("decisions_event", "act_id"): "act",
    ("decisions_event", "at"): "",
    ("decisions_event", "person_id"): "person",
    ("decisions_event", "person_name"): "name",
    ("decisions_event", "post_id"): "post",
    ("decisions_event", "unit_name"): "unit",
    ("decisions_event", "payload"): "payload.",
    ("decisions_coversheet", "sha256"): "cover_sheet.bytes",
    ("decisions_signedsheet", "sha256"): "signed_sheet.bytes",
    ("decisions_stampedfile", "*"): "stamped_file",
    ("decisions_preview", "*"): "previews",
    ("decisions_receiptevent", "act_id"): "act",
    ("decisions_receiptevent", "at"): "",
    ("decisions_receiptevent", "person_id"): "person",
    ("decisions_receiptevent", "person_name"): "name",
    ("decisions_receiptevent", "post_id"): "post",
    ("decisions_receiptevent", "unit_name"): "unit",
    ("decisions_receiptevent", "payload"): "payload.",
    ("records_receiptnumber", "*"): "receipt number",
    ("drafting_revision", "attachments"): "content",
    ("drafting_attachment", "*"): "attachments",
    ("ledger_entry", "leaf"): "",
}
KEYS = {
    "tenant_id",
    "id",
    "case_id",
    "draft_id",
    "seq",
    "round",
    "position",
    "number",
    "index",
    "size",
    "entry_id",
    "file_id",
    "receipt_id",
}

CHANGED = {
    ArrayField: "array_append({0}, '7')",
    models.TextField: "{0} || 'x'",
    models.CharField: "left({0}, 15) || 'x'",
    models.IntegerField: "coalesce({0}, 0) + 1000",
    models.BigIntegerField: "coalesce({0}, 0) + 1000",
    models.UUIDField: "gen_random_uuid()",
    models.BinaryField: "set_byte({0}, 0, 255 - get_byte({0}, 0))",
    models.BooleanField: "NOT {0}",
    models.DateTimeField: "coalesce({0}, now()) + interval '1 microsecond'",
    models.DateField: "coalesce({0}, current_date) + 1",
    models.JSONField: "CASE jsonb_typeof({0}) WHEN 'array' THEN {0} || '[1]' ELSE {0} || '{{\"x\": 1}}' END",
}


def _columns() -> list[tuple[str, str, models.Field[Any, Any]]]:
    of_table = {model._meta.db_table: model for model in apps.get_models()}
    return [
        (table, field.column, field)
        for table in TABLES
        if table != "ledger_pending"
        for field in of_table[table]._meta.concrete_fields
        if field.column
    ]


def _row_of_the_contract(record: Record, table: str) -> str:
    """The address of the first row of the decided contract, or of the table."""
    columns = {
        row[0]
        for row in record.superuser.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table]
        )
    }
    key = "case_id" if "case_id" in columns else "draft_id" if "draft_id" in columns else "id"
    mine = f"WHERE {key} = %(case)s" if table not in NOT_OF_ONE_CASE else ""
    if table in OF_A_RECEIPT:
        mine = f"WHERE {'receipt_id' if 'receipt_id' in columns else 'id'} = %(case)s"
    case = _case_of(record, table)
    return str(record.one(f"SELECT ctid::text FROM {table} {mine} ORDER BY ctid LIMIT 1", case=case))


@pytest.mark.parametrize(
    ("table", "column", "field"), _columns(), ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_changed_column_is_found_and_named(sealed: Record, table: str, column: str, field: Any) -> None:
    row = _row_of_the_contract(sealed, table)
    change = CHANGED[type(field)].format(f'"{column}"')
    assert sealed.run(f'UPDATE {table} SET "{column}" = {change} WHERE ctid = %(row)s::tid', row=row) == 1
    verified = Verified()
    if (table, column) in UNBOUND:
        assert not verified.findings, f"bound after all: {verified}"
        return
    assert verified.findings
    if table not in NOT_OF_ONE_CASE:
        assert verified.names(_named_case(sealed, table, column), _named_field(table, column)), verified


def _named_field(table: str, column: str) -> str:
    if column in KEYS:
        return ""
    return BOUND_NAMES.get((table, "*"), BOUND_NAMES.get((table, column), column))


def _named_case(record: Record, table: str, column: str) -> UUID:
    if column == "case_id" and table in ("decisions_coversheet", "decisions_signedsheet"):
        # A case without a sheet is one whose sheet is still to be made: it stands out where it was moved to.
        return UUID(str(record.one(f"SELECT case_id FROM {table}")))
    return _case_of(record, table)


def _case_of(record: Record, table: str) -> UUID:
    if table in OF_A_RECEIPT:
        return record.cases.receipt
    if table in OF_THE_ANSWER:
        return record.cases.answer
    return record.cases.notice if table in OF_THE_NOTICE else record.cases.contract


SUBMITTED = """
flags deputies route table table_name row content_hash matter_name drafter_unit_id draft_post filing previewed
"""
DECIDED = """
content_hash number symbol fiscal_year serial unit_id starts_on expires_on retention_code marking disclosure original
"""
CONTENT = "matter title question text reason amount deadline urgent_reason flags values"
FILE = "title filename media_type size sha256"
PAYLOAD_KEYS = {"submitted": SUBMITTED.split(), "decided": DECIDED.split()}


@pytest.mark.parametrize(
    ("kind", "key"), [(kind, key) for kind, keys in PAYLOAD_KEYS.items() for key in keys]
)
def test_every_value_of_a_payload_is_bound_by_itself(sealed: Record, kind: str, key: str) -> None:
    case = sealed.cases.contract
    stored = sealed.one(
        "SELECT payload FROM decisions_event WHERE case_id = %(c)s AND kind = %(k)s", c=case, k=kind
    )
    assert set(stored) == set(PAYLOAD_KEYS[kind])
    sealed.run(
        "UPDATE decisions_event SET payload = jsonb_set(payload, ARRAY[%(key)s], '[\"x\"]')"
        " WHERE case_id = %(c)s AND kind = %(k)s",
        key=key,
        c=case,
        k=kind,
    )
    assert Verified().names(case, f"payload.{key}", "altered")
    sealed.run(
        "UPDATE decisions_event SET payload = payload - %(key)s WHERE case_id = %(c)s AND kind = %(k)s",
        key=key,
        c=case,
        k=kind,
    )
    assert Verified().names(case, f"payload.{key}", "altered")


@pytest.mark.parametrize("key", CONTENT.split())
def test_every_value_of_the_content_is_bound_by_itself(sealed: Record, key: str) -> None:
    case = sealed.cases.contract
    assert set(sealed.one("SELECT content FROM drafting_revision WHERE draft_id = %(c)s", c=case)) == set(
        CONTENT.split()
    )
    sealed.run(
        "UPDATE drafting_revision SET content = jsonb_set(content, ARRAY[%(key)s], '\"R9\"') WHERE draft_id = %(c)s",
        key=key,
        c=case,
    )
    assert Verified().names(case, f"content.{key}", "altered")


@pytest.mark.parametrize("key", FILE.split())
def test_every_value_of_an_attachment_is_bound_by_itself(sealed: Record, key: str) -> None:
    case = sealed.cases.contract
    sealed.run(
        "UPDATE drafting_revision SET attachments = jsonb_set(attachments, ARRAY['1', %(key)s], '\"../x\"')"
        " WHERE draft_id = %(c)s",
        key=key,
        c=case,
    )
    assert Verified().names(case, f"attachment.2.{key}", "altered")


@pytest.mark.parametrize("junk", ["null", "[]", "{}", "3", '"x"', '[{"position": "x"}]', '{"route": [null]}'])
@pytest.mark.parametrize(
    "place",
    [
        "decisions_event.payload",
        "drafting_revision.content",
        "drafting_revision.attachments",
        "decisions_step.reasons",
    ],
)
def test_json_of_another_shape_is_named_and_stops_nothing(sealed: Record, place: str, junk: str) -> None:
    table, column = place.split(".")
    key = "draft_id" if table == "drafting_revision" else "case_id"
    sealed.run(
        f"UPDATE {table} SET {column} = %(junk)s WHERE {key} = %(c)s", junk=junk, c=sealed.cases.contract
    )
    sealed.run(
        "UPDATE decisions_event SET remark = 'x' WHERE case_id = %(c)s AND seq = 2", c=sealed.cases.again
    )
    verified = Verified()
    assert verified.names(sealed.cases.contract)
    assert verified.names(sealed.cases.again, "remark")
