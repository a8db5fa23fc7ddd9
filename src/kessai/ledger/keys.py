"""The keys of each log over time, and its tile directory.

What is said of a key is in the record (``ledger_key``): since when it signs, up to when, and from when on it was
stolen. That a key is the log's own is not: it stands in ``keys/log-<ministry>.keys``, which is written where keys are
made and lies apart from the database, so that nobody makes a key the log's by writing a row.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.ledger.keystores import KeyMissing, keystore, write_through
from kessai.ledger.models import Key
from merklelog.checkpoint import Checkpoint, CheckpointInvalid
from merklelog.note import NoteInvalid, NoteSigner, Verifier, open_note
from merklelog.tiles import DirectoryStore

__all__ = ["KeyMissing"]

EARLIEST_THEFT = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
"""The published policy says it in whole seconds since 1970, from 1."""
BEGUN, ENDED, STOLEN = "begun", "ended", "stolen"
NO_KEY = N_("台帳 %(log)s の鍵がありません。")
NO_KEY_REMEDY = N_("keys を控えから戻してください。記録と決裁は続けられ、署名だけが待ちます。")


class CannotFindKey(Cannot):
    """The log has no key of this id."""


class CannotBeStolenThen(Cannot):
    """Before 1970-01-01T00:00:01Z, or in the future: what is said of a key is not taken back."""


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key of a log: it signs checkpoints of more than ``after`` entries, and of ``until`` at most (None: it is the
    one that signs now). ``stolen``: from when on others may have signed with it."""

    verifier: Verifier
    after: int
    begun: datetime
    until: int | None = None
    ended: datetime | None = None
    stolen: datetime | None = None

    def signs(self, size: int) -> bool:
        """Whether a checkpoint of this size is of its time."""
        return self.after < size and (self.until is None or size <= self.until)


def origin(tenant_id: int) -> str:
    """The name of a ministry's log, as it stands in its checkpoints and its key."""
    return f"{settings.KESSAI_LEDGER_ORIGIN}/{tenant_id}"


def store(tenant_id: int) -> DirectoryStore:
    """Where the log's tiles, entry bundles and latest checkpoint lie as files."""
    return DirectoryStore(Path(settings.KESSAI_LEDGER_DIR) / str(tenant_id))


def known(tenant_id: int) -> tuple[LogKey, ...]:
    """The keys of a log as the record has them, the first one first, by the sizes that they sign."""
    found: dict[str, LogKey] = {}
    rows = Key.objects.filter(tenant_id=tenant_id)
    for row in sorted(rows, key=lambda each: (each.what != BEGUN, each.said_at)):
        if row.what == BEGUN:
            # A row that is no key was tampered with: what it signed is then called nobody's.
            with suppress(NoteInvalid):
                found[row.vkey] = LogKey(Verifier.parse(row.vkey), row.size, row.at)
        elif (key := found.get(row.vkey)) is None:
            continue
        elif row.what == ENDED:
            # What has ended does not go on: a later row that gives it more time changes nothing.
            if key.until is None or row.size < key.until:
                found[row.vkey] = replace(key, until=row.size, ended=row.at)
        else:
            found[row.vkey] = replace(key, stolen=min(row.at, key.stolen or row.at))
    return tuple(sorted(found.values(), key=lambda each: (each.after, each.until is None, each.until or 0)))


def verifiers(tenant_id: int) -> tuple[Verifier, ...]:
    """All keys of a log, the one that signs now last."""
    return tuple(each.verifier for each in known(tenant_id))


def verifier(tenant_id: int) -> Verifier:
    """The key that signs now; KeyMissing if there is none."""
    current = [each.verifier for each in known(tenant_id) if each.until is None]
    if not current:
        raise KeyMissing(NO_KEY, NO_KEY_REMEDY, log=origin(tenant_id))
    return current[-1]


def trusted(tenant_id: int) -> tuple[LogKey, ...]:
    """The keys in the record that are the log's own; KeyMissing where it is not known which are."""
    own = made_here(tenant_id)
    found = tuple(each for each in known(tenant_id) if each.verifier in own)
    if not found:
        raise KeyMissing(NO_KEY, NO_KEY_REMEDY, log=origin(tenant_id))
    return found


def made_here(tenant_id: int) -> tuple[Verifier, ...]:
    """The public keys in the file that is written where keys are made; none where it is not there."""
    try:
        lines = _anchor(tenant_id).read_text().split()
    except OSError:
        return ()
    found = []
    for line in lines:
        with suppress(NoteInvalid):
            found.append(Verifier.parse(line))
    return tuple(found)


