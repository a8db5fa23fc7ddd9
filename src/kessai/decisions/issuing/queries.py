"""Reads of what was issued of a case, of what is still to be, and of what the form of an issue offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import access, machine
from kessai.decisions.issuing import rules
from kessai.decisions.joint import queries as joint
from kessai.decisions.letters.queries import Issued, issued_of
from kessai.decisions.letters.rules import called, has_room_for_seal
from kessai.decisions.models import Case, Event, Issuing
from kessai.decisions.signatures import queries as signatures
from kessai.decisions.signatures.queries import Version
from kessai.drafting import queries as drafts
from kessai.drafting.letters import Letter
from kessai.drafting.rules import AttachedFile
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost
from kessai.records.issuing import queries as ways
from kessai.records.issuing.queries import Method, Seal

HEADS = ("director", "director_general", "vice_minister", "minister")
DUE_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes out, by its place among the attachments of the decided revision."""

    position: int
    title: str
    filename: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SealView:
    """A seal that an issue asks for: since when it is on it and by whom, or why it was refused.

    ``letters``: how many get its mark and its electronic signature; 0: it is put on paper only.
    """

    name: str
    name_en: str
    position: int
    letters: int
    at: datetime | None = None
    unit_name: str = ""
    post_title: str = ""
    person_name: str = ""
    refused_why: str = ""


@dataclass(frozen=True, slots=True)
class IssueView:
    """One record of an issue. ``state``: of rules; ``document``: hex hash of what goes out; ``void_why``: if void."""

    seq: int
    state: str
    issued_on: date
    method: str
    method_en: str
    addressees: tuple[str, ...]
    sender: str
    documents: tuple[Document, ...]
    document: str
    remark: str
    at: datetime
    unit_name: str
    post_title: str
    person_name: str
    seal: SealView | None = None
    void_why: str = ""
    letters: tuple[Issued, ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """A name that what is issued may bear; ``key`` stands for it in a form."""

    key: str
    name: str
    post_id: int | None


@dataclass(frozen=True, slots=True)
class Offered:
    """What the form of an issue offers. ``planned_method``, ``planned_seal``: names that the draft foresees."""

    methods: tuple[Method, ...]
    seals: tuple[Seal, ...]
    senders: tuple[Sender, ...]
    files: tuple[tuple[int, AttachedFile], ...]
    planned_method: str
    planned_seal: str
    letters: tuple[Letter, ...] = ()

    @property
    def has_room_for_seal(self) -> bool:
        return any(map(has_room_for_seal, self.letters))


@dataclass(frozen=True, slots=True)
class Waived:
    """That the rest is not to be issued: why, by whom, when."""

    why: str
    at: datetime
    unit_name: str
    post_title: str
    person_name: str


@dataclass(frozen=True, slots=True)
class IssuePage:
    """What a case page says of the issue; ``state`` "": its kind of matter is not issued. ``offered``: to who may."""

    state: str
    planned_on: date | None = None
    remaining: tuple[str, ...] = ()
    issues: tuple[IssueView, ...] = ()
    waived: Waived | None = None
    offered: Offered | None = None


@dataclass(frozen=True, slots=True)
class DueCase:
    """A decided case that somebody is still to issue, or whose seal is waited for."""

    tenant_id: int
    case_id: UUID
    title: str
    number: str
    state: str
    planned_on: date | None
    decided_at: datetime
    drafter_unit: str
    drafter_name: str
    mine: bool
    """Of a post that the reader holds."""


def told(*, tenant_id: int, case_id: UUID) -> list[Event]:
    """The events of a case that are about its issue, oldest first. No access check."""
    of = Event.objects.filter(tenant_id=tenant_id, case_id=case_id, kind__in=machine.ISSUING)
    return list(of.order_by("seq"))


def progress_of(foreseen: Sequence[str], events: Iterable[Event]) -> rules.Progress:
    return rules.progress(foreseen, [rules.Told(e.seq, e.kind, e.payload) for e in events])


def issues(*, tenant_id: int, case_id: UUID) -> tuple[IssueView, ...]:
    """Every record of an issue of a case, oldest first, those without force too. No access check."""
    events = told(tenant_id=tenant_id, case_id=case_id)
    found = progress_of((), events)
    views = {issue.seq: issue for issue in found.issues}
    of = _Sealing()
    if any("seal" in event.payload for event in events):
        revision = Case.objects.values_list("revision", flat=True).get(tenant_id=tenant_id, id=case_id)
        content = drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=revision).content
        of = _Sealing(content.letters, signatures.renewed(tenant_id=tenant_id, case_id=case_id))
    return tuple(_view(event, views[event.seq], events, of) for event in events if event.seq in views)


