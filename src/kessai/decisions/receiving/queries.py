"""Reads of what arrived from outside: the register of a unit, one receipt, what a post is to handle."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import access, machine
from kessai.decisions.models import Case, Event, Receipt, ReceiptEvent, ReceiptLink
from kessai.decisions.receiving import rules
from kessai.drafting import queries as drafts
from kessai.drafting.rules import AttachedFile, Problem
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation
from kessai.organisation.clearance import queries as clearance
from kessai.organisation.clearance import rules as marked
from kessai.organisation.queries import HeldPost
from kessai.records.issuing import queries as ways

PAGE = 100
"""Lines of a register that are shown at once."""
TO_HANDLE_LONGEST = 100
FOUND_MOST = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A receipt in a list. ``case_number``: of the case that it was answered by or added to, where it may be seen."""

    tenant_id: int
    receipt_id: UUID
    number: str
    arrived_on: date
    title: str
    sender: str
    sender_number: str
    sent_on: date | None
    medium: str
    medium_en: str
    state: str
    unit_name: str
    post_title: str
    case_id: UUID | None
    case_number: str
    marking: str


@dataclass(frozen=True, slots=True)
class RegisterUnit:
    """A unit whose register the reader may open."""

    unit_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Register:
    """収受簿 of a unit in a fiscal year, the latest first. ``total``: of all its lines."""

    unit: RegisterUnit
    year: int
    years: tuple[int, ...]
    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to a receipt."""

    seq: int
    kind: str
    at: datetime
    unit_name: str
    post_title: str
    person_name: str
    remark: str
    to: str = ""
    """The post that it was given to."""


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """A case that answers a receipt or that it was added to; a draft begun from it has no number and is ``draft``."""

    case_id: UUID
    title: str
    number: str
    state: str


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """One receipt as a reader may see it. ``may_work``: they may pass it on, answer it, close it."""

    tenant_id: int
    receipt_id: UUID
    number: str
    unit_name: str
    state: str
    particulars: rules.Particulars
    files: tuple[AttachedFile, ...]
    assigned_title: str
    assigned_name: str
    history: tuple[Happened, ...]
    cases: tuple[LinkedCase, ...]
    drafts: tuple[LinkedCase, ...]
    may_work: bool


@dataclass(frozen=True, slots=True)
class OfCase:
    """A receipt as the page of a case names it. ``joined``: it was added; else the case answers it."""

    receipt_id: UUID
    number: str
    title: str
    sender: str
    joined: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """What of the receipts a person sees and may work on: their units and posts, and whole ministries by duty."""

    seeing: access.Sight
    all_of: tuple[int, ...]

    def params(self) -> dict[str, Any]:
        return self.seeing.params() | {"all_of": list(self.all_of)}

    def cleared(self, needed: Collection[str]) -> bool:
        """Whether they may see what takes a clearance (S28)."""
        return self.seeing.person in clearance.cleared(
            person_ids=[self.seeing.person], needed=needed, at=self.seeing.at
        )

    def unmarked(self) -> dict[str, Any]:
        """Of receipts only those that take no clearance, for one who has none for the marked."""
        return {} if self.cleared((marked.MARKED,)) else {"needs": []}

    def post_for(self, receipt: Receipt) -> HeldPost | None:
        """As which post they work on a receipt: that it was given to, of its unit, or of one that receives for all."""
        mine = [post for post in self.seeing.held.values() if post.tenant_id == receipt.tenant_id]
        if receipt.post_id in self.seeing.held:
            return self.seeing.held[receipt.post_id]
        if receipt.unit_id in self.seeing.units:
            now = organisation.units_now(unit_ids=[receipt.unit_id], on=day_in_japan(self.seeing.at))
            unit = now[receipt.unit_id].unit_id if receipt.unit_id in now else receipt.unit_id
            return next((post for post in mine if post.unit_id == unit), mine[0] if mine else None)
        return self.receiver(receipt.tenant_id)

    def receiver(self, tenant_id: int) -> HeldPost | None:
        """A post of theirs in a unit that registers what arrives for any unit of a ministry."""
        if tenant_id not in self.all_of:
            return None
        units = organisation.units_of_duty(
            tenant_id=tenant_id, duty="receipt", on=day_in_japan(self.seeing.at)
        )
        return next((post for post in self.seeing.held.values() if post.unit_id in units), None)


def sight(*, actor: Actor, at: datetime) -> Sight:
    all_of = organisation.ministries_of_duty(person_id=actor.person_id, duty="receipt", on=day_in_japan(at))
    return Sight(access.sight(actor=actor, at=at), all_of)


def require_visible(*, actor: Actor, tenant_id: int, receipt_id: UUID, at: datetime) -> tuple[Receipt, Sight]:
    """A receipt and the actor's sight, if it reaches it; NotFound otherwise, the same whether there is one or not."""
    sees = sight(actor=actor, at=at)
    found = Receipt.objects.filter(tenant_id=tenant_id, id=receipt_id).first()
    if (
        found is not None
        and sees.cleared(found.needs)
        and (
            sees.post_for(found) is not None
            or ReceiptEvent.objects.filter(
                tenant_id=tenant_id, receipt_id=receipt_id, person_id=actor.person_id
            ).exists()
            or access.visible(sees.seeing, tenant_id=tenant_id, case_ids=_cases(found))
        )
    ):
        return found, sees
    raise NotFound(N_("この収受した文書は見つかりません。"), N_("届け先の部署に確かめてください。"))


