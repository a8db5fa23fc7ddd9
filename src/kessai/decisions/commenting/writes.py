"""Rows of comments beside the text of a draft, inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from kessai.decisions import access, anchors
from kessai.decisions.anchors import Passage
from kessai.decisions.commenting.queries import Voice
from kessai.decisions.models import DraftComment
from kessai.drafting.writes import LockedDraft
from kessai.kernel.identifiers import new_id


def put(
    draft: LockedDraft,
    where: tuple[int, UUID],
    seeing: access.Sight,
    speaks: Voice,
    *,
    act_id: UUID,
    anchor: Passage,
    text: str,
    thread_id: UUID | None = None,
) -> UUID:
    """A comment, or an answer in a thread; its id."""
    assert connection.in_atomic_block
    tenant_id, draft_id = where
    made = new_id()
    DraftComment(
        tenant_id=tenant_id,
        id=made,
        draft_id=draft_id,
        act_id=act_id,
        thread_id=thread_id or made,
        preview_id=speaks.preview_id,
        anchor=anchors.to_json(anchor),
        text=text,
        version=draft.version,
        person_id=seeing.person,
        person_name=seeing.name.name,
        post_title=speaks.post_title,
        made_at=seeing.at,
    ).save(force_insert=True)
    return made


def settle(*, tenant_id: int, thread_id: UUID, by: str, at: datetime) -> None:
    """``by``: who says that a comment is dealt with; "": it is not."""
    assert connection.in_atomic_block
    DraftComment.objects.filter(tenant_id=tenant_id, id=thread_id).update(
        settled_at=at if by else None, settled_by=by
    )


def drop(*, tenant_id: int, draft_id: UUID) -> None:
    """What was said beside the text of a draft goes with the working copy."""
    assert connection.in_atomic_block
    DraftComment.objects.filter(tenant_id=tenant_id, draft_id=draft_id).delete()
