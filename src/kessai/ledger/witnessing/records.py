"""Cosignatures as they are kept, what of them is published, and where each witness stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from kessai.ledger import keys, received
from kessai.ledger.models import Cosignature
from kessai.ledger.witnessing import alarms, policies, rules
from kessai.ledger.witnessing.alarms import Said, key_hash
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
    alarms: tuple[Said, ...]


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
    row = Cosignature(tenant_id=tenant_id, size=size, key_hash=key_hash(verifier), line=line, received_at=at)
    return not Cosignature.objects.filter(pk=row.pk).exists() and received.keep(row)


def published_at_least(*, tenant_id: int, latest: int) -> int:
    """The size that the published checkpoint must have, where the latest has ``latest`` entries."""
    policy = policies.usable(tenant_id)
    return latest if policy.quorum == NONE else _quorum_size(tenant_id, policy, 0) or 1


def standing(*, tenant_id: int) -> tuple[Standing, ...]:
    """Each witness of the policy, in its order, and after them others whose alarms stand."""
    against = alarms.standing(tenant_id=tenant_id)
    found, known = [], set()
    for each in policies.usable(tenant_id).witnesses:
        hashed = key_hash(each.verifier) if each.verifier else b""
        known.add(hashed)
        size, line = _last(tenant_id, hashed) or (None, "")
        found.append(
            Standing(
                witness=named(each),
                url=each.url,
                size=size,
                at=_time(line) if line else None,
                alarms=tuple(alarm for alarm in against if alarm.key_hash == hashed),
            )
        )
    former = [alarm for alarm in against if alarm.key_hash not in known]
    for name in dict.fromkeys(alarm.witness for alarm in former):
        own = tuple(alarm for alarm in former if alarm.witness == name)
        found.append(Standing(witness=name, url=None, size=None, at=None, alarms=own))
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


def named(witness: Witness) -> str:
    """How a witness is called to people: by the name of its key."""
    return witness.verifier.name if witness.verifier else witness.vkey.partition("+")[0]
