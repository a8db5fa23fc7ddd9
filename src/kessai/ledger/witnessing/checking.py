"""Whether the cosignatures that are kept hold, each over the checkpoint that it is kept for."""

from __future__ import annotations

from django.db import connection

from kessai.kernel.words import N_
from kessai.ledger.findings import Finding, finding
from kessai.ledger.witnessing import policies, records
from kessai.ledger.witnessing.alarms import key_hash
from merklelog.note import signed_text
from merklelog.policy import PolicyInvalid


def check_cosignatures(tenant_id: int) -> list[Finding]:
    """Those that do not hold, by the size of the checkpoint, and a policy that cannot be read.

    Of a witness that is not in the policy, only that the line is one of the key that it is kept for.
    """
    found = []
    try:
        trusted = {key_hash(each): each for each in policies.policy_of(tenant_id).cosigners}
    except PolicyInvalid as error:
        trusted = {}
        found.append(
            finding(
                tenant_id, "policy", N_("立会人を定めるファイルが読めません（%(said)s）。"), said=str(error)
            )
        )
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            SELECT s.size, s.key_hash, s.line, c.note FROM ledger_cosignature s
            LEFT JOIN ledger_checkpoint c ON c.tenant_id = s.tenant_id AND c.size = s.size
            WHERE s.tenant_id = %s ORDER BY s.size, s.key_hash
            """,
            [tenant_id],
        )
        while rows := cursor.fetchmany(2_000):
            for size, hashed, line, note in rows:
                verifier = trusted.get(bytes(hashed))
                if note is None or not records.is_right(signed_text(note), bytes(hashed), line, verifier):
                    found.append(_forged(tenant_id, size))
    return found


def _forged(tenant_id: int, size: int) -> Finding:
    message = N_("%(n)s件の署名に付けた立会人の連署が、その署名のものではありません。")
    return finding(tenant_id, "forged_cosignature", message, n=size)
