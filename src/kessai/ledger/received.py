"""What others said of a log, noted a second time beside its files: a row that is deleted is missed.

Cosignatures, stamps of time and alarms are not entries of the log: it would grow by each, and be cosigned and stamped
again for it. So ``.received`` in the directory of the log, where an administrator of the database alone does not
write, gets a line for each row: kind, key, and a digest of the whole row. A row without a line is no fault (a crash
came between), a line without its row is one. What a crash has left of a line is none: it goes with the next one.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import re
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.db import IntegrityError, models, transaction

from kessai.kernel.words import N_
from kessai.ledger import keys
from kessai.ledger.findings import Finding, finding
from kessai.ledger.models import Alarm, AlarmEnd, Cosignature, Timestamp
from kessai.ledger.sealing import canonical

NAME = ".received"
AT_ONCE = 1_000
NAMED_AT_MOST = 200
BLOCK = 4_096

KINDS: dict[str, tuple[type[models.Model], str, str]] = {
    "cosignature": (
        Cosignature,
        "size",
        N_("%(n)s件の署名に付いた立会人の連署が、受け取った後に消されたか、変えられています。"),
    ),
    "timestamp": (
        Timestamp,
        "size",
        N_("%(n)s件の署名のタイムスタンプが、受け取った後に消されたか、変えられています。"),
    ),
    "alarm": (Alarm, "id", N_("立会人の警告 %(n)s が、受け取った後に消されたか、変えられています。")),
    "alarm_end": (
        AlarmEnd,
        "alarm_id",
        N_("立会人の警告 %(n)s が終わったという記録が、消されたか、変えられています。"),
    ),
}
"""By the word in the file: the model, the column that is looked up, and what is said of a row that is gone."""

_LINE = re.compile(
    r"(?P<kind>(?:cosignature|timestamp)(?= [0-9]{1,18} )|alarm(?:_end)?(?= [0-9a-f-]{36} ))"
    r" (?P<key>\S+) (?P<digest>[0-9a-f]{64})\n"
)

log = logging.getLogger(__name__)


def path(tenant_id: int) -> Path:
    return keys.store(tenant_id).root / NAME


def length(tenant_id: int) -> int:
    """How many bytes of whole lines there are now: all of these have rows in a view that is taken later."""
    try:
        with path(tenant_id).open("rb") as file:
            return _end(file)
    except OSError:
        return 0


def _end(file: BinaryIO) -> int:
    """Where the last whole line ends."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - BLOCK)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


def keep(row: Cosignature | Timestamp | Alarm | AlarmEnd) -> bool:
    """Insert a row, and note it once it is there; False where one with its key is there already.

    Outside of a transaction: what is noted must not be rolled back.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if not type(row)._default_manager.filter(pk=row.pk).exists():
            raise
        return False
    _note(row)
    return True


def _note(row: Any) -> None:
    kind, key = next((kind, key) for kind, (model, key, _) in KINDS.items() if isinstance(row, model))
    target = path(row.tenant_id)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _append(target, f"{kind} {getattr(row, key)} {_digest(row)}\n".encode())
    except OSError:
        # What was said is kept, and counts; only its deletion would not be noticed.
        log.exception("log %s: what was received could not be noted", row.tenant_id)


def _append(target: Path, line: bytes) -> None:
    """All of a line in the place of what may be left of one, or nothing. Raises OSError."""
    with target.open("ab+", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        end = _end(file)
        file.truncate(end)
        if file.write(line) != len(line):
            file.truncate(end)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))


def _digest(row: Any) -> str:
    said = {field.column: _plain(getattr(row, field.attname)) for field in type(row)._meta.concrete_fields}
    return hashlib.sha256(canonical(said)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return None if value is None else str(value)


def check(tenant_id: int, size: int) -> list[Finding]:
    """The lines, of the first so many bytes, whose rows are not, or no longer, in the record: the newest first, and how
    many more there are than are named."""
    newest: deque[Finding] = deque(maxlen=NAMED_AT_MOST)
    missing, read, unreadable = 0, 0, 0
    lines = _lines(tenant_id, size)
    while some := list(islice(lines, AT_ONCE)):
        found = _missing(tenant_id, [line for line in some if line])
        newest += found
        missing += len(found)
        if None in some and not unreadable:
            unreadable = read + some.index(None) + 1
        read += len(some)
    found = list(reversed(newest))
    if missing > len(found):
        message = N_("受け取った後に消されたか、変えられたものが、ほかに%(n)s件あります。")
        found.append(finding(tenant_id, "missing_more", message, n=missing - len(found)))
    if unreadable:
        message = N_("受け取ったものの控え %(path)s に、読めない行があります（%(n)s行目から）。")
        of = str(path(tenant_id))
        found.append(finding(tenant_id, "unreadable_received", message, path=of, n=unreadable))
    return found


def _missing(tenant_id: int, lines: list[re.Match[str]]) -> list[Finding]:
    """Those of some lines that have no row as it was noted, in their order."""
    there: set[tuple[str, str]] = set()
    for kind, (model, key, _) in KINDS.items():
        wanted = {each["key"] for each in lines if each["kind"] == kind}
        rows = model._default_manager.filter(tenant_id=tenant_id, **{f"{key}__in": wanted}) if wanted else ()
        there |= {(kind, _digest(row)) for row in rows}
    return [
        finding(tenant_id, f"missing_{each['kind']}", KINDS[each["kind"]][2], n=each["key"])
        for each in lines
        if (each["kind"], each["digest"]) not in there
    ]


def _lines(tenant_id: int, size: int) -> Iterator[re.Match[str] | None]:
    if not size:
        return
    with path(tenant_id).open("rb") as file:
        while file.tell() < size and (line := file.readline()):
            yield _LINE.fullmatch(line.decode(errors="replace"))
