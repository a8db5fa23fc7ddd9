"""Every read of cases, access-checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import access, machine, mergers, planned_route
from kessai.decisions.bulk import rules as bulk
from kessai.decisions.deputising import queries as deputising
from kessai.decisions.deputising.queries import Facts
from kessai.decisions.models import Case, CoverSheet, DecidedOriginal, SignedSheet
from kessai.decisions.pages import case_page
from kessai.decisions.previewing import queries as previewing
from kessai.decisions.results import (
    DraftItem,
    Home,
    InboxItem,
    RoutePreview,
)
from kessai.decisions.searching import search
from kessai.decisions.signatures import queries as signatures
from kessai.decisions.standing import queries as standing
from kessai.drafting import queries as drafts
from kessai.drafting.rules import AttachedFile
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.routing import queries as routing

__all__ = ["attachment", "case_page", "cover_sheet", "home", "original", "preview", "search", "waiting"]

INBOX_LONGEST = 200
SENT_LONGEST = 20


def _rows(name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(access.SQL[name], params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def home(*, actor: Actor, at: datetime) -> Home:
    """What waits for the actor's posts and where they stand in, their drafts, and what they sent."""
    today = day_in_japan(at)
    seeing = access.sight(actor=actor, at=at)
    merged = mergers.differences(posts=seeing.posts, tenants=seeing.tenants, on=today)
    rows = _rows("inbox", seeing.params() | merged.params() | {"today": today, "limit": INBOX_LONGEST})
    asked = _rows("requests", seeing.params() | {"limit": INBOX_LONGEST})
    total = (rows[0]["total"] if rows else 0) + (asked[0]["total"] if asked else 0)
    acting = _acting(seeing, at)
    asked_instead = _asked_instead(seeing)
    served = _served(seeing, today)
    tenants = (
        {row["tenant_id"] for row in (*rows, *asked, *served)}
        | {row["tenant_id"] for row, _ in asked_instead}
        | {item["tenant_id"] for item, _ in acting}
    )
    english = {tenant: routing.english_names(tenant_id=tenant, on=today) for tenant in tenants}

    def item(row: Mapping[str, Any], title_en: str, **more: Any) -> InboxItem:
        values = {key: row[key] for key in _ITEM}
        matter_en = english[row["tenant_id"]].get(row["matter_name"], "")
        return InboxItem(
            **values,
            joint=row["joint"],
            answer_by=row.get("answer_by"),
            held=row.get("held", False),
            matter_name_en=matter_en,
            post_title_en=title_en,
            **more,
        )

    own = tuple(
        item(row, seeing.held[row["post_id"]].title_en, bulk=row["bulk"] and row["kind"] in bulk.KINDS)
        for row in rows
    )
    requests = tuple(
        item(row, seeing.held[row["post_id"]].title_en, asked_by=row["asked_by"], words=row["words"])
        for row in asked
    )
    instead = tuple(
        item(
            row,
            facts.desk.seat.title_en,
            capacity=machine.ACTING,
            for_names=facts.desk.names,
            away_until=facts.desk.away,
            asked_by=row.get("asked_by", ""),
            words=row.get("words", ""),
        )
        for row, facts in (*asked_instead, *acting)
    )
    previews = previewing.waiting(seeing)
    return Home(
        inbox=own + requests + instead,
        inbox_total=total + len(instead),
        drafts=_drafts(actor, at),
        sent=standing.sent(seeing, [machine.ROUTED], SENT_LONGEST, at),
        decided=standing.sent(seeing, [machine.DECIDED], 5, at),
        served=tuple(
            item(
                row,
                seeing.reads[row["post_id"]].post.title_en,
                capacity=machine.SECRETARY,
                for_names=seeing.reads[row["post_id"]].names,
            )
            for row in served
        ),
        previews=previews,
        shared=previewing.shared(seeing, besides=previews),
    )


_ITEM = tuple(field.name for field in fields(InboxItem) if field.default is MISSING)


def _acting(seeing: access.Sight, at: datetime) -> list[tuple[dict[str, Any], Facts]]:
    """What waits at posts that nobody is at and the actor may answer as their deputy, with the facts."""
    if not seeing.stands_in:
        return []
    rows = _rows("acting", seeing.params() | {"today": day_in_japan(at), "limit": INBOX_LONGEST})
    may = deputising.may_act(rows=rows, person_id=seeing.person, at=at)
    return [(row, may[key]) for row in rows if (key := (row["case_id"], row["position"])) in may]


def _asked_instead(seeing: access.Sight) -> list[tuple[dict[str, Any], Facts]]:
    """The questions to posts that nobody is at, which the actor may answer as their deputy, with the facts."""
    if not seeing.stands_in:
        return []
    rows = _rows("requests", seeing.params() | {"posts": seeing.stands_in, "limit": INBOX_LONGEST})
    rows = [row for row in rows if row["kind"] == machine.QUESTION]
    cases = {
        (case.tenant_id, case.id): case
        for tenant in {row["tenant_id"] for row in rows}
        for case in Case.objects.filter(tenant_id=tenant, id__in={row["case_id"] for row in rows})
    }
    found = []
    for row in rows:
        case = cases[row["tenant_id"], row["case_id"]]
        facts = deputising.facts_of_question(case=case, post_id=row["post_id"], at=seeing.at)
        if facts is not None and facts.of(seeing.person).may:
            found.append((row, facts))
    return found


