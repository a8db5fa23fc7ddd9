"""Writing a locked draft, and keeping what it was as versions, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from kessai.drafting.inspecting import writes as inspecting
from kessai.drafting.models import Draft, Version
from kessai.drafting.versions import queries, rules
from kessai.drafting.versions.rules import Merged, Screen, Touch
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.settings import settings_of

MOST = 200
"""Versions kept of one draft; beyond them the oldest go."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save came to. ``version``: the one stored now; ``elsewhere``: other screens had changed something.

    ``taken``: the fields that another screen changed and this one left alone.
    """

    version: int
    merged: Merged
    elsewhere: bool = False

    @property
    def taken(self) -> tuple[str, ...]:
        return self.merged.taken


def write(draft: Draft, *, sent: Mapping[str, str], screen: Screen, person: int, at: datetime) -> Saved:
    """Merge what a screen sent into a locked draft. What it conflicts in is not stored."""
    assert connection.in_atomic_block
    touched = queries.touches(draft)
    merged = rules.merge(draft.typed, sent, touched=touched, current=draft.version, screen=screen)
    elsewhere = rules.changed_elsewhere(touched, screen)
    if not merged.written:
        return Saved(int(draft.version), merged, elsewhere)
    keep_if_due(draft, person=person, screen=screen.id, at=at)
    draft.typed = merged.typed
    touch(draft, merged.written, person=person, screen=screen.id, at=at)
    return Saved(int(draft.version), merged, elsewhere)


def touch(draft: Draft, keys: Iterable[str], *, person: int, at: datetime, screen: str = "") -> None:
    """Store a locked draft whose ``keys`` have been changed, as its next version."""
    assert connection.in_atomic_block
    draft.version += 1
    made = Touch(draft.version, person, screen, at.isoformat()).to_json()
    draft.touched = {**draft.touched, **dict.fromkeys(keys, made)}
    draft.updated_at = max(at, draft.updated_at)
    draft.save(update_fields=["typed", "touched", "version", "by_hand", "updated_at"])


def keep_if_due(draft: Draft, *, person: int, at: datetime, screen: str = "") -> None:
    """Keep what is stored as a version, where a stretch of writing ended with it."""
    assert connection.in_atomic_block
    mine = Version.objects.filter(tenant_id=draft.tenant_id, draft_id=draft.id).order_by("-number")
    before = mine.values_list("kept_at", flat=True).first()
    minutes = settings_of(tenant_id=draft.tenant_id, on=day_in_japan(at))["draft_version_after"]
    due = rules.begins_anew(
        latest=rules.last(queries.touches(draft)),
        person=person,
        screen=screen,
        saved_at=draft.updated_at,
        since=before or draft.created_at,
        at=at,
        pause=timedelta(minutes=int(minutes)),
    )
    if due:
        keep(draft, why=rules.SAVED, at=at)


def keep(draft: Draft, *, why: str, at: datetime) -> None:
    """Keep what is stored of a locked draft as a version; one that is kept already is no error."""
    assert connection.in_atomic_block
    mine = Version.objects.filter(tenant_id=draft.tenant_id, draft_id=draft.id)
    if mine.filter(number=draft.version).exists():
        return
    latest = rules.last(queries.touches(draft))
    person = latest.person if latest else draft.person_id
    Version(
        tenant_id=draft.tenant_id,
        draft_id=draft.id,
        number=draft.version,
        typed=draft.typed,
        files=queries.files_of(tenant_id=draft.tenant_id, draft_id=draft.id),
        person_id=person,
        person_name=organisation.person(person_id=person).name,
        saved_at=draft.updated_at,
        kept_at=at,
        why=why,
    ).save(force_insert=True)
    beyond = list(mine.order_by("-number").values_list("number", flat=True)[MOST:])
    if beyond:
        _let_go(mine.filter(number__in=beyond), draft.tenant_id)


def drop(*, tenant_id: int, draft_id: UUID) -> None:
    """The case has ended: what its draft was in between is no part of its record, and goes."""
    assert connection.in_atomic_block
    _let_go(Version.objects.filter(tenant_id=tenant_id, draft_id=draft_id), tenant_id)


def _let_go(gone: QuerySet[Version], tenant_id: int) -> None:
    listed = gone.values_list("files", flat=True)
    inspecting.release(tenant_id=tenant_id, files=[str(file["sha256"]) for files in listed for file in files])
    gone.delete()
