"""Whether the stamps of time that are kept hold, each over the checkpoint that it is kept for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from kessai.kernel.words import N_
from kessai.ledger.findings import Finding, finding
from kessai.signing import clocks
from merklelog.note import signed_text
from merklelog.timestamps import TimestampInvalid, verify_timestamp


def check_stamps(tenant_id: int) -> list[Finding]:
    """Those that do not hold, by the size of the checkpoint."""
    found = list[Finding]()
    trusted: tuple[bytes, ...] | None = None
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            SELECT t.size, t.authority, t.token, t.stamped_at, c.note FROM ledger_timestamp t
            LEFT JOIN ledger_checkpoint c ON c.tenant_id = t.tenant_id AND c.size = t.size
            WHERE t.tenant_id = %s ORDER BY t.size, t.authority
            """,
            [tenant_id],
        )
        while rows := cursor.fetchmany(500):
            try:
                trusted = clocks.authorities() if trusted is None else trusted
            except clocks.CannotReadCertificates as error:
                return [Finding(tenant_id, "timestamp_certificates", error.what)]
            for size, authority, token, at, note in rows:
                if not _holds(bytes(token), note or "", trusted, at):
                    found.append(_forged(tenant_id, size, authority))
    return found


def _holds(token: bytes, note: str, trusted: Sequence[bytes], at: datetime) -> bool:
    try:
        return verify_timestamp(token, signed_text(note).encode(), trusted) == at
    except TimestampInvalid:
        return False


def _forged(tenant_id: int, size: int, authority: str) -> Finding:
    message = N_(
        "%(n)s件の署名のタイムスタンプ（%(authority)s）が、その署名のものでないか、知らない認証局のものです。"
    )
    return finding(tenant_id, "forged_timestamp", message, n=size, authority=authority)
