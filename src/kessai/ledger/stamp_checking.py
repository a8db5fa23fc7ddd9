"""Whether the stamps of time that are kept hold, each over the checkpoint that it is kept for."""

from __future__ import annotations

from django.db import connection

from kessai.kernel.words import N_
from kessai.ledger.findings import Finding, finding
from kessai.ledger.stamping import signed_text
from kessai.signing import clocks
from merklelog.timestamps import TimestampInvalid, verify_timestamp


def check_stamps(tenant_id: int) -> list[Finding]:
    """Those that do not hold, by the size of the checkpoint."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.size, t.authority, t.token, t.stamped_at, c.note FROM ledger_timestamp t
            LEFT JOIN ledger_checkpoint c ON c.tenant_id = t.tenant_id AND c.size = t.size
            WHERE t.tenant_id = %s ORDER BY t.size, t.authority
            """,
            [tenant_id],
        )
        rows = cursor.fetchall()
    if not rows:
        return []
    try:
        trusted = clocks.authorities()
    except clocks.CannotReadCertificates as error:
        return [Finding(tenant_id, "timestamp_certificates", error.what)]
    found = []
    for size, authority, token, at, note in rows:
        try:
            holds = verify_timestamp(bytes(token), signed_text(note or ""), trusted) == at
        except TimestampInvalid:
            holds = False
        if not holds:
            found.append(
                finding(
                    tenant_id,
                    "forged_timestamp",
                    N_(
                        "%(n)s件の署名の時刻印（%(authority)s）が、その署名のものでないか、知らない認証局のものです。"
                    ),
                    n=size,
                    authority=authority,
                )
            )
    return found
