"""Reads of the versions of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.drafting import queries
from kessai.drafting.models import Attachment, Draft, Version
from kessai.drafting.rules import AttachedFile
from kessai.drafting.versions import rules
from kessai.drafting.versions.rules import Touch
from kessai.kernel.actor import Actor
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation


@dataclass(frozen=True, slots=True)
class Kept:
    """What a draft was, and by whom it was last saved so. ``now``: what is stored today."""

    number: int
    typed: Mapping[str, str]
    files: tuple[AttachedFile, ...]
    person_name: str
    saved_at: datetime
    why: str
    now: bool = False


@dataclass(frozen=True, slots=True)
class Theirs:
    """What another screen left in a field, and who saved it when. ``own``: the reader, on another screen."""

    key: str
    value: str
    person_name: str
    at: datetime
    own: bool

    @property
    def mark(self) -> str:
        """As a screen says that this was on it."""
        return rules.mark_of(self.value)


def versions(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> tuple[Kept, ...]:
    """Every version of one's own draft, the latest first: what is stored today, then those that were kept."""
    draft = queries.visible_to(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
    rows = Version.objects.filter(tenant_id=tenant_id, draft_id=draft_id).order_by("-number")
    return (_now(draft), *(_kept(row) for row in rows if row.number != draft.version))


def version(*, actor: Actor, tenant_id: int, draft_id: UUID, number: int, at: datetime) -> Kept:
    """One of them; NotFound where there is none of that number."""
    found = versions(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
    for each in found:
        if each.number == number:
            return each
    raise unknown()


def unknown() -> NotFound:
    return NotFound(N_("その版はありません。"), N_("版の一覧から選び直してください。"))


def _now(draft: Draft) -> Kept:
    latest = rules.last(touches(draft))
    person = latest.person if latest else draft.person_id
    return Kept(
        number=draft.version,
        typed=dict(draft.typed),
        files=_files(files_of(tenant_id=draft.tenant_id, draft_id=draft.id)),
        person_name=organisation.person(person_id=person).name,
        saved_at=draft.updated_at,
        why=rules.SAVED,
        now=True,
    )


def _kept(row: Version) -> Kept:
    return Kept(row.number, row.typed, _files(row.files), row.person_name, row.saved_at, row.why)


def _files(stored: list[dict[str, str | int]]) -> tuple[AttachedFile, ...]:
    return tuple(AttachedFile(**file) for file in stored)  # type: ignore[arg-type]


def touches(draft: Draft) -> dict[str, Touch]:
    """Who last changed each field of a draft."""
    return {key: Touch(**touch) for key, touch in draft.touched.items()}


def files_of(*, tenant_id: int, draft_id: UUID) -> list[dict[str, str | int]]:
    """The attachments of a draft in their order, as a version keeps them."""
    rows = Attachment.objects.filter(tenant_id=tenant_id, draft_id=draft_id).order_by("position")
    return [
        {
            "title": row.title,
            "filename": row.filename,
            "media_type": row.media_type,
            "size": row.size,
            "sha256": bytes(row.sha256).hex(),
        }
        for row in rows
    ]


def theirs(*, draft: Draft, keys: tuple[str, ...], reader: int) -> tuple[Theirs, ...]:
    """What stands in some fields of a draft that the reader may see, and who left it there."""
    touched = touches(draft)
    found = []
    for key in keys:
        touch = touched.get(key)
        person = touch.person if touch else draft.person_id
        found.append(
            Theirs(
                key=key,
                value=draft.typed.get(key, ""),
                person_name=organisation.person(person_id=person).name,
                at=datetime.fromisoformat(touch.at) if touch else draft.updated_at,
                own=person == reader,
            )
        )
    return tuple(found)
