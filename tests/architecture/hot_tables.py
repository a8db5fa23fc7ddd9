"""Which tables are hot: those that grow with every act, and would be spread over machines by their ministry."""

from __future__ import annotations

from django.apps import apps

ROOMS = ("drafting", "decisions", "notifications", "insight", "ledger")
OF_RECORDS = {
    *("records_numberseries", "records_documentnumber", "records_recordfile", "records_record"),
    *("records_receiptseries", "records_receiptnumber"),
    *("records_disposalconsent", "records_retentionhold", "records_disposedrecord"),
}
ONE_ROW = {"ledger_heartbeat"}
"""The sequencer's sign of life: one row of the installation, no ministry's."""


def hot_tables() -> list[str]:
    tables = {model._meta.db_table for room in ROOMS for model in apps.get_app_config(room).get_models()}
    return sorted((tables | OF_RECORDS) - ONE_ROW)


def append_only_tables() -> list[str]:
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))
