"""Reads of what was found in stored files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q

from kessai.drafting.inspecting import rules
from kessai.drafting.inspecting.rules import Finding
from kessai.drafting.inspecting.seen import Seen
from kessai.drafting.models import Attachment, Inspection, Released, Revision, Scan
from kessai.drafting.rules import Problem
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Text
from kessai.organisation.settings import settings_of

CLEAN, WAITING, BAD, TOO_LARGE = "clean", "waiting", "infected", "too_large"
POLICIES = (rules.MACROS, rules.ENCRYPTED, rules.BROKEN, rules.MISMATCHED, rules.UNSCANNED)


class File(Protocol):
    """A file with its name, of a draft or of a revision."""

    @property
    def sha256(self) -> str: ...
    @property
    def filename(self) -> str: ...
    @property
    def title(self) -> str: ...


class CannotOpen(Cannot):
    """The file is not opened for anybody, or not yet."""


_HAS_TEXT = ExpressionWrapper(~Q(text=""), output_field=BooleanField())


@dataclass(frozen=True, slots=True)
class Inspected:
    """What is known of a stored file by its content. ``done``: it was looked into; ``kind``: its family."""

    done: bool
    media_type: str = rules.UNKNOWN
    kind: str = ""
    has_text: bool = False
    pages: int = 0
    width: int = 0
    height: int = 0
    text: str = ""
    text_cut: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a file under its name. ``waiting``: something is still to be found out; ``opens``: for others."""

    findings: tuple[Finding, ...] = ()
    waiting: bool = False
    opens: bool = True
    media_type: str = rules.UNKNOWN
    kind: str = ""
    has_text: bool = False
    pages: int = 0
    width: int = 0
    height: int = 0

    @property
    def received(self) -> Verdict:
        """The same of a file that arrived from outside."""
        return replace(self, findings=tuple(rules.received(each) for each in self.findings))

    @property
    def stops(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.stops)


def policy(*, tenant_id: int, on: date) -> dict[str, str]:
    """By code of a finding, whether a ministry only warns of it or refuses the submission."""
    chosen = settings_of(tenant_id=tenant_id, on=on)
    return {code: str(chosen[f"files_{code}"]) for code in POLICIES}


def verdicts(
    *, tenant_id: int, files: Iterable[tuple[str, str]], on: date
) -> Mapping[tuple[str, str], Verdict]:
    """What is said of files, each by its SHA-256 and its name. No access check."""
    asked = list(files)
    hashes = {sha256 for sha256, _ in asked}
    if not hashes:
        return {}
    ruled = policy(tenant_id=tenant_id, on=on)
    rows = Inspection.objects.filter(tenant_id=tenant_id, sha256__in=hashes).defer("text")
    seen = {row.sha256: row for row in rows.annotate(has_text=_HAS_TEXT)}
    scans = {row.sha256: row for row in Scan.objects.filter(tenant_id=tenant_id, sha256__in=hashes)}
    return {
        (sha256, name): _verdict(name, seen.get(sha256), scans.get(sha256), ruled) for sha256, name in asked
    }


def _verdict(name: str, row: Inspection | None, scan: Scan | None, ruled: Mapping[str, str]) -> Verdict:
    looked = rules.found_of(name, _seen(row), ruled) if row else ()
    waiting = row is None or (scan is not None and scan.state == WAITING)
    return Verdict(
        findings=(*_scanned(scan, ruled), *looked),
        waiting=waiting,
        opens=scan is None or scan.state not in (WAITING, BAD),
        **(_shown(row) if row else {}),
    )


def _shown(row: Inspection) -> dict[str, Any]:
    """What a page needs to know to show a file; of a row with ``has_text``."""
    return {
        "media_type": row.media_type,
        "kind": rules.family(row.media_type),
        "has_text": row.has_text,  # type: ignore[attr-defined]  # annotated
        "pages": row.pages,
        "width": row.width,
        "height": row.height,
    }


def _seen(row: Inspection) -> Seen:
    return Seen(row.media_type, row.macros, row.encrypted, row.broken, row.unread, row.pages)


