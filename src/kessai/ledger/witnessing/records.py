"""Cosignatures as they are kept, what of them is published, and what witnesses said against a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from django.db import connection, transaction

from kessai.kernel.identifiers import new_id
from kessai.kernel.words import Text
from kessai.ledger import keys
from kessai.ledger.models import Alarm, Cosignature
from kessai.ledger.witnessing import policies, rules
from merklelog.checkpoint import CheckpointInvalid
from merklelog.cosignature import CosignatureVerifier, time_of
from merklelog.note import NoteInvalid, Signature, Verifier, parse_note, signed_text
from merklelog.policy import NONE, Policy, Witness


@dataclass(frozen=True, slots=True)
class Newest:
    """A checkpoint as it was signed: ``note`` has the log's signature only, ``text`` is the signed part."""

    size: int
    root: bytes
    note: str

    @property
    def text(self) -> str:
        return signed_text(self.note)


@dataclass(frozen=True, slots=True)
class Standing:
    """A witness of the policy: the last checkpoint it cosigned here, None for none; and what it said against us."""

    witness: str
    url: str | None
    size: int | None
    at: datetime | None
    alarms: tuple[StandingAlarm, ...]


@dataclass(frozen=True, slots=True)
class StandingAlarm:
    """What a witness said, and has not cosigned since. ``grave``: it may be our log that is not what it was."""

    tenant_id: int
    what: str
    grave: bool
    text: Text
    said: str
    at: datetime


def key_hash(key: Verifier | Signature) -> bytes:
    """SHA-256 over name and id of a key: the same for the key and for a line that it signed."""
    return sha256(f"{key.name}+{key.key_id.hex()}".encode()).digest()


def newest(*, tenant_id: int, size: int | None = None) -> Newest | None:
    """The latest checkpoint, or that of a size."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT size, root, note FROM ledger_checkpoint
            WHERE tenant_id = %s AND (%s::bigint IS NULL OR size = %s) ORDER BY size DESC LIMIT 1
            """,
            [tenant_id, size, size],
        )
        row = cursor.fetchone()
    return None if row is None else Newest(row[0], bytes(row[1]), row[2])


def cosigned_size(tenant_id: int, hashed: bytes) -> int:
    """The size of the last checkpoint that a witness is known to have cosigned; 0 for none."""
    last = _last(tenant_id, hashed)
    return last[0] if last else 0


def _last(tenant_id: int, hashed: bytes) -> tuple[int, str] | None:
    """Size and line of the last cosignature of a witness."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT size, line FROM ledger_cosignature WHERE tenant_id = %s AND key_hash = %s
            ORDER BY received_at DESC, size DESC LIMIT 1
            """,
            [tenant_id, hashed],
        )
        row: tuple[int, str] | None = cursor.fetchone()
    return row


def lines(*, tenant_id: int, size: int) -> dict[bytes, str]:
    """The cosignature lines kept for a checkpoint, in the order in which they came, by ``key_hash``."""
    rows = Cosignature.objects.filter(tenant_id=tenant_id, size=size).order_by("received_at", "key_hash")
    return {bytes(row.key_hash): row.line for row in rows}


def keep(*, tenant_id: int, size: int, verifier: CosignatureVerifier, line: str, at: datetime) -> bool:
    """Keep a verified cosignature; whether it is the first of this witness on this checkpoint."""
    before = Cosignature.objects.filter(tenant_id=tenant_id, size=size, key_hash=key_hash(verifier))
    if before.exists():
        return False
    row = Cosignature(tenant_id=tenant_id, size=size, key_hash=key_hash(verifier), line=line, received_at=at)
    Cosignature.objects.bulk_create([row], ignore_conflicts=True)
    return True


def raise_alarm(
    *,
    tenant_id: int,
    witness: str,
    verifier: CosignatureVerifier,
    ours: int,
    verdict: rules.Verdict,
    at: datetime,
) -> StandingAlarm | None:
    """Keep what a witness said against the log, unless it has said the same and not cosigned since."""
    with transaction.atomic():
        if any(
            hashed == key_hash(verifier) and alarm.what == verdict.what
            for hashed, alarm in _alarms(tenant_id)
        ):
            return None
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
        Alarm.objects.bulk_create([row])
    return _alarm(tenant_id, witness, verdict.what, ours, verdict.size, verdict.said, at)


def alarms(*, tenant_id: int) -> tuple[StandingAlarm, ...]:
    """What witnesses of the policy have said against a log since they last cosigned it, the oldest first."""
    trusted = {key_hash(each) for each in policies.usable(tenant_id).cosigners}
    return tuple(alarm for hashed, alarm in _alarms(tenant_id) if hashed in trusted)


def is_contradicted() -> bool:
    """Whether any log may have been put back or rewritten, as a witness of its policy says."""
    return any(alarm.grave for tenant in policies.tenants() for alarm in alarms(tenant_id=tenant))


def published_at_least(*, tenant_id: int, latest: int) -> int:
    """The size that the published checkpoint must have, where the latest has ``latest`` entries."""
    policy = policies.usable(tenant_id)
    return latest if policy.quorum == NONE else _quorum_size(tenant_id, policy, 0) or 1


def standing(*, tenant_id: int) -> tuple[Standing, ...]:
    """Each witness of the policy, in its order."""
    against = _alarms(tenant_id)
    found = []
    for each in policies.usable(tenant_id).witnesses:
        hashed = key_hash(each.verifier) if each.verifier else b""
        size, line = _last(tenant_id, hashed) or (None, "")
        found.append(
            Standing(
                witness=named(each),
                url=each.url,
                size=size,
                at=_time(line) if line else None,
                alarms=tuple(alarm for of, alarm in against if of == hashed),
            )
        )
    return tuple(found)