def _cases(receipt: Receipt) -> list[UUID]:
    kinds = (rules.ANSWERED_EVENT, rules.JOINED)
    of = ReceiptEvent.objects.filter(tenant_id=receipt.tenant_id, receipt_id=receipt.id, kind__in=kinds)
    return [UUID(payload["case"]) for payload in of.values_list("payload", flat=True)]


def media(*, tenant_id: int, on: date) -> dict[str, tuple[str, str]]:
    """How things arrive, by code: the ministry's methods of sending that have an addressee."""
    found = ways.methods(tenant_id=tenant_id, on=on)
    return {each.code: (each.name, each.name_en) for each in found if not each.to_public}


def units(*, actor: Actor, at: datetime) -> tuple[tuple[int, RegisterUnit], ...]:
    """The units for which the actor may register what arrives, each with its ministry; their own first."""
    sees = sight(actor=actor, at=at)
    own = {
        post.unit_id: (post.tenant_id, RegisterUnit(post.unit_id, post.unit_name))
        for post in sees.seeing.held.values()
    }
    for tenant_id in sees.all_of:
        for unit in organisation.chart(tenant_id=tenant_id, on=day_in_japan(at)):
            own.setdefault(unit.unit_id, (tenant_id, RegisterUnit(unit.unit_id, unit.name)))
    return tuple(own.values())


def register(
    *, actor: Actor, tenant_id: int, unit_id: int, year: int, at: datetime, page: int | None = 1
) -> Register:
    """収受簿 of a unit in a fiscal year; ``page`` None: all its lines. NotFound for strangers to the unit."""
    sees = sight(actor=actor, at=at)
    if unit_id not in sees.seeing.units and tenant_id not in sees.all_of:
        raise NotFound(N_("この部署の収受簿は見られません。"), N_("届け先の部署に確かめてください。"))
    of = Receipt.objects.filter(tenant_id=tenant_id, unit_id=unit_id, **sees.unmarked())
    years = sorted(set(of.values_list("fiscal_year", flat=True)) | {year}, reverse=True)
    rows = of.filter(fiscal_year=year).order_by("-serial")
    chosen = rows if page is None else rows[(page - 1) * PAGE : page * PAGE]
    names = organisation.units_now(unit_ids=[unit_id], on=day_in_japan(at))
    named = names[unit_id].name if unit_id in names else rows[0].unit_name if rows else ""
    return Register(
        unit=RegisterUnit(unit_id, named),
        year=year,
        years=tuple(years),
        lines=_lines(chosen, sees, at),
        total=rows.count(),
    )