def _scanned(scan: Scan | None, ruled: Mapping[str, str]) -> tuple[Finding, ...]:
    if scan is None or scan.state == CLEAN:
        return ()
    if scan.state == BAD:
        return (rules.infected(scan.threat),)
    waits = scan.state == WAITING
    return (rules.unscanned(ruled[rules.UNSCANNED], waiting=waits, down=scan.down),)


def problems(*, tenant_id: int, files: Collection[File], on: date) -> tuple[Problem, ...]:
    """What of a draft's files stops its submission: what the ministry's rules refuse, and viruses."""
    if not files:
        return ()
    said = verdicts(tenant_id=tenant_id, files=[(file.sha256, file.filename) for file in files], on=on)
    strict = rules.REFUSE in policy(tenant_id=tenant_id, on=on).values()
    found = []
    for file in files:
        verdict = said[file.sha256, file.filename]
        if verdict.stops:
            text = N_("添付「%(title)s」は、このままでは提出できません。添付の欄に理由と直し方があります。")
        elif strict and verdict.waiting:
            text = N_("添付「%(title)s」をまだ調べています。数秒たってから、もう一度提出してください。")
        else:
            continue
        found.append(Problem("files", Text(text, {"title": file.title})))
    return tuple(found)


def inspected(*, tenant_id: int, sha256: str) -> Inspected:
    """What was found in one file. No access check."""
    row = Inspection.objects.filter(tenant_id=tenant_id, sha256=sha256).first()
    if row is None:
        return Inspected(done=False)
    return Inspected(
        done=True,
        media_type=row.media_type,
        kind=rules.family(row.media_type),
        pages=row.pages,
        width=row.width,
        height=row.height,
        text=row.text,
        text_cut=row.text_cut,
    )


def refuse_unsafe(*, tenant_id: int, sha256: str, own: bool) -> None:
    """CannotOpen for a file with a virus; and for one that waits to be scanned, unless it is the reader's own."""
    state = Scan.objects.filter(tenant_id=tenant_id, sha256=sha256).values_list("state", flat=True).first()
    if state == BAD:
        raise CannotOpen(
            N_("ウイルスが見つかったファイルのため、開けません。"),
            N_("添付した人に知らせてください。情報セキュリティの担当が取り出せます。"),
        )
    if state == WAITING and not own:
        raise CannotOpen(
            N_("ウイルス検査が済んでいないため、まだ開けません。"),
            N_("数秒たってから、もう一度開いてください。続くときは、システムの担当に知らせてください。"),
        )


@dataclass(frozen=True, slots=True)
class Infected:
    """A file in which the scanner found something, and when. ``removed_at``: when its bytes were taken away."""

    sha256: str
    threat: str
    found_at: datetime
    removed_at: datetime | None


def infected(*, tenant_id: int) -> tuple[Infected, ...]:
    """Every file of a ministry in which something was found, in the order of finding. No access check."""
    rows = Scan.objects.filter(tenant_id=tenant_id, state=BAD).order_by("scanned_at", "sha256")
    return tuple(
        Infected(row.sha256, row.threat, row.scanned_at or row.asked_at, row.removed_at) for row in rows
    )


def drafts_with(*, tenant_id: int, sha256: str) -> tuple[UUID, ...]:
    """The drafts that a file is attached to now. No access check."""
    attached = Attachment.objects.filter(tenant_id=tenant_id, sha256=bytes.fromhex(sha256))
    return tuple(attached.order_by("draft_id").values_list("draft_id", flat=True).distinct())


def revisions_with(*, tenant_id: int, sha256: str) -> tuple[tuple[UUID, int], ...]:
    """The submitted revisions that bind a file, by draft and number. No access check."""
    bound = Revision.objects.filter(tenant_id=tenant_id, attachments__contains=[{"sha256": sha256}])
    return tuple(bound.order_by("draft_id", "number").values_list("draft_id", "number"))


def released(*, tenant_id: int) -> tuple[str, ...]:
    """The files (hex SHA-256) that something named, and names no more."""
    rows = Released.objects.filter(tenant_id=tenant_id).order_by("sha256")
    return tuple(rows.values_list("sha256", flat=True))


def scanning() -> bool:
    """Whether this installation has a virus scanner."""
    return bool(settings.KESSAI_CLAMD)
