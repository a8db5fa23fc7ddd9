"""Telling of previews (事前確認): whoever is asked to look at a draft, its drafter of the answer and of comments beside
the text, those who commented of answers, and the post that a draft is given to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from kessai.decisions import access, draft_marks
from kessai.decisions.models import DraftComment, Notice, Preview
from kessai.decisions.telling.mailing import mail
from kessai.decisions.telling.results import Told
from kessai.drafting import queries as drafts
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.identifiers import new_id
from kessai.organisation import queries as organisation
from kessai.organisation.clearance import queries as clearance

TO_READERS = (Notice.PREVIEW, Notice.REPLIED)
"""Notices for those a draft is shown to; the others are for its drafter."""


def ask(*, preview: Preview, needed: Collection[str], at: datetime) -> None:
    """Tell whoever is at the post that a draft is shown to, and may see it; not who asks."""
    assert connection.in_atomic_block
    seated = organisation.seated(post_ids=[preview.post_id], on=day_in_japan(at)).get(preview.post_id, ())
    people = {one.person_id for one in seated} - {preview.by_person_id}
    able = clearance.cleared(person_ids=people, needed=needed, at=at)
    _tell(preview, Notice.PREVIEW, sorted(able), at)


def answered(*, preview: Preview, drafting_post: int, by: int, at: datetime) -> None:
    """Tell who asked for it, and whoever is at the drafting post; not who answers."""
    assert connection.in_atomic_block
    seated = organisation.seated(post_ids=[drafting_post], on=day_in_japan(at)).get(drafting_post, ())
    people = {preview.by_person_id, *(one.person_id for one in seated)} - {by}
    _tell(preview, Notice.PREVIEWED, sorted(people), at)


def commented(*, tenant_id: int, draft_id: UUID, thread_id: UUID, by: int, at: datetime) -> None:
    """Tell the drafter of words beside the text, and those of the thread of answers; once until they have seen it."""
    assert connection.in_atomic_block
    thread = list(DraftComment.objects.filter(tenant_id=tenant_id, thread_id=thread_id))
    ids = {row.preview_id for row in thread if row.preview_id is not None}
    rows = {row.id: row for row in Preview.objects.filter(tenant_id=tenant_id, id__in=ids)}
    if not rows:
        return
    draft = drafts.draft_unchecked(tenant_id=tenant_id, draft_id=draft_id, at=at)
    seated = organisation.seated(post_ids=[draft.post_id], on=day_in_japan(at)).get(draft.post_id, ())
    drafters = {one.person_id for one in seated}
    latest = max(thread, key=lambda row: (row.made_at, row.id))
    about = next((row for row in rows.values() if row.id == latest.preview_id), next(iter(rows.values())))
    _tell(about, Notice.COMMENTED, _unheard(about, Notice.COMMENTED, drafters - {by}), at)
    for row in rows.values():
        readers = {each.person_id for each in thread if each.preview_id == row.id} - drafters - {by}
        _tell(row, Notice.REPLIED, _unheard(row, Notice.REPLIED, readers), at)


def _unheard(preview: Preview, about: str, people: Collection[int]) -> list[int]:
    """Those who do not have the same notice unseen."""
    unseen = Notice.objects.filter(
        tenant_id=preview.tenant_id, preview_id=preview.id, about=about, seen_at=None, person_id__in=people
    )
    return sorted(set(people) - set(unseen.values_list("person_id", flat=True)))


def handed(*, preview: Preview, drafting_post: int, needed: Collection[str], at: datetime) -> None:
    """Tell whoever is at the post that a draft was given to, and may see it."""
    assert connection.in_atomic_block
    seated = organisation.seated(post_ids=[drafting_post], on=day_in_japan(at)).get(drafting_post, ())
    people = {one.person_id for one in seated} - {preview.by_person_id}
    _tell(preview, Notice.HANDED, sorted(clearance.cleared(person_ids=people, needed=needed, at=at)), at)


def _tell(preview: Preview, about: str, people: Iterable[int], at: datetime) -> None:
    """What is asked is in the inbox by itself: its notice is there for the mail, and counts as seen."""
    notices = [
        Notice(
            tenant_id=preview.tenant_id,
            id=new_id(),
            case_id=preview.draft_id,
            about=about,
            round=0,
            preview_id=preview.id,
            person_id=person,
            told_at=at,
            seen_at=at if about == Notice.PREVIEW else None,
        )
        for person in people
    ]
    Notice.objects.bulk_create(notices)
    mail(tenant_id=preview.tenant_id, notices=[notice.id for notice in notices])


def told(seeing: access.Sight, tenant_id: int, notices: Sequence[Notice]) -> list[Told]:
    """What notices of previews say to somebody, as far as the draft is still shown to them, or theirs."""
    ids = {notice.preview_id for notice in notices if notice.preview_id is not None}
    rows = Preview.objects.filter(tenant_id=tenant_id, id__in=ids) if ids else ()
    previews = {row.id: row for row in rows}
    found = []
    for notice in notices:
        row = previews.get(notice.preview_id) if notice.preview_id else None
        shown = _shown(seeing, row, asked=notice.about in TO_READERS) if row else None
        if row is not None and shown is not None:
            found.append(_one(notice, row, *shown))
    return found


def _shown(seeing: access.Sight, row: Preview, *, asked: bool) -> tuple[str, str] | None:
    """How the draft is marked now and its title, where the reader may see it as one who is asked or as its drafter."""
    if row.recorded_seq is not None or (asked and row.withdrawn_at is not None):
        return None
    draft = drafts.draft_unchecked(tenant_id=row.tenant_id, draft_id=row.draft_id, at=seeing.at)
    mine = drafts.posts_to_write_as(actor=Actor(seeing.person), at=seeing.at)
    if row.post_id not in seeing.held if asked else draft.post_id not in mine:
        return None
    mark = draft_marks.mark(draft, at=seeing.at)
    if seeing.person not in clearance.cleared(person_ids=[seeing.person], needed=mark.needs, at=seeing.at):
        return None
    return mark.marking, draft.typed.get("title", "")


def _one(notice: Notice, row: Preview, marking: str, title: str) -> Told:
    asked = notice.about in (Notice.PREVIEW, Notice.HANDED)
    said = _last_said(notice, row)
    waits = row.remarked_at is None and row.withdrawn_at is None
    return Told(
        tenant_id=row.tenant_id,
        notice_id=notice.id,
        case_id=row.draft_id,
        title=title,
        about=notice.about,
        event="",
        post_title=said.post_title if said else row.by_post_title if asked else row.post_title,
        person_name=said.person_name if said else row.by_person_name if asked else row.person_name,
        remark=said.text if said else row.note if asked else row.remark,
        at=notice.told_at,
        kind="",
        deadline=None,
        marking=marking,
        asks=waits if notice.about == Notice.PREVIEW else True,
        presses=asked,
        day=None,
        revision=0,
    )


def _last_said(notice: Notice, row: Preview) -> DraftComment | None:
    """The words that a notice of comments is about: the latest beside the draft that are not its receiver's own."""
    if notice.about not in (Notice.COMMENTED, Notice.REPLIED):
        return None
    of_draft = DraftComment.objects.filter(tenant_id=row.tenant_id, draft_id=row.draft_id)
    return of_draft.exclude(person_id=notice.person_id).order_by("-made_at", "-id").first()