@dataclass(frozen=True, slots=True)
class _Sealing:
    """What a view of sealed letters needs besides events: the decided letters, and which files were renewed."""

    letters: Sequence[Letter] = ()
    renewed: Mapping[str, Version] = field(default_factory=dict)


def _view(event: Event, issue: rules.Issue, events: Sequence[Event], of: _Sealing) -> IssueView:
    said: Mapping[str, Any] = event.payload
    later = [each for each in events if each.payload.get("about") == event.seq]
    ended = next((each for each in later if rules.AFTER.get(each.kind) == rules.VOID), None)
    return IssueView(
        seq=event.seq,
        state=issue.state,
        issued_on=issue.issued_on,
        method=said["method_name"],
        method_en=said["method_name_en"],
        addressees=issue.addressees,
        sender=said["sender"],
        documents=tuple(Document(**each) for each in said["documents"]),
        document=said["document"],
        remark=event.remark,
        at=event.at,
        unit_name=event.unit_name,
        post_title=event.post_title,
        person_name=event.person_name,
        seal=_seal(said, issue, later, of.letters),
        void_why=ended.remark if ended else "",
        letters=issued_of(said, _answer(later), of.renewed),
    )


def _answer(later: Iterable[Event]) -> Event | None:
    """Of the keeper of the seal."""
    return next((each for each in later if each.kind in (machine.SEALED, machine.SEAL_REFUSED)), None)


def asking_seal(*, tenant_id: int, case_id: UUID, position: int) -> Mapping[str, Any] | None:
    """What the record of an issue says whose seal is asked for at a position; None without one. No access check."""
    asks = (
        event.payload
        for event in told(tenant_id=tenant_id, case_id=case_id)
        if event.kind == machine.ISSUED and "seal" in event.payload
    )
    return next((said for said in asks if said["added"][0]["position"] == position), None)


def _seal(
    said: Mapping[str, Any], issue: rules.Issue, later: Iterable[Event], decided: Sequence[Letter]
) -> SealView | None:
    if issue.seal_at is None:
        return None
    going = (decided[each["letter"] - 1] for each in said.get("letters", ()))
    names: dict[str, Any] = {
        "name": said["seal"]["name"],
        "name_en": said["seal"]["name_en"],
        "position": issue.seal_at,
        "letters": sum(map(has_room_for_seal, going)),
    }
    answer = _answer(later)
    if answer is None:
        return SealView(**names)
    return SealView(
        **names,
        at=answer.at,
        unit_name=answer.unit_name,
        post_title=answer.post_title,
        person_name=answer.person_name,
        refused_why=answer.remark if answer.kind == machine.SEAL_REFUSED else "",
    )


def issue_page(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> IssuePage:
    """The issue of a case that the reader may see, and what they may record; NotFound otherwise."""
    seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    if not Issuing.objects.filter(tenant_id=tenant_id, case_id=case_id).exists():
        return IssuePage("")
    content = drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=case.revision).content
    events = told(tenant_id=tenant_id, case_id=case_id)
    found = progress_of(rules.foreseen(content), events)
    may = issuer(case=case, held=seeing.held, at=at) is not None
    return IssuePage(
        state=found.state,
        planned_on=rules.planned_on(content.values),
        remaining=found.remaining,
        issues=issues(tenant_id=tenant_id, case_id=case_id),
        waived=_waived(found, events),
        offered=offered(case, at) if may else None,
    )


def waived(*, tenant_id: int, case_id: UUID) -> Waived | None:
    """That the rest of a case is not to be issued, if it is so. No access check."""
    events = told(tenant_id=tenant_id, case_id=case_id)
    return _waived(progress_of((), events), events)


def _waived(found: rules.Progress, events: Sequence[Event]) -> Waived | None:
    if found.state != rules.WAIVED:
        return None
    last = [event for event in events if event.kind == machine.ISSUE_WAIVED][-1]
    return Waived(last.remark, last.at, last.unit_name, last.post_title, last.person_name)


