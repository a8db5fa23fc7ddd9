"""The rules of spreading over machines, read from the catalogue of the database as it was migrated."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hot_tables import ROOMS, hot_tables

pytestmark = pytest.mark.django_db


def rows(question: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, params)
        return cursor.fetchall()


def test_the_hot_tables_are_there_and_no_table_of_their_rooms_is_forgotten() -> None:
    there = {row[0] for row in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert set(hot_tables()) <= there
    of_rooms = {name for name in there if name.split("_")[0] in ROOMS}
    assert of_rooms - set(hot_tables()) == {"ledger_heartbeat"}


def test_every_hot_table_has_its_ministry_of_one_type_and_never_null() -> None:
    found = rows(
        "SELECT attrelid::regclass::text, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute"
        " WHERE attname = 'tenant_id' AND attrelid::regclass::text = ANY(%s)",
        hot_tables(),
    )
    assert sorted(found) == [(table, "integer", True) for table in hot_tables()]


def test_the_ministry_is_part_of_every_primary_key_unique_index_and_exclusion() -> None:
    found = rows(
        """
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, i.indisprimary,
               EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attname = 'tenant_id'
                       AND a.attnum = ANY(i.indkey[0:i.indnkeyatts - 1]))
        FROM pg_index i
        WHERE i.indrelid::regclass::text = ANY(%s) AND (i.indisunique OR i.indisexclusion)
        """,
        hot_tables(),
    )
    assert {table for table, _, primary, _ in found if primary} == set(hot_tables())
    assert [index for _, index, _, has_tenant in found if not has_tenant] == []
    assert len(found) > len(hot_tables())


INVERTED = [
    "decisions_event_letters",
    "decisions_event_sealed",
    "decisions_event_seals",
    "decisions_receiptevent_files",
    "drafting_findable_pairs",
    "drafting_revision_files",
]
"""Indexes of what rows have inside (GIN). They are in no order, and hold no plain column without an extension."""


def test_every_index_of_a_hot_table_begins_with_the_ministry() -> None:
    found = rows(
        """
        SELECT i.indexrelid::regclass::text, a.attname, m.amname FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid::regclass::text = ANY(%s)
        """,
        hot_tables(),
    )
    assert sorted(index for index, _, kind in found if kind == "gin") == INVERTED
    assert [index for index, first, kind in found if first != "tenant_id" and kind != "gin"] == []


def _foreign_keys() -> list[tuple[str, str, list[str], list[str]]]:
    return rows(
        """
        SELECT c.conrelid::regclass::text, c.confrelid::regclass::text,
               ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(num, n)
                     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num ORDER BY n),
               ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(num, n)
                     JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num ORDER BY n)
        FROM pg_constraint c WHERE c.contype = 'f'
        """
    )


def test_a_foreign_key_between_hot_tables_carries_the_ministry_on_both_sides() -> None:
    hot = set(hot_tables())
    between = [key for key in _foreign_keys() if key[0] in hot and key[1] in hot]
    assert len(between) >= 10
    assert [
        key for key in between if ("tenant_id", "tenant_id") not in zip(key[2], key[3], strict=True)
    ] == []


def test_a_foreign_key_leaves_a_hot_table_only_for_the_organisation() -> None:
    hot = set(hot_tables())
    outside = {key[1] for key in _foreign_keys() if key[0] in hot and key[1] not in hot}
    assert outside
    assert {table.split("_")[0] for table in outside} == {"organisation"}


def test_nothing_that_is_not_hot_points_to_a_hot_table() -> None:
    hot = set(hot_tables())
    assert [key for key in _foreign_keys() if key[0] not in hot and key[1] in hot] == []


def test_no_hot_table_makes_its_keys_itself() -> None:
    found = rows(
        """
        SELECT a.attrelid::regclass::text, a.attname FROM pg_attribute a
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid::regclass::text = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped
          AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE '%%nextval%%')
        """,
        hot_tables(),
    )
    assert found == []


def test_the_outbox_is_a_hot_table() -> None:
    assert "ledger_pending" in hot_tables()


def test_a_row_never_moves_to_another_ministry() -> None:
    """By grants for the application, by a trigger for whoever owns the tables."""
    may = rows(
        "SELECT t FROM unnest(%s::text[]) t WHERE has_column_privilege('kessai_app', t, 'tenant_id', 'UPDATE')",
        hot_tables(),
    )
    assert may == []
    guarded = {
        row[0]
        for row in rows(
            "SELECT tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgname IN ('kessai_tenant_stays', 'kessai_append_only_row') AND tgenabled = 'O'"
        )
    }
    assert set(hot_tables()) - guarded == set()


def test_a_case_has_one_decider_whoever_writes_its_steps() -> None:
    import stage as the_stage

    case_id = the_stage.build().submitted()
    with pytest.raises(IntegrityError, match="decisions_step_one_decider"), transaction.atomic():
        rows(
            "INSERT INTO decisions_step SELECT (jsonb_populate_record(s, '{\"position\": 99}')).*"
            " FROM decisions_step s WHERE tenant_id = 700 AND case_id = %s AND kind = 'decide' RETURNING position",
            case_id,
        )
