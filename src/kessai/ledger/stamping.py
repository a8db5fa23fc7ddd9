"""Stamps of time on checkpoints: asked for after the fact, never waited for by an act or the sequencer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from kessai.ledger import published as files
from kessai.ledger import received
from kessai.ledger.models import Timestamp
from kessai.signing import clocks
from kessai.signing.clocks import Clock
from merklelog.note import signed_text

CERTIFICATES = "tsa.pem"
GRACE = timedelta(minutes=15)
"""For how long a stamp may be tried for in vain before it is said to be late."""


@dataclass(frozen=True, slots=True)
class Stamping:
    """How far an authority has stamped a log; ``at`` None: never. ``late``: an older growth is not stamped yet."""

    tenant_id: int
    authority: str
    size: int
    at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority said of a checkpoint: the token (DER, RFC 3161) is over the signed text of its note."""

    authority: str
    at: datetime
    token: bytes


@dataclass(frozen=True, slots=True)
class Stamped:
    """A checkpoint with all its stamps."""

    size: int
    note: str
    stamps: tuple[Stamp, ...]


def interval() -> timedelta:
    return timedelta(minutes=settings.KESSAI_TIMESTAMPING.minutes)


def stamped(*, tenant_id: int, size: int) -> Stamped | None:
    """The smallest checkpoint that covers so many entries and was stamped."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.size, c.note, t.authority, t.stamped_at, t.token FROM ledger_timestamp t
            JOIN ledger_checkpoint c ON c.tenant_id = t.tenant_id AND c.size = t.size
            WHERE t.tenant_id = %(tenant)s AND t.size = (
                SELECT min(size) FROM ledger_timestamp WHERE tenant_id = %(tenant)s AND size >= %(size)s)
            ORDER BY t.stamped_at, t.authority
            """,
            {"tenant": tenant_id, "size": size},
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    return Stamped(
        rows[0][0], rows[0][1], tuple(Stamp(name, at, bytes(token)) for _, _, name, at, token in rows)
    )


def standing(*, at: datetime, tenant_id: int | None = None) -> tuple[Stamping, ...]:
    """How far each authority in use has stamped each log that was ever signed."""
    names = [clock.name for clock in clocks.clocks()]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            -- From each ministry's first checkpoint to that of the next, by the index: healthz asks this.
            WITH RECURSIVE signed AS (
                SELECT min(tenant_id) AS tenant_id FROM ledger_checkpoint
                UNION ALL
                SELECT (SELECT min(c.tenant_id) FROM ledger_checkpoint c WHERE c.tenant_id > s.tenant_id)
                FROM signed s WHERE s.tenant_id IS NOT NULL
            )
            SELECT l.tenant_id, a.name, coalesce(t.size, 0), t.received_at,
                   (SELECT c.signed_at FROM ledger_checkpoint c
                    WHERE c.tenant_id = l.tenant_id AND c.size > coalesce(t.size, 0) ORDER BY c.size LIMIT 1)
            FROM signed l
            CROSS JOIN unnest(%s::text[]) WITH ORDINALITY AS a(name, n)
            LEFT JOIN LATERAL (SELECT size, received_at FROM ledger_timestamp t
                               WHERE t.tenant_id = l.tenant_id AND t.authority = a.name
                               ORDER BY size DESC LIMIT 1) t ON true
            WHERE l.tenant_id IS NOT NULL AND (%s::int IS NULL OR l.tenant_id = %s)
            ORDER BY 1, a.n
            """,
            [names, tenant_id, tenant_id],
        )
        rows = cursor.fetchall()
    return tuple(
        Stamping(tenant, name, size, last, since is not None and since < at - interval() - GRACE)
        for tenant, name, size, last, since in rows
    )


def due(*, tenant_id: int, at: datetime, after: timedelta) -> tuple[Clock, ...]:
    """The authorities to ask: the log has grown since their last stamp, which is at least so old."""
    last = {each.authority: each for each in standing(at=at, tenant_id=tenant_id)}
    latest = _latest(tenant_id)
    return tuple(
        clock
        for clock in clocks.clocks()
        if latest is not None
        and latest[0] > last[clock.name].size
        and ((was := last[clock.name].at) is None or was <= at - after)
    )


def stamp(*, tenant_id: int, at: datetime, asked: Sequence[Clock]) -> None:
    """Have the latest checkpoint stamped and keep what holds. Errors: CannotStamp of the last that failed, once all
    were asked; CannotReadCertificates."""
    # Imported where it is asked for: whoever only reads stamps does without pyHanko.
    from kessai.signing import timestamping

    latest = _latest(tenant_id)
    failed: timestamping.CannotStamp | None = None
    for clock in asked if latest else ():
        assert latest is not None
        try:
            token, said = timestamping.stamp(signed_text(latest[1]).encode(), clock=clock)
        except timestamping.CannotStamp as error:
            failed = error
            continue
        row = Timestamp(
            tenant_id=tenant_id,
            size=latest[0],
            authority=clock.name,
            token=token,
            stamped_at=said.at,
            received_at=at,
        )
        received.keep(row)
        publish_certificates(tenant_id)
    if failed:
        raise failed


def publish_certificates(tenant_id: int) -> None:
    """Put the certificates of the authorities beside the log's other public files."""
    files.put(tenant_id, CERTIFICATES, clocks.authorities_pem())


def _latest(tenant_id: int) -> tuple[int, str] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, note FROM ledger_checkpoint WHERE tenant_id = %s ORDER BY size DESC LIMIT 1",
            [tenant_id],
        )
        row: tuple[int, str] | None = cursor.fetchone()
    return row
