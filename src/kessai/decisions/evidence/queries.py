"""The evidence of a case: what of it can be shown, and the bundle that shows it (docs/evidence)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kessai.decisions import access
from kessai.decisions.checks import bound_fields
from kessai.decisions.destroying import rules as destroying
from kessai.decisions.destroying.checks import told, was_destroyed
from kessai.decisions.evidence import documents, rules
from kessai.decisions.evidence.documents import CannotBundle
from kessai.decisions.models import Case, Event
from kessai.decisions.stored import Stored, stored_cases
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.ledger import evidence as ledger
from kessai.ledger import verification as log
from kessai.ledger.evidence import Evidence
from kessai.records import queries as records
from merklelog.commitment import field_salt
from merklelog.evidence.acts import Act, Disclosed, differing, parse_leaf
from merklelog.evidence.files import ORIGINAL
from merklelog.evidence.making import Bundle, Parts, lay_out

PENDING, UNWITNESSED, UNVOUCHED, READY = "pending", "unwitnessed", "unvouched", "ready"
Field = tuple[int, str]
"""Seq of an act, and the name of one of its fields."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of an act; ``shown``: ticked at first in a redacted copy."""

    name: str
    value: Any
    shown: bool


@dataclass(frozen=True, slots=True)
class ActView:
    """An act with every field that the log has bound."""

    seq: int
    kind: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class FileView:
    """A document that an act binds; ``shown``: goes along at first."""

    sha256: str
    seq: int
    filename: str
    size: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """What a bundle of the case would hold. ``state``: pending (not in a signed log yet), unwitnessed, unvouched
    (only a stolen key signed), ready."""

    state: str
    number: str
    title: str
    acts: tuple[ActView, ...]
    files: tuple[FileView, ...]
    retention: Mapping[str, tuple[str, str]]
    """The names of the retention classes of its day, by code: in Japanese and English."""