def _served(seeing: access.Sight, today: date) -> list[dict[str, Any]]:
    if not seeing.reads:
        return []
    posts = list(seeing.reads)
    merged = mergers.differences(posts=posts, tenants=seeing.tenants, on=today)
    asked = {"posts": posts, "today": today, "limit": INBOX_LONGEST}
    return _rows("inbox", seeing.params() | merged.params() | asked)


def waiting(*, actor: Actor, at: datetime) -> int:
    """How many tasks wait for the actor, as holder or deputy: the figure on every page."""
    seeing = access.sight(actor=actor, at=at)
    merged = mergers.differences(posts=seeing.posts, tenants=seeing.tenants, on=day_in_japan(at))
    own = int(_rows("waiting", seeing.params() | merged.params())[0]["total"])
    return own + len(_acting(seeing, at)) + len(_asked_instead(seeing))


def _drafts(actor: Actor, at: datetime) -> tuple[DraftItem, ...]:
    today = day_in_japan(at)
    lines = drafts.open_drafts(actor=actor, at=at)
    returned = {
        (tenant, row["case_id"]): row
        for tenant in {line.tenant_id for line in lines if line.revisions}
        for row in _rows(
            "last_return",
            {"tenant": tenant, "cases": [x.draft_id for x in lines if x.tenant_id == tenant and x.revisions]},
        )
    }
    names = {
        (tenant, matter.code): (matter.name, matter.name_en)
        for tenant in {line.tenant_id for line in lines}
        for matter in routing.matters(tenant_id=tenant, on=today)
    }
    previewed = {
        (tenant, draft): found
        for tenant in {line.tenant_id for line in lines}
        for draft, found in previewing.counts(
            tenant_id=tenant, draft_ids=[x.draft_id for x in lines if x.tenant_id == tenant]
        ).items()
    }
    items = [
        DraftItem(
            tenant_id=line.tenant_id,
            draft_id=line.draft_id,
            title=line.title,
            matter_name=named[0],
            matter_name_en=named[1],
            updated_at=line.updated_at,
            returned_by=f"{back['post_title']} {back['person_name']}" if back and back["post_title"] else "",
            returned_why=back["remark"] or "" if back else "",
            deadline=back["deadline"] if back else None,
            previewed=previewed.get((line.tenant_id, line.draft_id), (0, 0)),
        )
        for line in lines
        for back in (returned.get((line.tenant_id, line.draft_id)),)
        for named in (names.get((line.tenant_id, line.matter_code), (line.matter_code, "")),)
    ]
    return tuple(sorted(items, key=lambda item: not item.returned_by))


def preview(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> RoutePreview:
    """The route the draft would take if it were submitted now, with what stops it."""
    draft = drafts.draft(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
    return planned_route.of(draft, at=at, drafter=actor.person_id)


def attachments(
    *, actor: Actor, tenant_id: int, case_id: UUID, at: datetime, revision: int | None = None
) -> tuple[AttachedFile, ...]:
    """The files of a revision (None: the current one), none where there is no such one; NotFound for strangers."""
    access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    current = Case.objects.values_list("revision", flat=True).get(tenant_id=tenant_id, id=case_id)
    number = current if revision is None else revision
    if not 1 <= number <= current:
        return ()
    return drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=number).attachments


def attachment(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    at: datetime,
    revision: int | None = None,
) -> AttachedFile:
    """A file of a revision (None: the current one), by its place from 1; NotFound for strangers."""
    files = attachments(actor=actor, tenant_id=tenant_id, case_id=case_id, revision=revision, at=at)
    if not 1 <= position <= len(files):
        raise NotFound(N_("この添付は見つかりません。"), N_("案件の画面から開き直してください。"))
    return files[position - 1]


def original(*, tenant_id: int, case_id: UUID) -> tuple[str, str, datetime]:
    """Body, hex hash and time of a decided original; LookupError before the decision. No access check."""
    found = DecidedOriginal.objects.filter(tenant_id=tenant_id, case_id=case_id).first()
    if found is None:
        raise LookupError(f"case {case_id} is not decided")
    return found.body, bytes(found.sha256).hex(), found.decided_at


def cover_sheet(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> bytes | None:
    """The latest cover sheet as PDF/A, signed once it is, with the last time stamps it got; None while it is being made
    or before the decision."""
    access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    mine = {"tenant_id": tenant_id, "case_id": case_id}
    found = CoverSheet.objects.filter(**mine).order_by("-shows").first()
    if found is None:
        return None
    signed = SignedSheet.objects.filter(**mine, shows=found.shows).first()
    sha256 = bytes((signed or found).sha256).hex()
    if signed:
        sha256 = signatures.current(tenant_id=tenant_id, first=sha256)
    with drafts.open_blob(tenant_id=tenant_id, sha256=sha256) as stream:
        return stream.read()