def opened(note: bytes, *, tenant_id: int, by: tuple[LogKey, ...]) -> tuple[Checkpoint, LogKey]:
    """The checkpoint of a log in a signed note, and the key of its time that signed it; raises CheckpointInvalid."""
    try:
        read = open_note(note, [each.verifier for each in by])
    except NoteInvalid as error:
        raise CheckpointInvalid(str(error)) from error
    checkpoint = Checkpoint.parse(read.text)
    if checkpoint.origin != origin(tenant_id):
        raise CheckpointInvalid(f"a checkpoint of {checkpoint.origin!r}")
    signed = {(each.name, each.key_id) for each in read.verified}
    for key in by:
        if (key.verifier.name, key.verifier.key_id) in signed and key.signs(checkpoint.size):
            return checkpoint, key
    raise CheckpointInvalid("the key that signed was not in use then")


def signer(tenant_id: int, *, make: bool = False) -> NoteSigner:
    """Who signs for a log now; KeyMissing if the key is not there. ``make``: for a log without a history, whose first
    key is made, or found where keys lie."""
    keystore_ = keystore(tenant_id, origin(tenant_id))
    try:
        current = verifier(tenant_id)
    except KeyMissing:
        if not make:
            raise
        held = keystore_.held()
        first = held[0] if held else keystore_.make()
        _begin(tenant_id, first.verifier(), size=0, at=timezone.now())
        return first
    for each in keystore_.held():
        if each.verifier() == current:
            return each
    raise KeyMissing(NO_KEY, NO_KEY_REMEDY, log=str(current))


def rotate(*, tenant_id: int, at: datetime) -> Verifier:
    """A new key signs from the next checkpoint on, under the same name. Errors: KeyMissing for a log without any."""
    verifier(tenant_id)
    fresh = keystore(tenant_id, origin(tenant_id)).make().verifier()
    with transaction.atomic(), connection.cursor() as cursor:
        alone(cursor)
        # Read once nobody else changes it: the key that now ends may be one that was just made.
        old = verifier(tenant_id)
        cursor.execute(
            "SELECT coalesce(max(size), 0) FROM ledger_checkpoint WHERE tenant_id = %s", [tenant_id]
        )
        (size,) = cursor.fetchone()
        _say(tenant_id, old, ENDED, size=size, at=at)
        _begin(tenant_id, fresh, size=size, at=at)
    return fresh


def compromised(*, tenant_id: int, key_id: str, since: datetime, at: datetime) -> LogKey:
    """From ``since`` on others may have signed with the key of this id (8 hex digits). Errors: CannotFindKey,
    CannotBeStolenThen."""
    if not EARLIEST_THEFT <= since <= at:
        raise CannotBeStolenThen(
            N_("%(since)s に鍵が盗まれたとは記録できません。1970年1月1日より後の、過ぎた時刻に限ります。"),
            N_("盗まれたおそれがある最も早い時刻を指定してください。分からないときは、鍵を作った時刻です。"),
            since=since.isoformat(timespec="seconds"),
        )
    for each in known(tenant_id):
        if each.verifier.key_id.hex() == key_id:
            _say(tenant_id, each.verifier, STOLEN, size=0, at=since, said_at=at)
            return each
    raise CannotFindKey(
        N_("台帳 %(log)s に、識別子が %(id)s の鍵はありません。"),
        N_("kessai ledger key list で鍵の識別子を確かめてください。"),
        log=origin(tenant_id),
        id=key_id,
    )


def alone(cursor: CursorWrapper) -> None:
    """One at a time numbers, signs or changes the key: wait for any other's transaction to end."""
    cursor.execute(
        "INSERT INTO ledger_heartbeat (name, at) VALUES ('sequencer', now()) ON CONFLICT DO NOTHING"
    )
    cursor.execute("SELECT 1 FROM ledger_heartbeat WHERE name = 'sequencer' FOR UPDATE")


def _begin(tenant_id: int, key: Verifier, *, size: int, at: datetime) -> None:
    # On the disk first: a key that the record has and the file has not would be taken for a stranger's.
    path = _anchor(tenant_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_through(path, f"{key}\n", append=True)
    _say(tenant_id, key, BEGUN, size=size, at=at)


def _say(
    tenant_id: int, key: Verifier, what: str, *, size: int, at: datetime, said_at: datetime | None = None
) -> None:
    row = Key(tenant_id=tenant_id, vkey=str(key), what=what, size=size, at=at, said_at=said_at or at)
    Key.objects.bulk_create([row], ignore_conflicts=True)


def _anchor(tenant_id: int) -> Path:
    return Path(settings.KESSAI_KEYS_DIR) / f"log-{tenant_id}.keys"