def offered(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> Offered:
    """What a bundle of a case would hold; NotFound for strangers."""
    access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    return _offered(tenant_id, case_id)


def _offered(tenant_id: int, case_id: UUID) -> Offered:
    with log.snapshot():
        stored = _stored(tenant_id, case_id)
        found = ledger.evidence(tenant_id=tenant_id, case_id=case_id)
        filed = records.filed(tenant_id=tenant_id, case_id=case_id)
    disclosure = filed.disclosure if filed else ""
    fields = {event.seq: bound_fields(stored, event) for event in stored.events}
    case = stored.case
    assert case is not None
    day = filed.made_on if filed else day_in_japan(case.submitted_at)
    return Offered(
        state=_state(found),
        number=case.number,
        title=case.title,
        acts=tuple(_act_view(event, fields[event.seq], disclosure) for event in stored.events),
        files=tuple(_file_views(tenant_id, fields, disclosure)),
        retention=records.retention_names(tenant_id=tenant_id, on=day),
    )


def _state(found: Evidence | None) -> str:
    if found is None:
        return PENDING
    if not found.witnessed:
        return UNWITNESSED
    return READY if found.vouched else UNVOUCHED


def full(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> Bundle:
    """The bundle with everything, the cover sheet too. Errors: NotFound for strangers, CannotBundle."""
    access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    return _bundle(tenant_id=tenant_id, case_id=case_id)


def redacted(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    shown: Collection[Field],
    files: Collection[str],
    at: datetime,
) -> Bundle:
    """The bundle that shows these fields, and the documents with these hashes; all else is withheld.

    Errors: NotFound for strangers, CannotBundle.
    """
    access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    return _bundle(tenant_id=tenant_id, case_id=case_id, shown=shown, files=files)


def _bundle(
    *,
    tenant_id: int,
    case_id: UUID,
    shown: Collection[Field] | None = None,
    files: Collection[str] | None = None,
) -> Bundle:
    """The same without an access check; None: everything. Errors: CannotBundle."""
    with log.snapshot():
        stored = _stored(tenant_id, case_id)
        found = ledger.evidence(tenant_id=tenant_id, case_id=case_id)
    if found is None:
        raise CannotBundle(
            N_("この案件の記録は、まだ署名された台帳に載っていません。"),
            N_("ふつうは数秒で載ります。少し待ってから、もう一度試してください。"),
        )
    if was_destroyed(stored):
        return _statement(stored, found)
    for seq in sorted(found.entries.keys() - {event.seq for event in stored.events}):
        raise _differs(seq)
    acts = [_act(stored, event, found, shown) for event in stored.events]
    fields = {
        n: {name: each.value for name, each in act.fields.items()} for n, act in enumerate(acts, start=1)
    }
    whole = shown is None and files is None
    return lay_out(
        Parts(
            acts=acts,
            checkpoint=found.note,
            policy=found.policy,
            tokens=found.tokens,
            certificates=found.certificates,
            files=documents.contents(stored, fields, files),
            cover_sheet=documents.cover_sheet(stored) if whole else None,
        )
    )


def statement(*, tenant_id: int, case_id: UUID) -> Bundle:
    """The bundle of a destroyed case: its acts without their content, and the one by which that went. No access check.

    Errors: CannotBundle.
    """
    return _bundle(tenant_id=tenant_id, case_id=case_id)


def _statement(stored: Stored, found: Evidence) -> Bundle:
    *_, last = stored.events
    shown = {(last.seq, name) for name in destroying.SHOWN}
    known = [_act(stored, last, found, shown)]
    decided = last.payload["decision"]["seq"]
    others = []
    for seq in range(1, last.seq):
        entry = found.entries.get(seq)
        fields = told(last) if seq == decided else {}
        if entry is None or differing(parse_leaf(entry.leaf), fields):
            raise _differs(seq)
        if seq == decided and destroying.untrue(last.payload, parse_leaf(entry.leaf).digests):
            raise _differs(last.seq)
        others.append(Act(entry.leaf, entry.index, entry.path, fields))
    return lay_out(
        Parts(
            acts=[*others, *known],
            checkpoint=found.note,
            policy=found.policy,
            tokens=found.tokens,
            certificates=found.certificates,
        )
    )


def for_operator(*, number: str, redact: Collection[str] = (), tenant_id: int | None = None) -> Bundle:
    """The bundle of the case with a document number, less what is ordered (``rules.redacts``). No access check.

    Errors: CannotBundle, also where there is no such case, or one in several ministries, or an order is about nothing.
    """
    cases = Case.objects.filter(number=number).exclude(number="")
    if tenant_id is not None:
        cases = cases.filter(tenant_id=tenant_id)
    found = list(cases.values_list("tenant_id", "id")[:2])
    if len(found) != 1:
        raise CannotBundle(
            N_("文書番号「%(number)s」の案件を1件に定められません。"),
            N_("番号を確かめてください。いくつかの府省にあるときは --tenant で選べます。"),
            number=number,
        )
    tenant, case = found[0]
    if not redact:
        return _bundle(tenant_id=tenant, case_id=case)
    view = _offered(tenant, case)
    fields = [(act.seq, field.name) for act in view.acts for field in act.fields]
    for order in set(redact) - {rules.SUGGESTED, rules.FILES}:
        if not any(rules.means(order, seq=seq, name=name) for seq, name in fields):
            raise CannotBundle(
                N_("「%(order)s」にあたる項目は、この案件にありません。"),
                N_(
                    "項目の名前を確かめてください。伏せるつもりのものが示されないよう、何も書き出していません。"
                ),
                order=order,
            )
    shown = {
        (act.seq, field.name)
        for act in view.acts
        for field in act.fields
        if not rules.redacts(redact, seq=act.seq, name=field.name, shown=field.shown)
    }
    files = {
        file.sha256
        for file in view.files
        if rules.FILES not in redact and (file.shown or rules.SUGGESTED not in redact)
    }
    return _bundle(tenant_id=tenant, case_id=case, shown=shown, files=files)


def shown_at_first(view: Offered) -> tuple[set[Field], set[str]]:
    """The fields and documents that are ticked at first."""
    fields = {(act.seq, field.name) for act in view.acts for field in act.fields if field.shown}
    return fields, {file.sha256 for file in view.files if file.shown}


def going_along(view: Offered, *, shown: Collection[Field], files: Collection[str]) -> set[str]:
    """Of the documents with these hashes those that go along: a field that binds them is shown, too."""
    fields = {
        act.seq: {field.name: field.value for field in act.fields if (act.seq, field.name) in shown}
        for act in view.acts
    }
    return {bound.sha256 for bound in documents.bound_by(fields)} & set(files)


def _stored(tenant_id: int, case_id: UUID) -> Stored:
    (stored,) = stored_cases(tenant_id=tenant_id, case_ids=[case_id])
    if stored.case is None:
        raise NotFound(N_("この案件は見つかりません。"))
    return stored


def _act(stored: Stored, event: Event, found: Evidence, shown: Collection[Field] | None) -> Act:
    entry, salt = found.entries.get(event.seq), bytes(event.salt)
    fields = {
        name: Disclosed(field_salt(salt, name), value)
        for name, value in bound_fields(stored, event).items()
        if shown is None or (event.seq, name) in shown
    }
    if entry is None or differing(parse_leaf(entry.leaf), fields):
        raise _differs(event.seq)
    return Act(entry.leaf, entry.index, entry.path, fields)


def _differs(seq: int) -> CannotBundle:
    return CannotBundle(
        N_("%(n)s番目の記録が台帳と合わないため、証拠一式を作れません。"),
        N_("証明の画面で、合わないところを確かめてください。"),
        n=seq,
    )


def _act_view(event: Event, fields: Mapping[str, Any], disclosure: str) -> ActView:
    views = (
        FieldView(name, value, rules.shown_at_first(kind=event.kind, name=name, disclosure=disclosure))
        for name, value in fields.items()
    )
    return ActView(event.seq, event.kind, tuple(views))


def _file_views(
    tenant_id: int, fields: Mapping[int, Mapping[str, Any]], disclosure: str
) -> Sequence[FileView]:
    shown = rules.file_shown_at_first(disclosure=disclosure)
    return [
        FileView(bound.sha256, bound.seq, bound.filename or "", size, shown)
        for bound in documents.bound_by(fields)
        if bound.binding != ORIGINAL and (size := documents.size_of(tenant_id, bound.sha256)) is not None
    ]
