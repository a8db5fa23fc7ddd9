"""Going back to an earlier version of a draft."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kessai.drafting import operations
from kessai.drafting import writes as drafting
from kessai.drafting.models import Attachment, Draft
from kessai.drafting.rules import AttachedFile
from kessai.drafting.versions import queries, rules, writes
from kessai.kernel.actor import Actor


def restore(*, actor: Actor, tenant_id: int, draft_id: UUID, number: int, at: datetime) -> int:
    """Make a draft what it was at a version, its files too. What it is now is kept as a version; the new version.

    Errors: NotFound, CannotSave.
    """
    with transaction.atomic():
        draft = operations.locked(actor, tenant_id, draft_id, at)
        wanted = queries.version(actor=actor, tenant_id=tenant_id, draft_id=draft_id, number=number, at=at)
        keys = [
            key
            for key in {**draft.typed, **wanted.typed}
            if draft.typed.get(key, "") != wanted.typed.get(key, "")
        ]
        other_files = [file.to_json() for file in wanted.files] != queries.files_of(
            tenant_id=tenant_id, draft_id=draft_id
        )
        if not keys and not other_files:
            return int(draft.version)
        writes.keep(draft, why=rules.RESTORED, at=at)
        draft.typed = dict(wanted.typed)
        if other_files:
            _put_back(draft, wanted.files, at)
            keys.append(rules.FILES)
        writes.touch(draft, keys, person=actor.person_id, at=at)
        return int(draft.version)


def _put_back(draft: Draft, files: tuple[AttachedFile, ...], at: datetime) -> None:
    Attachment.objects.filter(tenant_id=draft.tenant_id, draft_id=draft.id).delete()
    for file in files:
        drafting.attach_stored(tenant_id=draft.tenant_id, draft_id=draft.id, file=file, at=at)
