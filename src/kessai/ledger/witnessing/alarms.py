"""What witnesses said against a log, since when, and how it ended: nothing of it is ever removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from kessai.kernel.errors import Cannot
from kessai.kernel.identifiers import new_id
from kessai.kernel.words import N_, Text
from kessai.ledger import received
from kessai.ledger.models import Alarm, AlarmEnd, AlarmTold
from kessai.ledger.witnessing import rules
from merklelog.cosignature import CosignatureVerifier
from merklelog.note import Signature, Verifier


class CannotAcknowledge(Cannot):
    """There is no such alarm, it has ended, or it is not said who and why."""


@dataclass(frozen=True, slots=True)
class End:
    """``how``: answered or acknowledged; ``by`` and ``reason`` of who acknowledged it."""

    how: str
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What a witness said, and stands by while there is no end. ``grave``: our log may not be what it was."""

    tenant_id: int
    id: UUID
    key_hash: bytes
    witness: str
    what: str
    grave: bool
    text: Text
    said: str
    at: datetime
    ends: tuple[End, ...] = ()


def key_hash(key: Verifier | Signature) -> bytes:
    """SHA-256 over name and id of a key: the same for the key and for a line that it signed."""
    return sha256(f"{key.name}+{key.key_id.hex()}".encode()).digest()


def raise_alarm(
    *,
    tenant_id: int,
    witness: str,
    verifier: CosignatureVerifier,
    ours: int,
    verdict: rules.Verdict,
    at: datetime,
) -> None:
    """Keep what a witness said against the log, unless the same stands already. Outside of a transaction."""
    mine = Alarm.objects.filter(tenant_id=tenant_id, key_hash=key_hash(verifier), what=verdict.what)
    if _without(mine).exists():
        return
    row = Alarm(
        tenant_id=tenant_id,
        id=new_id(),
        key_hash=key_hash(verifier),
        witness=witness,
        what=verdict.what,
        ours=ours,
        theirs=verdict.size,
        said=verdict.said,
        at=at,
    )
    received.keep(row)


def is_acknowledged(*, tenant_id: int, verifier: CosignatureVerifier, verdict: rules.Verdict) -> bool:
    """Whether an operator has looked into just this, and the witness has not answered rightly since."""
    same = Alarm.objects.filter(
        tenant_id=tenant_id, key_hash=key_hash(verifier), what=verdict.what, theirs=verdict.size
    )
    return _without(same.filter(_ended(rules.ACKNOWLEDGED)), rules.ANSWERED).exists()


def has_answered(*, tenant_id: int, verifier: CosignatureVerifier, at: datetime) -> None:
    """A witness cosigned: what made no sense before is over, and so is what an operator has looked into: said again, it
    is another alarm. What is grave and nobody has looked into stands.

    Outside of a transaction.
    """
    over = Q(what=rules.WRONG) | Q(_ended(rules.ACKNOWLEDGED))
    mine = Alarm.objects.filter(over, tenant_id=tenant_id, key_hash=key_hash(verifier))
    for row in _without(mine, rules.ANSWERED):
        received.keep(AlarmEnd(tenant_id=tenant_id, alarm_id=row.id, how=rules.ANSWERED, at=at))


def acknowledge(*, tenant_id: int, alarm_id: UUID, by: str, reason: str, at: datetime) -> Said:
    """An operator has looked into an alarm: it stands no more, and is not raised again for the same until the witness
    has answered rightly.

    Outside of a transaction. Errors: CannotAcknowledge.
    """
    if not by.strip() or not reason.strip():
        raise CannotAcknowledge(N_("確認した者の名前と、分かったことを書いてください。"))
    rows = Alarm.objects.filter(tenant_id=tenant_id, id=alarm_id)
    row = rows.first()
    if row is None:
        raise CannotAcknowledge(
            N_("警告 %(id)s はありません。"),
            N_("番号は kessai ledger alarm list で確かめられます。"),
            id=str(alarm_id),
        )
    end = AlarmEnd(
        tenant_id=tenant_id,
        alarm_id=alarm_id,
        how=rules.ACKNOWLEDGED,
        by=by.strip(),
        reason=reason.strip(),
        at=at,
    )
    if not _without(rows).exists() or not received.keep(end):
        raise CannotAcknowledge(N_("警告 %(id)s はもう終わっています。"), id=str(alarm_id))
    return _said(row, (_end(end),))


def standing(*, tenant_id: int) -> tuple[Said, ...]:
    """What witnesses have said against a log and nothing has ended, the oldest first, whether or not the policy still
    names them: none is silenced by being taken out."""
    rows = _without(Alarm.objects.filter(tenant_id=tenant_id)).order_by("at", "id")
    return tuple(_said(row) for row in rows)


def every(*, tenant_id: int | None = None) -> tuple[Said, ...]:
    """All that witnesses ever said against a log, or any log, with how it ended."""
    of = {} if tenant_id is None else {"tenant_id": tenant_id}
    ends: dict[tuple[int, UUID], tuple[End, ...]] = {}
    for row in AlarmEnd.objects.filter(**of).order_by("at"):
        key = (row.tenant_id, row.alarm_id)
        ends[key] = (*ends.get(key, ()), _end(row))
    rows = Alarm.objects.filter(**of).order_by("tenant_id", "at", "id")
    return tuple(_said(row, ends.get((row.tenant_id, row.id), ())) for row in rows)


def is_contradicted() -> bool:
    """Whether any log may have been put back or rewritten, as a witness says."""
    return _without(Alarm.objects.filter(what__in=rules.GRAVE)).exists()


def untold(*, tenant_id: int) -> tuple[Said, ...]:
    """What is grave and stands against a log, and the operator was not told by e-mail yet; the oldest first."""
    told = AlarmTold.objects.filter(tenant_id=OuterRef("tenant_id"), alarm_id=OuterRef("id"))
    grave = Alarm.objects.filter(~Exists(told), tenant_id=tenant_id, what__in=rules.GRAVE)
    return tuple(_said(row) for row in _without(grave).order_by("at", "id"))


def told(said: Said, *, at: datetime) -> None:
    """The e-mail about an alarm has left."""
    AlarmTold.objects.get_or_create(tenant_id=said.tenant_id, alarm_id=said.id, defaults={"at": at})


def _ended(*how: str) -> Exists:
    ends = AlarmEnd.objects.filter(tenant_id=OuterRef("tenant_id"), alarm_id=OuterRef("id"))
    return Exists(ends.filter(how__in=how) if how else ends)


def _without(rows: QuerySet[Alarm], *how: str) -> QuerySet[Alarm]:
    """Those that have not ended so, or not at all."""
    return rows.filter(~_ended(*how))


def _said(row: Alarm, ends: tuple[End, ...] = ()) -> Said:
    text = Text(rules.SAID[row.what], {"witness": row.witness, "ours": row.ours, "theirs": row.theirs})
    grave = row.what in rules.GRAVE
    hashed = bytes(row.key_hash)
    return Said(row.tenant_id, row.id, hashed, row.witness, row.what, grave, text, row.said, row.at, ends)


def _end(row: AlarmEnd) -> End:
    return End(row.how, row.by, row.reason, row.at)