def witnessed(*, tenant_id: int, size: int) -> str | None:
    """The signed checkpoint of a size with every cosignature known, None where there is none.

    A kept line that is not, or no longer, right is left out: it would spoil the note for every reader.
    """
    checkpoint = newest(tenant_id=tenant_id, size=size)
    if checkpoint is None:
        return None
    return _with_lines(tenant_id, checkpoint, policies.usable(tenant_id))


def to_publish(*, tenant_id: int, present: bytes | None) -> str | None:
    """What the file ``checkpoint`` is to hold: the latest checkpoint that meets the quorum of the policy, or where it
    asks for none, the latest. Until one meets it, what is published already, or the latest where nothing is. None: what
    is ``present`` stays, because it is signed and larger.
    """
    policy, latest = policies.usable(tenant_id), newest(tenant_id=tenant_id)
    assert latest is not None
    reached = _size_of(tenant_id, present)
    if policy.quorum == NONE:
        chosen: Newest | None = latest
    else:
        size = _quorum_size(tenant_id, policy, reached)
        if size is None:
            # Not yet, or not any more: what is published already gets the cosignatures that came since.
            size = reached if 0 < reached <= latest.size else latest.size
        chosen = newest(tenant_id=tenant_id, size=size)
    if chosen is None or chosen.size < reached:
        return None
    return _with_lines(tenant_id, chosen, policy)


def quorum_is_met(*, tenant_id: int, size: int) -> bool:
    """Whether the witnesses that cosigned a checkpoint are a quorum of the policy."""
    return _is_met(policies.usable(tenant_id), set(lines(tenant_id=tenant_id, size=size)))


def _is_met(policy: Policy, hashes: set[bytes]) -> bool:
    return policy.is_met(
        {each.name for each in policy.witnesses if each.verifier and key_hash(each.verifier) in hashes}
    )


def _quorum_size(tenant_id: int, policy: Policy, reached: int) -> int | None:
    """The largest size, from what is published on, that a quorum has cosigned; of the last so many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT size, array_agg(key_hash) FROM ledger_cosignature
            WHERE tenant_id = %s AND size >= %s GROUP BY size ORDER BY size DESC LIMIT 100
            """,
            [tenant_id, reached],
        )
        rows = cursor.fetchall()
    return next((size for size, hashes in rows if _is_met(policy, {bytes(each) for each in hashes})), None)


def _size_of(tenant_id: int, note: bytes | None) -> int:
    """The size that the log itself has signed in a note; 0 for anything else."""
    try:
        return keys.opened(note or b"", tenant_id=tenant_id, by=keys.trusted(tenant_id))[0].size
    except (CheckpointInvalid, keys.KeyMissing):
        return 0


def _with_lines(tenant_id: int, checkpoint: Newest, policy: Policy) -> str:
    trusted = {key_hash(each): each for each in policy.cosigners}
    kept = [
        line
        for hashed, line in lines(tenant_id=tenant_id, size=checkpoint.size).items()
        if is_right(checkpoint.text, hashed, line, trusted.get(hashed))
    ]
    return checkpoint.note + "".join(kept)


def is_right(text: str, hashed: bytes, line: str, verifier: Verifier | None) -> bool:
    """Whether a kept line is a signature line of the key it is kept for, and right as far as the key is known."""
    signature = _signature(text, line)
    if signature is None or key_hash(signature) != hashed:
        return False
    return verifier is None or verifier.verifies(text, signature.value)


def _signature(text: str, line: str) -> Signature | None:
    try:
        signed, signatures = parse_note(f"{text}\n{line}".encode())
    except (NoteInvalid, UnicodeEncodeError):
        return None
    if signed != text or len(signatures) != 1 or signatures[0].line != line:
        return None
    return signatures[0]


def moment(seconds: int) -> datetime | None:
    """When a witness says that it cosigned; None for what is no day."""
    return datetime.fromtimestamp(seconds, UTC) if seconds < rules.FAR else None


def _time(line: str) -> datetime | None:
    signature = _signature("x\n", line)
    return moment(time_of(signature)) if signature else None


def _alarms(tenant_id: int) -> Sequence[tuple[bytes, StandingAlarm]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.key_hash, a.witness, a.what, a.ours, a.theirs, a.said, a.at FROM ledger_alarm a
            WHERE a.tenant_id = %s AND NOT EXISTS (
                SELECT 1 FROM ledger_cosignature c
                WHERE c.tenant_id = a.tenant_id AND c.key_hash = a.key_hash AND c.received_at > a.at)
            ORDER BY a.at, a.id
            """,
            [tenant_id],
        )
        rows = cursor.fetchall()
    return [(bytes(hashed), _alarm(tenant_id, *rest)) for hashed, *rest in rows]


def _alarm(
    tenant_id: int, witness: str, what: str, ours: int, theirs: int | None, said: str, at: datetime
) -> StandingAlarm:
    text = Text(rules.SAID[what], {"witness": witness, "ours": ours, "theirs": theirs})
    return StandingAlarm(tenant_id, what, what in rules.GRAVE, text, said, at)


def named(witness: Witness) -> str:
    """How a witness is called to people: by the name of its key."""
    return witness.verifier.name if witness.verifier else witness.vkey.partition("+")[0]