def _lines(rows: Collection[Receipt], sees: Sight, at: datetime) -> tuple[Line, ...]:
    rows = list(rows)
    seats = organisation.seats(post_ids={row.post_id for row in rows if row.post_id}, on=day_in_japan(at))
    numbers: dict[UUID, str] = {}
    for tenant_id in {row.tenant_id for row in rows}:
        wanted = {row.case_id for row in rows if row.case_id and row.tenant_id == tenant_id}
        seen = access.visible(sees.seeing, tenant_id=tenant_id, case_ids=wanted) if wanted else ()
        numbers |= dict(Case.objects.filter(tenant_id=tenant_id, id__in=seen).values_list("id", "number"))
    return tuple(
        Line(
            tenant_id=row.tenant_id,
            receipt_id=row.id,
            number=row.number,
            arrived_on=row.arrived_on,
            title=row.title,
            sender=row.sender,
            sender_number=row.sender_number,
            sent_on=row.sent_on,
            medium=row.medium,
            medium_en=row.medium_en,
            state=row.state,
            unit_name=row.unit_name,
            post_title=seats[row.post_id].title if row.post_id in seats else "",
            case_id=row.case_id if row.case_id in numbers else None,
            case_number=numbers.get(row.case_id, "") if row.case_id else "",
            marking=row.marking,
        )
        for row in rows
    )


def receipt_page(*, actor: Actor, tenant_id: int, receipt_id: UUID, at: datetime) -> ReceiptPage:
    """One receipt; NotFound for strangers."""
    found, sees = require_visible(actor=actor, tenant_id=tenant_id, receipt_id=receipt_id, at=at)
    mine = {"tenant_id": tenant_id, "receipt_id": receipt_id}
    events = list(ReceiptEvent.objects.filter(**mine).order_by("seq"))
    now = rules.standing([rules.Told(event.seq, event.kind, event.payload) for event in events])
    seat = organisation.seats(post_ids=[now.post], on=day_in_japan(at)).get(now.post) if now.post else None
    begun = list(ReceiptLink.objects.filter(**mine).values_list("draft_id", flat=True))
    return ReceiptPage(
        tenant_id=tenant_id,
        receipt_id=receipt_id,
        number=found.number,
        unit_name=found.unit_name,
        state=now.state,
        particulars=now.particulars,
        files=tuple(AttachedFile(**file) for file in now.files),
        assigned_title=seat.title if seat else "",
        assigned_name=(seat.holder_name or "") if seat else "",
        history=tuple(_happened(event) for event in events),
        cases=_linked(sees.seeing, tenant_id, [UUID(case) for case in now.cases]),
        drafts=_drafts(actor, tenant_id, [each for each in begun if str(each) not in now.cases], at),
        may_work=sees.post_for(found) is not None and now.state != rules.DESTROYED,
    )


def _happened(event: ReceiptEvent) -> Happened:
    return Happened(
        event.seq,
        event.kind,
        event.at,
        event.unit_name,
        event.post_title,
        event.person_name,
        event.remark,
        event.payload.get("post_title", "") if event.kind == rules.ASSIGNED_EVENT else "",
    )


def _linked(seeing: access.Sight, tenant_id: int, case_ids: Sequence[UUID]) -> tuple[LinkedCase, ...]:
    seen = access.visible(seeing, tenant_id=tenant_id, case_ids=case_ids) if case_ids else ()
    rows = {case.id: case for case in Case.objects.filter(tenant_id=tenant_id, id__in=seen)}
    return tuple(
        LinkedCase(each, rows[each].title, rows[each].number, rows[each].state)
        for each in case_ids
        if each in rows
    )


def _drafts(
    actor: Actor, tenant_id: int, draft_ids: Collection[UUID], at: datetime
) -> tuple[LinkedCase, ...]:
    """Drafts begun from a receipt and not submitted yet, those that are the actor's."""
    lines = drafts.open_drafts(actor=actor, at=at) if draft_ids else ()
    return tuple(
        LinkedCase(line.draft_id, line.title, "", "draft")
        for line in lines
        if line.tenant_id == tenant_id and line.draft_id in set(draft_ids)
    )


