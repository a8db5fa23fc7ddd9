"""What a log can still show where a key of it was stolen: what others had seen before."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import connection

from kessai.kernel.words import N_
from kessai.ledger import keys
from kessai.ledger.findings import Finding, finding
from kessai.ledger.keys import LogKey
from kessai.ledger.models import Timestamp
from kessai.ledger.witnessing import policies, records
from merklelog.checkpoint import CheckpointInvalid
from merklelog.compromise import still_counts
from merklelog.policy import NONE

SIZES_LOOKED_AT = 1_000
"""Cosigned checkpoints before a theft, the largest first, among which one with a quorum is looked for."""


def seen_before(tenant_id: int, since: datetime) -> int:
    """The size of the largest checkpoint that an authority stamped, or a quorum cosigned, before this time; or 0."""
    return max(_stamped_before(tenant_id, since), _cosigned_before(tenant_id, since))


def counts(tenant_id: int, size: int, known: tuple[LogKey, ...]) -> bool:
    """Whether the checkpoint of this size is signed by a key that is not stolen, or others saw it before the theft.
    ``known``: the keys of the log."""
    if not any(each.stolen for each in known):
        return True
    policy = policies.usable(tenant_id)
    try:
        note = (records.witnessed(tenant_id=tenant_id, size=size) or "").encode()
        _, key = keys.opened(note, tenant_id=tenant_id, by=known)
        seen = policy.judge(note, logs=[key.verifier]).seen
    except CheckpointInvalid:
        return False
    since = key.stolen.replace(microsecond=0) if key.stolen else None
    stamps = Timestamp.objects.filter(tenant_id=tenant_id, size=size).values_list("stamped_at", flat=True)
    return since is None or still_counts(seen, policy, stamps, since=since)


def _stamped_before(tenant_id: int, since: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(size), 0) FROM ledger_timestamp WHERE tenant_id = %s AND stamped_at < %s",
            [tenant_id, since],
        )
        (size,) = cursor.fetchone()
    return int(size)


def _cosigned_before(tenant_id: int, since: datetime) -> int:
    policy = policies.usable(tenant_id)
    if policy.quorum == NONE:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT size FROM ledger_cosignature WHERE tenant_id = %s AND received_at < %s"
            " ORDER BY size DESC LIMIT %s",
            [tenant_id, since, SIZES_LOOKED_AT],
        )
        sizes = [row[0] for row in cursor.fetchall()]
    for size in sizes:
        note = records.witnessed(tenant_id=tenant_id, size=size)
        with suppress(CheckpointInvalid):
            judged = policy.judge((note or "").encode(), logs=keys.verifiers(tenant_id))
            if still_counts(judged.seen, policy, (), since=since):
                return int(size)
    return 0


def check_stolen(tenant_id: int) -> list[Finding]:
    """Whether nobody but a stolen key vouches for the log as it is now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, note FROM ledger_checkpoint WHERE tenant_id = %s ORDER BY size DESC LIMIT 1",
            [tenant_id],
        )
        row = cursor.fetchone()
    if row is None:
        return []
    try:
        _, key = keys.opened(row[1].encode(), tenant_id=tenant_id, by=keys.known(tenant_id))
    except CheckpointInvalid:
        return []
    if key.stolen is None or (seen := seen_before(tenant_id, key.stolen)) >= row[0]:
        return []
    return [
        finding(
            tenant_id,
            "stolen_key",
            N_(
                "盗まれた鍵 %(key)s だけが、台帳の%(seen)s件より後（%(n)s件まで）を保証しています。"
                "新しい鍵の署名があれば、その署名が保証します。"
            ),
            key=key.verifier.key_id.hex(),
            seen=seen,
            n=row[0],
        )
    ]
