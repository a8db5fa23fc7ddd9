"""Finding cases again by words: of their number, title or drafter, or of the text of an attachment."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import access
from kessai.decisions.results import Found, FoundIn
from kessai.drafting import queries as drafts
from kessai.drafting.finding import queries as finding
from kessai.drafting.finding.queries import Held
from kessai.kernel.actor import Actor


def search(
    *,
    actor: Actor,
    words: str,
    at: datetime,
    limit: int = 50,
    issued_from: date | None = None,
    issued_until: date | None = None,
) -> tuple[Found, ...]:
    """Cases the actor may see whose number, title or drafter holds every word, or one of whose attachments does.

    In full or half width; the latest first. ``issued_from``, ``issued_until``: only those issued on a day from the one
    to the other, both included.
    """
    seeing = access.sight(actor=actor, at=at)
    asked = unicodedata.normalize("NFKC", words.replace("\x00", "")).split()
    if not asked and issued_from is None and issued_until is None:
        return ()
    held = finding.holding(tenants=seeing.tenants, words=asked)
    given = {
        "patterns": ["%" + _literal(word) + "%" for word in asked],
        "limit": limit,
        "issued_from": issued_from,
        "issued_until": issued_until,
        "held": [each.draft_id for each in held],
        "held_revisions": [each.number for each in held],
    }
    hits: list[Found] = []
    inside: dict[UUID, int] = {}
    for row in _rows(seeing.params() | given):
        revision, by_title = row.pop("revision"), row.pop("by_title")
        hits.append(Found(**row))
        if not by_title:
            inside[row["case_id"]] = revision
    files = _files([hit for hit in hits if hit.case_id in inside], inside, held, asked)
    found = (files.get(hit.case_id) if hit.case_id in inside else hit for hit in hits)
    return tuple(hit for hit in found if hit is not None)


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _rows(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(access.SQL["search"], params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _files(
    hits: Sequence[Found], revisions: Mapping[UUID, int], held: Sequence[Held], words: Sequence[str]
) -> dict[UUID, Found]:
    """The hits with the first of their files that has the words; without those of which none has them after all."""
    found = {}
    for tenant in {hit.tenant_id for hit in hits}:
        mine = [hit for hit in hits if hit.tenant_id == tenant]
        files = drafts.files(
            tenant_id=tenant, revisions={hit.case_id: revisions[hit.case_id] for hit in mine}
        )
        hashes = {each.sha256 for each in held if each.tenant_id == tenant and each.draft_id in revisions}
        passages = finding.passages(tenant_id=tenant, hashes=hashes, words=words)
        for hit in mine:
            there = enumerate(files[hit.case_id], start=1)
            first = next(((n, file) for n, file in there if file.sha256 in passages), None)
            if first is not None:
                position, file = first
                found[hit.case_id] = replace(hit, file=FoundIn(position, file.title, passages[file.sha256]))
    return found
