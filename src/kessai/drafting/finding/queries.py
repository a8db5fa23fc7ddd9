"""Which submitted revisions have words in the text of one of their files. No access check."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.drafting.finding import rules
from kessai.drafting.finding.rules import Passage
from kessai.drafting.models import Inspection

FILES_MOST = 5_000
"""Files that are looked at for words that more files have: those that came last."""
REVISIONS_MOST = 20_000

_HOLDING = """
-- Submitted revisions with a file whose text has all of some pairs of letters, of the files that came last; not those
-- that nobody may open.
WITH files AS MATERIALIZED (
    SELECT f.tenant_id, f.sha256
    FROM drafting_findable f
    WHERE f.tenant_id = ANY(%(tenants)s) AND f.pairs @> %(pairs)s::int[]
      AND NOT EXISTS (SELECT FROM drafting_scan s
                      WHERE s.tenant_id = f.tenant_id AND s.sha256 = f.sha256 AND s.state IN ('waiting', 'infected'))
    ORDER BY f.made_at DESC
    LIMIT %(files)s)
SELECT r.tenant_id, r.draft_id, r.number, f.sha256
FROM files f
JOIN drafting_revision r
  ON r.tenant_id = f.tenant_id AND r.attachments @> jsonb_build_array(jsonb_build_object('sha256', f.sha256))
LIMIT %(revisions)s
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A file of a submitted revision that may have the words."""

    tenant_id: int
    draft_id: UUID
    number: int
    sha256: str


def holding(*, tenants: Collection[int], words: Sequence[str]) -> tuple[Held, ...]:
    """The files, and the revisions they are attached to, that may have every one of the words."""
    asked = rules.pairs_of_words(words)
    if not asked:
        return ()
    given: dict[str, Any] = {
        "tenants": list(tenants),
        "pairs": asked,
        "files": FILES_MOST,
        "revisions": REVISIONS_MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOLDING, given)
        return tuple(Held(*row) for row in cursor.fetchall())


def passages(*, tenant_id: int, hashes: Collection[str], words: Sequence[str]) -> Mapping[str, Passage]:
    """Where the words stand in files, by SHA-256; without those that do not have them all."""
    rows = Inspection.objects.filter(tenant_id=tenant_id, sha256__in=list(hashes))
    found = ((sha256, rules.passage(text, words)) for sha256, text in rows.values_list("sha256", "text"))
    return {sha256: passage for sha256, passage in found if passage is not None}