def issuer(*, case: Case, held: Mapping[int, HeldPost], at: datetime) -> HeldPost | None:
    """As which of the posts held a case may be issued today: the drafting post or its successor; another of the
    drafting unit, or of the unit that has its matters now; one of a unit that issues for all."""
    if case.drafter_post_id in held:
        return held[case.drafter_post_id]
    today = day_in_japan(at)
    now = organisation.units_now(unit_ids=[case.drafter_unit_id], on=today).get(case.drafter_unit_id)
    mine = [post for post in held.values() if post.tenant_id == case.tenant_id]
    for post in mine:
        if now is not None and post.unit_id == now.unit_id:
            return post
    units = organisation.units_of_duty(tenant_id=case.tenant_id, duty="issue", on=today) if mine else ()
    return next((post for post in mine if post.unit_id in units), None)


def offered(case: Case, at: datetime) -> Offered:
    """What may be chosen for an issue of a case today."""
    today = day_in_japan(at)
    revision = drafts.revision(tenant_id=case.tenant_id, draft_id=case.id, number=case.revision)
    return Offered(
        methods=ways.methods(tenant_id=case.tenant_id, on=today),
        seals=ways.seals(tenant_id=case.tenant_id, on=today),
        senders=senders(case, revision.content.values.get("sender", ""), today),
        files=tuple(enumerate(revision.attachments, start=1)),
        planned_method=revision.content.values.get("issue_method", ""),
        planned_seal=revision.content.values.get("seal", ""),
        letters=revision.content.letters,
    )


def senders(case: Case, typed: str, on: date) -> tuple[Sender, ...]:
    """In whose name a case may be issued (発信者名), by the titles of a day: as the draft says; jointly, the heads of
    all its units (連名); the decider's post; the heads of the drafter's line."""
    found = [Sender("draft", typed, None)] if typed else []
    if case.joint_units:
        heads = joint.heads(
            tenant_id=case.tenant_id, main=case.drafter_unit_id, others=case.joint_units, on=on
        )
        found.append(Sender("joint", "、".join(called(seat.title, seat.unit_name) for seat in heads), None))
    decided = Event.objects.get(tenant_id=case.tenant_id, case_id=case.id, kind=machine.DECIDED_EVENT)
    decider = organisation.seats(post_ids=[decided.post_id], on=on).get(decided.post_id)
    chart = organisation.route_chart(post_id=case.drafter_post_id, on=on)
    line = [seat for seat in chart.line if seat.in_line and seat.level in HEADS] if chart else []
    if decider is None:
        found.append(
            Sender(str(decided.post_id), called(decided.post_title, decided.unit_name), decided.post_id)
        )
    for seat in [seat for seat in (decider, *line) if seat is not None]:
        found.append(Sender(str(seat.post_id), called(seat.title, seat.unit_name), seat.post_id))
    return tuple({sender.key: sender for sender in found}.values())


def form_fields(
    fields: Iterable[Mapping[str, Any]], *, tenant_id: int, on: date
) -> tuple[Mapping[str, Any], ...]:
    """The fields of a form, those about the issue with what the ministry has to choose from on a day."""
    return forms_fields({"": fields}, tenant_id=tenant_id, on=on)[""]


def forms_fields(
    forms: Mapping[str, Iterable[Mapping[str, Any]]], *, tenant_id: int, on: date
) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """The same of several forms."""
    entries = {code: tuple(fields) for code, fields in forms.items()}
    keys = {entry["key"] for each in entries.values() for entry in each}
    choices: dict[str, list[str]] = {}
    if "issue_method" in keys:
        choices["issue_method"] = [each.name for each in ways.methods(tenant_id=tenant_id, on=on)]
    if "seal" in keys:
        choices["seal"] = [each.name for each in ways.seals(tenant_id=tenant_id, on=on)]
    return {
        code: tuple({**e, "choices": choices[e["key"]]} if e["key"] in choices else e for e in each)
        for code, each in entries.items()
    }


def due(*, actor: Actor, at: datetime) -> tuple[DueCase, ...]:
    """What the actor may still issue, the planned day first; at most DUE_LONGEST of them."""
    seeing = access.sight(actor=actor, at=at)
    all_of = organisation.ministries_of_duty(person_id=actor.person_id, duty="issue", on=day_in_japan(at))
    params = seeing.params() | {"issues_for": list(all_of), "limit": DUE_LONGEST}
    with connection.cursor() as cursor:
        cursor.execute(access.SQL["to_issue"], params)
        columns = [column.name for column in cursor.description]
        return tuple(DueCase(**dict(zip(columns, row, strict=True))) for row in cursor.fetchall())
