"""What changed between two revisions of a case, access-checked; and what of it is new to its reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kessai.decisions import access, machine, planning, replay, rules
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.original import step_of
from kessai.decisions.redline.results import Acted, Changes, FileText, Fixed, Pending, Redlined, Since
from kessai.decisions.redline.rules import (
    REPLACED,
    Difference,
    FileChange,
    Place,
    Version,
    difference,
    redline,
)
from kessai.decisions.redline.words import words
from kessai.decisions.repeats import hash_of, now
from kessai.decisions.rewording import rules as rewording
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting import queries as inspecting
from kessai.drafting.rules import AttachedFile, Content
from kessai.kernel.actor import Actor
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_

WORD_BY_WORD = ("line", "lines")
"""Kinds of field that are compared word by word; another value stands for the one before as a whole."""


def changes(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    at: datetime,
    before: int | None = None,
    after: int | None = None,
) -> Changes:
    """The difference of two revisions; of the current one and that on which the reader last acted, if none is named.

    NotFound for strangers, and for a revision that there is not.
    """
    seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    events = list(Event.objects.filter(tenant_id=tenant_id, case_id=case_id).order_by("seq"))
    after = case.revision if after is None else after
    if before is None:
        last = _last_act(events, seeing, until=after)
        before = last.revision if last else max(after - 1, 1)
    return _changes(case, events, seeing, before, after, texts_of_files=True)


def since_seen(*, actor: Actor, tenant_id: int, case_id: UUID, seen: str, at: datetime) -> Changes | None:
    """What changed since the revision that a page showed, as its form carries it; None if that is the current one."""
    access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    digest = rules.content_of(hash_of(seen))
    number = drafts.number_of(tenant_id=tenant_id, draft_id=case_id, content_hash=digest)
    found = number and changes(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at, before=number)
    return found if found and found.before.number != found.after.number else None


def pending(*, actor: Actor, tenant_id: int, case_id: UUID, content: Content, at: datetime) -> Pending | None:
    """What a draft, read as ``content``, would change of the last revision; None where there is none yet."""
    draft = drafts.draft(actor=actor, tenant_id=tenant_id, draft_id=case_id, at=at)
    if not draft.revisions:
        return None
    last = drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=draft.revisions)
    files = tuple(
        AttachedFile(f.title, f.filename, f.media_type, f.size, f.sha256) for f in draft.attachments
    )
    return Pending(
        draft.revisions, difference(Version(last.content, last.attachments), Version(content, files))
    )


def course(*, tenant_id: int, case_id: UUID) -> tuple[tuple[Fixed, Difference, tuple[Redlined, ...]], ...]:
    """How a case changed from each revision to the next, the earliest first. No access check."""
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    events = list(Event.objects.filter(tenant_id=tenant_id, case_id=case_id).order_by("seq"))
    fixed = {event.revision: event for event in events if event.kind in machine.FIXING}
    versions = [_version(case, events, number) for number in sorted(fixed)]
    found = zip(sorted(fixed)[1:], versions, versions[1:], strict=False)
    return tuple(
        (_fixed(fixed[number]), of, redlined(of))
        for number, before, after in found
        for of in (difference(before, after),)
    )


def since(case: Case, events: Sequence[Event], seeing: access.Sight) -> Since | None:
    """What is new to the reader of a case; None where nothing is. The case is one that they may see."""
    if case.revision < 2:
        return None
    last = _last_act(events, seeing, until=case.revision + 1)
    if last is None and case.state in machine.ENDED:
        return None
    before = last.revision if last else case.revision - 1
    if before == case.revision:
        return None
    acted = (
        Acted(
            rewording.called(last.kind, last.position),
            last.at,
            last.post_title,
            last.person_name,
            last.person_id == seeing.person,
        )
        if last
        else None
    )
    return Since(acted, _changes(case, events, seeing, before, case.revision))


def _last_act(events: Sequence[Event], seeing: access.Sight, *, until: int) -> Event | None:
    """What the reader, or another for their post, last did on a revision before ``until``: more than open it."""
    mine = [
        event
        for event in events
        if event.revision < until
        and event.kind != machine.OPENED
        and (
            event.person_id == seeing.person
            or event.post_id in seeing.held
            or event.payload.get("for_post") in seeing.held
        )
    ]
    return mine[-1] if mine else None


FILE_TEXT_LONGEST = 60_000
"""Characters of the text of a file that are compared."""


def _changes(
    case: Case,
    events: Sequence[Event],
    seeing: access.Sight,
    before: int,
    after: int,
    *,
    texts_of_files: bool = False,
) -> Changes:
    fixed = {event.revision: event for event in events if event.kind in machine.FIXING}
    if before not in fixed or after not in fixed:
        raise NotFound(N_("その版はありません。"), N_("案件の画面から開き直してください。"))
    found = difference(_version(case, events, before), _version(case, events, after))
    return Changes(
        tenant_id=case.tenant_id,
        case_id=case.id,
        title=case.title,
        question=case.question,
        state=case.state,
        seen=now(case).seen.hex(),
        before=_fixed(fixed[before]),
        after=_fixed(fixed[after]),
        revisions=tuple(_fixed(event) for event in fixed.values()),
        difference=found,
        texts=redlined(found),
        files=tuple(
            (each, _text_of_file(case.tenant_id, each) if texts_of_files else None) for each in found.files
        ),
        object_at=_object_at(case, events, seeing),
    )


def _text_of_file(tenant_id: int, change: FileChange) -> FileText | None:
    """How the texts of two files differ that stand in the same place; None for any other change."""
    if change.what != REPLACED or change.old is None or change.new is None:
        return None
    old, new = (
        inspecting.inspected(tenant_id=tenant_id, sha256=side.file.sha256)
        for side in (change.old, change.new)
    )
    if not old.text or not new.text:
        return FileText(read=False)
    cut = any(each.text_cut or len(each.text) > FILE_TEXT_LONGEST for each in (old, new))
    runs = redline(old.text[:FILE_TEXT_LONGEST], new.text[:FILE_TEXT_LONGEST], words)
    return FileText(True, runs, cut)


def redlined(found: Difference) -> tuple[Redlined, ...]:
    """The texts of a difference, each with its redline."""
    return tuple(
        Redlined(each, redline(each.old, each.new, words) if each.kind in WORD_BY_WORD else ())
        for each in found.texts
    )


def _fixed(event: Event) -> Fixed:
    return Fixed(
        event.revision,
        rewording.called(event.kind, event.position),
        event.at,
        event.post_title,
        event.unit_name,
        event.person_name,
        event.remark,
        event.payload.get("substance"),
    )


def _version(case: Case, events: Sequence[Event], number: int) -> Version:
    revision = drafts.revision(tenant_id=case.tenant_id, draft_id=case.id, number=number)
    return Version(revision.content, revision.attachments, _route(events, number))


def _route(events: Sequence[Event], number: int) -> tuple[Place, ...]:
    """The route as it stood when a revision was fixed, in the titles that it was planned with."""
    rounds: replay.Rounds = {}
    planned: dict[tuple[int, int], dict[str, str]] = {}
    state = machine.ROUTED
    for event in events:
        said = event.payload
        for entry in (*said.get("route", ()), *said.get("added", ())):
            planned[event.round, int(entry["position"])] = entry
        happened = planning.happened(
            kind=event.kind, round=event.round, position=event.position, seq=event.seq, payload=said
        )
        state, rounds = replay.happen(state, rounds, happened)
        if event.kind in machine.FIXING and event.revision == number:
            break
    return tuple(
        Place(
            step.kind,
            step.post_id,
            planned[event.round, step.position]["post_title"],
            planned[event.round, step.position]["unit"],
            step.stage,
            bool(planned[event.round, step.position]["delegated"]),
            step.answer_by,
        )
        for step in rounds[event.round]
        if step.state not in (machine.REMOVED, machine.MERGED) and step.kind != machine.POST_REVIEW
    )


def _object_at(case: Case, events: Sequence[Event], seeing: access.Sight) -> int:
    if case.state != machine.ROUTED:
        return 0
    declared = max((event.seq for event in events if event.payload.get("substance") is False), default=0)
    rows = Step.objects.filter(
        tenant_id=case.tenant_id, case_id=case.id, round=case.round, kind=machine.CONSENT
    )
    steps = [step_of(row) for row in rows.order_by("position")]
    return next((s.position for s in steps if s.post_id in seeing.held and rules.may_object(s, declared)), 0)