def file(*, actor: Actor, tenant_id: int, receipt_id: UUID, position: int, at: datetime) -> AttachedFile:
    """A file that arrived, by its place from 1; NotFound for strangers."""
    page = receipt_page(actor=actor, tenant_id=tenant_id, receipt_id=receipt_id, at=at)
    if not 0 < position <= len(page.files):
        raise NotFound(N_("この添付は見つかりません。"), N_("収受した文書の画面から開き直してください。"))
    return page.files[position - 1]


def to_handle(*, actor: Actor, at: datetime) -> tuple[Line, ...]:
    """What was given to the actor's posts to be handled, the longest waiting first."""
    sees = sight(actor=actor, at=at)
    rows = Receipt.objects.filter(
        tenant_id__in=sees.seeing.tenants,
        post_id__in=sees.seeing.posts,
        state=rules.ASSIGNED,
        **sees.unmarked(),
    )
    return _lines(rows.order_by("updated_at")[:TO_HANDLE_LONGEST], sees, at)


def search(*, actor: Actor, words: str, at: datetime) -> tuple[Line, ...]:
    """Receipts of the actor's units, or that they had a hand in, whose number, title or sender holds every word."""
    patterns = [
        "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        for word in unicodedata.normalize("NFKC", words.replace("\x00", "")).split()
    ]
    if not patterns:
        return ()
    sees = sight(actor=actor, at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            access.SQL["search_receipts"], sees.params() | {"patterns": patterns, "limit": FOUND_MOST}
        )
        keys = cursor.fetchall()
    found: dict[UUID, Receipt] = {}
    for tenant_id in {tenant for tenant, _ in keys}:
        ids = [receipt for tenant, receipt in keys if tenant == tenant_id]
        found |= {row.id: row for row in Receipt.objects.filter(tenant_id=tenant_id, id__in=ids)}
    return _lines([found[receipt] for _, receipt in keys], sees, at)


def of_case(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> tuple[OfCase, ...]:
    """The receipts that a case answers, and those added to it, that one who sees the case may see (S28)."""
    events = Event.objects.filter(
        tenant_id=tenant_id, case_id=case_id, kind__in=(*machine.FIXING, machine.RECEIPT_JOINED)
    ).order_by("seq")
    joined: dict[UUID, bool] = {}
    for event in events:
        for said in event.payload.get("receipts", ()):
            joined.setdefault(UUID(said["receipt"]), event.kind == machine.RECEIPT_JOINED)
    of = Receipt.objects.filter(tenant_id=tenant_id, id__in=list(joined), **_unmarked(actor, at))
    rows = {row.id: row for row in of}
    return tuple(
        OfCase(each, rows[each].number, rows[each].title, rows[each].sender, how)
        for each, how in joined.items()
        if each in rows
    )


def _unmarked(actor: Actor, at: datetime) -> dict[str, Any]:
    return sight(actor=actor, at=at).unmarked()


def problems(*, tenant_id: int, draft_id: UUID, needs: Collection[str]) -> Iterator[Problem]:
    """What keeps a draft from being submitted that is marked lower than what it was begun from."""
    links = ReceiptLink.objects.filter(tenant_id=tenant_id, draft_id=draft_id).values_list(
        "receipt_id", flat=True
    )
    rows = Receipt.objects.filter(tenant_id=tenant_id, id__in=list(links)).order_by("id")
    for row in rows:
        if not set(row.needs) <= set(needs):
            text = N_("収受した%(number)sは機密性3なので、この案件の格付も機密性3にしてください。")
            yield Problem("marking", Text(text, {"number": row.number}))


def of_draft(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> tuple[OfCase, ...]:
    """The receipts that a draft was begun from, that one who sees the draft may see (S28)."""
    links = ReceiptLink.objects.filter(tenant_id=tenant_id, draft_id=draft_id).values_list(
        "receipt_id", flat=True
    )
    of = Receipt.objects.filter(tenant_id=tenant_id, id__in=list(links), **_unmarked(actor, at))
    rows = of.order_by("id")
    return tuple(OfCase(row.id, row.number, row.title, row.sender, False) for row in rows)
