"""What the queue does to stored files: look into them, and have them scanned."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from kessai.drafting import blobs
from kessai.drafting.finding import writes as finding
from kessai.drafting.inspecting import clamd, confined
from kessai.drafting.inspecting.seen import NAMES, UNREAD, Seen
from kessai.drafting.models import Inspection, Scan

VERSION = 2
"""Of the program that looks; what an older one found is looked at again by night, or when the file comes again."""


def inspect(*, tenant_id: int, sha256: str, at: datetime) -> Seen | None:
    """Look into a stored file, once, and keep what was found; None where the file is gone."""
    known = Inspection.objects.filter(tenant_id=tenant_id, sha256=sha256, made_by=VERSION).first()
    if known is not None:
        return Seen(**{name: getattr(known, name) for name in NAMES})
    path = blobs.path_of(tenant_id=tenant_id, sha256=sha256)
    if not path.exists():
        return None
    seen = looked_into(path)
    with transaction.atomic():
        Inspection.objects.update_or_create(
            tenant_id=tenant_id,
            sha256=sha256,
            defaults={**seen.to_json(), "made_by": VERSION, "made_at": at},
        )
        finding.keep(tenant_id=tenant_id, sha256=sha256, text=seen.text, at=at)
    return seen


def looked_into(path: Path) -> Seen:
    """What a look into a file on the disk finds, by a process of its own."""
    try:
        printed = confined.run(
            "kessai.drafting.inspecting.look",
            str(path),
            seconds=confined.LOOK_SECONDS + confined.GRACE_SECONDS,
        )
    except confined.CannotFinish as error:
        printed = error.so_far
    found = UNREAD
    for line in printed.splitlines():
        # The last line may be cut where the process was ended.
        with contextlib.suppress(ValueError):
            found = Seen(**json.loads(line))
    return found


def scan(*, tenant_id: int, sha256: str, at: datetime) -> None:
    """Have a file scanned, unless it is gone, and keep the verdict. Errors: clamd.NoScanner, which is kept too."""
    mine = Scan.objects.filter(tenant_id=tenant_id, sha256=sha256)
    path = blobs.path_of(tenant_id=tenant_id, sha256=sha256)
    if not path.exists():
        return
    try:
        with path.open("rb") as stream:
            verdict = clamd.scan(settings.KESSAI_CLAMD, stream)
    except clamd.NoScanner:
        mine.update(down=True, asked_at=at)
        raise
    mine.update(state=verdict.state, threat=verdict.threat, down=False, scanned_at=at)


_MISSED = """
-- Attached files that this version has not looked into: from before it, or of which the finding was deleted.
SELECT DISTINCT encode(a.sha256, 'hex')
FROM drafting_attachment a
WHERE a.tenant_id = %s
  AND NOT EXISTS (
    SELECT FROM drafting_inspection i
    WHERE i.tenant_id = %s AND i.sha256 = encode(a.sha256, 'hex') AND i.made_by >= %s
  )
LIMIT %s
"""


def missed(*, tenant_id: int, limit: int) -> list[str]:
    """SHA-256 of attached files of a ministry that were not looked into."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSED, [tenant_id, tenant_id, VERSION, limit])
        return [sha256 for (sha256,) in cursor.fetchall()]
