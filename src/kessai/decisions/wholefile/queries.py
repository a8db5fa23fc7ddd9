"""What the whole file of a case consists of now, and the copy of it that was made, if there is one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from kessai.decisions import access, machine, original
from kessai.decisions.later import later_of, sheet_of
from kessai.decisions.models import Case, DecidedOriginal, Event, Request
from kessai.decisions.redline import queries as redline
from kessai.decisions.talking import rules as talking
from kessai.decisions.wholefile import rules, sheet
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting import queries as inspecting
from kessai.drafting.inspecting import rules as found
from kessai.drafting.rules import AttachedFile
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.ledger.sealing import canonical
from kessai.organisation import queries as organisation

VERSION = 1
"""Of how it is laid out: a copy that an older one made is made again."""


@dataclass(frozen=True)
class Whole:
    """The whole file as it would be made now. ``decided``: of an original, so that it bears no stamp.

    ``said``: everything on its own sheets, in Japanese. ``kinds``: of each file what it is by its content, as words
    and as a media type.
    """

    tenant_id: int
    case_id: UUID
    number: str
    title: str
    ministry: str
    state: str
    circulation: bool
    decided: bool
    moved_at: datetime
    """When it last changed: so is a copy of an original dated, however late it was made."""
    said: Mapping[str, Any]
    files: tuple[AttachedFile, ...]
    kinds: tuple[tuple[str, str], ...]
    found: tuple[tuple[str, ...], ...]
    attached: tuple[rules.Attached, ...]
    parts: tuple[rules.Part, ...]

    @cached_property
    def digest(self) -> str:
        """Of everything that its pages are made from, but the time."""
        each = zip(self.files, self.kinds, self.found, strict=True)
        files = [[file.to_json(), list(kind), list(found)] for file, kind, found in each]
        bound: dict[str, Any] = {
            "v": VERSION,
            "case": f"{self.tenant_id}-{self.case_id}",
            "ministry": self.ministry,
            "state": self.state,
            "said": dict(self.said),
            "files": files,
            "parts": [asdict(part) | {"notes": list(part.notes)} for part in self.parts],
        }
        return hashlib.sha256(canonical(bound)).hexdigest()

    @property
    def folder(self) -> Path:
        return copies_of(tenant_id=self.tenant_id, case_id=self.case_id) / self.digest

    @property
    def name(self) -> str:
        return rules.name_of(self.number, self.title)

    @property
    def at_once(self) -> bool:
        return rules.at_once(self.parts, self.attached)

    @property
    def pages(self) -> int:
        """Of the attachments."""
        return sum(part.pages for part in self.parts)


@dataclass(frozen=True, slots=True)
class Copy:
    """A PDF that was made. ``at``: the moment that it shows."""

    path: Path
    size: int
    at: datetime


def copies_of(*, tenant_id: int, case_id: UUID) -> Path:
    """Where the copies of a case's whole file are, as it is and as it was."""
    return Path(settings.KESSAI_PREVIEWS) / str(tenant_id) / "whole" / str(case_id)


def copy_of(whole: Whole) -> Copy | None:
    """The copy of a whole file as it is now; None where it has not been made."""
    made = sorted(whole.folder.glob("*.pdf"))
    if not made:
        return None
    at = datetime.fromtimestamp(int(made[0].stem), UTC)
    return Copy(made[0], made[0].stat().st_size, at)


def whole_file(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> Whole:
    """What the whole file of a case consists of; NotFound for strangers."""
    access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    return unchecked(tenant_id=tenant_id, case_id=case_id, at=at)


def unchecked(*, tenant_id: int, case_id: UUID, at: datetime) -> Whole:
    """The same without an access check: for the queue. Nothing in it depends on who reads it."""
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    ministry = organisation.tenant(tenant_id=tenant_id).name
    decided = DecidedOriginal.objects.filter(tenant_id=tenant_id, case_id=case_id).first()
    revision = drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=case.revision)
    files = revision.attachments
    said = inspecting.verdicts(
        tenant_id=tenant_id, files=[(f.sha256, f.filename) for f in files], on=day_in_japan(at)
    )
    verdicts = [said[file.sha256, file.filename] for file in files]
    attached = tuple(_attached(tenant_id, *each) for each in zip(files, verdicts, strict=True))
    return Whole(
        tenant_id=tenant_id,
        case_id=case_id,
        number=case.number,
        title=case.title,
        ministry=ministry,
        state=case.state,
        circulation=case.only_read,
        decided=decided is not None,
        moved_at=case.updated_at,
        said={
            "cover": _cover(case, decided, ministry),
            "changes": sheet.changes(redline.course(tenant_id=tenant_id, case_id=case_id)),
            "talk": sheet.talk(_asked(case), revision.content.labels),
        },
        files=files,
        kinds=tuple((found.NAMES[verdict.kind], verdict.media_type) for verdict in verdicts),
        found=tuple(tuple(str(each.what) for each in verdict.findings) for verdict in verdicts),
        attached=attached,
        parts=rules.parts(
            attached,
            pages_most=settings.KESSAI_WHOLE_FILE_PAGES,
            bytes_most=settings.KESSAI_WHOLE_FILE_BYTES,
        ),
    )


def _attached(tenant_id: int, file: AttachedFile, verdict: inspecting.Verdict) -> rules.Attached:
    return rules.Attached(
        size=file.size,
        pages=verdict.pages,
        has_text=verdict.has_text,
        opens=verdict.opens,
        infected=any(each.code == found.INFECTED for each in verdict.findings),
        waiting=verdict.waiting,
        there=drafts.size_stored(tenant_id=tenant_id, sha256=file.sha256) is not None,
    )


def _cover(case: Case, decided: DecidedOriginal | None, ministry: str) -> Mapping[str, Any]:
    if decided is None:
        body = original.course_so_far(case)
        return sheet.underway(body, state=case.state, circulation=case.only_read, ministry=ministry)
    later = later_of(tenant_id=case.tenant_id, case_id=case.id)
    body, digest = original.read(decided)
    return sheet_of(body, sha256=digest, ministry=ministry, later=later)


def _asked(case: Case) -> list[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """The questions on a case, each with its answer; what was passed on inside a unit is among the acts only."""
    rows = Request.objects.filter(tenant_id=case.tenant_id, case_id=case.id, kind=machine.QUESTION)
    events = {event.seq: event for event in Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id)}
    pairs = [(events[row.seq], events.get(row.closed_seq or 0)) for row in rows.order_by("seq")]
    return [
        (original.act(asked), original.act(closed) if closed and closed.kind in talking.ANSWERED_BY else None)
        for asked, closed in pairs
    ]
